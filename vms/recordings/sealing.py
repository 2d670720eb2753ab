"""Seals every camera's day when it is over, beside its segments; again when segments of it came late or went."""

import asyncio
import os
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

import structlog
from sqlmodel import col, select

from streams.types.media import StreamKind
from streams.types.recording import segment_path
from vms.clock import DAY_MS, Clock, day_begins_ms, local_day
from vms.db.engine import Database
from vms.db.tables.recordings import DaySealRow, RecordedDayRow
from vms.recordings.files import SEAL, NoSuchFile, Volumes, open_regular
from vms.recordings.index import RecordingIndex, Segment
from vms.recordings.seal import LARGEST_SEAL, BadSeal, DaySeal, SealedGap, SealedSegment, read_seal, sealed_text
from vms.recordings.spans import Span
from vms.recordings.timeline import Timeline
from vms.secrets.signing import Signer

log = structlog.get_logger(__name__)

GRACE_MS = 3_600_000
"""A day is sealed an hour after it is over: what was recorded before midnight has been told by then."""
MOST_AT_ONCE = 500


class DaySealer:
    def __init__(
        self,
        db: Database,
        index: RecordingIndex,
        timeline: Timeline,
        volumes: Volumes,
        *,
        signer: Signer,
        clock: Clock,
    ) -> None:
        self._db = db
        self._index = index
        self._timeline = timeline
        self._volumes = volumes
        self._signer = signer
        self._clock = clock

    async def seal_due(self) -> int:
        """Seal what is over and not sealed as it is now; at most `MOST_AT_ONCE` days. Returns how many."""
        sealed = 0
        for camera_id, day, volume in await self._due():
            try:
                await self._seal(camera_id, date.fromisoformat(day), volume)
            except (OSError, NoSuchFile) as error:
                # A disk that is read-only or gone now is sealed when it is back.
                log.warning("recording_not_sealed", camera=camera_id, day=day, volume=volume, error=str(error))
                continue
            sealed += 1
        return sealed

    async def _due(self) -> Sequence[tuple[str, str, str]]:
        """Days whose sums are not those of their seal, also those of which nothing is left."""
        before = local_day(self._clock() - GRACE_MS).isoformat()
        async with self._db.session() as session:
            days: dict[tuple[str, str, str], tuple[int, int]] = {}
            for row in await session.exec(select(RecordedDayRow).where(col(RecordedDayRow.day) < before)):
                key = (row.camera_id, row.day, row.volume)
                known = days.get(key, (0, 0))
                days[key] = (known[0] + row.segments, known[1] + row.recorded_ms)
            seals = {
                (row.camera_id, row.day, row.volume): (row.segments, row.recorded_ms)
                for row in await session.exec(select(DaySealRow))
            }
        due = [key for key, sums in days.items() if seals.get(key) != sums]
        due += [key for key, sums in seals.items() if key not in days and sums != (0, 0)]
        return sorted((key for key in due if key[2] in self._volumes), key=lambda key: key[1])[:MOST_AT_ONCE]

    async def _seal(self, camera_id: str, day: date, volume: str) -> None:
        begins_ms = day_begins_ms(day)
        span = Span(begins_ms, day_begins_ms(day + timedelta(days=1)))
        found = [
            one
            for one in await self._index.between(camera_id, Span(span.start_ms, span.end_ms + DAY_MS))
            if one.volume == volume and one.day == day.isoformat()
        ]
        gaps = await self._timeline.gaps(camera_id, span)
        folder = self._volumes.folder(volume) / camera_id / day.isoformat()
        before = await asyncio.to_thread(self._before, volume, camera_id, day)
        segments = tuple(_sealed(one) for one in found)
        there = {one.name for one in segments}
        gone = {one.name: one for one in (before.deleted + before.segments if before else ()) if one.name not in there}
        seal = DaySeal(
            camera_id=camera_id,
            day=day.isoformat(),
            volume=volume,
            segments=segments,
            gaps=tuple(
                SealedGap(gap.start_ms, gap.end_ms, gap.cause.value, gap.fault, gap.by, gap.recovered) for gap in gaps
            ),
            deleted=tuple(gone.values()),
            sealed_ms=self._clock(),
        )
        text, head = sealed_text(seal, self._signer)
        await asyncio.to_thread(_write if segments else _remove, folder, text)
        async with self._db.transaction() as session:
            row = await session.get(DaySealRow, (camera_id, seal.day, volume)) or DaySealRow(
                camera_id=camera_id, day=seal.day, volume=volume, segments=0, recorded_ms=0, head="", sealed_ms=0
            )
            row.segments = len(segments)
            row.recorded_ms = sum(one.span.length_ms for one in found)
            row.head, row.sealed_ms = head, seal.sealed_ms
            session.add(row)

    def _before(self, volume: str, camera_id: str, day: date) -> DaySeal | None:
        """The seal that is there, if it is ours."""
        try:
            with open_regular(self._volumes.folder(volume), f"{camera_id}/{day.isoformat()}/{SEAL}") as file:
                return read_seal(file.read(LARGEST_SEAL), self._signer.certificate)
        except (NoSuchFile, BadSeal):
            return None


def _sealed(one: Segment) -> SealedSegment:
    path = segment_path(one.camera_id, one.start_ms, StreamKind(one.stream))
    return SealedSegment(
        path.rpartition("/")[2], one.start_ms, one.end_ms, one.size_bytes, one.sha256.hex(), one.previous.hex()
    )


def _write(folder: Path, text: bytes) -> None:
    """Whole or not at all."""
    draft = folder / (SEAL + ".open")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(text)
        handle.flush()
        os.fsync(handle.fileno())
    draft.replace(folder / SEAL)


def _remove(folder: Path, _text: bytes) -> None:
    """Nothing is left of the day: its seal and its folder go as well; what the seal said last stays in the database."""
    (folder / SEAL).unlink(missing_ok=True)
    for empty in (folder, folder.parent):
        try:
            empty.rmdir()
        except OSError:
            return
