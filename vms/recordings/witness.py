"""What control itself sees of recordings that should run: no worker has the camera, or we ourselves were not there.

It knows less than the worker that reads a camera, and its word counts less; but when a worker dies, nobody else can say so.
"""

from collections.abc import Iterable

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from streams.types.camera import RecordingMode
from streams.types.recording import GapCause
from vms.cameras.planned import recording_plans
from vms.cameras.ports import LiveState
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables.cameras import Camera
from vms.db.tables.meta import Meta
from vms.db.tables.recordings import GapRow
from vms.recordings.ledger import Source

SEEN = "recordings_seen_ms"
"""When control last looked: what is missing behind it while control was away was our own restart, unless somebody knows better."""
AWAY_MS = 30_000
"""Longer without a look than this: control was away."""


class Witness:
    def __init__(self, db: Database, live: LiveState, clock: Clock) -> None:
        self._db = db
        self._live = live
        self._clock = clock

    async def look(self) -> None:
        """Once; call it every few seconds. Opens and closes gaps of cameras that nobody reads."""
        now_ms = self._clock()
        read = set(self._live.cameras())
        async with self._db.transaction() as session:
            planned = await _planned(session)
            seen_ms = await _seen(session, now_ms)
            if now_ms - seen_ms > AWAY_MS:
                await _open(session, planned, seen_ms, now_ms)
            opened = {row.camera_id: row for row in await session.exec(_unended())}
            for camera_id, row in opened.items():
                if camera_id in read or camera_id not in planned:
                    row.end_ms = max(row.start_ms, now_ms)
                    row.at_ms = now_ms
                    session.add(row)
            await _open(session, planned - read - set(opened), now_ms, now_ms)


async def _planned(session: AsyncSession) -> set[str]:
    there = set(await session.exec(select(Camera.id).where(col(Camera.removed_ms).is_(None), col(Camera.enabled))))
    plans = await recording_plans(session, None)
    return {camera for camera, plan in plans.items() if plan.mode is not RecordingMode.NEVER and camera in there}


async def _seen(session: AsyncSession, now_ms: int) -> int:
    """When control last looked; from now on it is now."""
    row = await session.get(Meta, SEEN)
    before = now_ms if row is None else int(row.value)
    if row is None:
        row = Meta(key=SEEN, value="")
    row.value = str(now_ms)
    session.add(row)
    return before


async def _open(session: AsyncSession, cameras: Iterable[str], start_ms: int, now_ms: int) -> None:
    for camera_id in cameras:
        if await session.get(GapRow, (camera_id, start_ms, Source.CONTROL.value)) is None:
            session.add(
                GapRow(
                    camera_id=camera_id,
                    start_ms=start_ms,
                    source=Source.CONTROL.value,
                    cause=GapCause.RESTART.value,
                    at_ms=now_ms,
                )
            )
    await session.flush()


def _unended() -> SelectOfScalar[GapRow]:
    return select(GapRow).where(col(GapRow.source) == Source.CONTROL.value, col(GapRow.end_ms).is_(None))
