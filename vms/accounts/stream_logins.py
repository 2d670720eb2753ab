"""Logins for decoders and players that speak RTSP: made by their owner, one for each player, shown once.

They open what their owner may see at that moment and nothing else; the secret has 120 random bits, so nobody guesses it.
"""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import Account
from vms.db.tables.stream_logins import StreamLoginRow
from vms.secrets import SealedForAnotherError, SecretBox, UnknownKeyError
from vms.secrets.rotation import Sealed

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
    def __init__(self, db: Database, box: SecretBox, clock: Clock) -> None:
        self._db = db
        self._box = box
        self._clock = clock

    async def all_of(self, account_id: str) -> list[StreamLogin]:
        """The newest first."""
        query = select(StreamLoginRow).where(StreamLoginRow.account_id == account_id)
        async with self._db.session() as session:
            return [_shown(row) for row in await session.exec(query.order_by(col(StreamLoginRow.created_ms).desc()))]

    async def create(self, account_id: str, label: str) -> NewStreamLogin:
        """Raises `TooManyStreamLogins`."""
        secret = secrets.token_urlsafe(15)
        async with self._db.transaction() as session:
            owned = select(func.count()).select_from(StreamLoginRow).where(col(StreamLoginRow.account_id) == account_id)
            if (await session.exec(owned)).one() >= MOST_PER_ACCOUNT:
                raise TooManyStreamLogins
            username = f"vong-{secrets.token_hex(4)}"
            sealed = self._box.seal(secret.encode(), _context(username))
            row = StreamLoginRow(
                account_id=account_id, username=username, sealed=sealed, label=label, created_ms=self._clock()
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
        """None for a name that nobody has, or whose account is locked."""
        query = (
            select(StreamLoginRow)
            .join(Account, col(Account.id) == col(StreamLoginRow.account_id))
            .where(col(StreamLoginRow.username) == username, col(Account.locked).is_(False))
        )
        async with self._db.session() as session:
            row = (await session.exec(query)).one_or_none()
        if row is None:
            return None
        try:
            secret = self._box.open(row.sealed, _context(username)).decode()
        except (UnknownKeyError, SealedForAnotherError):
            return None
        return Holder(row.account_id, _SESSION_PREFIX + row.id, secret)

    async def used(self, session_id: str) -> None:
        """Remember that a login was used, to the minute."""
        now_ms = self._clock()
        async with self._db.transaction() as session:
            row = await session.get(StreamLoginRow, session_id.removeprefix(_SESSION_PREFIX))
            if row is not None and now_ms - (row.used_ms or 0) >= _USED_EVERY_MS:
                row.used_ms = now_ms
                session.add(row)


async def logins_still_there(session: AsyncSession, sessions: Collection[str]) -> set[str]:
    """Those of these sessions (`Holder.session_id`) that stand for a login which has not been deleted."""
    ids = {one.removeprefix(_SESSION_PREFIX) for one in sessions if one.startswith(_SESSION_PREFIX)}
    found = await session.exec(select(StreamLoginRow.id).where(col(StreamLoginRow.id).in_(ids)))
    return {_SESSION_PREFIX + login_id for login_id in found}


def _shown(row: StreamLoginRow) -> StreamLogin:
    return StreamLogin(row.id, row.username, row.label, row.created_ms, row.used_ms)


def _context(username: str) -> str:
    return f"stream login {username}"


SEALED = (Sealed(StreamLoginRow, "sealed", lambda row: _context(row.username)),)
