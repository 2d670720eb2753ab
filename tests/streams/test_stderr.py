import io
import sys

import pytest

from streams.stderr import standard_error


def test_log_lines_go_where_standard_error_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    lines = standard_error()
    for _ in range(2):
        now = io.StringIO()
        monkeypatch.setattr(sys, "stderr", now)
        lines.write("a line\n")
        lines.flush()
        assert now.getvalue() == "a line\n"


def test_a_terminal_that_was_closed_is_nobodys_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    gone = io.StringIO()
    gone.close()
    monkeypatch.setattr(sys, "stderr", gone)
    lines = standard_error()
    assert lines.write("a line\n") == 7
    lines.flush()
