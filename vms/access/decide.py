"""The decision itself. Pure.

Separation of duty, stronger than any sum of roles:

* whoever holds the security administrator's role sees no media, wherever that role is held;
* whoever holds the technician's role sees no court media;
* whoever holds the auditor's role changes nothing;
* nobody manages the own account or grants anything to themself;
* a wall console has the cameras of its wall and nothing else;
* a courtroom's camera shows what its hearing shows, and nothing without one;
* what was closed in a hearing, nobody opens but its own presiding judge.

Rules about single cameras narrow what a role gives, and never widen it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from streams.types.gate import Audience
from vms.access.actions import CLOSED_WHEN_SENSITIVE, MEDIA, READING, Action
from vms.access.objects import (
    AccountObject,
    Admission,
    AnyObject,
    CameraObject,
    CourtroomObject,
    ExtractionObject,
    GrantObject,
    HearingObject,
    IncidentObject,
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

    `orders`: where the role is held to which an observation order may open a hearing; exactly there, for the unit above is another body.
    Filter lists in the query with it; `units` is for what is on neither side (sites, units, accounts). False when empty.
    Within those units `admits` leaves out single cameras: by their restrictions, whose rules are about `subjects` (who asks, and all
    roles of theirs) and which may close what `shows` pictures; and by not being on the console's wall (`only`).
    """

    police: frozenset[str] = _NOWHERE
    court: frozenset[str] = _NOWHERE
    subjects: frozenset[str] = _NOWHERE
    shows: bool = True
    only: frozenset[str] | None = None
    at_ms: int = 0
    orders: frozenset[str] = _NOWHERE

    @property
    def units(self) -> frozenset[str]:
        return self.police | self.court

    def __bool__(self) -> bool:
        return bool(self.police or self.court or self.orders)

    def admits(self, camera: CameraObject) -> bool:
        """Whether nothing about this very camera stands against it."""
        if self.only is not None and camera.id not in self.only:
            return False
        return all(one.admits(self.subjects, self.at_ms, shows=self.shows) for one in camera.restrictions)


def reach(person: Person, action: Action, at_ms: int) -> Reach:
    """Where `person` may do `action` at that moment."""
    roles = person.roles(at_ms)
    limit = _limit(roles, action)
    police: set[str] = set()
    court: set[str] = set()
    orders: set[str] = set()
    for grant in person.held(at_ms):
        scope = RIGHTS[grant.role].get(action, Scope(0)) & limit
        if Scope.POLICE in scope:
            police.add(grant.unit_id)
        if Scope.COURT in scope:
            court.add(grant.unit_id)
        if Scope.ORDER in scope:
            orders.add(grant.unit_id)
    return Reach(
        frozenset(police),
        frozenset(court),
        subjects=roles | {person.account_id},
        shows=action in CLOSED_WHEN_SENSITIVE,
        only=person.cameras,
        at_ms=at_ms,
        orders=frozenset(orders),
    )


def may(person: Person, action: Action, obj: Object, at_ms: int) -> bool:
    """Whether `person` may do `action` to `obj` at that moment. Whatever is not clearly allowed is not."""
    if isinstance(obj, OwnObject):
        return obj.owner_id == person.account_id and (action is Action.OWN or bool(reach(person, action, at_ms)))
    where = Reach() if action is Action.OWN else reach(person, action, at_ms)
    if isinstance(obj, AnyObject):
        return bool(where)
    if isinstance(obj, CameraObject):
        if action is Action.CAMERA_VIEW_LIVE:
            return audience(person, obj, at_ms) is not None
        return where.admits(obj) and _meet(where.court if obj.court else where.police, obj.unit_path)
    return not person.is_console and _reaches(person, action, obj, where)


def audience(person: Person, camera: CameraObject, at_ms: int) -> Audience | None:
    """As whom `person` sees this camera's live picture now; None for whoever does not."""
    where = reach(person, Action.CAMERA_VIEW_LIVE, at_ms)
    if not camera.unit_path or not where.admits(camera):
        return None
    if not camera.court:
        return Audience.ANYONE if _meet(where.police, camera.unit_path) else None
    hearing = camera.hearing
    if hearing is None:
        return None
    if Audience.COURT in hearing.audiences and _meet(where.court, camera.unit_path):
        return Audience.COURT
    if Audience.OBSERVERS in hearing.audiences and hearing.has_accepted(person.account_id, person.session_id):
        named = (one for one in hearing.admissions if one.names(person.account_id, where.orders) and one.holds(at_ms))
        return Audience.OBSERVERS if any(camera.id in one.cameras for one in named) else None
    return None


def _hearing(person: Person, action: Action, obj: HearingObject, where: Reach) -> bool:
    """A court's people by where they are, its judge by name, observers by their orders."""
    if not obj.unit_path:
        return False
    if action is Action.HEARING_OPEN and obj.judge_id != person.account_id:
        return False
    if _meet(where.court, obj.unit_path):
        return True
    named = (one for one in obj.admissions if one.names(person.account_id, where.orders))
    return any(_admits(one, action, where.at_ms) for one in named)


def _admits(admission: Admission, action: Action, at_ms: int) -> bool:
    match action:
        case Action.HEARING_LIST:
            return admission.announced(at_ms)
        case Action.HEARING_OBSERVE:
            return admission.holds(at_ms)
        case _:
            # Whoever has observed keeps what they wrote.
            return action is Action.HEARING_NOTE and admission.valid_from_ms <= at_ms


def looks_back_ms(
    person: Person, action: Action, camera: CameraObject, at_ms: int, days: Mapping[Role, int]
) -> int | None:
    """How far into the past `person` may do `action` to a camera's recordings; None for not at all.

    `days` says it of each role; one that is not named reaches no past. What counts is the role that allows the action on this very
    camera: who may look back a year in one area looks back a week in another.
    """
    if not may(person, action, camera, at_ms):
        return None
    side = Scope.COURT if camera.court else Scope.POLICE
    reached = [
        days.get(grant.role, 0)
        for grant in person.held(at_ms)
        if grant.unit_id in camera.unit_path and side in RIGHTS[grant.role].get(action, Scope(0))
    ]
    return max(reached, default=0) * 86_400_000 or None


_Reached = (
    AccountObject
    | GrantObject
    | CourtroomObject
    | HearingObject
    | SiteObject
    | UnitObject
    | IncidentObject
    | ExtractionObject
)


def _reaches(
    person: Person,
    action: Action,
    obj: _Reached,
    where: Reach,
) -> bool:
    match obj:
        case AccountObject():
            allowed_on_self = obj.id != person.account_id or action in READING
            return allowed_on_self and bool(obj.unit_paths) and all(_meet(where.units, path) for path in obj.unit_paths)
        case GrantObject():
            return obj.account_id != person.account_id and _meet(where.units, obj.unit_path)
        case HearingObject():
            return _hearing(person, action, obj, where)
        case CourtroomObject():
            return _meet(where.court, obj.unit_path)
        case IncidentObject() | ExtractionObject():
            return _meet(where.police, obj.unit_path)
        case SiteObject() | UnitObject():
            return _meet(where.units, obj.unit_path)


def _limit(roles: frozenset[Role], action: Action) -> Scope:
    if Role.SECURITY_ADMINISTRATOR in roles and action in MEDIA:
        return Scope(0)
    if Role.AUDITOR in roles and action not in READING:
        return Scope(0)
    if Role.TECHNICIAN in roles and action in MEDIA:
        return Scope.POLICE
    return Scope.EVERY


def _meet(units: frozenset[str], path: frozenset[str]) -> bool:
    return not units.isdisjoint(path)
