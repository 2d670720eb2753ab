"""The index of segments: written as files come and go, read by camera and time. Knows no files.

Telling it twice changes nothing: every row's key is the segment's own place in time, and the sums of a day move only by what changed.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row as ResultRow
from sqlalchemy import or_
from sqlalchemy import select as sa_select
from sqlmodel import col, delete, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.clock import local_day
from vms.db.engine import Database
from vms.db.tables.recordings import RecordedDayRow, SegmentRow
from vms.recordings.retention import Stored
from vms.recordings.spans import Span

LONGEST_SEGMENT_MS = 3_600_000
"""No segment is longer: whatever overlaps a moment began at most this long before it."""
_BATCH = 500


@dataclass(frozen=True, slots=True)
class Segment:
    """One file of one stream of one camera, closed. `sha256` over its bytes; `previous` is that of the segment before, or empty."""

    camera_id: str
    start_ms: int
    stream: str
    end_ms: int
    volume: str
    size_bytes: int
    sha256: bytes
    previous: bytes = b""
    clock_offset_ms: int | None = None
    codec: str = ""
    ended: str = ""
    from_card: bool = False
    """Fetched later from the camera's own card."""

    @property
    def day(self) -> str:
        return local_day(self.start_ms).isoformat()

    @property
    def span(self) -> Span:
        return Span(self.start_ms, self.end_ms)


@dataclass(frozen=True, slots=True)
class DaySum:
    day: str
    segments: int
    recorded_ms: int
    size_bytes: int


_COLUMNS = tuple(getattr(SegmentRow, name) for name in Segment.__slots__)
_DayKey = tuple[str, str, str, str]


