"""Who watched from when to when: views put together to visits, and written as they begin and end."""

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from vms.db.tables import AttendanceRow
from vms.hearings.attendance import TOGETHER_MS, visits_of


def row(began_ms: int, ended_ms: int | None, angle: str = "bench", account: str = "one") -> AttendanceRow:
    return AttendanceRow(
        id=f"{account}-{angle}-{began_ms}",
        hearing_id="hearing",
        account_id=account,
        name=account,
        unit_id="unit",
        unit="Viện kiểm sát",
        address="10.0.0.7",
        angle=angle,
        camera_id="camera",
        observer=True,
        began_ms=began_ms,
        ended_ms=ended_ms,
    )


def test_pictures_that_overlap_or_follow_at_once_are_one_visit_without_gaps() -> None:
    (visit,) = visits_of([row(0, 10_000), row(5_000, 20_000, "accused"), row(21_000, 30_000)], {("one", ""): 7})
    assert (visit.from_ms, visit.to_ms, visit.gaps, visit.accepted_ms) == (0, 30_000, (), 7)
    assert visit.angles == ("accused", "bench")


def test_a_gap_is_named_from_when_to_when() -> None:
    (visit,) = visits_of([row(0, 10_000), row(60_000, None)], {})
    assert (visit.gaps, visit.to_ms) == (((10_000, 60_000),), None)


@dataclass(frozen=True)
class Span:
    began_ms: int
    lasted_ms: int


spans = st.lists(st.builds(Span, st.integers(0, 100_000), st.integers(1, 30_000)), min_size=1, max_size=20)


@given(spans)
def test_no_moment_without_a_picture_is_counted_as_watched_but_the_short_ones(found: list[Span]) -> None:
    rows = [row(one.began_ms, one.began_ms + one.lasted_ms, f"{n}") for n, one in enumerate(found)]
    (visit,) = visits_of(rows, {})
    assert visit.from_ms == min(one.began_ms for one in found)
    assert visit.to_ms == max(one.began_ms + one.lasted_ms for one in found)
    for begin, end in visit.gaps:
        assert end - begin > TOGETHER_MS
        assert not any(one.began_ms < end and begin < one.began_ms + one.lasted_ms for one in found)
