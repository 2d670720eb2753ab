"""Accounts as an administrator sees them: created, locked, unlocked, given a new first password.

Whom a person may see and manage is decided by `vms.access`, from every role that the other account ever held.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.access import AccountObject, Action, GrantObject, Person, Role, may
from vms.accounts.faults import LoginTaken, NoSuchAccount, NotAllowed
from vms.accounts.hashing import Hasher
from vms.accounts.policy import first_password, login_key
from vms.accounts.sessions import end_sessions
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import Account, GrantRow
from vms.organisation.service import Organisation
from vms.organisation.tree import OrgTree
from vms.settings.model import AccountSettings

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class HeldRole:
    """Without `valid_from_ms`: from now on."""

    role: str
    unit_id: str
    unit: str = ""
    valid_from_ms: int | None = None
    valid_to_ms: int | None = None


@dataclass(frozen=True, slots=True)
class AccountView:
    id: str
    login: str
    name: str
    locked: bool
    grants: tuple[HeldRole, ...]
    """Those that hold now."""


@dataclass(frozen=True, slots=True)
class CreatedAccount:
    """`first_password` is shown once and kept nowhere."""

    account: AccountView
    first_password: str = field(repr=False)


class Directory:
    def __init__(
        self, db: Database, settings: AccountSettings, clock: Clock, hasher: Hasher, organisation: Organisation
    ) -> None:
        self._db = db
        self._settings = settings
        self._clock = clock
        self._hasher = hasher
        self._organisation = organisation

    async def listed(self, person: Person) -> list[AccountView]:
        """The accounts that `person` may see, by login."""
        tree, now_ms = await self._organisation.tree(), self._clock()
        async with self._db.session() as session:
            accounts = (await session.exec(select(Account).order_by(col(Account.login_key)))).all()
            grants = (await session.exec(select(GrantRow))).all()
        held: dict[str, list[GrantRow]] = {account.id: [] for account in accounts}
        for grant in grants:
            held[grant.account_id].append(grant)
        return [
            _view(account, held[account.id], tree, now_ms)
            for account in accounts
            if may(person, Action.ACCOUNT_LIST, _object(account.id, held[account.id], tree), now_ms)
        ]

    async def object(self, account_id: str) -> AccountObject | None:
        """What rights are asked about, or None for an account that does not exist."""
        tree = await self._organisation.tree()
        async with self._db.session() as session:
            if await session.get(Account, account_id) is None:
                return None
            return _object(account_id, await _grants(session, account_id), tree)

    async def create(self, by: Person, login: str, name: str, roles: Sequence[HeldRole]) -> CreatedAccount:
        """Create an account with a generated first password.

        Raises `BadLogin`, `LoginTaken`, `NotAllowed` (a role or unit that does not exist or that `by` may not give), `HashingBusy`.
        """
        key, now_ms = login_key(login), self._clock()
        tree = await self._organisation.tree()
        for role in roles:
            grant = GrantObject("", tree.path(role.unit_id) if role.unit_id in tree.units else frozenset())
            if role.role not in set(Role) or not may(by, Action.ACCOUNT_GRANT, grant, now_ms):
                raise NotAllowed
        password = first_password(self._settings)
        account = Account(
            login=login.strip(),
            login_key=key,
            name=name,
            password_hash=await self._hasher.hash(password),
            password_set_ms=now_ms,
            created_ms=now_ms,
            created_by=by.account_id,
        )
        async with self._db.transaction() as session:
            if (await session.exec(select(Account.id).where(Account.login_key == key))).first() is not None:
                raise LoginTaken
            session.add(account)
            await session.flush()
            for role_, unit_id in dict.fromkeys((role.role, role.unit_id) for role in roles):
                session.add(
                    GrantRow(
                        account_id=account.id,
                        role=role_,
                        unit_id=unit_id,
                        valid_from_ms=now_ms,
                        granted_by=by.account_id,
                    )
                )
        _log.info("account_created", account_id=account.id, by=by.account_id)
        return CreatedAccount(await self._shown(account.id), password)

    async def set_locked(self, by: Person, account_id: str, *, locked: bool) -> AccountView:
        """Lock (and end all sessions) or unlock. Raises `NoSuchAccount`."""
        async with self._db.transaction() as session:
            account = await _get(session, account_id)
            account.locked = locked
            if locked:
                await end_sessions(session, account_id)
        _log.info("account_locked" if locked else "account_unlocked", account_id=account_id, by=by.account_id)
        return await self._shown(account_id)

    async def reset_password(self, by: Person, account_id: str) -> CreatedAccount:
        """Replace the password by a generated one, which must be changed, and end all sessions. Raises `NoSuchAccount`, `HashingBusy`."""
        password = first_password(self._settings)
        password_hash = await self._hasher.hash(password)
        async with self._db.transaction() as session:
            account = await _get(session, account_id)
            account.password_hash = password_hash
            account.password_set_ms = self._clock()
            account.must_change_password = True
            await end_sessions(session, account_id)
        _log.info("password_reset", account_id=account_id, by=by.account_id)
        return CreatedAccount(await self._shown(account_id), password)

    async def _shown(self, account_id: str) -> AccountView:
        tree = await self._organisation.tree()
        async with self._db.session() as session:
            account = await _get(session, account_id)
            return _view(account, await _grants(session, account_id), tree, self._clock())


async def _get(session: AsyncSession, account_id: str) -> Account:
    if (account := await session.get(Account, account_id)) is None:
        raise NoSuchAccount
    return account


async def _grants(session: AsyncSession, account_id: str) -> Sequence[GrantRow]:
    return (await session.exec(select(GrantRow).where(GrantRow.account_id == account_id))).all()


def _object(account_id: str, grants: Sequence[GrantRow], tree: OrgTree) -> AccountObject:
    return AccountObject(account_id, tuple(tree.path(grant.unit_id) for grant in grants))


def _view(account: Account, grants: Sequence[GrantRow], tree: OrgTree, now_ms: int) -> AccountView:
    held = tuple(
        HeldRole(
            grant.role,
            grant.unit_id,
            tree.units[grant.unit_id].name if grant.unit_id in tree.units else "",
            grant.valid_from_ms,
            grant.valid_to_ms,
        )
        for grant in grants
        if grant.holds(now_ms)
    )
    return AccountView(account.id, account.login, account.name, account.locked, held)