class RecordingIndex:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def add(self, segments: Sequence[Segment]) -> int:
        """Note that these files are there. Returns how many rows that changed."""
        async with self._db.transaction() as session:
            return await add_segments(session, segments)

    async def forget(self, gone: Iterable[Stored]) -> int:
        """Note that these files are gone. Returns how many were known."""
        async with self._db.transaction() as session:
            return await forget_segments(session, gone)

    async def between(self, camera_id: str, span: Span, stream: str | None = None) -> list[Segment]:
        """What touches `span`, in the order in which it was recorded."""
        query = select(*_COLUMNS).where(
            col(SegmentRow.camera_id) == camera_id,
            col(SegmentRow.start_ms) >= span.start_ms - LONGEST_SEGMENT_MS,
            col(SegmentRow.start_ms) < span.end_ms,
            col(SegmentRow.end_ms) > span.start_ms,
        )
        if stream is not None:
            query = query.where(col(SegmentRow.stream) == stream)
        async with self._db.session() as session:
            connection = await session.connection()
            found = await connection.execute(query.order_by(col(SegmentRow.start_ms), col(SegmentRow.stream)))
            return [_segment(row) for row in found]

    async def recorded(self, camera_id: str, span: Span, slack_ms: int, *, from_card: bool | None = None) -> list[Span]:
        """What is recorded of `span`, segments that are no further apart than `slack_ms` as one. `from_card`: only such, or only others.

        The database joins them: a day is 1,440 segments, and seldom more than a few stretches.
        """
        start, end = col(SegmentRow.start_ms), col(SegmentRow.end_ms)
        inside = [
            col(SegmentRow.camera_id) == camera_id,
            start >= span.start_ms - LONGEST_SEGMENT_MS,
            start < span.end_ms,
            end > span.start_ms,
        ]
        if from_card is not None:
            inside.append(col(SegmentRow.from_card).is_(from_card))
        before = func.max(end).over(order_by=start, rows=(None, -1)).label("before")
        rows = sa_select(start.label("start"), before).where(*inside).subquery()
        heads = (
            sa_select(rows.c.start, rows.c.before)
            .where(or_(rows.c.before.is_(None), rows.c.start > rows.c.before + slack_ms))
            .order_by(rows.c.start)
        )
        async with self._db.session() as session:
            connection = await session.connection()
            found = (await connection.execute(heads)).all()
            last_ms = (await connection.execute(sa_select(func.max(end)).where(*inside))).scalar_one()
        ends = [row.before for row in found[1:]] + [last_ms]
        return [Span(row.start, end_ms) for row, end_ms in zip(found, ends, strict=True)] if found else []

    async def beside(self, camera_id: str, gap: Span, slack_ms: int) -> tuple[Segment | None, Segment | None]:
        """The newest segment that began before a gap, and the first that begins behind it; what is a little inside of it counts."""
        start = col(SegmentRow.start_ms)
        query = select(*_COLUMNS).where(col(SegmentRow.camera_id) == camera_id)
        before = query.where(start < gap.start_ms + slack_ms).order_by(start.desc()).limit(1)
        behind = query.where(start >= gap.end_ms - slack_ms).order_by(start).limit(1)
        async with self._db.session() as session:
            connection = await session.connection()
            rows = [(await connection.execute(one)).first() for one in (before, behind)]
        last, following = (None if row is None else _segment(row) for row in rows)
        return last, following

    async def next_start_ms(self, camera_id: str, after_ms: int) -> int | None:
        """When the first segment begins that begins at `after_ms` or later."""
        query = select(func.min(SegmentRow.start_ms)).where(
            col(SegmentRow.camera_id) == camera_id, col(SegmentRow.start_ms) >= after_ms
        )
        async with self._db.session() as session:
            return (await session.exec(query)).one()

    async def days(self, camera_id: str, first: date, last: date) -> list[DaySum]:
        """The sums of each day that has something, both days included; all streams and volumes together."""
        query = (
            select(
                RecordedDayRow.day,
                func.sum(RecordedDayRow.segments),
                func.sum(RecordedDayRow.recorded_ms),
                func.sum(RecordedDayRow.size_bytes),
            )
            .where(
                col(RecordedDayRow.camera_id) == camera_id,
                col(RecordedDayRow.day) >= first.isoformat(),
                col(RecordedDayRow.day) <= last.isoformat(),
            )
            .group_by(RecordedDayRow.day)
            .order_by(RecordedDayRow.day)
        )
        async with self._db.session() as session:
            return [DaySum(day, int(n), int(ms), int(size)) for day, n, ms, size in await session.exec(query)]

    async def used_bytes(self) -> dict[str, int]:
        """What each volume holds."""
        query = select(RecordedDayRow.volume, func.sum(RecordedDayRow.size_bytes)).group_by(RecordedDayRow.volume)
        async with self._db.session() as session:
            return {volume: int(size) for volume, size in await session.exec(query)}

    async def cameras(self) -> list[str]:
        """Every camera of which something is recorded."""
        async with self._db.session() as session:
            return list(await session.exec(select(RecordedDayRow.camera_id).distinct()))

    async def ended_before(self, camera_id: str, before_ms: int, after_ms: int, limit: int) -> list[Stored]:
        """The oldest of a camera that ended before a moment and began after another."""
        query = select(*_COLUMNS).where(
            col(SegmentRow.camera_id) == camera_id,
            col(SegmentRow.start_ms) > after_ms,
            col(SegmentRow.start_ms) < before_ms,
            col(SegmentRow.end_ms) < before_ms,
        )
        async with self._db.session() as session:
            connection = await session.connection()
            found = await connection.execute(query.order_by(col(SegmentRow.start_ms)).limit(limit))
            return [_stored(_segment(row)) for row in found]

    async def oldest_of_volume(self, volume: str, after: tuple[int, str, str], limit: int) -> list[Stored]:
        """The oldest of a volume behind the place (start, camera, stream)."""
        async with self._db.session() as session:
            return await oldest_of_volume(session, volume, after, limit)


async def oldest_of_volume(session: AsyncSession, volume: str, after: tuple[int, str, str], limit: int) -> list[Stored]:
    """`RecordingIndex.oldest_of_volume` within the caller's transaction."""
    start_ms, camera_id, stream = after
    place = (col(SegmentRow.start_ms), col(SegmentRow.camera_id), col(SegmentRow.stream))
    behind = (
        (place[0] > start_ms)
        | ((place[0] == start_ms) & (place[1] > camera_id))
        | ((place[0] == start_ms) & (place[1] == camera_id) & (place[2] > stream))
    )
    query = select(*_COLUMNS).where(col(SegmentRow.volume) == volume, place[0] >= start_ms, behind)
    connection = await session.connection()
    return [_stored(_segment(row)) for row in await connection.execute(query.order_by(*place).limit(limit))]


