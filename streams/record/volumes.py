"""All volumes of a worker: which of them takes a recording now. On the event loop; what reads disks goes to a thread."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Protocol

import structlog

from streams.record.orders import Link
from streams.record.previous import Previous, previous, recover_all
from streams.record.volume import Volume
from streams.types.camera import RecordingPlan
from streams.types.recording import VolumeState

log = structlog.get_logger(__name__)

TICK_S = 1.0
READY_WITHIN_S = 5.0
CLOSE_WITHIN_S = 4.0


class Recording(Protocol):
    """One camera's recorder as the volumes see it."""

    camera_id: str
    plan: RecordingPlan

    def tick(self) -> None:
        """Once a second, after the volumes have looked at themselves."""

    def failed(self, link: Link) -> None:
        """A segment could not be written any further."""


class Volumes:
    def __init__(self, volumes: Iterable[Volume]) -> None:
        self._volumes = {volume.volume_id: volume for volume in volumes}
        self._recordings: dict[str, Recording] = {}

    @property
    def any(self) -> bool:
        return bool(self._volumes)

    def get(self, volume_id: str) -> Volume | None:
        return self._volumes.get(volume_id)

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """While this is open recordings can be made; what an earlier life left open is recovered meanwhile.

        At the end everything is closed, within seconds: recordings must have said their last word before.
        """
        for volume in self._volumes.values():
            volume.start()
        async with asyncio.TaskGroup() as group:
            work = group.create_task(self._tick_for_ever(), name="volumes")
            group.create_task(asyncio.to_thread(self._recover), name="recover segments")
            try:
                yield
            finally:
                work.cancel()
                await asyncio.gather(
                    *(asyncio.to_thread(volume.close, CLOSE_WITHIN_S) for volume in self._volumes.values())
                )

    async def _tick_for_ever(self) -> None:
        while True:
            self.tick()
            await asyncio.sleep(TICK_S)

    async def ready(self) -> None:
        """Every volume was looked at once, or had its time."""
        for volume in self._volumes.values():
            await asyncio.to_thread(volume.looked.wait, READY_WITHIN_S)
        self._look()

    def tick(self) -> None:
        self._look()
        for recording in tuple(self._recordings.values()):
            try:
                recording.tick()
            except Exception:
                # The border between recordings: a bug of one must not end all.
                log.exception("recording_not_looked_after", camera_id=recording.camera_id)

    def _look(self) -> None:
        wanted: dict[str, dict[str, int]] = {volume_id: {} for volume_id in self._volumes}
        for recording in self._recordings.values():
            of_plan = self._of(recording.plan)
            first = next((volume for volume in of_plan if volume.usable), next(iter(of_plan), None))
            if first is not None:
                wanted[first.volume_id][recording.camera_id] = recording.plan.priority
        for volume_id, volume in self._volumes.items():
            volume.want(wanted[volume_id])
            volume.tick()

    def add(self, recording: Recording) -> None:
        self._recordings[recording.camera_id] = recording

    def remove(self, recording: Recording) -> None:
        if self._recordings.get(recording.camera_id) is recording:
            del self._recordings[recording.camera_id]

    def failed(self, link: Link) -> None:
        for recording in tuple(self._recordings.values()):
            recording.failed(link)

    def choose(self, camera_id: str, plan: RecordingPlan) -> Volume | None:
        """The first volume of the plan that takes this camera's recording now."""
        return next((volume for volume in self._of(plan) if volume.takes(camera_id)), None)

    def _of(self, plan: RecordingPlan) -> list[Volume]:
        if not plan.volumes:
            return list(self._volumes.values())
        return [self._volumes[volume_id] for volume_id in plan.volumes if volume_id in self._volumes]

    async def previous(self, camera_id: str, plan: RecordingPlan) -> Previous:
        """The newest segment of a camera on any volume, closed if need be. Waits until one of its volumes can be looked at."""
        await self.ready()
        while not any(volume.usable for volume in self._of(plan)):  # noqa: ASYNC110 a disk tells nobody when it is back
            await asyncio.sleep(TICK_S)
        disks = {volume_id: volume.disk for volume_id, volume in self._volumes.items() if volume.usable}
        return await asyncio.to_thread(previous, disks, camera_id, self._volumes)

    def spare(self, camera_id: str, plan: RecordingPlan) -> Volume | None:
        """The volume that takes this camera, as long as it is in no trouble: what is fetched later waits until live has all it needs."""
        volume = self.choose(camera_id, plan)
        return volume if volume is not None and volume.untroubled else None

    def states(self) -> tuple[VolumeState, ...]:
        return tuple(volume.state() for volume in self._volumes.values())

    def _recover(self) -> None:
        for volume_id, volume in self._volumes.items():
            volume.looked.wait(READY_WITHIN_S)
            try:
                count = recover_all(volume.disk, volume_id, volume)
            except OSError as error:
                log.warning("volume_not_recovered", volume=volume_id, detail=str(error))
            else:
                if count:
                    log.info("segments_recovered", volume=volume_id, segments=count)
