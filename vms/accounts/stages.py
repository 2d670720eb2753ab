"""What a session waits for before anything else is allowed. Pure."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum

from vms.access import Role

DAY_MS = 86_400_000


class Stage(IntEnum):
    """In this order: whoever has only a password must not change it before the second factor was shown."""

    CODE = 0
    PASSWORD = 1
    ENROLMENT = 2
    OPEN = 3


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known about a session and its account. `password_expires_ms` is None for a password that lasts."""

    has_totp: bool
    totp_required: bool
    code_given: bool
    must_change_password: bool
    password_expires_ms: int | None

    def stage(self, at_ms: int) -> Stage:
        if self.has_totp and not self.code_given:
            return Stage.CODE
        if self.must_change_password or (self.password_expires_ms is not None and at_ms >= self.password_expires_ms):
            return Stage.PASSWORD
        if self.totp_required and not self.has_totp:
            return Stage.ENROLMENT
        return Stage.OPEN


def expires_ms(set_ms: int, days: int) -> int | None:
    """When a password that was set then ends; None when passwords last."""
    return set_ms + days * DAY_MS if days else None


def needs_totp(roles: Collection[Role], totp_roles: Collection[str]) -> bool:
    return any(role.value in totp_roles for role in roles)
