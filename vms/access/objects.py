"""What is asked about. `unit_path` is the object's unit and all units above it, at the moment that is asked about."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class AnyObject:
    """No particular object: "anywhere at all". For lists, which are then filtered by `reach`."""


@dataclass(frozen=True, slots=True)
class OwnObject:
    """Something that belongs to one account: a session, a saved wall, a job, a view."""

    owner_id: str


@dataclass(frozen=True, slots=True)
class CameraObject:
    """`court` for a camera that shows a courtroom: the rights of police end there."""

    id: str
    unit_path: frozenset[str]
    court: bool


@dataclass(frozen=True, slots=True)
class CourtroomObject:
    id: str
    unit_path: frozenset[str]


@dataclass(frozen=True, slots=True)
class SiteObject:
    id: str
    unit_path: frozenset[str]


@dataclass(frozen=True, slots=True)
class UnitObject:
    id: str
    unit_path: frozenset[str]


@dataclass(frozen=True, slots=True)
class AccountObject:
    """An account. `unit_paths` has one path for each role that it ever held or will hold: whoever manages it reaches all."""

    id: str
    unit_paths: tuple[frozenset[str], ...]


@dataclass(frozen=True, slots=True)
class GrantObject:
    """A role that is to be given to an account (`account_id` is empty for one that is being created)."""

    account_id: str
    unit_path: frozenset[str]


Object = AnyObject | OwnObject | CameraObject | CourtroomObject | SiteObject | UnitObject | AccountObject | GrantObject
