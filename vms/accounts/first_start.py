"""The first administrator: whoever holds the one-time token that the first start prints.

The token is stored as its hash and dies with its use. While there is no account, every start makes a new one, so that a token
that scrolled away is no disaster and an old one is worth nothing.
"""

import hashlib
import hmac
import secrets

import structlog
from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.access import Actor, Deed, Journal, Role
from vms.accounts.faults import SetUpAlready, TooManyAttempts, WrongToken
from vms.accounts.hashing import Hasher
from vms.accounts.limits import Counter
from vms.accounts.policy import check_password, login_key
from vms.accounts.sessions import OpenedSession, SessionRules, Visitor, open_session
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import Account, GrantRow, Meta
from vms.organisation.service import ensure_root
from vms.settings.model import AccountSettings

_log = structlog.get_logger(__name__)
_TOKEN = "setup_token_sha256"  # noqa: S105 the name of a row
FIRST_ROLES = (Role.SECURITY_ADMINISTRATOR, Role.TECHNICIAN)


class FirstStart:
    def __init__(self, db: Database, settings: AccountSettings, clock: Clock, hasher: Hasher, journal: Journal) -> None:
        self._db = db
        self._settings = settings
        self._clock = clock
        self._hasher = hasher
        self._journal = journal
        pause_ms = round(settings.pause_min * 60_000)
        self._limit = Counter(settings.address_failures_before_pause, pause_ms)

    async def needed(self) -> bool:
        async with self._db.session() as session:
            return not await _has_account(session)

    async def new_token(self) -> str | None:
        """A fresh one-time token, to be shown to whoever started the program and never logged; None once there is an account."""
        token = secrets.token_urlsafe(24)
        async with self._db.transaction() as session:
            if await _has_account(session):
                return None
            await session.merge(Meta(key=_TOKEN, value=_hash(token)))
        return token

    async def create_administrator(
        self, token: str, login: str, name: str, password: str, visitor: Visitor
    ) -> OpenedSession:
        """Create the first account, with all rights over accounts and devices, and sign it in.

        Raises `SetUpAlready`, `WrongToken`, `TooManyAttempts`, `BadLogin`, `WeakPassword`, `HashingBusy`; nothing is changed then.
        """
        if (wait_ms := self._limit.paused_for_ms(visitor.address, self._clock())) > 0:
            raise TooManyAttempts(-(-wait_ms // 1000))
        async with self._db.session() as session:
            await self._check(session, token, visitor)
        key = login_key(login)
        check_password(password, key, self._settings)
        password_hash = await self._hasher.hash(password)
        now_ms = self._clock()
        async with self._db.transaction() as session:
            await self._check(session, token, visitor)
            account = Account(
                login=login.strip(),
                login_key=key,
                name=name,
                password_hash=password_hash,
                password_set_ms=now_ms,
                must_change_password=False,
                created_ms=now_ms,
            )
            root = await ensure_root(session)
            session.add(account)
            await session.flush()
            for role in FIRST_ROLES:
                session.add(GrantRow(account_id=account.id, role=role, unit_id=root.id, valid_from_ms=now_ms))
            await session.delete(await session.get_one(Meta, _TOKEN))
            await session.flush()
            _log.info("first_administrator_created", account_id=account.id, address=visitor.address)
            opened = await open_session(session, account, visitor, SessionRules.of(self._settings, now_ms))
        actor = Actor(visitor.address, account.id, account.name, FIRST_ROLES, opened.signed_in.session_id)
        await self._journal.did(Deed(actor, "first_start", now_ms, "account", account.id))
        return opened

    async def _check(self, session: AsyncSession, token: str, visitor: Visitor) -> None:
        if await _has_account(session):
            raise SetUpAlready
        row = await session.get(Meta, _TOKEN)
        if row is None or not hmac.compare_digest(row.value, _hash(token)):
            self._limit.fail(visitor.address, self._clock())
            raise WrongToken


async def _has_account(session: AsyncSession) -> bool:
    return (await session.exec(select(Account.id).limit(1))).first() is not None


def _hash(token: str) -> str:
    return hashlib.sha256(token.strip().encode()).hexdigest()
