"""Which parts of a camera's recordings may be seen, when a court's are among them. Everything else is sealed: in playback, in single
pictures, on the timeline and in whatever is made of them.

A courtroom's camera is recorded only while its gate lets the recorder in, and the times of that are written down with the hearing
(`vms.hearings.recorded_times`). A worker that hears late of a closing may have written some moments more: they are in no such time.
"""

from collections.abc import Collection

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.db.engine import Database
from vms.db.tables import HearingMarkRow, HearingRecordingRow
from vms.recordings.spans import Span, joined, within, without

FOR_EVER_MS = 1 << 62
DUMP = "dump"
"""The mark of a dump (`vms.hearings.acting`), with `from_ms` and `to_ms`."""
GUARD_MS = 1000
"""A capture time may be a guess: as `streams.gating.GUARD_NS`."""
LATE_MS = 600_000
"""For how long after a court's time a worker without a bus may have written on, at most: a part of nobody's."""


class CourtParts:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def open_parts(self, camera_id: str, span: Span, *, court: bool) -> list[Span]:
        """What may be seen of `span`. `court`: the camera shows a courtroom now; its recordings for purposes alone are open. Of any other
        camera all is, but what was recorded of a hearing when it showed one.
        """
        query = select(HearingRecordingRow).where(col(HearingRecordingRow.from_ms) < span.end_ms)
        async with self._db.session() as session:
            rows = [row for row in await session.exec(query) if camera_id in row.camera_ids]
            dropped = await _dropped(session, {row.hearing_id for row in rows}) if court else []
        if court:
            parts = (Span(row.from_ms, row.to_ms or FOR_EVER_MS) for row in rows)
            return without(within(parts, span), dropped)
        taken = [Span(row.from_ms, FOR_EVER_MS if row.to_ms is None else row.to_ms + LATE_MS) for row in rows]
        return without([span], joined(taken))


async def _dropped(session: AsyncSession, hearing_ids: Collection[str]) -> list[Span]:
    """What a court dropped before observers had seen it. The original stays on the disk, and sealed."""
    query = select(HearingMarkRow).where(
        col(HearingMarkRow.hearing_id).in_(hearing_ids), col(HearingMarkRow.act) == DUMP
    )
    marks = await session.exec(query)
    return [Span(int(mark.facts["from_ms"]), int(mark.facts["to_ms"]) + GUARD_MS) for mark in marks]
