"""The course of a hearing and what it shows, over every sequence of acts."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.types.gate import Audience
from vms.hearings.gate import Card, Flag, audiences, card, with_recorder
from vms.hearings.stages import OF_STATE, STAGES, Procedure, Stage, may_mark
from vms.hearings.states import IDLE, PAUSED, WIDENING, Act, Course, NotNow, Outcome, State, after, possible

acts = st.lists(st.sampled_from(Act), max_size=40)
flags = st.frozensets(st.sampled_from(Flag), max_size=4)
courses = st.builds(
    Course,
    state=st.sampled_from(State),
    paused_from=st.none() | st.sampled_from(State),
    closed_before=st.booleans(),
    technical=st.booleans(),
    cut=st.booleans(),
    judgment_open=st.booleans(),
    outcome=st.none() | st.sampled_from(Outcome),
)
OBSERVERS, COURT = Audience.OBSERVERS, Audience.COURT


def run(sequence: list[Act]) -> list[tuple[Course, Act, Course]]:
    """What was possible of it: before, act, after."""
    course, steps = Course(), []
    for act in sequence:
        if act in possible(course):
            steps.append((course, act, after(course, act)))
            course = steps[-1][2]
    return steps


def told(*sequence: Act) -> Course:
    course = Course()
    for act in sequence:
        course = after(course, act)
    return course


BEGUN = (Act.CHECK_ROOM, Act.AWAIT_BENCH, Act.BEGIN)


@given(courses, flags)
def test_closed_parts_deliberation_pauses_and_cuts_show_observers_nothing(
    course: Course, found: frozenset[Flag]
) -> None:
    shown = audiences(course, found)
    assert Audience.ANYONE not in shown
    if course.cut or course.state not in (State.OPEN, State.JUDGMENT):
        assert OBSERVERS not in shown
    if course.cut or course.state in (State.CLOSED_PART, State.DELIBERATION, State.BREAK, *IDLE):
        assert not shown
    if found and course.state is State.OPEN:
        assert not shown


@given(courses, flags)
def test_the_judgment_of_a_closed_hearing_is_shown_by_an_explicit_act_and_a_secret_never(
    course: Course, found: frozenset[Flag]
) -> None:
    judgment = replace(course, state=State.JUDGMENT)
    if OBSERVERS in audiences(judgment, found):
        assert judgment.judgment_open or not (found or judgment.closed_before)
        assert Flag.STATE_SECRET not in found


@given(courses, st.frozensets(st.text(min_size=1), min_size=1))
def test_a_flag_that_nobody_knows_closes_the_hearing(course: Course, unknown: frozenset[str]) -> None:
    assert OBSERVERS not in audiences(replace(course, judgment_open=False), unknown)
    if not unknown <= set(Flag):
        assert OBSERVERS not in audiences(course, unknown)


@given(courses, flags, st.sampled_from(Flag))
def test_a_flag_never_shows_more(course: Course, found: frozenset[Flag], more: Flag) -> None:
    assert audiences(course, found | {more}) <= audiences(course, found)


@given(courses, flags, st.none() | st.sampled_from(["review", "training"]))
def test_without_a_purpose_nothing_is_recorded_and_with_one_only_what_observers_see(
    course: Course, found: frozenset[Flag], purpose: str | None
) -> None:
    shown = audiences(course, found)
    with_it = with_recorder(shown, purpose)
    assert with_it - {Audience.RECORDER} == shown
    assert (Audience.RECORDER in with_it) == (purpose is not None and OBSERVERS in shown)
    hidden = course.cut or course.state in {State.CLOSED_PART, State.DELIBERATION, *PAUSED, *IDLE}
    assert not (hidden and Audience.RECORDER in with_it)


@given(courses, flags)
def test_whoever_sees_nothing_reads_why_and_whoever_sees_reads_nothing(course: Course, found: frozenset[Flag]) -> None:
    assert (card(course, found) is None) == (OBSERVERS in audiences(course, found))


@given(acts, flags)
def test_after_something_was_closed_only_acts_of_the_judge_show_it_again(
    sequence: list[Act], found: frozenset[Flag]
) -> None:
    for before, act, then in run(sequence):
        shows_more = audiences(then, found) - audiences(before, found)
        closed = before.cut or before.state in (State.CLOSED_PART, State.DELIBERATION)
        if OBSERVERS in shows_more and closed and act not in WIDENING:
            # The one exception: the public judgment of a public hearing.
            assert act is Act.PRONOUNCE
            assert not before.closed_before
            assert not found
            assert not before.cut


@given(acts)
def test_a_pause_leads_back_to_what_it_came_from_and_no_further(sequence: list[Act]) -> None:
    came_from: Course | None = None
    for before, act, then in run(sequence):
        if act in (Act.SUSPEND, Act.SUSPEND_TECHNICAL, Act.TAKE_BREAK) and before.paused_from is None:
            came_from = before
        if act is Act.RESUME:
            assert came_from is not None
            assert then.state is came_from.state
            assert then.paused_from is None


@given(acts)
def test_a_cut_stays_until_the_judge_restores_or_the_hearing_is_over(sequence: list[Act]) -> None:
    for before, act, then in run(sequence):
        if before.cut and not then.cut:
            assert act in (Act.RESTORE, Act.ADJOURN, Act.END)
        assert not audiences(then, ()) or not then.cut


@given(acts)
def test_who_deliberated_on_a_closed_part_goes_back_to_a_closed_part(sequence: list[Act]) -> None:
    closed = False
    for before, act, then in run(sequence):
        if act is Act.DELIBERATE:
            closed = before.state is State.CLOSED_PART
        if act is Act.BACK_TO_QUESTIONING:
            assert then.state is (State.CLOSED_PART if closed else State.OPEN)


@given(courses, st.sampled_from(Act))
def test_what_is_not_possible_is_refused_and_what_is_possible_is_done(course: Course, act: Act) -> None:
    if act in possible(course):
        assert isinstance(after(course, act), Course)
    else:
        with pytest.raises(NotNow):
            after(course, act)


@given(acts)
def test_a_hearing_that_is_over_shows_nothing_and_remembers_nothing(sequence: list[Act]) -> None:
    for _, _, then in run(sequence):
        if then.state in IDLE:
            assert then == Course(then.state, outcome=then.outcome)
            assert not audiences(then, ())


def test_a_criminal_hearing_with_a_closed_part_from_beginning_to_end() -> None:
    course = told(*BEGUN)
    assert audiences(course, ()) == {COURT, OBSERVERS}
    course = after(course, Act.CLOSE_DOORS)
    assert (audiences(course, ()), card(course, ())) == (frozenset(), Card.CLOSED)
    course = after(after(course, Act.DELIBERATE), Act.PRONOUNCE)
    assert (audiences(course, ()), card(course, ())) == (frozenset(), Card.CLOSED)
    course = after(course, Act.OPEN_JUDGMENT)
    assert audiences(course, ()) == {COURT, OBSERVERS}
    assert after(course, Act.END).outcome is Outcome.JUDGMENT


def test_a_technical_fault_lets_the_court_look_for_it_where_the_hearing_was_open_and_nowhere_else() -> None:
    assert audiences(told(*BEGUN, Act.SUSPEND_TECHNICAL), ()) == {COURT}
    assert audiences(told(*BEGUN, Act.SUSPEND), ()) == frozenset()
    assert audiences(told(*BEGUN, Act.CLOSE_DOORS, Act.SUSPEND_TECHNICAL), ()) == frozenset()
    assert audiences(told(*BEGUN, Act.SUSPEND_TECHNICAL), {Flag.CLOSED}) == frozenset()
    assert card(told(*BEGUN, Act.SUSPEND_TECHNICAL), ()) is Card.TECHNICAL


@given(st.sampled_from(Procedure), st.sampled_from(Stage), st.sampled_from(State))
def test_a_stage_key_opens_and_closes_nothing(procedure: Procedure, stage: Stage, state: State) -> None:
    if may_mark(procedure, stage, state):
        assert state in (State.OPEN, State.CLOSED_PART)
        assert stage not in OF_STATE.values()


def test_every_procedure_ends_with_deliberation_and_judgment() -> None:
    for stages in STAGES.values():
        assert stages[-2:] == (Stage.DELIBERATION, Stage.JUDGMENT)
        assert len(set(stages)) == len(stages)
