"""What workers report of recordings, taken into the index. Every report may come again, late, or out of order; nothing is lost by it."""

from collections.abc import Callable

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from streams.types.recording import GapNoted, SegmentClosed, SegmentDeleted, path_parts
from vms.db.engine import Database
from vms.db.tables.recordings import GapRow, SegmentRow
from vms.recordings.index import Segment, add_segments, forget_segments
from vms.recordings.ledger import Source
from vms.recordings.retention import Stored


class RecordingNews:
    def __init__(self, db: Database) -> None:
        self._db = db
        self.on_deleted: list[Callable[[str], None]] = []
        """Told the volume of each segment that a worker deleted by itself."""

    async def closed(self, report: SegmentClosed) -> None:
        """A segment is on the disk, with the gaps before it as they are signed into the chain."""
        async with self._db.transaction() as session:
            await add_segments(session, [segment_of(report)])
            for gap in report.gaps:
                if gap.to_ms > gap.from_ms:
                    row = GapRow(
                        camera_id=report.camera_id,
                        start_ms=gap.from_ms,
                        source=Source.CHAIN.value,
                        end_ms=gap.to_ms,
                        cause=gap.cause.value,
                        fault=gap.fault.value if gap.fault else "",
                        by=gap.by,
                        at_ms=report.start_ms,
                    )
                    await _put(session, row)
            if report.from_card:
                # Of the past: what goes on now goes on.
                return
            still_open = select(GapRow).where(
                col(GapRow.camera_id) == report.camera_id,
                col(GapRow.start_ms) < report.end_ms,
                col(GapRow.end_ms).is_(None),
            )
            for row in await session.exec(still_open):
                row.end_ms = max(row.start_ms, report.start_ms)
                session.add(row)

    async def gap(self, report: GapNoted) -> None:
        """A gap began, has another cause, or ended. One that goes on ends where the next segment begins, if that is known already."""
        async with self._db.transaction() as session:
            end_ms = report.to_ms
            if end_ms is None:
                later = select(func.min(SegmentRow.start_ms)).where(
                    col(SegmentRow.camera_id) == report.camera_id,
                    col(SegmentRow.start_ms) >= report.from_ms,
                    col(SegmentRow.from_card).is_(False),
                )
                end_ms = (await session.exec(later)).one()
            row = GapRow(
                camera_id=report.camera_id,
                start_ms=report.from_ms,
                source=Source.WORKER.value,
                end_ms=end_ms,
                cause=report.cause.value,
                fault=report.fault.value if report.fault else "",
                by=report.by,
                at_ms=report.at_ms,
            )
            await _put(session, row)

    async def deleted(self, report: SegmentDeleted) -> None:
        """A worker deleted by itself what control had called deletable."""
        parts = path_parts(report.path)
        if parts is None:
            return
        camera_id, _, start_ms, stream = parts
        gone = Stored(camera_id, stream.value, report.volume, start_ms, start_ms, report.bytes)
        async with self._db.transaction() as session:
            await forget_segments(session, [gone])
        for tell in self.on_deleted:
            tell(report.volume)


def segment_of(report: SegmentClosed) -> Segment:
    return Segment(
        camera_id=report.camera_id,
        start_ms=report.start_ms,
        stream=report.stream.value,
        end_ms=max(report.start_ms, report.end_ms),
        volume=report.volume,
        size_bytes=report.bytes,
        sha256=bytes.fromhex(report.sha256),
        previous=bytes.fromhex(report.previous_sha256),
        clock_offset_ms=report.clock_offset_ms,
        codec=report.codec.value,
        ended=report.ended.value,
        from_card=report.from_card,
    )


async def _put(session: AsyncSession, row: GapRow) -> None:
    """The newest word about a gap counts, whichever comes last."""
    known = await session.get(GapRow, (row.camera_id, row.start_ms, row.source))
    if known is None:
        session.add(row)
    elif row.at_ms >= known.at_ms:
        known.end_ms, known.cause, known.fault, known.by, known.at_ms = (
            row.end_ms,
            row.cause,
            row.fault,
            row.by,
            row.at_ms,
        )
        session.add(known)
    await session.flush()
