from datetime import UTC, datetime, timedelta
from types import SimpleNamespace as Said
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vms_onvif.clock import device_time_s, zone_offset

NOON = datetime(2026, 11, 25, 12, 0, 0, tzinfo=UTC)


def moment(at: datetime, **other: Any) -> Said:
    date = {"Year": at.year, "Month": at.month, "Day": at.day}
    time = {"Hour": at.hour, "Minute": at.minute, "Second": at.second, **other}
    return Said(Date=Said(**date), Time=Said(**time))


@pytest.mark.parametrize(
    ("zone", "hours"),
    [("ICT-7", 7), ("CST-8", 8), ("GMT+5", -5), ("UTC0", 0), ("<+07>-7", 7), ("IST-5:30", 5.5), ("EST5EDT,M3.2.0,M11.1.0", -5),
     ("", 0), ("Asia/Ho_Chi_Minh", 0), ("ICT-99", 0)],
)  # fmt: skip
def test_a_posix_time_zone_counts_westwards(zone: str, hours: float) -> None:
    assert zone_offset(zone) == timedelta(hours=hours)


def test_quirk_02_local_time_and_zone_stand_in_for_utc() -> None:
    said = Said(UTCDateTime=None, LocalDateTime=moment(NOON), TimeZone=Said(TZ="ICT-7"))
    assert device_time_s(said) == (NOON - timedelta(hours=7)).timestamp()


def test_utc_comes_first() -> None:
    assert device_time_s(Said(UTCDateTime=moment(NOON), LocalDateTime=None)) == NOON.timestamp()


@pytest.mark.parametrize(
    "said",
    [None, Said(), Said(UTCDateTime=Said()), Said(UTCDateTime=moment(NOON, Hour=99)), Said(UTCDateTime=moment(NOON, Hour="x", Second=-1)),
     "text"],
)  # fmt: skip
def test_a_time_that_is_none_is_not_made_up(said: Any) -> None:
    result = device_time_s(said)
    assert result is None or result <= NOON.timestamp()


def test_a_leap_second_is_a_time() -> None:
    assert device_time_s(Said(UTCDateTime=moment(NOON, Second=60))) == NOON.timestamp() + 59


@given(st.text(max_size=30))
def test_no_time_zone_makes_reading_fail(zone: str) -> None:
    assert abs(zone_offset(zone)) <= timedelta(hours=25)
