"""What takes two people and a minuted reason: other retention, an early deletion, the release of a lock.

One proposes, another who may do the same applies it or rejects it; the row stays as the minutes of it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, cast

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.accounts.two_people import Decision, NotProposed, decide, names_of, still_open
from vms.cameras.words import clean
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables.recordings import LockRow, RecordingChangeRow
from vms.recordings.keeping import set_camera, set_class
from vms.recordings.locks import LONGEST_MS
from vms.recordings.ports import GivenLists
from vms.recordings.spans import Span

MOST_LISTED = 200


class ChangeKind(StrEnum):
    CLASS = "class"
    """`wanted`: class_key, min_days, max_days, priority."""
    CAMERA = "camera"
    """`wanted`: class_key, min_days and max_days (None for those of the class)."""
    EARLY = "early"
    """`wanted`: from_ms, to_ms. What is locked stays."""
    UNLOCK = "unlock"
    """`wanted`: lock_id."""


_KEEPS = frozenset({ChangeKind.CLASS, ChangeKind.CAMERA})
"""What may keep something longer than before."""


class BadChange(ValueError):
    """`field` is what cannot be so; `code` says why."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


@dataclass(frozen=True, slots=True)
class NewChange:
    """`document` is the number of the paper that orders it; `camera_id` None for a class."""

    kind: ChangeKind
    camera_id: str | None
    wanted: Mapping[str, Any]
    document: str
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    row: RecordingChangeRow
    proposed_by: str
    decided_by: str

    @property
    def state(self) -> Decision:
        return cast("Decision", self.row.state)


class Changes:
    def __init__(self, db: Database, clock: Clock, lists: GivenLists) -> None:
        self._db = db
        self._clock = clock
        self._lists = lists

    async def propose(self, account_id: str, new: NewChange) -> Change:
        """Tried at once, so that nobody decides about what cannot be. Raises `BadChange` and `BadKeeping`."""
        row = RecordingChangeRow(
            kind=new.kind.value,
            camera_id=new.camera_id,
            wanted=dict(new.wanted),
            document=clean(new.document),
            reason=clean(new.reason, 1000),
            proposed_by=account_id,
            proposed_ms=self._clock(),
        )
        if not row.reason:
            raise BadChange("reason", "empty")
        async with self._db.trial() as session:
            await self._apply(session, row)
        async with self._db.transaction() as session:
            session.add(row)
        return await self.get(row.id)

    async def of_camera(self, camera_id: str | None) -> list[Change]:
        """The newest first; None for what is about classes."""
        query = select(RecordingChangeRow).where(col(RecordingChangeRow.camera_id) == camera_id)
        if camera_id is None:
            query = select(RecordingChangeRow).where(col(RecordingChangeRow.camera_id).is_(None))
        async with self._db.session() as session:
            rows = (
                await session.exec(query.order_by(col(RecordingChangeRow.proposed_ms).desc()).limit(MOST_LISTED))
            ).all()
            return await _named(session, rows)

    async def open_ones(self, camera_ids: Collection[str], *, classes: bool) -> list[Change]:
        """What waits for a second person, the oldest first: of these cameras, and with `classes` what is about classes."""
        query = select(RecordingChangeRow).where(col(RecordingChangeRow.state) == "proposed")
        async with self._db.session() as session:
            rows = [
                row
                for row in await session.exec(query.order_by(col(RecordingChangeRow.proposed_ms)))
                if (classes if row.camera_id is None else row.camera_id in camera_ids)
            ]
            return await _named(session, rows[:MOST_LISTED])

    async def get(self, change_id: str) -> Change:
        """Raises `NotProposed`."""
        async with self._db.session() as session:
            row = await session.get(RecordingChangeRow, change_id)
            if row is None:
                raise NotProposed
            return (await _named(session, [row]))[0]

    async def apply(self, change_id: str, account_id: str) -> Change:
        """Do it; an early deletion is done by the next round of retention. Raises as `propose`, `NotProposed`, `OwnProposal`."""
        async with self._db.transaction() as session:
            row = still_open(await session.get(RecordingChangeRow, change_id))
            decide(row, "applied", account_id, self._clock())
            await self._apply(session, row)
            if row.kind != ChangeKind.EARLY:
                row.done_ms = row.decided_ms
            session.add(row)
        if row.kind in _KEEPS:
            await self._lists.withdraw()
        return await self.get(change_id)

    async def reject(self, change_id: str, account_id: str) -> Change:
        """Raises `NotProposed`. Whoever proposed it may take it back."""
        async with self._db.transaction() as session:
            row = still_open(await session.get(RecordingChangeRow, change_id))
            decide(row, "rejected", account_id, self._clock())
            session.add(row)
        return await self.get(change_id)

    async def _apply(self, session: AsyncSession, row: RecordingChangeRow) -> None:
        wanted = row.wanted
        match ChangeKind(row.kind):
            case ChangeKind.CLASS:
                await set_class(
                    session, wanted["class_key"], wanted["min_days"], wanted["max_days"], wanted["priority"]
                )
            case ChangeKind.CAMERA:
                assert row.camera_id is not None, "the route named it"
                await set_camera(session, row.camera_id, wanted["class_key"], wanted["min_days"], wanted["max_days"])
            case ChangeKind.EARLY:
                if not 0 < wanted["to_ms"] - wanted["from_ms"] <= LONGEST_MS or wanted["to_ms"] > self._clock():
                    raise BadChange("to_ms", "span")
            case ChangeKind.UNLOCK:
                lock = await session.get(LockRow, wanted["lock_id"])
                if lock is None or lock.camera_id != row.camera_id or lock.released_ms is not None:
                    raise BadChange("lock_id", "unknown")
                lock.released_ms = self._clock()
                session.add(lock)


async def early_spans(session: AsyncSession) -> dict[str, list[tuple[str, Span]]]:
    """(id of the change, span) of each early deletion that was agreed on and is not done, by camera."""
    query = select(RecordingChangeRow).where(
        col(RecordingChangeRow.kind) == ChangeKind.EARLY.value,
        col(RecordingChangeRow.state) == "applied",
        col(RecordingChangeRow.done_ms).is_(None),
    )
    found: dict[str, list[tuple[str, Span]]] = {}
    for row in await session.exec(query):
        if row.camera_id is not None:
            span = Span(row.wanted["from_ms"], row.wanted["to_ms"])
            found.setdefault(row.camera_id, []).append((row.id, span))
    return found


async def _named(session: AsyncSession, rows: Sequence[RecordingChangeRow]) -> list[Change]:
    names = await names_of(session, [one for row in rows for one in (row.proposed_by, row.decided_by)])
    return [Change(row, names[row.proposed_by], names[row.decided_by]) for row in rows]
