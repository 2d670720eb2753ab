"""Roles given and taken, each in a unit and for a time. What was given is never deleted: it ends."""

from dataclasses import dataclass

import structlog
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.access import PEOPLES_ROLES, Action, Grant, GrantObject, Person, Role, clash, may
from vms.accounts.faults import BadPeriod, DutiesClash, NoSuchAccount, NoSuchGrant, NotAllowed
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import Account, GrantRow
from vms.organisation.service import Organisation
from vms.organisation.tree import OrgTree

_log = structlog.get_logger(__name__)
_OPERATOR = "@operator"
MOST_GRANTS = 500
"""Of one account, over all times."""


@dataclass(frozen=True, slots=True)
class NewGrant:
    """Without `valid_from_ms`: from now on."""

    role: str
    unit_id: str
    valid_from_ms: int | None = None
    valid_to_ms: int | None = None


class Grants:
    def __init__(self, db: Database, clock: Clock, organisation: Organisation) -> None:
        self._db = db
        self._clock = clock
        self._organisation = organisation

    async def give(self, by: Person, account_id: str, wanted: NewGrant) -> str:
        """Give a role; the id of the grant.

        Raises `NoSuchAccount`, `NotAllowed` (a role or unit that does not exist or that `by` may not give, or to oneself),
        `DutiesClash`, `BadPeriod`.
        """
        now_ms, tree = self._clock(), await self._organisation.tree()
        grant = checked(by, account_id, wanted, tree, now_ms)
        async with self._db.transaction() as session:
            if await session.get(Account, account_id) is None:
                raise NoSuchAccount
            rows = (await session.exec(select(GrantRow).where(GrantRow.account_id == account_id))).all()
            refuse_clash(grant, [held for row in rows if (held := as_grant(row)) is not None])
            if len(rows) >= MOST_GRANTS:
                raise NotAllowed
            row = grant_row(account_id, grant, author(by))
            session.add(row)
            await session.flush()
        _log.info("role_given", account_id=account_id, role=grant.role, by=by.account_id)
        return row.id

    async def end(self, by: Person, account_id: str, grant_id: str) -> None:
        """End a grant now; one that has not begun never will. Raises `NoSuchGrant`, `NotAllowed`."""
        now_ms, tree = self._clock(), await self._organisation.tree()
        async with self._db.transaction() as session:
            row = await session.get(GrantRow, grant_id)
            if row is None or row.account_id != account_id:
                raise NoSuchGrant
            if not may(by, Action.ACCOUNT_GRANT, GrantObject(account_id, tree.path(row.unit_id)), now_ms):
                raise NotAllowed
            end_ms = max(now_ms, row.valid_from_ms)
            row.valid_to_ms = end_ms if row.valid_to_ms is None else min(end_ms, row.valid_to_ms)
            session.add(row)
        _log.info("role_ended", account_id=account_id, grant_id=grant_id, by=by.account_id)


def checked(by: Person, account_id: str, wanted: NewGrant, tree: OrgTree, now_ms: int) -> Grant:
    """What `by` wants to give, if that may be given. Raises `NotAllowed` and `BadPeriod`. Pure."""
    path = tree.path(wanted.unit_id) if wanted.unit_id in tree.units else frozenset[str]()
    if wanted.role not in PEOPLES_ROLES or not may(by, Action.ACCOUNT_GRANT, GrantObject(account_id, path), now_ms):
        raise NotAllowed
    # Never from the past: what somebody was allowed last week is not decided today.
    begin_ms = max(now_ms, wanted.valid_from_ms or now_ms)
    if wanted.valid_to_ms is not None and wanted.valid_to_ms <= begin_ms:
        raise BadPeriod
    return Grant(Role(wanted.role), wanted.unit_id, begin_ms, wanted.valid_to_ms)


def refuse_clash(new: Grant, held: list[Grant]) -> None:
    """Raises `DutiesClash`."""
    if (other := clash(new, held)) is not None:
        raise DutiesClash(other.value, new.role.value)


def operator(root_id: str) -> Person:
    """Whoever sits at the machine itself and runs a command: an administrator of everything, without an account."""
    return Person(_OPERATOR, "", "", (Grant(Role.SECURITY_ADMINISTRATOR, root_id, 0),))


def author(by: Person) -> str | None:
    """Whose account goes into `granted_by` and `created_by`."""
    return None if by.account_id == _OPERATOR else by.account_id


def as_grant(row: GrantRow) -> Grant | None:
    """None for a role that this version does not know (any more): it grants nothing."""
    if row.role not in set(Role):
        return None
    return Grant(Role(row.role), row.unit_id, row.valid_from_ms, row.valid_to_ms)


def grant_row(account_id: str, grant: Grant, granted_by: str | None, source: str | None = None) -> GrantRow:
    return GrantRow(
        account_id=account_id,
        role=grant.role,
        unit_id=grant.unit_id,
        valid_from_ms=grant.valid_from_ms,
        valid_to_ms=grant.valid_to_ms,
        granted_by=granted_by,
        source=source,
    )


async def grants_of(session: AsyncSession, account_id: str) -> list[GrantRow]:
    """Every grant of an account, the newest first."""
    query = select(GrantRow).where(GrantRow.account_id == account_id)
    return list((await session.exec(query.order_by(col(GrantRow.valid_from_ms).desc(), col(GrantRow.id)))).all())
