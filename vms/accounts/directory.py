"""Accounts as an administrator sees them: created, locked, unlocked, given a new first password.

Whom a person may see and manage is decided by `vms.access`, from every role that the other account ever held.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.access import AccountObject, Action, Person, may
from vms.accounts.door import remember_password
from vms.accounts.factors import remove_totp
from vms.accounts.faults import LoginTaken, NoSuchAccount, SubjectTaken
from vms.accounts.grants import NewGrant, as_grant, author, checked, grant_row, grants_of, refuse_clash
from vms.accounts.hashing import Hasher
from vms.accounts.policy import first_password, login_key
from vms.accounts.sessions import end_sessions
from vms.accounts.stages import needs_totp
from vms.accounts.two_persons import refuse_alone
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import Account, GrantRow, SsoIdentity, TotpRow
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
class HeldGrantView:
    """A grant of whatever time. `granted_by` is a name, empty when nobody with an account gave it."""

    row: GrantRow
    unit: str
    granted_by: str
    holds: bool


@dataclass(frozen=True, slots=True)
class AccountDetailView:
    view: AccountView
    created_ms: int
    password_set_ms: int
    must_change_password: bool
    totp: bool
    totp_required: bool
    sso_subject: str
    history: tuple[HeldGrantView, ...]


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

        Raises `BadLogin`, `LoginTaken`, `NotAllowed` (a role or unit that does not exist or that `by` may not give), `DutiesClash`,
        `BadPeriod`, `HashingBusy`.
        """
        key, now_ms = login_key(login), self._clock()
        tree = await self._organisation.tree()
        wanted = [
            NewGrant(role.role, role.unit_id, role.valid_from_ms, role.valid_to_ms) for role in dict.fromkeys(roles)
        ]
        grants = [checked(by, "", grant, tree, now_ms) for grant in wanted]
        for number, grant in enumerate(grants):
            refuse_clash(grant, grants[:number])
        password = first_password(self._settings)
        account = Account(
            login=login.strip(),
            login_key=key,
            name=name,
            password_hash=await self._hasher.hash(password),
            password_set_ms=now_ms,
            created_ms=now_ms,
            created_by=author(by),
            password_given_by=author(by),
        )
        async with self._db.transaction() as session:
            if (await session.exec(select(Account.id).where(Account.login_key == key))).first() is not None:
                raise LoginTaken
            session.add(account)
            await session.flush()
            session.add_all(grant_row(account.id, grant, author(by)) for grant in grants)
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
        """Replace the password by a generated one, which must be changed, and end all sessions.

        Raises `NoSuchAccount`, `SecondPersonNeeded`, `HashingBusy`.
        """
        password = first_password(self._settings)
        password_hash = await self._hasher.hash(password)
        async with self._db.transaction() as session:
            account = await _get(session, account_id)
            refuse_alone(author(by), account.totp_taken_by)
            await remember_password(session, account, self._settings.password_history, self._clock())
            account.password_hash = password_hash
            account.password_set_ms = self._clock()
            account.must_change_password = True
            account.password_given_by = author(by)
            await end_sessions(session, account_id)
        _log.info("password_reset", account_id=account_id, by=by.account_id)
        return CreatedAccount(await self._shown(account_id), password)

    async def reset_totp(self, by: Person, account_id: str) -> None:
        """Take the second factor away (a lost telephone) and end all sessions. Raises `NoSuchAccount`, `SecondPersonNeeded`."""
        async with self._db.transaction() as session:
            account = await _get(session, account_id)
            identity = await session.get(SsoIdentity, account_id)
            refuse_alone(author(by), account.password_given_by, None if identity is None else identity.bound_by)
            if await session.get(TotpRow, account_id) is not None:
                account.totp_taken_by = author(by)
            await remove_totp(session, account_id)
            await end_sessions(session, account_id)
        _log.info("second_factor_reset", account_id=account_id, by=by.account_id)

    async def set_sso(self, by: Person, account_id: str, issuer: str, subject: str) -> None:
        """Bind the account to a subject of the identity provider, or to none ("").

        Raises `NoSuchAccount`, `SubjectTaken`, `SecondPersonNeeded`.
        """
        async with self._db.transaction() as session:
            account = await _get(session, account_id)
            if subject:
                refuse_alone(author(by), account.totp_taken_by)
            taken = select(SsoIdentity.account_id).where(SsoIdentity.issuer == issuer, SsoIdentity.subject == subject)
            owner = (await session.exec(taken)).first()
            if subject and owner not in (None, account_id):
                raise SubjectTaken
            row = await session.get(SsoIdentity, account_id)
            if row is not None:
                await session.delete(row)
                await session.flush()
            if subject:
                identity = SsoIdentity(account_id=account_id, issuer=issuer, subject=subject, bound_by=author(by))
                session.add(identity)
            await end_sessions(session, account_id)
        _log.info("sso_bound" if subject else "sso_unbound", account_id=account_id, by=by.account_id)

    async def find(self, login: str) -> str:
        """The id of the account with this login: for commands at the machine. Raises `NoSuchAccount`, `BadLogin`."""
        async with self._db.session() as session:
            found = (await session.exec(select(Account.id).where(Account.login_key == login_key(login)))).first()
        if found is None:
            raise NoSuchAccount
        return found

    async def detail(self, account_id: str) -> AccountDetailView:
        """Everything about one account but its secrets. Raises `NoSuchAccount`."""
        tree, now_ms = await self._organisation.tree(), self._clock()
        async with self._db.session() as session:
            account = await _get(session, account_id)
            rows = await grants_of(session, account_id)
            totp = await session.get(TotpRow, account_id)
            identity = await session.get(SsoIdentity, account_id)
            givers = select(Account.id, Account.name).where(col(Account.id).in_({row.granted_by for row in rows}))
            names = dict((await session.exec(givers)).all())
        held = [grant.role for row in rows if (grant := as_grant(row)) is not None and grant.holds(now_ms)]
        return AccountDetailView(
            view=_view(account, rows, tree, now_ms),
            created_ms=account.created_ms,
            password_set_ms=account.password_set_ms,
            must_change_password=account.must_change_password,
            totp=totp is not None and totp.confirmed_ms is not None,
            totp_required=needs_totp(held, self._settings.totp_roles),
            sso_subject="" if identity is None else identity.subject,
            history=tuple(
                HeldGrantView(
                    row, _unit_name(tree, row.unit_id), names.get(row.granted_by or "", ""), row.holds(now_ms)
                )
                for row in rows
            ),
        )

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


def _unit_name(tree: OrgTree, unit_id: str) -> str:
    return tree.units[unit_id].name if unit_id in tree.units else ""


def _view(account: Account, grants: Sequence[GrantRow], tree: OrgTree, now_ms: int) -> AccountView:
    held = tuple(
        HeldRole(
            grant.role,
            grant.unit_id,
            _unit_name(tree, grant.unit_id),
            grant.valid_from_ms,
            grant.valid_to_ms,
        )
        for grant in grants
        if grant.holds(now_ms)
    )
    return AccountView(account.id, account.login, account.name, account.locked, held)
