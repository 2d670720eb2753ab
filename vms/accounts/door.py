"""In and out: sign-in with its limits, the session behind a cookie, the own password and language."""

from dataclasses import dataclass
from typing import Literal

import structlog
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.access import Actor, Deed, Journal
from vms.accounts.consoles import console_runs
from vms.accounts.faults import AccountLocked, BadLogin, Weakness, WeakPassword, WrongLogin
from vms.accounts.hashing import Hasher, HashingBusy
from vms.accounts.limits import SignInLimits
from vms.accounts.policy import LONGEST_PASSWORD, check_password, login_key
from vms.accounts.sessions import (
    OpenedSession,
    SessionRules,
    SignedIn,
    Visitor,
    end_sessions,
    find_session,
    open_session,
)
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import Account, OldPassword, SessionRow
from vms.settings.model import AccountSettings

_log = structlog.get_logger(__name__)
Language = Literal["vi", "en"]


@dataclass(frozen=True, slots=True)
class _Tried:
    """How an attempt with a password went."""

    account: Account | None
    right: bool
    pauses: bool
    """Whether whoever tried must wait now."""


class Door:
    def __init__(self, db: Database, settings: AccountSettings, clock: Clock, hasher: Hasher, journal: Journal) -> None:
        self._db = db
        self._settings = settings
        self._clock = clock
        self._hasher = hasher
        self._journal = journal
        self._limits = SignInLimits(settings)

    async def sign_in(self, login: str, password: str, visitor: Visitor) -> OpenedSession:
        """Open a session. Raises `WrongLogin`, `AccountLocked`, `TooManyAttempts`, `HashingBusy`."""
        try:
            key = login_key(login)
        except BadLogin:
            key = ""
        tried = await self._attempt(key, password, visitor)
        account = tried.account
        if account is None or not tried.right:
            _log.info("sign_in_refused", address=visitor.address, known=account is not None)
            await self._refused(visitor, account, "paused" if tried.pauses else "refused")
            raise WrongLogin
        if account.locked:
            _log.info("sign_in_refused", address=visitor.address, account_id=account.id, locked=True)
            await self._refused(visitor, account, "locked")
            raise AccountLocked
        self._limits.succeeded(key, visitor.address)
        opened = await self._open(account, password, visitor)
        await self.tell(opened.signed_in, visitor.address, "sign_in")
        return opened

    async def session(self, token: str) -> SignedIn | None:
        """The running session of a cookie, touched at most once in a minute."""
        rules = self._rules()
        async with self._db.session() as session:
            found = await find_session(session, token, rules)
        if found is None:
            return None
        row, signed_in = found
        if rules.touch_due(row):
            async with self._db.transaction() as session:
                fresh = await session.get(SessionRow, row.id)
                if fresh is None:
                    return None
                fresh.touched_ms = max(fresh.touched_ms, rules.now_ms)
        return signed_in

    async def still_signed_in(self, session_id: str) -> bool:
        """Whether a session (or a console) is still running, without touching it: for sockets that outlive a request."""
        return await self.why_ended(session_id) is None

    async def why_ended(self, session_id: str) -> Literal["expired", "revoked"] | None:
        """Whether a session (or a console) ran out or was ended by somebody; None when it still runs."""
        rules = self._rules()
        async with self._db.session() as session:
            row = await session.get(SessionRow, session_id)
            if row is None:
                return None if await console_runs(session, session_id) else "revoked"
            account = await session.get(Account, row.account_id)
        if account is None or account.locked:
            return "revoked"
        return "expired" if rules.ended(row) else None

    async def sign_out(self, session_id: str) -> None:
        async with self._db.transaction() as session:
            row = await session.get(SessionRow, session_id)
            if row is not None:
                await session.delete(row)

    async def change_password(self, signed_in: SignedIn, old: str, new: str, visitor: Visitor) -> OpenedSession:
        """Change the own password, end all sessions of the account and open a new one.

        Raises `WrongLogin` for a wrong old password, `WeakPassword`, `TooManyAttempts`, `HashingBusy`.
        """
        key = login_key(signed_in.person.login)
        tried = await self._attempt(key, old, visitor)
        account = tried.account
        if account is None or not tried.right:
            await self._refused(visitor, account, "paused" if tried.pauses else "refused")
            raise WrongLogin
        self._limits.succeeded(key, visitor.address)
        check_password(new, account.login, self._settings)
        if new == old:
            raise WeakPassword(Weakness.SAME_AS_BEFORE)
        await self._refuse_old(account.id, new)
        password_hash = await self._hasher.hash(new)
        async with self._db.transaction() as session:
            account = await session.get_one(Account, account.id)
            now_ms = self._clock()
            await remember_password(session, account, self._settings.password_history, now_ms)
            account.password_hash = password_hash
            account.password_set_ms = now_ms
            account.must_change_password = False
            account.password_given_by = None
            before = await session.get(SessionRow, signed_in.session_id)
            code_ms = None if before is None else before.second_factor_ms
            await end_sessions(session, account.id)
            opened = await open_session(session, account, visitor, self._rules(), second_factor_ms=code_ms)
        await self.tell(opened.signed_in, visitor.address, "password.changed")
        return opened

    async def set_language(self, account_id: str, language: Language) -> None:
        async with self._db.transaction() as session:
            (await session.get_one(Account, account_id)).language = language

    async def tell(self, signed_in: SignedIn, address: str, action: str) -> None:
        """Tell the journal what this person did at the door."""
        person = signed_in.person
        roles = tuple(sorted(person.roles(self._clock())))
        actor = Actor(address, person.account_id, person.name, roles, signed_in.session_id)
        await self._journal.did(Deed(actor, action, self._clock(), "account", person.account_id))

    async def _refused(self, visitor: Visitor, account: Account | None, how: str) -> None:
        account_id = "" if account is None else account.id
        await self._journal.did(Deed(Actor(visitor.address), f"sign_in.{how}", self._clock(), "account", account_id))

    async def _refuse_old(self, account_id: str, new: str) -> None:
        # The present password counts as one of them, and was compared already.
        newest = select(OldPassword.password_hash).where(col(OldPassword.account_id) == account_id)
        newest = newest.order_by(col(OldPassword.replaced_ms).desc()).limit(max(self._settings.password_history - 1, 0))
        async with self._db.session() as session:
            hashes = (await session.exec(newest)).all()
        for password_hash in hashes:
            if await self._hasher.verify(password_hash, new):
                raise WeakPassword(Weakness.USED_BEFORE)

    async def _attempt(self, key: str, password: str, visitor: Visitor) -> _Tried:
        pauses = self._limits.begin(key, visitor.address, self._clock())
        try:
            account = await self._account(key)
            password_hash = None if account is None else account.password_hash
            right = await self._hasher.verify(password_hash, password[: LONGEST_PASSWORD + 1])
        except HashingBusy:
            self._limits.withdraw(key, visitor.address)
            raise
        return _Tried(account, right, pauses)

    async def _account(self, key: str) -> Account | None:
        async with self._db.session() as session:
            return (await session.exec(select(Account).where(Account.login_key == key))).first()

    async def _open(self, account: Account, password: str, visitor: Visitor) -> OpenedSession:
        outdated = self._hasher.is_outdated(account.password_hash)
        password_hash = await self._hasher.hash(password) if outdated else None
        async with self._db.transaction() as session:
            # Read again: it may have been locked, or got another password, while the hash was computed.
            fresh = await session.get_one(Account, account.id)
            if fresh.locked:
                raise AccountLocked
            if fresh.password_hash != account.password_hash:
                raise WrongLogin
            fresh.password_hash = password_hash or fresh.password_hash
            return await open_session(session, fresh, visitor, self._rules())

    def _rules(self) -> SessionRules:
        return SessionRules.of(self._settings, self._clock())


async def remember_password(session: AsyncSession, account: Account, most: int, now_ms: int) -> None:
    """Put the account's present password among those that must not come back, of which `most` are kept."""
    session.add(OldPassword(account_id=account.id, password_hash=account.password_hash, replaced_ms=now_ms))
    await session.flush()
    ours = select(OldPassword.id).where(col(OldPassword.account_id) == account.id)
    surplus = (await session.exec(ours.order_by(col(OldPassword.replaced_ms).desc()).offset(most))).all()
    await session.exec(delete(OldPassword).where(col(OldPassword.id).in_(surplus)))
