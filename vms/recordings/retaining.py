"""Retention done: one round plans, takes out of the index, and has the workers delete; what fails is tried again.

What a lock finds in the index when it is placed is never deleted: a segment leaves the index in the transaction that looked at the
locks for the last time, and only then is its file asked to go.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

import structlog
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from streams.types.media import StreamKind
from streams.types.recording import segment_path
from vms.cameras.ports import BusRefused, BusUnavailable
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables.recordings import DoomedRow, RecordingChangeRow, SegmentRow
from vms.recordings.changes import early_spans
from vms.recordings.index import RecordingIndex, forget_segments
from vms.recordings.keeping import all_keepings
from vms.recordings.locks import locked_spans
from vms.recordings.ports import VolumeWorkers
from vms.recordings.retention import Doomed, Reason, Stored, Sweep, Wishes
from vms.recordings.spans import Span

log = structlog.get_logger(__name__)

PAGE = 500
MOST_AT_ONCE = 1000
"""What one message to a worker may name."""


@dataclass(frozen=True, slots=True)
class VolumeLimit:
    """`quota_bytes` 0: none. `keep_free` is the share of the disk that stays free, 0 … 1."""

    quota_bytes: int = 0
    keep_free: float = 0.05


@dataclass(slots=True)
class Round:
    """What one round did. `short`: volumes that stay too full, by how many bytes: nothing more may go."""

    deleted: dict[Reason, int] = field(default_factory=dict)
    freed_bytes: int = 0
    failed: int = 0
    short: Mapping[str, int] = field(default_factory=dict)


class Retention:
    def __init__(
        self,
        db: Database,
        index: RecordingIndex,
        workers: VolumeWorkers,
        limits: Mapping[str, VolumeLimit],
        clock: Clock,
    ) -> None:
        self._db = db
        self._index = index
        self._workers = workers
        self._limits = limits
        self._clock = clock
        self.short: Mapping[str, int] = {}
        """Of the last round: the volumes that stay too full, by how many bytes, because nothing more may go."""

    async def run_once(self) -> Round:
        """One round."""
        done = Round()
        await self._carry_out(done)
        wishes, early_ids = await self._wishes()
        used = await self._index.used_bytes()
        sweep = Sweep(wishes, used)
        async for page in self._candidates(wishes, sweep, used):
            if doomed := sweep.consider(page):
                await self._take_out(doomed, early_ids)
        await self._carry_out(done)
        await self._minute(early_ids)
        done.short = self.short = sweep.short
        if done.short:
            log.warning("recordings_short", volumes=dict(done.short))
        if done.deleted or done.failed:
            log.info("recordings_deleted", failed=done.failed, bytes=done.freed_bytes, **_by_name(done.deleted))
        return done

    async def _wishes(self) -> tuple[Wishes, dict[str, list[tuple[str, Span]]]]:
        async with self._db.session() as session:
            default, keeping = await all_keepings(session)
            locks = await locked_spans(session)
            early = await early_spans(session)
        return Wishes(
            now_ms=self._clock(),
            default=default,
            keeping=keeping,
            locks=locks,
            early={camera: [span for _, span in spans] for camera, spans in early.items()},
            quota_bytes=self._quotas(await self._index.used_bytes()),
        ), early

    def _quotas(self, used: Mapping[str, int]) -> dict[str, int]:
        """The quota that was set, or what leaves as much of the disk free as was set, whichever is less."""
        quotas = {volume: limit.quota_bytes for volume, limit in self._limits.items() if limit.quota_bytes}
        for state in self._workers.states():
            limit = self._limits.get(state.volume, VolumeLimit())
            lacking = round(state.total_bytes * limit.keep_free) - state.free_bytes
            if state.total_bytes and lacking > 0:
                most = max(0, used.get(state.volume, 0) - lacking)
                quotas[state.volume] = min(quotas.get(state.volume, most), most)
        return quotas

    async def _candidates(
        self, wishes: Wishes, sweep: Sweep, used: Mapping[str, int]
    ) -> AsyncIterator[Sequence[Stored]]:
        for camera_id in await self._index.cameras():
            async for page in self._of_camera(camera_id, wishes.expires_before_ms(camera_id)):
                yield page
        for camera_id, spans in wishes.early.items():
            for span in spans:
                found = await self._index.between(camera_id, span)
                yield [
                    Stored(one.camera_id, one.stream, one.volume, one.start_ms, one.end_ms, one.size_bytes)
                    for one in found
                ]
        for volume in used:
            place = (-1, "", "")
            while sweep.over_bytes(volume):
                page = await self._index.oldest_of_volume(volume, place, PAGE)
                if not page:
                    break
                yield page
                place = (page[-1].start_ms, page[-1].camera_id, page[-1].stream)

    async def _of_camera(self, camera_id: str, before_ms: int) -> AsyncIterator[Sequence[Stored]]:
        after_ms = -1
        while page := await self._index.ended_before(camera_id, before_ms, after_ms, PAGE):
            yield page
            after_ms = page[-1].start_ms

    async def _take_out(self, doomed: Sequence[Doomed], early: Mapping[str, list[tuple[str, Span]]]) -> None:
        """Out of the index, unless a lock was placed since."""
        async with self._db.transaction() as session:
            locks = await locked_spans(session)
            fresh = Wishes(now_ms=0, default=(await all_keepings(session))[0], locks=locks)
            free = [one for one in doomed if not fresh.is_locked(one.segment)]
            for one in free:
                await _doom(session, one, _change_of(one, early), self._clock())
            await forget_segments(session, [one.segment for one in free])

    async def _carry_out(self, done: Round) -> None:
        """Ask the workers to delete what was taken out."""
        async with self._db.session() as session:
            rows = (await session.exec(select(DoomedRow).order_by(col(DoomedRow.start_ms)))).all()
        by_volume: defaultdict[str, list[DoomedRow]] = defaultdict(list)
        for row in rows:
            by_volume[row.volume].append(row)
        for volume, doomed in by_volume.items():
            for begin in range(0, len(doomed), MOST_AT_ONCE):
                await self._delete(volume, doomed[begin : begin + MOST_AT_ONCE], done)

    async def _delete(self, volume: str, rows: Sequence[DoomedRow], done: Round) -> None:
        paths = {segment_path(row.camera_id, row.start_ms, StreamKind(row.stream)): row for row in rows}
        try:
            answer = await self._workers.delete(volume, list(paths))
        except (BusRefused, BusUnavailable) as error:
            log.warning("recordings_not_deleted", volume=volume, segments=len(rows), error=type(error).__name__)
            done.failed += len(rows)
            return
        gone = [paths[path] for path in (*answer.deleted, *answer.absent) if path in paths]
        async with self._db.transaction() as session:
            for row in gone:
                if (known := await session.get(DoomedRow, _key(row))) is not None:
                    await session.delete(known)
                    await _count(session, row)
            # Reported again while it was doomed: the file is gone all the same.
            await forget_segments(session, [_stored(row) for row in gone])
        for row in gone:
            reason = Reason(row.reason)
            done.deleted[reason] = done.deleted.get(reason, 0) + 1
        done.freed_bytes += answer.freed_bytes
        done.failed += len(rows) - len(gone)

    async def _minute(self, early: Mapping[str, list[tuple[str, Span]]]) -> None:
        """Close the minutes of the early deletions of which nothing is left to delete."""
        for camera_id, spans in early.items():
            for change_id, span in spans:
                kept = await self._index.between(camera_id, span)
                async with self._db.transaction() as session:
                    pending = select(DoomedRow).where(col(DoomedRow.change_id) == change_id).limit(1)
                    change = await session.get_one(RecordingChangeRow, change_id)
                    if change.done_ms is None and (await session.exec(pending)).first() is None:
                        change.done_ms = self._clock()
                        change.minutes = change.minutes or "deleted 0 segments, 0 bytes"
                        change.minutes += f"; kept {len(kept)} (locked, or reaching beyond the span)"
                        session.add(change)


async def _doom(session: AsyncSession, one: Doomed, change_id: str, now_ms: int) -> None:
    segment = one.segment
    key = (segment.camera_id, segment.start_ms, segment.stream)
    known = await session.get(SegmentRow, key)
    if known is None or known.volume != segment.volume:
        return  # it went, or moved, since it was read
    row = DoomedRow(
        camera_id=segment.camera_id,
        start_ms=segment.start_ms,
        stream=segment.stream,
        volume=segment.volume,
        reason=one.reason.value,
        change_id=change_id,
        size_bytes=segment.size_bytes,
        at_ms=now_ms,
    )
    if await session.get(DoomedRow, _key(row)) is None:
        session.add(row)
    await session.flush()


async def _count(session: AsyncSession, row: DoomedRow) -> None:
    """Add one segment to the minutes of its early deletion."""
    change = await session.get(RecordingChangeRow, row.change_id) if row.change_id else None
    if change is not None:
        segments, size = _counted(change.minutes)
        change.minutes = f"deleted {segments + 1} segments, {size + row.size_bytes} bytes"
        session.add(change)


def _counted(minutes: str) -> tuple[int, int]:
    words = minutes.split()
    return (int(words[1]), int(words[3])) if len(words) == 5 else (0, 0)


def _change_of(one: Doomed, early: Mapping[str, list[tuple[str, Span]]]) -> str:
    if one.reason is not Reason.EARLY:
        return ""
    for change_id, span in early.get(one.segment.camera_id, ()):
        if span.start_ms < one.segment.end_ms and one.segment.start_ms < span.end_ms:
            return change_id
    return ""


def _key(row: DoomedRow) -> tuple[str, int, str, str]:
    return row.camera_id, row.start_ms, row.stream, row.volume


def _stored(row: DoomedRow) -> Stored:
    return Stored(row.camera_id, row.stream, row.volume, row.start_ms, row.start_ms, row.size_bytes)


def _by_name(deleted: Mapping[Reason, int]) -> dict[str, int]:
    return {reason.value: count for reason, count in deleted.items()}
