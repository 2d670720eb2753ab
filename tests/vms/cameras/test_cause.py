import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.types.camera import FaultKind
from vms.cameras.cause import TOGETHER_MS, Cause, Seen, causes


def seen(camera: str, fault: FaultKind | None = None, *, site: str = "s1", unit: str = "u1", since_ms: int = 0) -> Seen:
    return Seen(camera, site, unit, fault, since_ms)


@pytest.mark.parametrize(
    ("fault", "cause"),
    [
        (FaultKind.AUTHENTICATION, Cause.AUTHENTICATION),
        (FaultKind.NOT_FOUND, Cause.FORMAT),
        (FaultKind.FORMAT, Cause.FORMAT),
        (FaultKind.STALLED, Cause.STALLED),
        (FaultKind.REFUSED, Cause.UNKNOWN),
    ],
)
def test_what_the_device_says_itself_needs_no_company(fault: FaultKind, cause: Cause) -> None:
    assert causes([seen("a", fault), seen("b", FaultKind.UNREACHABLE)])["a"] is cause


def test_one_silent_camera_among_answering_ones_has_lost_its_own_power() -> None:
    assert causes([seen("a", FaultKind.UNREACHABLE), seen("b")]) == {"a": Cause.POWER}


def test_all_cameras_of_a_site_silent_at_once_share_the_line() -> None:
    both = [seen("a", FaultKind.UNREACHABLE), seen("b", FaultKind.LOST, since_ms=TOGETHER_MS)]
    assert causes([*both, seen("c", site="s2")]) == {"a": Cause.LINK, "b": Cause.LINK}


def test_silence_that_came_one_after_the_other_is_not_the_line() -> None:
    both = [seen("a", FaultKind.UNREACHABLE), seen("b", FaultKind.UNREACHABLE, since_ms=TOGETHER_MS + 1)]
    assert set(causes(both).values()) == {Cause.POWER}


def test_a_site_where_one_still_refuses_has_a_line() -> None:
    assert causes([seen("a", FaultKind.UNREACHABLE), seen("b", FaultKind.REFUSED)])["a"] is Cause.POWER


def test_a_whole_area_of_single_cameras_silent_at_once_is_the_line() -> None:
    area = [seen(name, FaultKind.UNREACHABLE, site=name) for name in "abc"]
    assert set(causes(area).values()) == {Cause.LINK}
    assert causes([*area, seen("d", site="d")])["a"] is Cause.POWER


def test_a_connection_just_lost_is_not_judged_yet() -> None:
    assert causes([seen("a", FaultKind.LOST), seen("b")]) == {"a": Cause.UNKNOWN}


_SEEN = st.builds(
    Seen,
    camera_id=st.uuids().map(str),
    site_id=st.sampled_from("xyz"),
    unit_id=st.sampled_from("pq"),
    fault=st.one_of(st.none(), st.sampled_from(FaultKind)),
    since_ms=st.integers(0, 200_000),
)


@given(st.lists(_SEEN, max_size=30))
def test_exactly_the_cameras_with_a_fault_get_a_cause_whatever_the_order(cameras: list[Seen]) -> None:
    found = causes(cameras)
    assert set(found) == {camera.camera_id for camera in cameras if camera.fault}
    assert causes(reversed(cameras)) == found
