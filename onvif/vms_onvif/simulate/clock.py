"""What time a simulated device believes it is, and how it says so. Pure but for the clocks passed in."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from vms_onvif.simulate.quirks import Quirk

SKEW_S: Final = 47.0
MONTHS_S: Final = -100 * 86_400.0
ZONE_S: Final = 7 * 3600.0
MOST_SKEW_S: Final = 10 * 365 * 86_400.0
"""as far as a fault goes, so that every time can still be written"""
TIME_ZONE: Final = "ICT-7"
"""POSIX: the sign is the other way round (ONVIF Core 5.3, tt:TimeZone)."""


class DeviceClock:
    """`wall_s` is the true UTC in seconds since 1970, `fault_s` what a fault adds to it just now."""

    def __init__(
        self, quirks: frozenset[Quirk], wall_s: Callable[[], float], fault_s: Callable[[], float] = lambda: 0.0
    ) -> None:
        self._wall_s = wall_s
        self._fault_s = fault_s
        self._ahead_s = (
            (SKEW_S if Quirk.CLOCK_SKEW in quirks else 0.0)
            + (MONTHS_S if Quirk.CLOCK_MONTHS_OFF in quirks else 0.0)
            + (ZONE_S if Quirk.LOCAL_TIME_AS_UTC in quirks else 0.0)
        )

    def utc_s(self) -> float:
        """What the device takes for UTC: logins are checked against it, events carry it."""
        return self._wall_s() + self._ahead_s + max(-MOST_SKEW_S, min(MOST_SKEW_S, self._fault_s()))

    def utc(self, ahead_s: float = 0.0) -> datetime:
        return datetime.fromtimestamp(self.utc_s() + ahead_s, UTC)

    def stamp(self, ahead_s: float = 0.0) -> str:
        """xs:dateTime in UTC with milliseconds."""
        return self.utc(ahead_s).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def date_time(name: str, at: datetime) -> str:
    """A tt:DateTime as element `name`."""
    return (
        f"<tt:{name}><tt:Time><tt:Hour>{at.hour}</tt:Hour><tt:Minute>{at.minute}</tt:Minute>"
        f"<tt:Second>{at.second}</tt:Second></tt:Time><tt:Date><tt:Year>{at.year}</tt:Year>"
        f"<tt:Month>{at.month}</tt:Month><tt:Day>{at.day}</tt:Day></tt:Date></tt:{name}>"
    )
