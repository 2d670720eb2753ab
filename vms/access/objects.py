"""What is asked about. `unit_path` is the object's unit and all units above it, at the moment that is asked about."""

from dataclasses import dataclass

from streams.types.gate import Audience


@dataclass(frozen=True, slots=True)
class AnyObject:
    """No particular object: "anywhere at all". For lists, which are then filtered by `reach`."""


@dataclass(frozen=True, slots=True)
class OwnObject:
    """Something that belongs to one account: a session, a saved wall, a job, a view."""

    owner_id: str


@dataclass(frozen=True, slots=True)
class CameraRule:
    """For whoever `subject` names: an account or a console by its id, or everyone with a role.

    One that allows opens what `sensitive` closes; one that forbids closes everything, and is always stronger.
    """

    subject: str
    allow: bool
    valid_from_ms: int = 0
    valid_to_ms: int | None = None

    def holds(self, at_ms: int) -> bool:
        return self.valid_from_ms <= at_ms and (self.valid_to_ms is None or at_ms < self.valid_to_ms)


@dataclass(frozen=True, slots=True)
class CameraRestriction:
    """What narrows the rights over a camera, or over a group that it is in. `sensitive`: pictures only for whom a rule allows it."""

    sensitive: bool
    rules: tuple[CameraRule, ...] = ()

    def admits(self, subjects: frozenset[str], at_ms: int, *, shows: bool) -> bool:
        said = {rule.allow for rule in self.rules if rule.subject in subjects and rule.holds(at_ms)}
        return False not in said and (True in said or not (self.sensitive and shows))


@dataclass(frozen=True, slots=True)
class Admission:
    """Whom an observation order lets into a hearing, to which pictures, from when to when.

    Everyone with an observer's role in exactly `unit_id`, or only `account_id` of them. `on`: the chair has not switched the body off.
    """

    unit_id: str
    account_id: str | None
    cameras: frozenset[str]
    valid_from_ms: int
    valid_to_ms: int
    on: bool = True

    def names(self, account_id: str, units: frozenset[str]) -> bool:
        return self.unit_id in units and self.account_id in (None, account_id)

    def holds(self, at_ms: int) -> bool:
        return self.on and self.valid_from_ms <= at_ms < self.valid_to_ms

    def announced(self, at_ms: int) -> bool:
        """Whether whoever it names may know of the hearing: also before it begins to hold."""
        return self.on and at_ms < self.valid_to_ms


@dataclass(frozen=True, slots=True)
class HearingObject:
    """A hearing with what decides about its pictures. `audiences`: for whom they may leave now (`vms.hearings.gate`); `accepted`: who has
    accepted the warning for observers, in which session; `judge_id`: its presiding judge.
    """

    id: str
    unit_path: frozenset[str]
    judge_id: str
    audiences: frozenset[Audience] = frozenset()
    admissions: tuple[Admission, ...] = ()
    accepted: frozenset[tuple[str, str]] = frozenset()

    def has_accepted(self, account_id: str, session_id: str) -> bool:
        """In this very session. What has none, such as a player, cannot be asked: it counts what its person accepted in any."""
        if session_id:
            return (account_id, session_id) in self.accepted
        return any(account == account_id for account, _ in self.accepted)


@dataclass(frozen=True, slots=True)
class CameraObject:
    """`court` for a camera that shows a courtroom: the rights of police end there. Each of `restrictions` must admit who asks.

    `hearing` is the one that runs before a court's camera now: without one it shows nothing to anybody.
    """

    id: str
    unit_path: frozenset[str]
    court: bool
    restrictions: tuple[CameraRestriction, ...] = ()
    hearing: HearingObject | None = None


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
class IncidentObject:
    """An incident or a case: it belongs to the unit that opened it."""

    id: str
    unit_path: frozenset[str]


@dataclass(frozen=True, slots=True)
class ExtractionObject:
    """A request for footage and what came of it: it belongs to the unit that asked."""

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


Object = (
    AnyObject
    | OwnObject
    | CameraObject
    | CourtroomObject
    | HearingObject
    | SiteObject
    | UnitObject
    | IncidentObject
    | ExtractionObject
    | AccountObject
    | GrantObject
)
