"""A device's clock from GetSystemDateAndTime (ONVIF Core, 8.1.2). Pure but for the call.

The call needs no password by the specification, and tokens must be signed with the device's time, so it comes first (quirks 1, 2).
"""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from vms_onvif.calls import Calls
from vms_onvif.faults import FaultKind, OnvifFault
from vms_onvif.stubs import Service
from vms_onvif.values import at, number, text

_POSIX_ZONE: Final = re.compile(r"(?:[A-Za-z]{3,}|<[A-Za-z0-9+\-]{3,}>)([+-]?)(\d{1,2})(?::(\d{2}))?(?::(\d{2}))?")
_HALF_SECOND_S: Final = 0.5


def read_clock(calls: Calls, path: str, *, secured: bool = False) -> float | None:
    """Device clock minus ours in seconds, within half a second; None when the device will not say. Raises `OnvifFault`."""
    before_s = calls.utc_s()
    try:
        answer = calls.call(Service.DEVICE, path, "GetSystemDateAndTime", secured=secured)
    except OnvifFault as fault:
        if fault.kind in (FaultKind.UNREACHABLE, FaultKind.GARBAGE, FaultKind.LOCKED):
            raise
        # Some devices want a password even for this (quirk 2); many tell the time in their HTTP answer all the same.
        return calls.date_offset_s()
    device_s = device_time_s(answer)
    if device_s is None:
        return calls.date_offset_s()
    # The device cuts its seconds off: it is half a second later there on average.
    return device_s + _HALF_SECOND_S - (before_s + calls.utc_s()) / 2


def device_time_s(answer: Any) -> float | None:
    """UTC in seconds as the device believes it, from a SystemDateAndTime."""
    utc = _moment(at(answer, "UTCDateTime"))
    if utc is not None:
        return utc.timestamp()
    local = _moment(at(answer, "LocalDateTime"))
    if local is None:
        return None
    return (local - zone_offset(text(answer, "TimeZone", "TZ"))).timestamp()


def zone_offset(zone: str) -> timedelta:
    """What to take off local time for UTC, from a POSIX time zone: `ICT-7` is seven hours east. Nothing when unreadable.

    Daylight saving is left out: Viet Nam has none, and where there is, an hour's error shows as a warning about the clock.
    """
    matched = _POSIX_ZONE.match(zone)
    if matched is None or int(matched[2]) > 24:
        return timedelta()
    west = timedelta(hours=int(matched[2]), minutes=int(matched[3] or 0), seconds=int(matched[4] or 0))
    return west if matched[1] == "-" else -west


def _moment(value: Any) -> datetime | None:
    fields = [
        ("Date", "Year"),
        ("Date", "Month"),
        ("Date", "Day"),
        ("Time", "Hour"),
        ("Time", "Minute"),
        ("Time", "Second"),
    ]
    year, month, day, hour, minute, second = (int(number(value, *field)) for field in fields)
    try:
        # 60 is a leap second; datetime has none.
        return datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
