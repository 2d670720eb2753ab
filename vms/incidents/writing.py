"""What is done to incidents: opened, added to, closed. Each step is a line of the duty log in the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.cameras.words import clean
from vms.clock import Clock, local_day
from vms.db.engine import Database
from vms.db.tables.incidents import IncidentEntryRow, IncidentPartRow, IncidentPictureRow, IncidentRow
from vms.recordings.locks import LockKind, Locks, NewLock, add_lock
from vms.recordings.spans import Span

MOST_PARTS = 64
MOST_PICTURES = 200
LONGEST_TEXT = 2000
_TRIES = 5
"""Two that are opened at the same moment want the same number: on PostgreSQL the second one is told so, and takes the next."""


class IncidentKind(StrEnum):
    INCIDENT = "incident"
    CASE = "case"


class EntryKind(StrEnum):
    OPENED = "opened"
    NOTE = "note"
    PART = "part"
    PICTURE = "picture"
    EXTRACTION = "extraction"
    CLOSED = "closed"
    REOPENED = "reopened"


class BadIncident(ValueError):
    """`field` is what cannot be so; `code` says why."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


class NotOpen(Exception):
    """The incident is closed (or, to be opened again, is open)."""


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a camera's recording, UTC in ms."""

    camera_id: str
    span: Span


@dataclass(frozen=True, slots=True)
class Picture:
    camera_id: str
    capture_ms: int
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class NewIncident:
    """`document` is the number of the case file; `note` the first line under the title. Both may be empty."""

    kind: IncidentKind
    unit_id: str
    title: str
    document: str = ""
    note: str = ""
    parts: Sequence[Part] = ()
    pictures: Sequence[Picture] = ()


@dataclass(frozen=True, slots=True)
class _By:
    account_id: str
    at_ms: int


class IncidentDesk:
    def __init__(self, db: Database, locks: Locks, clock: Clock) -> None:
        self._db = db
        self._locks = locks
        self._clock = clock

    async def open(self, account_id: str, new: NewIncident) -> tuple[IncidentRow, int]:
        """The incident, and from when on nothing can delete its footage any more. Raises `BadIncident` and `BadLock`."""
        if not (title := clean(new.title)):
            raise BadIncident("title", "empty")
        for attempt in range(_TRIES):
            try:
                row = await self._open(account_id, new, title)
                break
            except IntegrityError:
                if attempt == _TRIES - 1:
                    raise
        return row, await self._sure_ms(new.parts)

    async def add_part(self, incident_id: str, account_id: str, part: Part) -> int:
        """Lock one more stretch; from when on that is sure. Raises `NotOpen`, `BadIncident` and `BadLock`."""
        by = _By(account_id, self._clock())
        async with self._db.transaction() as session:
            row = await _open_one(session, incident_id)
            await _add_part(session, row, by, part)
            _write(session, row, by, EntryKind.PART)
        return await self._sure_ms([part])

    async def add_picture(self, incident_id: str, account_id: str, picture: Picture) -> None:
        """Raises `NotOpen` and `BadIncident`."""
        by = _By(account_id, self._clock())
        async with self._db.transaction() as session:
            row = await _open_one(session, incident_id)
            await _add_picture(session, row, by, picture)
            _write(session, row, by, EntryKind.PICTURE)

    async def note(self, incident_id: str, account_id: str, text: str) -> None:
        """Also of one that is closed: what is learned later belongs to it. Raises `BadIncident` for nothing at all."""
        if not (said := clean(text, LONGEST_TEXT)):
            raise BadIncident("text", "empty")
        async with self._db.transaction() as session:
            row = await session.get_one(IncidentRow, incident_id)
            _write(session, row, _By(account_id, self._clock()), EntryKind.NOTE, said)

    async def close(self, incident_id: str, account_id: str, outcome: str) -> None:
        """The footage stays locked until two people release it. Raises `NotOpen` and `BadIncident`."""
        if not (said := clean(outcome, LONGEST_TEXT)):
            raise BadIncident("text", "empty")
        async with self._db.transaction() as session:
            row = await _open_one(session, incident_id)
            row.state, row.closed_ms = "closed", self._clock()
            session.add(row)
            _write(session, row, _By(account_id, row.closed_ms), EntryKind.CLOSED, said)

    async def reopen(self, incident_id: str, account_id: str, reason: str) -> None:
        """Raises `NotOpen` for one that is open, and `BadIncident`."""
        if not (said := clean(reason, LONGEST_TEXT)):
            raise BadIncident("text", "empty")
        async with self._db.transaction() as session:
            row = await session.get_one(IncidentRow, incident_id)
            if row.state != "closed":
                raise NotOpen
            row.state, row.closed_ms = "open", None
            session.add(row)
            _write(session, row, _By(account_id, self._clock()), EntryKind.REOPENED, said)

    async def _open(self, account_id: str, new: NewIncident, title: str) -> IncidentRow:
        now_ms = self._clock()
        by, year = _By(account_id, now_ms), local_day(now_ms).year
        async with self._db.transaction() as session:
            last = (await session.exec(select(func.max(IncidentRow.serial)).where(col(IncidentRow.year) == year))).one()
            row = IncidentRow(
                year=year,
                serial=(last or 0) + 1,
                kind=new.kind.value,
                unit_id=new.unit_id,
                title=title,
                document=clean(new.document),
                opened_by=account_id,
                opened_ms=now_ms,
            )
            session.add(row)
            await session.flush()
            for part in new.parts:
                await _add_part(session, row, by, part)
            for picture in new.pictures:
                await _add_picture(session, row, by, picture)
            _write(session, row, by, EntryKind.OPENED, clean(new.note, LONGEST_TEXT) or title)
        return row

    async def _sure_ms(self, parts: Sequence[Part]) -> int:
        """Each lock on its own: a list that has one of them may not have the others."""
        return max([await self._locks.sure_ms(part.span) for part in parts], default=0)


