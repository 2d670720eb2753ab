"""Running sessions, as their owner or an administrator sees them: listed, and ended one by one."""

from dataclasses import dataclass

from sqlmodel import col, select

from vms.accounts.faults import NoSuchSession
from vms.accounts.sessions import SessionRules
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import SessionRow
from vms.settings.model import AccountSettings


@dataclass(frozen=True, slots=True)
class RunningSessionView:
    id: str
    created_ms: int
    touched_ms: int
    expires_ms: int
    address: str
    agent: str


class RunningSessions:
    def __init__(self, db: Database, settings: AccountSettings, clock: Clock) -> None:
        self._db = db
        self._settings = settings
        self._clock = clock

    async def of(self, account_id: str) -> list[RunningSessionView]:
        """The sessions of an account that have not ended, the newest first."""
        rules = SessionRules.of(self._settings, self._clock())
        query = select(SessionRow).where(SessionRow.account_id == account_id)
        async with self._db.session() as session:
            rows = (await session.exec(query.order_by(col(SessionRow.created_ms).desc()))).all()
        return [
            RunningSessionView(row.id, row.created_ms, row.touched_ms, row.expires_ms, row.address, row.agent)
            for row in rows
            if not rules.ended(row)
        ]

    async def owner(self, session_id: str) -> str | None:
        """Whose session it is."""
        async with self._db.session() as session:
            row = await session.get(SessionRow, session_id)
        return None if row is None else row.account_id

    async def address(self, session_id: str) -> str:
        """From where it was opened; "" when it is not known any more."""
        async with self._db.session() as session:
            row = await session.get(SessionRow, session_id)
        return "" if row is None else row.address

    async def end(self, account_id: str, session_id: str) -> None:
        """Raises `NoSuchSession` also for a session of another account."""
        async with self._db.transaction() as session:
            row = await session.get(SessionRow, session_id)
            if row is None or row.account_id != account_id:
                raise NoSuchSession
            await session.delete(row)
