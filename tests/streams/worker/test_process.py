"""What a worker's process may not do, and what it does not hold."""

import gc
import json
import subprocess
import sys

import pytest

FORBIDDEN = (
    "sqlmodel",
    "sqlalchemy",
    "alembic",
    "aiosqlite",
    "asyncpg",
    "argon2",
    "zeep",
    "vms",
    "web",
    "vms_onvif",
)


def in_a_process(code: str) -> object:
    """What the code prints as JSON. Warnings of what it imports are not ours to judge."""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_a_worker_imports_neither_database_nor_web_server_nor_control_plane():
    loaded = in_a_process("import json, sys, streams.worker.run; print(json.dumps(sorted(sys.modules)))")
    assert "streams.worker.run" in loaded
    assert [name for name in loaded if name.split(".")[0] in FORBIDDEN] == []
    # The client half comes with nats-py.
    assert "aiohttp.web" not in loaded


@pytest.mark.skipif(sys.platform != "linux", reason="prctl is Linux's")
def test_a_hardened_worker_gains_no_rights_and_leaves_no_core():
    told = in_a_process(
        "import json, resource, ctypes\n"
        "from streams.worker.process import harden\n"
        "harden()\n"
        "status = dict(line.split(':', 1) for line in open('/proc/self/status'))\n"
        "print(json.dumps([status['NoNewPrivs'].strip(), resource.getrlimit(resource.RLIMIT_CORE), ctypes.CDLL(None).prctl(3, 0, 0, 0, 0)]))"
    )
    assert told == ["1", [0, 0], 0]


def test_settled_memory_is_not_walked_again():
    told = in_a_process(
        "import gc, json\n"
        "from streams.worker.process import settle_memory\n"
        "settle_memory()\n"
        "print(json.dumps([gc.get_freeze_count() > 1000, gc.get_threshold()[0], gc.isenabled()]))"
    )
    assert told == [True, 50_000, True]
    assert gc.get_freeze_count() == 0
