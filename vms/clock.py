"""What time it is, as something that is passed in: tests bring their own."""

import time
from collections.abc import Callable

Clock = Callable[[], int]
"""UTC in milliseconds since the epoch."""


def system_clock() -> int:
    """Tell the time of this machine, UTC in ms."""
    return time.time_ns() // 1_000_000
