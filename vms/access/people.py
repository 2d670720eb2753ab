"""Who asks: a person with roles, each held in a unit for a time."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    DUTY_OFFICER = "duty_officer"
    DUTY_COMMANDER = "duty_commander"
    INVESTIGATOR = "investigator"
    TECHNICIAN = "technician"
    COURT_CLERK = "court_clerk"
    PRESIDING_JUDGE = "presiding_judge"
    COURT_CHAIR = "court_chair"
    PROSECUTOR = "prosecutor"
    PROSECUTORS_LEADER = "prosecutors_leader"
    OVERSIGHT_OBSERVER = "oversight_observer"
    SECURITY_ADMINISTRATOR = "security_administrator"
    AUDITOR = "auditor"
    WALL_CONSOLE = "wall_console"
    """A workstation that shows one wall. No person holds it, and it means nothing without the cameras of a wall."""


PEOPLES_ROLES = frozenset(Role) - {Role.WALL_CONSOLE}
"""What an account can be given."""


@dataclass(frozen=True, slots=True)
class Grant:
    """`role` in `unit_id` and everything below it, from `valid_from_ms` (included) to `valid_to_ms` (excluded)."""

    role: Role
    unit_id: str
    valid_from_ms: int
    valid_to_ms: int | None = None

    def holds(self, at_ms: int) -> bool:
        return self.valid_from_ms <= at_ms and (self.valid_to_ms is None or at_ms < self.valid_to_ms)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who is signed in. An account that is locked is nobody: it never becomes a `Person`.

    `session_id`: through which session they act; empty for what happens in their name without one (a player, a view that runs on).

    A wall console is one, too: `cameras` are those of its wall, and there is nothing else for it, whatever it holds.
    """

    account_id: str
    login: str
    name: str
    grants: tuple[Grant, ...] = ()
    cameras: frozenset[str] | None = None
    session_id: str = ""

    @property
    def is_console(self) -> bool:
        return self.cameras is not None

    def held(self, at_ms: int) -> tuple[Grant, ...]:
        """The grants that count at that moment."""
        return tuple(
            grant
            for grant in self.grants
            if grant.holds(at_ms) and (grant.role is Role.WALL_CONSOLE) == self.is_console
        )

    def roles(self, at_ms: int) -> frozenset[Role]:
        return frozenset(grant.role for grant in self.held(at_ms))
