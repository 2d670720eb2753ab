"""The course of a hearing: its states, the acts that lead from one to another, and who may do them. Pure.

Whatever narrows what is seen, the clerk, the presiding judge and the court's chair may do; whatever widens it after it was closed, the
presiding judge alone. Sources: BLTTHS art. 25, 326, 327 (closed hearings, deliberation, judgment); TTLT 05/2021 art. 14 (suspension).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType


class State(StrEnum):
    SCHEDULED = "scheduled"
    ROOM_CHECK = "room_check"
    WAITING = "waiting"  # for the bench
    OPEN = "open"
    CLOSED_PART = "closed_part"
    DELIBERATION = "deliberation"  # nghị án
    JUDGMENT = "judgment"  # tuyên án
    SUSPENDED = "suspended"
    BREAK = "break"
    ADJOURNED = "adjourned"
    ENDED = "ended"


class Act(StrEnum):
    CHECK_ROOM = "check_room"
    AWAIT_BENCH = "await_bench"
    BEGIN = "begin"
    CLOSE_DOORS = "close_doors"
    OPEN_DOORS = "open_doors"
    DELIBERATE = "deliberate"
    BACK_TO_QUESTIONING = "back_to_questioning"
    PRONOUNCE = "pronounce"
    OPEN_JUDGMENT = "open_judgment"
    SUSPEND_TECHNICAL = "suspend_technical"
    SUSPEND = "suspend"
    TAKE_BREAK = "take_break"
    RESUME = "resume"
    ADJOURN = "adjourn"
    RESCHEDULE = "reschedule"
    END = "end"
    CUT = "cut"
    RESTORE = "restore"


class Outcome(StrEnum):
    """How a hearing ended."""

    JUDGMENT = "judgment"
    DISCONTINUED = "discontinued"  # đình chỉ
    RETURNED = "returned"  # trả hồ sơ điều tra bổ sung


WIDENING = frozenset({Act.OPEN_DOORS, Act.BACK_TO_QUESTIONING, Act.OPEN_JUDGMENT, Act.RESTORE})
"""What shows again what was closed: the presiding judge's alone. A pause that ends leads back to what was shown before it."""

BEFORE = frozenset({State.SCHEDULED, State.ADJOURNED})
OVER = frozenset({State.ADJOURNED, State.ENDED})
IDLE = BEFORE | OVER
"""The courtroom belongs to nobody's hearing."""
PAUSED = frozenset({State.SUSPENDED, State.BREAK})


@dataclass(frozen=True, slots=True)
class Course:
    """Where a hearing stands. `paused_from` is the state that a pause was entered from, and will lead back to.

    `closed_before`: the deliberation was entered from a closed part. `technical`: suspended for a technical fault. `cut`: the transmission
    was cut, whatever the state. `judgment_open`: the presiding judge has opened the judgment.
    """

    state: State = State.SCHEDULED
    paused_from: State | None = None
    closed_before: bool = False
    technical: bool = False
    cut: bool = False
    judgment_open: bool = False
    outcome: Outcome | None = None


class NotNow(Exception):
    """This act is none that can be done in this state."""

    def __init__(self, act: Act, state: State) -> None:
        super().__init__(f"{act} in {state}")
        self.act = act
        self.state = state


_RUNNING = frozenset(State) - IDLE
_IN_COURT = frozenset({State.OPEN, State.CLOSED_PART, State.DELIBERATION, State.JUDGMENT})
_FROM: Mapping[Act, frozenset[State]] = MappingProxyType(
    {
        Act.CHECK_ROOM: frozenset({State.SCHEDULED, State.WAITING}),
        Act.AWAIT_BENCH: frozenset({State.ROOM_CHECK}),
        Act.BEGIN: frozenset({State.WAITING}),
        Act.CLOSE_DOORS: frozenset({State.OPEN}),
        Act.OPEN_DOORS: frozenset({State.CLOSED_PART}),
        Act.DELIBERATE: frozenset({State.OPEN, State.CLOSED_PART}),
        Act.BACK_TO_QUESTIONING: frozenset({State.DELIBERATION}),
        Act.PRONOUNCE: frozenset({State.DELIBERATION}),
        Act.OPEN_JUDGMENT: frozenset({State.JUDGMENT}),
        Act.SUSPEND_TECHNICAL: frozenset({State.WAITING, State.BREAK}) | _IN_COURT,
        Act.SUSPEND: frozenset({State.WAITING, State.BREAK}) | _IN_COURT,
        Act.TAKE_BREAK: frozenset({State.WAITING}) | _IN_COURT,
        Act.RESUME: PAUSED,
        Act.ADJOURN: _RUNNING | {State.SCHEDULED},
        Act.RESCHEDULE: frozenset({State.ADJOURNED}),
        Act.END: _IN_COURT | PAUSED,
        Act.CUT: _RUNNING,
        Act.RESTORE: _RUNNING,
    }
)


