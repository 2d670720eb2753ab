"""The decision itself. Pure.

Separation of duty, stronger than any sum of roles:

* whoever holds the security administrator's role sees no media, wherever that role is held;
* whoever holds the technician's role sees no court media;
* whoever holds the auditor's role changes nothing;
* nobody manages the own account or grants anything to themself.
"""

from dataclasses import dataclass

from vms.access.actions import MEDIA, READING, Action
from vms.access.objects import (
    AccountObject,
    AnyObject,
    CameraObject,
    CourtroomObject,
    GrantObject,
    Object,
    OwnObject,
    SiteObject,
    UnitObject,
)
from vms.access.people import Person, Role
from vms.access.rights import RIGHTS, Scope

_NOWHERE: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reach:
    """In which units (and everything below them) an action is allowed: over police cameras, and over court cameras.

    Filter lists in the query with it; `units` is for what is on neither side (sites, units, accounts). False when empty.
    """

    police: frozenset[str] = _NOWHERE
    court: frozenset[str] = _NOWHERE

    @property
    def units(self) -> frozenset[str]:
        return self.police | self.court

    def __bool__(self) -> bool:
        return bool(self.police or self.court)


def reach(person: Person, action: Action, at_ms: int) -> Reach:
    """Where `person` may do `action` at that moment."""
    limit = _limit(person.roles(at_ms), action)
    police: set[str] = set()
    court: set[str] = set()
    for grant in person.grants:
        scope = RIGHTS[grant.role].get(action, Scope(0)) & limit if grant.holds(at_ms) else Scope(0)
        if Scope.POLICE in scope:
            police.add(grant.unit_id)
        if Scope.COURT in scope:
            court.add(grant.unit_id)
    return Reach(frozenset(police), frozenset(court))


def may(person: Person, action: Action, obj: Object, at_ms: int) -> bool:
    """Whether `person` may do `action` to `obj` at that moment. Whatever is not clearly allowed is not."""
    if isinstance(obj, OwnObject):
        return obj.owner_id == person.account_id and (action is Action.OWN or bool(reach(person, action, at_ms)))
    where = Reach() if action is Action.OWN else reach(person, action, at_ms)
    if isinstance(obj, AnyObject):
        return bool(where)
    if isinstance(obj, AccountObject):
        allowed_on_self = obj.id != person.account_id or action in READING
        return allowed_on_self and bool(obj.unit_paths) and all(_meet(where.units, path) for path in obj.unit_paths)
    if isinstance(obj, GrantObject):
        return obj.account_id != person.account_id and _meet(where.units, obj.unit_path)
    return _meet(_side(where, obj), obj.unit_path)


def _side(where: Reach, obj: CameraObject | CourtroomObject | SiteObject | UnitObject) -> frozenset[str]:
    match obj:
        case CameraObject():
            return where.court if obj.court else where.police
        case CourtroomObject():
            return where.court
        case SiteObject() | UnitObject():
            return where.units


def _limit(roles: frozenset[Role], action: Action) -> Scope:
    if Role.SECURITY_ADMINISTRATOR in roles and action in MEDIA:
        return Scope(0)
    if Role.AUDITOR in roles and action not in READING:
        return Scope(0)
    if Role.TECHNICIAN in roles and action in MEDIA:
        return Scope.POLICE
    return Scope.ALL


def _meet(units: frozenset[str], path: frozenset[str]) -> bool:
    return not units.isdisjoint(path)
