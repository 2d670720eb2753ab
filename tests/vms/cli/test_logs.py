import subprocess
import sys

import pytest

CONTROL = "from vms.cli.logs import set_up_logs; set_up_logs('info', '{style}', 'x')"
WORKER = "from streams.worker.logs import set_up_logs; set_up_logs('info', json={json}, worker='x')"
FAIL = """
import structlog
def sign_in(password):
    raise ValueError('no')
try:
    sign_in('very' + 'secret')
except ValueError:
    structlog.get_logger().exception('failed', attempt=1)
"""


@pytest.mark.parametrize(
    "set_up",
    [CONTROL.format(style="text"), CONTROL.format(style="json"), WORKER.format(json=False), WORKER.format(json=True)],
)
def test_a_traceback_in_the_log_shows_where_and_no_values(set_up: str) -> None:
    done = subprocess.run([sys.executable, "-c", set_up + FAIL], capture_output=True, text=True, check=True)
    assert "ValueError: no" in done.stderr
    assert "in sign_in" in done.stderr
    assert "verysecret" not in done.stderr
    assert done.stdout == ""
