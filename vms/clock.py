"""What time it is, as something that is passed in: tests bring their own. And which day it is in Vietnam."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

Clock = Callable[[], int]
"""UTC in milliseconds since the epoch."""

LOCAL = timedelta(hours=7)
"""Days are days in Vietnam."""
DAY_MS = 86_400_000


def system_clock() -> int:
    """Tell the time of this machine, UTC in ms."""
    return time.time_ns() // 1_000_000


def local_day(at_ms: int) -> date:
    """The day in Vietnam that a moment is in."""
    return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=at_ms) + LOCAL).date()


def day_begins_ms(day: date) -> int:
    """Midnight in Vietnam, UTC in ms."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC) - LOCAL
    return round(midnight.timestamp() * 1000)