async def add_segments(session: AsyncSession, segments: Sequence[Segment]) -> int:
    """`RecordingIndex.add` within the caller's transaction."""
    sums: dict[_DayKey, list[int]] = {}
    changed = 0
    for segment in segments:
        known = await session.get(SegmentRow, (segment.camera_id, segment.start_ms, segment.stream))
        before = None if known is None else _of_row(known)
        if before == segment:
            continue
        changed += 1
        if before is not None:
            _count(sums, before, -1)
        _count(sums, segment, 1)
        if known is None:
            session.add(SegmentRow(**_values(segment)))
        else:
            for name, value in _values(segment).items():
                setattr(known, name, value)
            session.add(known)
    await session.flush()
    await _move_sums(session, sums)
    return changed


async def forget_segments(session: AsyncSession, gone: Iterable[Stored]) -> int:
    """`RecordingIndex.forget` within the caller's transaction."""
    sums: dict[_DayKey, list[int]] = {}
    known = 0
    for stored in gone:
        row = await session.get(SegmentRow, (stored.camera_id, stored.start_ms, stored.stream))
        if row is not None and row.volume == stored.volume:
            known += 1
            _count(sums, _of_row(row), -1)
            await session.delete(row)
    await session.flush()
    await _move_sums(session, sums)
    return known


async def clear(session: AsyncSession) -> None:
    """Forget every segment; for building the index anew within the caller's transaction."""
    await session.exec(delete(SegmentRow))
    await session.exec(delete(RecordedDayRow))


def values_of(segments: Iterable[Segment]) -> list[Mapping[str, object]]:
    """Rows for a bulk insert."""
    return [_values(segment) for segment in segments]


def sums_of(segments: Iterable[Segment]) -> list[Mapping[str, object]]:
    """The rows of the days that these segments make, for a bulk insert."""
    sums: dict[_DayKey, list[int]] = {}
    for segment in segments:
        _count(sums, segment, 1)
    names = ("camera_id", "day", "stream", "volume", "segments", "recorded_ms", "size_bytes")
    return [dict(zip(names, (*key, *values), strict=True)) for key, values in sums.items()]


def _count(sums: dict[_DayKey, list[int]], segment: Segment, sign: int) -> None:
    row = sums.setdefault((segment.camera_id, segment.day, segment.stream, segment.volume), [0, 0, 0])
    row[0] += sign
    row[1] += sign * segment.span.length_ms
    row[2] += sign * segment.size_bytes


async def _move_sums(session: AsyncSession, sums: Mapping[_DayKey, list[int]]) -> None:
    for (camera_id, day, stream, volume), (segments, recorded_ms, size_bytes) in sums.items():
        row = await session.get(RecordedDayRow, (camera_id, day, stream, volume))
        if row is None:
            row = RecordedDayRow(
                camera_id=camera_id, day=day, stream=stream, volume=volume, segments=0, recorded_ms=0, size_bytes=0
            )
        row.segments += segments
        row.recorded_ms += recorded_ms
        row.size_bytes += size_bytes
        if row.segments > 0:
            session.add(row)
        elif row in session:
            await session.delete(row)
    await session.flush()


def _values(segment: Segment) -> dict[str, Any]:
    return dict(zip(Segment.__slots__, astuple(segment), strict=True))


def _of_row(row: SegmentRow) -> Segment:
    return Segment(*(getattr(row, name) for name in Segment.__slots__))


def _segment(row: ResultRow[Any]) -> Segment:
    values: tuple[Any, ...] = tuple(row)  # the columns are those of the class, in its order
    return Segment(*values)


def _stored(segment: Segment) -> Stored:
    return Stored(
        segment.camera_id, segment.stream, segment.volume, segment.start_ms, segment.end_ms, segment.size_bytes
    )