def possible(course: Course) -> frozenset[Act]:
    """The acts that lead on from here."""
    acts = {act for act, states in _FROM.items() if course.state in states}
    acts.discard(Act.CUT if course.cut else Act.RESTORE)
    if course.judgment_open:
        acts.discard(Act.OPEN_JUDGMENT)
    return frozenset(acts)


def after(course: Course, act: Act, outcome: Outcome | None = None) -> Course:
    """The hearing once `act` has been done. Raises `NotNow`."""
    if act not in possible(course):
        raise NotNow(act, course.state)
    return _AFTER.get(act, _moved)(course, act, outcome)


def _moved(course: Course, act: Act, _outcome: Outcome | None) -> Course:
    return replace(course, state=_TO[act])


def _cut(course: Course, act: Act, _outcome: Outcome | None) -> Course:
    return replace(course, cut=act is Act.CUT)


def _judgment_opened(course: Course, _act: Act, _outcome: Outcome | None) -> Course:
    return replace(course, judgment_open=True)


def _deliberating(course: Course, _act: Act, _outcome: Outcome | None) -> Course:
    closed = course.state is State.CLOSED_PART
    return replace(course, state=State.DELIBERATION, closed_before=closed, judgment_open=False)


def _back(course: Course, _act: Act, _outcome: Outcome | None) -> Course:
    # Whoever deliberated on a closed part goes back to a closed part.
    return replace(course, state=State.CLOSED_PART if course.closed_before else State.OPEN)


def _paused(course: Course, act: Act, _outcome: Outcome | None) -> Course:
    came_from = course.paused_from if course.state in PAUSED else course.state
    state = State.BREAK if act is Act.TAKE_BREAK else State.SUSPENDED
    return replace(course, state=state, paused_from=came_from, technical=act is Act.SUSPEND_TECHNICAL)


def _resumed(course: Course, _act: Act, _outcome: Outcome | None) -> Course:
    # A pause that does not know where it came from shows nothing.
    return replace(course, state=course.paused_from or State.CLOSED_PART, paused_from=None, technical=False)


def _over(_course: Course, act: Act, outcome: Outcome | None) -> Course:
    if act is Act.END:
        return Course(State.ENDED, outcome=outcome or Outcome.JUDGMENT)
    return Course(State.ADJOURNED if act is Act.ADJOURN else State.SCHEDULED)


_AFTER: Mapping[Act, Callable[[Course, Act, Outcome | None], Course]] = MappingProxyType(
    {
        Act.CUT: _cut,
        Act.RESTORE: _cut,
        Act.OPEN_JUDGMENT: _judgment_opened,
        Act.DELIBERATE: _deliberating,
        Act.BACK_TO_QUESTIONING: _back,
        Act.SUSPEND_TECHNICAL: _paused,
        Act.SUSPEND: _paused,
        Act.TAKE_BREAK: _paused,
        Act.RESUME: _resumed,
        Act.RESCHEDULE: _over,
        Act.END: _over,
        Act.ADJOURN: _over,
    }
)
_TO: Mapping[Act, State] = MappingProxyType(
    {
        Act.CHECK_ROOM: State.ROOM_CHECK,
        Act.AWAIT_BENCH: State.WAITING,
        Act.BEGIN: State.OPEN,
        Act.CLOSE_DOORS: State.CLOSED_PART,
        Act.OPEN_DOORS: State.OPEN,
        Act.PRONOUNCE: State.JUDGMENT,
    }
)
