"""Separation of duty when a role is given: which roles one person never holds at the same time. Pure.

`vms.access.decide` is as strict whatever was given; this says so to whoever gives it, before it matters.
"""

from collections.abc import Iterable

from vms.access.people import Grant, Role

_COURT = frozenset(
    {
        Role.COURT_CLERK,
        Role.PRESIDING_JUDGE,
        Role.COURT_CHAIR,
        Role.PROSECUTOR,
        Role.PROSECUTORS_LEADER,
        Role.OVERSIGHT_OBSERVER,
    }
)
_POLICE = frozenset({Role.DUTY_OFFICER, Role.DUTY_COMMANDER, Role.INVESTIGATOR})


def exclude_each_other(one: Role, other: Role) -> bool:
    """Whether one person must not hold both: who administers sees nothing, a technician no court, an auditor does nothing else."""
    pair = {one, other}
    if len(pair) == 1:
        return False
    if Role.AUDITOR in pair or Role.WALL_CONSOLE in pair:
        return True
    if Role.SECURITY_ADMINISTRATOR in pair:
        return bool(pair & (_COURT | _POLICE))
    if Role.TECHNICIAN in pair:
        return bool(pair & _COURT)
    return bool(pair & _COURT) and bool(pair & _POLICE)


def clash(new: Grant, held: Iterable[Grant]) -> Role | None:
    """The first role in `held` that excludes `new` at some moment, or None."""
    for grant in held:
        if exclude_each_other(new.role, grant.role) and _overlap(new, grant):
            return grant.role
    return None


def _overlap(one: Grant, other: Grant) -> bool:
    begin = max(one.valid_from_ms, other.valid_from_ms)
    return all(begin < grant.valid_to_ms for grant in (one, other) if grant.valid_to_ms is not None)
