"""Who gains and loses what, by comparing two states of the organisation. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vms.access import Action, CameraObject, CourtroomObject, Person, may

SEEING = (Action.CAMERA_VIEW_LIVE, Action.CAMERA_VIEW_RECORDED)
KEEPING = (Action.CAMERA_MANAGE,)
SITTING = (Action.HEARING_OBSERVE, Action.HEARING_MANAGE, Action.HEARING_CUT)
MOST_NAMED = 50


@dataclass(frozen=True, slots=True)
class State:
    """One state of the organisation at one moment: what `may` is asked about, and what people call it."""

    at_ms: int
    cameras: Mapping[str, CameraObject]
    courtrooms: Mapping[str, CourtroomObject]
    names: Mapping[str, str]
    people: Sequence[Person]


@dataclass(frozen=True, slots=True)
class Effect:
    """What changes for one person. At most `MOST_NAMED` cameras and courtrooms are named in each list; the counts are of all."""

    account_id: str
    login: str
    name: str
    gains: tuple[str, ...]
    loses: tuple[str, ...]
    gained: int
    lost: int


def effects(before: State, after: State) -> list[Effect]:
    """For everybody for whom something changes, whoever loses most first."""
    later = {person.account_id: person for person in after.people}
    found = []
    for person in before.people:
        old = reached(person, before)
        new = reached(later[person.account_id], after) if person.account_id in later else frozenset()
        gains, loses = new - old, old - new
        if gains or loses:
            found.append(
                Effect(
                    person.account_id,
                    person.login,
                    person.name,
                    _named(gains, after),
                    _named(loses, before),
                    len(gains),
                    len(loses),
                )
            )
    return sorted(found, key=lambda effect: (-effect.lost, -effect.gained, effect.login))


def reached(person: Person, state: State) -> frozenset[str]:
    """The cameras that a person sees or keeps in this state, and the courtrooms whose hearings are theirs to hold or to observe."""
    cameras = _allowed(person, SEEING + KEEPING, state.cameras, state.at_ms)
    return cameras | _allowed(person, SITTING, state.courtrooms, state.at_ms)


def _allowed(
    person: Person, actions: Sequence[Action], objects: Mapping[str, CameraObject | CourtroomObject], at_ms: int
) -> frozenset[str]:
    return frozenset(
        object_id for object_id, obj in objects.items() if any(may(person, action, obj, at_ms) for action in actions)
    )


def _named(found: frozenset[str], state: State) -> tuple[str, ...]:
    return tuple(sorted(state.names[object_id] for object_id in found)[:MOST_NAMED])
