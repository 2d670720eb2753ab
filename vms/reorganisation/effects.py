"""Who gains and loses what, by comparing two states of the organisation. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vms.access import Action, CameraObject, Person, may

SEEING = (Action.CAMERA_VIEW_LIVE, Action.CAMERA_VIEW_RECORDED)
KEEPING = (Action.CAMERA_MANAGE,)
MOST_NAMED = 50


@dataclass(frozen=True, slots=True)
class State:
    """One state of the organisation at one moment: what `may` is asked about, and what people call it."""

    at_ms: int
    cameras: Mapping[str, CameraObject]
    names: Mapping[str, str]
    people: Sequence[Person]


@dataclass(frozen=True, slots=True)
class Effect:
    """What changes for one person. At most `MOST_NAMED` cameras are named in each list; the counts are of all."""

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
    """The cameras that a person sees or keeps in this state."""
    return frozenset(
        camera_id
        for camera_id, camera in state.cameras.items()
        if any(may(person, action, camera, state.at_ms) for action in SEEING + KEEPING)
    )


def _named(cameras: frozenset[str], state: State) -> tuple[str, ...]:
    return tuple(sorted(state.names[camera_id] for camera_id in cameras)[:MOST_NAMED])