async def _open_one(session: AsyncSession, incident_id: str) -> IncidentRow:
    row = await session.get_one(IncidentRow, incident_id)
    if row.state != "open":
        raise NotOpen
    return row


async def _add_part(session: AsyncSession, row: IncidentRow, by: _By, part: Part) -> None:
    if await _count(session, IncidentPartRow, row.id) >= MOST_PARTS:
        raise BadIncident("parts", "too_many")
    wanted = NewLock(part.camera_id, part.span, LockKind(row.kind), row.number, row.title)
    lock = await add_lock(session, by.account_id, wanted, by.at_ms)
    session.add(
        IncidentPartRow(
            incident_id=row.id,
            camera_id=part.camera_id,
            from_ms=part.span.start_ms,
            to_ms=part.span.end_ms,
            lock_id=lock.id,
            added_by=by.account_id,
            added_ms=by.at_ms,
        )
    )
    await session.flush()


async def _add_picture(session: AsyncSession, row: IncidentRow, by: _By, picture: Picture) -> None:
    if await _count(session, IncidentPictureRow, row.id) >= MOST_PICTURES:
        raise BadIncident("pictures", "too_many")
    session.add(
        IncidentPictureRow(
            incident_id=row.id,
            camera_id=picture.camera_id,
            capture_ms=picture.capture_ms,
            jpeg=picture.jpeg,
            added_by=by.account_id,
            added_ms=by.at_ms,
        )
    )
    await session.flush()


async def _count(
    session: AsyncSession, table: type[IncidentPartRow] | type[IncidentPictureRow], incident_id: str
) -> int:
    query = select(func.count()).select_from(table).where(col(table.incident_id) == incident_id)
    return (await session.exec(query)).one()


def _write(session: AsyncSession, row: IncidentRow, by: _By, kind: EntryKind, text: str = "") -> None:
    entry = IncidentEntryRow(incident_id=row.id, at_ms=by.at_ms, account_id=by.account_id, kind=kind.value, text=text)
    session.add(entry)
