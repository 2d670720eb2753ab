"""Asking cameras for a keyframe when a viewer waits and nothing cached helps (ONVIF SetSynchronizationPoint)."""

import asyncio
from collections.abc import Callable

import structlog
from sqlmodel import col, select

from streams.types.bus import KeyframeWanted
from vms.cameras.devices import DeviceClient, DeviceFault, DeviceTarget
from vms.cameras.logins import Logins
from vms.db.engine import Database
from vms.db.tables.cameras import Camera, Device, Stream

log = structlog.get_logger(__name__)

EVERY_S = 5.0
"""At most once in this time for a stream."""
AFTER_FAILURE_S = 600.0
"""A device that cannot, or refuses our login, is left in peace: logins are locked by asking again."""
AT_ONCE = 4


class Keyframes:
    """Remembers for each stream when it may be asked again."""

    def __init__(self, db: Database, logins: Logins, devices: DeviceClient, monotonic_s: Callable[[], float]) -> None:
        self._db = db
        self._logins = logins
        self._devices = devices
        self._monotonic_s = monotonic_s
        self._not_before_s: dict[tuple[str, str], float] = {}
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def wanted(self, request: KeyframeWanted) -> None:
        """Ask the device, unless it was asked just now, has no ONVIF, or could not the last time."""
        key, now_s = (request.camera_id, request.kind.value), self._monotonic_s()
        if now_s < self._not_before_s.get(key, now_s):
            return
        self._not_before_s[key] = now_s + EVERY_S
        found = await self._device(request)
        if found is None:
            self._not_before_s[key] = now_s + AFTER_FAILURE_S
            return
        xaddr, profile = found
        credentials = await self._logins.of_camera(request.camera_id)
        if credentials is None:
            return
        async with self._slots:
            try:
                await self._devices.synchronize(DeviceTarget(xaddr, credentials), profile)
            except DeviceFault as fault:
                self._not_before_s[key] = self._monotonic_s() + AFTER_FAILURE_S
                log.info("keyframe_not_given", camera=request.camera_id, fault=fault.kind.value)

    async def _device(self, request: KeyframeWanted) -> tuple[str, str] | None:
        """(ONVIF address, profile token) of a stream; None for one without."""
        query = (
            select(Device.xaddr, Stream.profile)
            .join(Camera, col(Camera.device_id) == col(Device.id))
            .join(Stream, col(Stream.camera_id) == col(Camera.id))
            .where(
                col(Camera.id) == request.camera_id,
                col(Camera.removed_ms).is_(None),
                col(Stream.kind) == request.kind.value,
                col(Device.xaddr) != "",
                col(Stream.profile) != "",
            )
        )
        async with self._db.session() as session:
            return (await session.exec(query)).first()
