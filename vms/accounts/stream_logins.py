"""Logins for decoders and players that speak RTSP: made by their owner, one for each player, shown once.

They open what their owner may see at that moment and nothing else; the secret has 120 random bits, so nobody guesses it. A player gives no
second factor: whoever needs one gives it when the login is made, and makes it anew when it has expired.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.accounts.grants import as_grant, grants_of
from vms.accounts.stages import DAY_MS, needs_totp
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import Account
from vms.db.tables.stream_logins import StreamLoginRow
from vms.secrets import SealedForAnotherError, SecretBox, UnknownKeyError
from vms.secrets.rotation import Sealed
from vms.settings import Settings

MOST_PER_ACCOUNT = 20
_USED_EVERY_MS = 60_000
_SESSION_PREFIX = "stream-login:"


class TooManyStreamLogins(Exception):
    """An account has `MOST_PER_ACCOUNT` already."""


@dataclass(frozen=True, slots=True)
class StreamLogin:
    id: str
    username: str
    label: str
    created_ms: int
    used_ms: int | None
    expires_ms: int | None


@dataclass(frozen=True, slots=True)
class NewStreamLogin:
    login: StreamLogin
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Holder:
    """Whose a login is. `session_id` stands for it where views are renewed: they end with the login."""

    account_id: str
    session_id: str
    secret: str = field(repr=False)


class StreamLogins:
    def __init__(self, db: Database, box: SecretBox, settings: Settings, clock: Clock) -> None:
        self._db = db
        self._box = box
        self._lasts_ms = settings.rtsp.login_days * DAY_MS
        self._totp_roles = settings.accounts.totp_roles
        self._clock = clock

    async def all_of(self, account_id: str) -> list[StreamLogin]:
        """The newest first."""
        query = select(StreamLoginRow).where(StreamLoginRow.account_id == account_id)
        async with self._db.session() as session:
            return [_shown(row) for row in await session.exec(query.order_by(col(StreamLoginRow.created_ms).desc()))]

    async def create(self, account_id: str, label: str, *, second_factor: bool = False) -> NewStreamLogin:
        """`second_factor`: whether it was given in the session that makes this. Raises `TooManyStreamLogins`."""
        secret, now_ms = secrets.token_urlsafe(15), self._clock()
        async with self._db.transaction() as session:
            owned = select(func.count()).select_from(StreamLoginRow).where(col(StreamLoginRow.account_id) == account_id)
            if (await session.exec(owned)).one() >= MOST_PER_ACCOUNT:
                raise TooManyStreamLogins
            username = f"vong-{secrets.token_hex(4)}"
            sealed = self._box.seal(secret.encode(), _context(username))
            row = StreamLoginRow(
                account_id=account_id,
                username=username,
                sealed=sealed,
                label=label,
                created_ms=now_ms,
                expires_ms=now_ms + self._lasts_ms if self._lasts_ms else None,
                second_factor=second_factor,
            )
            session.add(row)
        return NewStreamLogin(_shown(row), secret)

    async def delete(self, account_id: str, login_id: str) -> bool:
        """Whether there was one. What it plays ends."""
        async with self._db.transaction() as session:
            row = await session.get(StreamLoginRow, login_id)
            if row is None or row.account_id != account_id:
                return False
            await session.delete(row)
            return True

    async def holder(self, username: str) -> Holder | None:
        """None for a name that nobody has, that has expired, whose account is locked, or holds a role by now that needs a second factor
        which was not given when this was made.
        """
        query = (
            select(StreamLoginRow)
            .join(Account, col(Account.id) == col(StreamLoginRow.account_id))
            .where(col(StreamLoginRow.username) == username, col(Account.locked).is_(False))
        )
        async with self._db.session() as session:
            row = (await session.exec(query)).one_or_none()
            if row is None or _expired(row, self._clock()) or await self._lacks_factor(session, row):
                return None
        try:
            secret = self._box.open(row.sealed, _context(username)).decode()
        except (UnknownKeyError, SealedForAnotherError):
            return None
        return Holder(row.account_id, _SESSION_PREFIX + row.id, secret)

    async def _lacks_factor(self, session: AsyncSession, row: StreamLoginRow) -> bool:
        if row.second_factor:
            return False
        now_ms = self._clock()
        held = (as_grant(grant) for grant in await grants_of(session, row.account_id) if grant.holds(now_ms))
        return needs_totp([grant.role for grant in held if grant is not None], self._totp_roles)

    async def used(self, session_id: str) -> None:
        """Remember that a login was used, to the minute."""
        now_ms = self._clock()
        async with self._db.transaction() as session:
            row = await session.get(StreamLoginRow, session_id.removeprefix(_SESSION_PREFIX))
            if row is not None and now_ms - (row.used_ms or 0) >= _USED_EVERY_MS:
                row.used_ms = now_ms
                session.add(row)


async def logins_still_there(session: AsyncSession, sessions: Collection[str], now_ms: int) -> set[str]:
    """Those of these sessions (`Holder.session_id`) that stand for a login which was not deleted and has not expired."""
    ids = {one.removeprefix(_SESSION_PREFIX) for one in sessions if one.startswith(_SESSION_PREFIX)}
    found = await session.exec(select(StreamLoginRow).where(col(StreamLoginRow.id).in_(ids)))
    return {_SESSION_PREFIX + row.id for row in found if not _expired(row, now_ms)}


def _expired(row: StreamLoginRow, now_ms: int) -> bool:
    return row.expires_ms is not None and now_ms >= row.expires_ms


def _shown(row: StreamLoginRow) -> StreamLogin:
    return StreamLogin(row.id, row.username, row.label, row.created_ms, row.used_ms, row.expires_ms)


def _context(username: str) -> str:
    return f"stream login {username}"


SEALED = (Sealed(StreamLoginRow, "sealed", lambda row: _context(row.username)),)
