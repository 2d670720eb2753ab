"""What leaves the courtroom: the media gate, a pure function of the hearing's course and flags. Unknown means nothing.

The observation order, the person and the time come in where a single person asks (`vms.access.decide.audience`); what is said here holds
for everybody, and is what the media workers are told.
"""

from collections.abc import Collection
from enum import StrEnum

from streams.types.gate import Audience
from vms.hearings.states import PAUSED, Course, State

NOBODY: frozenset[Audience] = frozenset()
_COURT = frozenset({Audience.COURT})
_ENTITLED = frozenset({Audience.COURT, Audience.OBSERVERS})


class Flag(StrEnum):
    """Why a hearing is not for observers. None of them: it is public."""

    CLOSED = "closed"  # xét xử kín, by decision of the panel
    MINOR = "minor"  # an accused, victim or witness under 18
    STATE_SECRET = "state_secret"  # noqa: S105 not a password
    PRIVATE_LIFE = "private_life"


class Point(StrEnum):
    """What must be answered before a hearing that is to be observed is scheduled."""

    JUVENILE = "juvenile"
    SECRET = "secret"  # noqa: S105 not a password
    SEXUAL_OFFENCE = "sexual_offence"
    PRIVACY = "privacy"


MEANS = {
    Point.JUVENILE: Flag.MINOR,
    Point.SECRET: Flag.STATE_SECRET,
    Point.SEXUAL_OFFENCE: Flag.CLOSED,
    Point.PRIVACY: Flag.PRIVATE_LIFE,
}
"""The flag that a hearing has when a point of the checklist is answered with yes."""


class Card(StrEnum):
    """What a viewer reads instead of a picture."""

    NOT_BEGUN = "not_begun"
    CLOSED = "closed"
    DELIBERATION = "deliberation"
    BREAK = "break"
    TECHNICAL = "technical"
    SUSPENDED = "suspended"
    CUT = "cut"
    ADJOURNED = "adjourned"
    ENDED = "ended"


def sealed(flags: Collection[str]) -> bool:
    """Whether the hearing as a whole is closed. A flag that we do not know closes it, too."""
    return bool(flags)


def audiences(course: Course, flags: Collection[str]) -> frozenset[Audience]:
    """For whom pictures and sound may leave the workers now."""
    if course.cut:
        return NOBODY
    match course.state:
        case State.ROOM_CHECK | State.WAITING:
            return _COURT  # before the bench comes: the court looks at its own room
        case State.OPEN:
            return NOBODY if sealed(flags) else _ENTITLED
        case State.JUDGMENT:
            return _judgment(course, flags)
        case State.SUSPENDED if course.technical:
            # So that the fault can be found: of what was shown before, to the court's own people.
            before = course.paused_from
            return NOBODY if before is None or before in PAUSED else audiences(Course(before), flags) & _COURT
        case _:
            return NOBODY


def with_recorder(shown: frozenset[Audience], purpose: str | None) -> frozenset[Audience]:
    """For whom, the recorder among them. It records, for a purpose, what observers may see, and nothing else: no closed part, no
    deliberation, nothing after a cut.
    """
    return shown | {Audience.RECORDER} if purpose and Audience.OBSERVERS in shown else shown


def _judgment(course: Course, flags: Collection[str]) -> frozenset[Audience]:
    """Pronounced in public, even of a closed hearing (BLTTHS art. 25, 327); but then only by an explicit act, and secrets never."""
    if not sealed(flags) and not course.closed_before:
        return _ENTITLED
    secret = not set(flags) <= {Flag.CLOSED, Flag.MINOR, Flag.PRIVATE_LIFE}
    return _ENTITLED if course.judgment_open and not secret else NOBODY


def card(course: Course, flags: Collection[str]) -> Card | None:
    """Why an observer sees nothing; None when there is something to be seen."""
    if Audience.OBSERVERS in audiences(course, flags):
        return None
    if course.state is State.ENDED:
        return Card.ENDED
    if course.state is State.ADJOURNED:
        return Card.ADJOURNED
    if sealed(flags):
        return Card.CLOSED
    if course.cut:
        return Card.CUT
    return _CARDS.get(course.state, Card.CLOSED) if not course.technical else Card.TECHNICAL


_CARDS = {
    State.SCHEDULED: Card.NOT_BEGUN,
    State.ROOM_CHECK: Card.NOT_BEGUN,
    State.WAITING: Card.NOT_BEGUN,
    State.CLOSED_PART: Card.CLOSED,
    State.DELIBERATION: Card.DELIBERATION,
    State.JUDGMENT: Card.CLOSED,
    State.SUSPENDED: Card.SUSPENDED,
    State.BREAK: Card.BREAK,
}
