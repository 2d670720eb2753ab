"""Keep the bus's desired state equal to the rows. The rows are the truth; the bus gets a copy after every commit.

When the bus is away the change is remembered and told later: a camera that was registered meanwhile starts when the bus is back.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable

import structlog
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from streams.types.camera import CameraSpec
from vms.cameras.gated import gated_cameras, with_twins
from vms.cameras.planned import NOTHING, recording_plans
from vms.cameras.ports import BusUnavailable, DesiredState
from vms.cameras.specs import camera_spec
from vms.db.engine import Database
from vms.db.tables.cameras import Camera, Stream

RETRY_S = 5.0

log = structlog.get_logger(__name__)


class Desired:
    def __init__(self, db: Database, bus: DesiredState, *, retry_s: float = RETRY_S) -> None:
        self._db = db
        self._bus = bus
        self._retry_s = retry_s
        self._untold: frozenset[str] = frozenset()
        self._turn = asyncio.Lock()
        self._woken = asyncio.Event()

    async def tell(self, camera_ids: Iterable[str]) -> None:
        """Put or remove these cameras, as their rows say now. Never fails for a bus that is away."""
        await self._tell(frozenset(camera_ids))

    async def reconcile(self) -> None:
        """Put every camera again and remove what is no camera of ours. Raises `BusUnavailable`."""
        async with self._turn:
            async with self._db.session() as session:
                specs = await _specs(session, None)
            strays = await self._bus.camera_ids() - specs.keys()
            for spec in specs.values():
                await self._bus.put(spec)
            for camera_id in strays:
                await self._bus.remove(camera_id)
        log.info("desired state told", cameras=len(specs), strays=len(strays))

    async def run(self) -> None:
        """Reconcile once the bus is there, then tell again what could not be told. Runs until cancelled."""
        while True:
            try:
                await self.reconcile()
                break
            except BusUnavailable:
                log.warning("desired state waits for the bus")
                await asyncio.sleep(self._retry_s)
        while True:
            await self._woken.wait()
            self._woken.clear()
            await asyncio.sleep(self._retry_s)
            await self._tell(frozenset())

    async def _tell(self, changed: frozenset[str]) -> None:
        # One at a time: rows are read within the turn, so that an older state of a camera never overwrites a newer one.
        async with self._turn:
            wanted = self._untold | changed
            if not wanted:
                return
            self._untold = wanted
            async with self._db.session() as session:
                self._untold = wanted = await with_twins(session, wanted)
                specs = await _specs(session, wanted)
            try:
                for camera_id in sorted(wanted):
                    await self._put_or_remove(camera_id, specs.get(camera_id))
                    self._untold -= {camera_id}
            except BusUnavailable:
                log.warning("desired state not told", cameras=len(self._untold))
                self._woken.set()

    async def _put_or_remove(self, camera_id: str, spec: CameraSpec | None) -> None:
        if spec:
            await self._bus.put(spec)
        else:
            await self._bus.remove(camera_id)


async def _specs(session: AsyncSession, camera_ids: frozenset[str] | None) -> dict[str, CameraSpec]:
    """The desired state of these cameras (None for all) that still exist."""
    cameras = select(Camera).where(col(Camera.removed_ms).is_(None))
    streams = select(Stream)
    if camera_ids is not None:
        cameras = cameras.where(col(Camera.id).in_(camera_ids))
        streams = streams.where(col(Stream.camera_id).in_(camera_ids))
    of: defaultdict[str, list[Stream]] = defaultdict(list)
    for stream in await session.exec(streams):
        of[stream.camera_id].append(stream)
    gated = await gated_cameras(session, camera_ids)
    plans = await recording_plans(session, camera_ids)
    return {
        camera.id: camera_spec(camera, of[camera.id], gated=camera.id in gated, recording=plans.get(camera.id, NOTHING))
        for camera in await session.exec(cameras)
    }
