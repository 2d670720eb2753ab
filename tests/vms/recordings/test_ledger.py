from datetime import date
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from streams.types.camera import ScheduleSpan
from streams.types.recording import GapCause
from vms.clock import DAY_MS, day_begins_ms
from vms.recordings.ledger import Gap, Planned, Source, gaps, owed
from vms.recordings.spans import Span, joined, total_ms, within, without

HOUR_MS = 3_600_000
MONDAY_MS = day_begins_ms(date(2026, 11, 23))
spans = st.lists(
    st.builds(lambda at, n: Span(at * 5000, (at + n) * 5000), st.integers(0, 100), st.integers(0, 30)), max_size=8
)
known = st.lists(
    st.builds(
        lambda at, n, cause, source: Gap(at * 5000, (at + n) * 5000, cause, source),
        st.integers(0, 100),
        st.integers(0, 30),
        st.sampled_from([GapCause.LINK, GapCause.DISK]),
        st.sampled_from([Source.CHAIN, Source.WORKER, Source.CONTROL]),
    ),
    max_size=6,
)


@given(spans, spans, known)
def test_every_second_that_is_owed_and_not_there_has_exactly_one_cause(
    owed_spans: list[Span], recorded: list[Span], told: list[Gap]
) -> None:
    found = gaps(owed_spans, recorded, told)
    missing = without(owed_spans, joined(recorded, 1500))
    assert joined(gap.span for gap in found) == missing
    assert sum(gap.span.length_ms for gap in found) == total_ms(missing)
    assert all(before.end_ms <= after.start_ms for before, after in pairwise(found))


@given(spans, spans, known)
def test_nothing_that_has_a_known_cause_is_called_unknown(
    owed_spans: list[Span], recorded: list[Span], told: list[Gap]
) -> None:
    unknown = [gap.span for gap in gaps(owed_spans, recorded, told) if gap.cause is GapCause.UNKNOWN]
    for one in told:
        assert within(unknown, one.span) == []


def test_the_more_trusted_word_goes_first() -> None:
    told = [
        Gap(0, 60_000, GapCause.RESTART, Source.CONTROL),
        Gap(20_000, 40_000, GapCause.LINK, Source.WORKER),
        Gap(30_000, 40_000, GapCause.REFUSED, Source.CHAIN),
    ]
    assert [(gap.start_ms, gap.end_ms, gap.cause) for gap in gaps([Span(0, 60_000)], [], told)] == [
        (0, 20_000, GapCause.RESTART),
        (20_000, 30_000, GapCause.LINK),
        (30_000, 40_000, GapCause.REFUSED),
        (40_000, 60_000, GapCause.RESTART),
    ]


def test_the_moment_before_a_fault_was_noticed_belongs_to_it() -> None:
    told = [Gap(25_000, 60_000, GapCause.LINK, Source.WORKER)]
    assert gaps([Span(0, 100_000)], [Span(0, 20_000), Span(62_000, 100_000)], told) == [
        Gap(20_000, 62_000, GapCause.LINK, Source.WORKER)
    ]


def test_files_that_follow_each_other_leave_no_gap_and_an_outage_leaves_one() -> None:
    recorded = [Span(0, 60_000), Span(60_040, 120_000), Span(150_000, 200_000)]
    assert gaps([Span(0, 200_000)], recorded, []) == [Gap(120_000, 150_000, GapCause.UNKNOWN)]


def test_where_a_worker_says_that_nothing_was_planned_nothing_is_missing() -> None:
    told = [Gap(0, 5_000, GapCause.PLAN, Source.CHAIN)]
    assert gaps([Span(0, 60_000)], [Span(5_000, 60_000)], told) == []


def test_a_schedule_owes_its_hours_and_not_those_on_motion() -> None:
    schedule = [
        ScheduleSpan(weekdays=(1,), from_min=22 * 60, to_min=1440),
        ScheduleSpan(weekdays=(2,), from_min=0, to_min=6 * 60),
        ScheduleSpan(weekdays=(2,), from_min=6 * 60, to_min=22 * 60, motion=True),
    ]
    week = Span(MONDAY_MS, MONDAY_MS + 7 * DAY_MS)
    night = Span(MONDAY_MS + 22 * HOUR_MS, MONDAY_MS + 30 * HOUR_MS)
    assert owed([Planned(week, schedule)], week) == [night]
    part = Span(MONDAY_MS + 25 * HOUR_MS, MONDAY_MS + 26 * HOUR_MS)
    assert owed([Planned(week, schedule)], part) == [part]


def test_a_plan_owes_nothing_outside_of_its_time_and_on_motion_nothing_at_all() -> None:
    plans = [
        Planned(Span(MONDAY_MS, MONDAY_MS + HOUR_MS), None),
        Planned(Span(MONDAY_MS + HOUR_MS, MONDAY_MS + DAY_MS), ()),
    ]
    assert owed(plans, Span(MONDAY_MS - DAY_MS, MONDAY_MS + DAY_MS)) == [Span(MONDAY_MS, MONDAY_MS + HOUR_MS)]
