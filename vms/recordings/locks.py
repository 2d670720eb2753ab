"""Locks: parts of a recording that nothing deletes. Placed by one person, released by two (`vms.recordings.changes`)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from sqlalchemy import ColumnElement
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.accounts.two_people import names_of
from vms.cameras.words import clean
from vms.clock import DAY_MS, Clock
from vms.db.engine import Database
from vms.db.tables.recordings import LockRow
from vms.recordings.ports import GivenLists
from vms.recordings.spans import Span

LONGEST_MS = 366 * DAY_MS
MOST_OF_A_CAMERA = 1000


class LockKind(StrEnum):
    INCIDENT = "incident"
    CASE = "case"
    HEARING = "hearing"


class BadLock(ValueError):
    """`field` is what cannot be so; `code` says why."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


@dataclass(frozen=True, slots=True)
class NewLock:
    """`reference` is the number of the incident, the case or the hearing."""

    camera_id: str
    span: Span
    kind: LockKind
    reference: str
    reason: str


@dataclass(frozen=True, slots=True)
class Lock:
    """`sure_ms`, of one that was just placed: from when on nothing can delete it any more. Later than now only while a worker that may
    delete by itself does not answer.
    """

    row: LockRow
    placed_by: str
    sure_ms: int = 0


class Locks:
    def __init__(self, db: Database, clock: Clock, lists: GivenLists) -> None:
        self._db = db
        self._clock = clock
        self._lists = lists

    async def place(self, account_id: str, wanted: NewLock) -> Lock:
        """Lock what is there and what is still to come in the span. Raises `BadLock`."""
        async with self._db.transaction() as session:
            row = await add_lock(session, account_id, wanted, self._clock())
        return replace(await self._named(row), sure_ms=await self.sure_ms(wanted.span))

    async def sure_ms(self, span: Span) -> int:
        """After `add_lock` was committed: from when on nothing can delete any more what it locked."""
        return await self._lists.withdraw(span)

    async def of_camera(self, camera_id: str, span: Span) -> list[Lock]:
        """The locks that hold and touch `span`, the earliest first."""
        query = (
            select(LockRow)
            .where(
                col(LockRow.camera_id) == camera_id,
                col(LockRow.from_ms) < span.end_ms,
                col(LockRow.to_ms) > span.start_ms,
                holds(),
            )
            .order_by(col(LockRow.from_ms), col(LockRow.id))
        )
        async with self._db.session() as session:
            rows = (await session.exec(query)).all()
            names = await names_of(session, [row.placed_by for row in rows])
        return [Lock(row, names[row.placed_by]) for row in rows]

    async def get(self, lock_id: str) -> Lock | None:
        """One that still holds."""
        async with self._db.session() as session:
            row = await session.get(LockRow, lock_id)
        return None if row is None or row.released_ms is not None else await self._named(row)

    async def _named(self, row: LockRow) -> Lock:
        async with self._db.session() as session:
            return Lock(row, (await names_of(session, [row.placed_by]))[row.placed_by])


async def add_lock(session: AsyncSession, account_id: str, wanted: NewLock, now_ms: int) -> LockRow:
    """Lock within the caller's transaction, together with what the lock is for. Raises `BadLock`."""
    if not 0 < wanted.span.length_ms <= LONGEST_MS:
        raise BadLock("to_ms", "span")
    reason = clean(wanted.reason, 1000)
    if not reason:
        raise BadLock("reason", "empty")
    held = select(LockRow.id).where(col(LockRow.camera_id) == wanted.camera_id, holds())
    if len((await session.exec(held.limit(MOST_OF_A_CAMERA))).all()) >= MOST_OF_A_CAMERA:
        raise BadLock("camera_id", "too_many")
    row = LockRow(
        camera_id=wanted.camera_id,
        from_ms=wanted.span.start_ms,
        to_ms=wanted.span.end_ms,
        kind=wanted.kind.value,
        reference=clean(wanted.reference),
        reason=reason,
        placed_by=account_id,
        placed_ms=now_ms,
    )
    session.add(row)
    await session.flush()
    return row


def holds() -> ColumnElement[bool]:
    """The condition of a lock that was not released."""
    return col(LockRow.released_ms).is_(None)


async def locked_spans(session: AsyncSession) -> Mapping[str, Sequence[Span]]:
    """All that is locked, by camera; within the caller's transaction, so that nothing is locked in between."""
    locks: defaultdict[str, list[Span]] = defaultdict(list)
    rows = await session.exec(select(LockRow.camera_id, LockRow.from_ms, LockRow.to_ms).where(holds()))
    for camera_id, from_ms, to_ms in rows:
        locks[camera_id].append(Span(from_ms, to_ms))
    return locks
