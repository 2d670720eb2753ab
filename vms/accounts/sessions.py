"""Sessions: opened by a sign-in, found by the cookie's token, ended by idling, by age, by signing out or from outside."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field

from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.access import Grant, Person, Role
from vms.db.tables import Account, GrantRow, SessionRow
from vms.settings.model import AccountSettings

_TOUCH_EVERY_MS = 60_000
_MOST_PER_ACCOUNT = 20
"""The oldest ends when one more begins: a script that signs in again and again must not fill the table."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A running session and whose it is. `csrf` follows from the cookie's token and is never stored."""

    session_id: str
    person: Person
    language: str
    must_change_password: bool
    csrf: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class OpenedSession:
    """`token` goes into the cookie and nowhere else."""

    token: str = field(repr=False)
    signed_in: SignedIn


@dataclass(frozen=True, slots=True)
class Visitor:
    """From where somebody comes, for limits and lists. `agent` is what the browser says about itself: never trusted."""

    address: str
    agent: str = ""


async def open_session(
    session: AsyncSession, account: Account, visitor: Visitor, times: "SessionTimes"
) -> OpenedSession:
    """Begin a session for an account whose password was checked."""
    token = secrets.token_urlsafe(32)
    row = SessionRow(
        token_hash=_hash(token),
        account_id=account.id,
        created_ms=times.now_ms,
        touched_ms=times.now_ms,
        expires_ms=times.now_ms + times.lasts_ms,
        address=visitor.address[:64],
        agent=visitor.agent[:200],
    )
    await _make_room(session, account.id, times)
    session.add(row)
    return OpenedSession(token, await _signed_in(session, row, account, token))


@dataclass(frozen=True, slots=True)
class SessionTimes:
    """Now, and how long a session may idle and last."""

    now_ms: int
    idle_ms: int
    lasts_ms: int

    @classmethod
    def of(cls, settings: AccountSettings, now_ms: int) -> "SessionTimes":
        return cls(now_ms, round(settings.idle_timeout_min * 60_000), round(settings.session_hours * 3_600_000))

    def ended(self, row: SessionRow) -> bool:
        return self.now_ms >= row.expires_ms or self.now_ms - row.touched_ms >= self.idle_ms

    def touch_due(self, row: SessionRow) -> bool:
        """At most once in a minute; more often when a session may idle for less than two."""
        return self.now_ms - row.touched_ms >= min(_TOUCH_EVERY_MS, self.idle_ms // 3)


async def find_session(session: AsyncSession, token: str, times: SessionTimes) -> tuple[SessionRow, SignedIn] | None:
    """The running session of this token, or None when it ended, never was, or the account is locked."""
    found = await session.exec(
        select(SessionRow, Account)
        .where(SessionRow.token_hash == _hash(token))
        .where(SessionRow.account_id == Account.id)
    )
    if (pair := found.first()) is None:
        return None
    row, account = pair
    if times.ended(row) or account.locked:
        return None
    return row, await _signed_in(session, row, account, token)


async def end_sessions(session: AsyncSession, account_id: str, *, but: str = "") -> None:
    """End all sessions of an account, except the one with the id `but`."""
    await session.exec(delete(SessionRow).where(col(SessionRow.account_id) == account_id, col(SessionRow.id) != but))


async def person_of(session: AsyncSession, account: Account) -> Person:
    rows = (await session.exec(select(GrantRow).where(GrantRow.account_id == account.id))).all()
    # A role that this version does not know (any more) grants nothing.
    grants = tuple(
        Grant(Role(row.role), row.unit_id, row.valid_from_ms, row.valid_to_ms) for row in rows if row.role in set(Role)
    )
    return Person(account.id, account.login, account.name, grants)


async def _signed_in(session: AsyncSession, row: SessionRow, account: Account, token: str) -> SignedIn:
    person = await person_of(session, account)
    return SignedIn(row.id, person, account.language, account.must_change_password, csrf_of(token))


async def _make_room(session: AsyncSession, account_id: str, times: SessionTimes) -> None:
    idle_since_ms = times.now_ms - times.idle_ms
    await session.exec(
        delete(SessionRow).where(
            (col(SessionRow.expires_ms) <= times.now_ms) | (col(SessionRow.touched_ms) <= idle_since_ms)
        )
    )
    running = select(SessionRow.id).where(SessionRow.account_id == account_id)
    rows = (await session.exec(running.order_by(col(SessionRow.created_ms).desc()).offset(_MOST_PER_ACCOUNT - 1))).all()
    if rows:
        await session.exec(delete(SessionRow).where(col(SessionRow.id).in_(rows)))


def csrf_of(token: str) -> str:
    """What the page sends back as `X-CSRF-Token`: bound to the session, useless without its cookie."""
    digest = hmac.digest(token.encode(), b"vong csrf", hashlib.sha256)
    return digest.hex()


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
