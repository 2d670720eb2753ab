"""The pure rules: what is wanted when, what is given up, what is remembered before something moves, what a gap says."""

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.recordings import NOON_NS, S, pictures
from streams.record.degrade import Degrade, Space, suspended
from streams.record.gaps import GapLedger, Why, split_by_stop
from streams.record.preroll import PreRoll
from streams.record.wish import Wish, wish
from streams.types.camera import RecordingMode, RecordingPlan, ScheduleSpan
from streams.types.media import Codec, StreamKind
from streams.types.recording import GapCause, local_day, path_parts, segment_path

NOON_MS = NOON_NS // 1_000_000  # a Wednesday
HOUR_MS = 3_600_000
TOTAL = 10**12


def scheduled(*spans: ScheduleSpan) -> RecordingPlan:
    return RecordingPlan(mode=RecordingMode.SCHEDULE, schedule=spans)


def test_a_schedule_is_local_time() -> None:
    plan = scheduled(ScheduleSpan(weekdays=(3,), from_min=12 * 60, to_min=13 * 60))
    assert wish(plan, NOON_MS) is Wish.ALL
    assert wish(plan, NOON_MS - 1) is Wish.NOTHING
    assert wish(plan, NOON_MS + HOUR_MS) is Wish.NOTHING
    assert wish(plan, NOON_MS + 24 * HOUR_MS) is Wish.NOTHING


def test_where_spans_overlap_recording_all_wins() -> None:
    plan = scheduled(ScheduleSpan(motion=True), ScheduleSpan(from_min=720, to_min=721))
    assert wish(plan, NOON_MS) is Wish.ALL
    assert wish(plan, NOON_MS + 60_000) is Wish.MOTION


def test_a_path_says_whose_it_is_and_of_which_local_day() -> None:
    late = NOON_MS + 11 * HOUR_MS
    path = segment_path("camera-0001", late, StreamKind.SUB)
    assert path_parts(path) == ("camera-0001", "2026-11-25", late, StreamKind.SUB)
    assert local_day(late + HOUR_MS) == "2026-11-26"


@pytest.mark.parametrize(
    "path", ["../x", "camera-0001/2026-11-25/../../x", "camera-0001/2026-11-25/1-main.mp4\n", "", "/a"]
)
def test_what_is_no_path_of_ours_is_none(path: str) -> None:
    assert path_parts(path) is None


@given(st.dictionaries(st.text("abc", min_size=3, max_size=6), st.integers(1, 100)), st.floats(0, 1))
def test_nobody_is_given_up_before_somebody_of_lower_priority(priorities, share):
    gone = suspended(priorities, share)
    kept = priorities.keys() - gone
    assert len(gone) >= share * len(priorities) - 1e-9
    assert all(priorities[one] <= priorities[other] for one in gone for other in kept)


@given(st.floats(0, 1), st.floats(0, 1))
def test_more_is_given_up_the_less_is_free(one, other):
    shares = []
    for free in sorted((one, other)):
        degrade = Degrade()
        degrade.see_space(Space(TOTAL, int(free * TOTAL)))
        shares.append(degrade.share)
    assert shares[0] >= shares[1]


def test_space_near_a_border_does_not_switch_to_and_fro() -> None:
    degrade = Degrade()
    border = (Space(TOTAL, 0).nearly_bytes + Space(TOTAL, 0).full_bytes) // 2
    degrade.see_space(Space(TOTAL, border - 10**9))
    before = degrade.share
    assert before > 0
    degrade.see_space(Space(TOTAL, border - 9 * 10**8))
    assert degrade.share == before


def test_a_slow_disk_gives_up_quickly_and_takes_back_slowly() -> None:
    degrade = Degrade()
    for _ in range(3):
        degrade.see_speed(behind=True)
    assert degrade.share == pytest.approx(0.3)
    for _ in range(9):
        degrade.see_speed(behind=False)
    assert degrade.share == pytest.approx(0.3)
    for _ in range(21):
        degrade.see_speed(behind=False)
    assert degrade.share == 0


def test_the_pre_roll_is_whole_gops_and_reaches_far_enough() -> None:
    kept = PreRoll(2)
    units = pictures(NOON_NS, 10)
    for unit in units[:-7]:
        kept.add(unit)
    taken = list(kept.take())
    assert taken[0].keyframe
    assert taken == units[-7 - len(taken) : -7]
    assert 2 * S <= taken[-1].capture_ns - taken[0].capture_ns < 3 * S
    assert list(kept.take()) == []


def test_the_pre_roll_is_bounded_in_bytes() -> None:
    kept = PreRoll(60)
    for unit in pictures(NOON_NS, 10):
        kept.add(replace(unit, parts=(bytes(1 << 18),)))
    assert sum(unit.size_bytes for unit in kept.take()) <= 16 << 20


def test_sound_before_the_first_keyframe_is_not_kept() -> None:
    kept = PreRoll(5)
    kept.add(replace(pictures(NOON_NS, 1)[0], codec=Codec.PCMA, keyframe=False))
    assert list(kept.take()) == []


def test_a_hole_of_less_than_a_second_is_no_gap() -> None:
    ledger = GapLedger()
    ledger.open(1000, Why(GapCause.LINK))
    assert ledger.because(Why(GapCause.LINK), 1900) == []
    assert ledger.close(1900) == ((), [])


def test_the_cause_that_is_found_out_later_holds_from_the_beginning() -> None:
    ledger = GapLedger()
    ledger.open(1000, Why(GapCause.UNKNOWN))
    ledger.because(Why(GapCause.UNKNOWN), 3000)
    (note,) = ledger.because(Why(GapCause.LINK), 5000)
    assert (note.from_ms, note.to_ms, note.why.cause) == (1000, None, GapCause.LINK)
    (gap,), _ = ledger.close(9000)
    assert (gap.from_ms, gap.to_ms, gap.cause) == (1000, 9000, GapCause.LINK)


causes = st.sampled_from([Why(cause) for cause in GapCause])


@given(st.integers(0, 10**6), st.lists(st.tuples(st.integers(0, 5000), causes), max_size=400), st.integers(0, 5000))
def test_the_parts_of_a_gap_cover_it_without_a_hole(start_ms, changes, rest_ms):
    ledger = GapLedger()
    ledger.open(start_ms, Why(GapCause.UNKNOWN))
    now_ms = start_ms
    for step_ms, why in changes:
        now_ms += step_ms
        ledger.because(why, now_ms)
    end_ms = now_ms + rest_ms
    gaps, _ = ledger.close(end_ms)
    if end_ms - start_ms >= 1000:
        assert gaps[0].from_ms == start_ms
        assert end_ms - gaps[-1].to_ms < 1000
        assert all(one.to_ms == other.from_ms for one, other in pairwise(gaps))
    assert not ledger.is_open
    assert len(gaps) <= 201


times = st.integers(0, 10_000)


@given(times, times, times, st.one_of(st.none(), times))
def test_a_stop_splits_a_gap_and_loses_none_of_it(one, other, stop_from, stop_to):
    begin, end = sorted((one, other))
    parts = split_by_stop(begin, end, Why(GapCause.RESTART), (stop_from, stop_to, "x"))
    assert sum(part.to_ms - part.from_ms for part in parts) == end - begin
    for part in parts:
        if part.why.cause is GapCause.STOPPED_BY:
            assert part.from_ms >= stop_from
            assert stop_to is None or part.to_ms <= max(stop_to, stop_from)
