from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st

from vms.hearings.interruptions import TechnicalPause, technical_pauses
from vms.hearings.states import Act, Course, Outcome, State, after, possible


@dataclass(frozen=True)
class Mark:
    at_ms: int
    act: str
    state: str


def _marks(*acts: tuple[str, str]) -> list[Mark]:
    return [Mark(number * 1000, act, state) for number, (act, state) in enumerate(acts)]


def test_a_technical_pause_ends_with_what_leads_on() -> None:
    marks = _marks(
        (Act.BEGIN, State.OPEN),
        (Act.SUSPEND_TECHNICAL, State.SUSPENDED),
        ("stage", State.SUSPENDED),
        (Act.CUT, State.SUSPENDED),
        (Act.RESUME, State.OPEN),
        (Act.SUSPEND, State.SUSPENDED),
        (Act.RESUME, State.OPEN),
        (Act.SUSPEND_TECHNICAL, State.SUSPENDED),
        (Act.ADJOURN, State.ADJOURNED),
    )
    assert technical_pauses(marks) == [
        TechnicalPause(1, 1000, 4000, Act.RESUME),
        TechnicalPause(7, 7000, 8000, Act.ADJOURN),
    ]


def test_one_that_lasts_has_no_end_and_is_told_once() -> None:
    marks = _marks((Act.SUSPEND_TECHNICAL, State.SUSPENDED), (Act.SUSPEND_TECHNICAL, State.SUSPENDED))
    assert technical_pauses(marks) == [TechnicalPause(0, 0, None, None)]


def test_a_break_ends_it() -> None:
    marks = _marks((Act.SUSPEND_TECHNICAL, State.SUSPENDED), (Act.TAKE_BREAK, State.BREAK), (Act.RESUME, State.OPEN))
    assert technical_pauses(marks) == [TechnicalPause(0, 0, 1000, Act.TAKE_BREAK)]


@given(st.data())
def test_they_are_the_times_at_which_the_course_is_suspended_for_a_technical_fault(data: st.DataObject) -> None:
    course, marks, faulty = Course(), [], []
    for number in range(data.draw(st.integers(0, 30))):
        if not possible(course):
            break
        act = data.draw(st.sampled_from(sorted(possible(course))))
        course = after(course, act, Outcome.JUDGMENT)
        marks.append(Mark(number, act, course.state))
        faulty.append(course.state is State.SUSPENDED and course.technical)
    found = technical_pauses(marks)
    for number, wanted in enumerate(faulty):
        inside = any(one.from_ms <= number and (one.to_ms is None or number < one.to_ms) for one in found)
        assert inside == wanted
