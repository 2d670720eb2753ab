"""In and out: sign-in with its limits, the session behind a cookie, the own password and language."""

from typing import Literal

import structlog
from sqlmodel import select

from vms.accounts.faults import AccountLocked, BadLogin, Weakness, WeakPassword, WrongLogin
from vms.accounts.hashing import Hasher, HashingBusy
from vms.accounts.limits import SignInLimits
from vms.accounts.policy import LONGEST_PASSWORD, check_password, login_key
from vms.accounts.sessions import (
    OpenedSession,
    SessionTimes,
    SignedIn,
    Visitor,
    end_sessions,
    find_session,
    open_session,
)
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import Account, SessionRow
from vms.settings.model import AccountSettings

_log = structlog.get_logger(__name__)
Language = Literal["vi", "en"]


class Door:
    def __init__(self, db: Database, settings: AccountSettings, clock: Clock, hasher: Hasher) -> None:
        self._db = db
        self._settings = settings
        self._clock = clock
        self._hasher = hasher
        self._limits = SignInLimits(settings)

    async def sign_in(self, login: str, password: str, visitor: Visitor) -> OpenedSession:
        """Open a session. Raises `WrongLogin`, `AccountLocked`, `TooManyAttempts`, `HashingBusy`."""
        try:
            key = login_key(login)
        except BadLogin:
            key = ""
        account, right = await self._attempt(key, password, visitor)
        if account is None or not right:
            _log.info("sign_in_refused", address=visitor.address, known=account is not None)
            raise WrongLogin
        if account.locked:
            _log.info("sign_in_refused", address=visitor.address, account_id=account.id, locked=True)
            raise AccountLocked
        self._limits.succeeded(key, visitor.address)
        return await self._open(account, password, visitor)

    async def session(self, token: str) -> SignedIn | None:
        """The running session of a cookie, touched at most once in a minute."""
        times = SessionTimes.of(self._settings, self._clock())
        async with self._db.session() as session:
            found = await find_session(session, token, times)
        if found is None:
            return None
        row, signed_in = found
        if times.touch_due(row):
            async with self._db.transaction() as session:
                fresh = await session.get(SessionRow, row.id)
                if fresh is None:
                    return None
                fresh.touched_ms = max(fresh.touched_ms, times.now_ms)
        return signed_in

    async def still_signed_in(self, session_id: str) -> bool:
        """Whether a session is still running, without touching it: for sockets and views that outlive a request."""
        times = SessionTimes.of(self._settings, self._clock())
        async with self._db.session() as session:
            row = await session.get(SessionRow, session_id)
            account = None if row is None else await session.get(Account, row.account_id)
        return row is not None and account is not None and not account.locked and not times.ended(row)

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
        account, right = await self._attempt(key, old, visitor)
        if account is None or not right:
            raise WrongLogin
        self._limits.succeeded(key, visitor.address)
        check_password(new, account.login, self._settings)
        if new == old:
            raise WeakPassword(Weakness.SAME_AS_BEFORE)
        password_hash = await self._hasher.hash(new)
        async with self._db.transaction() as session:
            account = await session.get_one(Account, account.id)
            account.password_hash = password_hash
            account.password_set_ms = self._clock()
            account.must_change_password = False
            await end_sessions(session, account.id)
            return await open_session(session, account, visitor, SessionTimes.of(self._settings, self._clock()))

    async def set_language(self, account_id: str, language: Language) -> None:
        async with self._db.transaction() as session:
            (await session.get_one(Account, account_id)).language = language

    async def _attempt(self, key: str, password: str, visitor: Visitor) -> tuple[Account | None, bool]:
        self._limits.begin(key, visitor.address, self._clock())
        try:
            account = await self._account(key)
            password_hash = None if account is None else account.password_hash
            return account, await self._hasher.verify(password_hash, password[: LONGEST_PASSWORD + 1])
        except HashingBusy:
            self._limits.withdraw(key, visitor.address)
            raise

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
            return await open_session(session, fresh, visitor, SessionTimes.of(self._settings, self._clock()))
