"""Standard error as loggers use it: wherever it is now, and nobody's trouble when it is gone."""

import io
import sys
from typing import TextIO, cast


class _StandardError(io.TextIOBase):
    """A terminal that was closed, or a pipe that nobody reads, must not end a picture or a request with a log line."""

    def write(self, text: str) -> int:
        try:
            return sys.stderr.write(text)
        except (OSError, ValueError):
            return len(text)

    def flush(self) -> None:
        try:
            sys.stderr.flush()
        except (OSError, ValueError):
            return


def standard_error() -> TextIO:
    """What log lines are written to."""
    return cast("TextIO", _StandardError())
