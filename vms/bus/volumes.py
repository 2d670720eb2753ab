"""What control asks of the workers that have a volume: deleting segments, and single pictures of recordings."""

import random
from collections.abc import Sequence

from streams.bus.ask import ask
from streams.bus.session import BusLost
from streams.types.bus import (
    SUBJECT_RECORDING_DELETABLE,
    SUBJECT_RECORDING_DELETE,
    SUBJECT_RECORDING_PICTURE,
    RefusalCode,
    Refused,
    Snapshot,
)
from streams.types.recording import (
    Deletable,
    DeletableTaken,
    DeleteSegments,
    RecordedPicture,
    SegmentsDeleted,
    VolumeState,
)
from vms.bus.link import BusLink
from vms.bus.live import Heartbeats
from vms.cameras.ports import BusRefused, BusUnavailable
from vms.recordings.ports import ListHolder, PictureRequest

DELETE_TIMEOUT_S = 30.0
LIST_TIMEOUT_S = 3.0


class VolumesOnBus:
    """Implements `vms.recordings.ports.Pictures` and `VolumeWorkers`."""

    def __init__(self, link: BusLink, live: Heartbeats) -> None:
        self._link = link
        self._live = live

    def states(self) -> Sequence[VolumeState]:
        return [volume for worker in self._live.alive() for volume in worker.volumes]

    @property
    def answers_within_s(self) -> float:
        return LIST_TIMEOUT_S

    def holders(self) -> Sequence[ListHolder]:
        return [
            ListHolder(worker.worker_id, worker.incarnation, volume.volume)
            for worker in self._live.alive()
            for volume in worker.volumes
        ]

    async def may_delete(self, holder: ListHolder, deletable: Deletable) -> DeletableTaken:
        bus = await self._link.bus()
        try:
            subject = SUBJECT_RECORDING_DELETABLE.format(worker_id=holder.worker_id)
            return await ask(bus, subject, deletable, DeletableTaken, LIST_TIMEOUT_S)
        except Refused as refused:
            raise BusRefused(refused.code, refused.detail) from refused
        except BusLost as error:
            raise BusUnavailable from error

    async def picture(self, request: PictureRequest) -> Snapshot:
        asked = RecordedPicture(
            volume=request.volume, path=request.path, at_ms=request.at_ms, max_width_px=request.max_width_px
        )
        bus = await self._link.bus()
        try:
            return await ask(bus, self._subject(SUBJECT_RECORDING_PICTURE, request.volume), asked, Snapshot)
        except Refused as refused:
            raise BusRefused(refused.code, refused.detail) from refused
        except BusLost as error:
            raise BusUnavailable from error

    async def delete(self, volume: str, paths: Sequence[str]) -> SegmentsDeleted:
        asked = DeleteSegments(volume=volume, paths=tuple(paths))
        bus = await self._link.bus()
        try:
            subject = self._subject(SUBJECT_RECORDING_DELETE, volume)
            return await ask(bus, subject, asked, SegmentsDeleted, DELETE_TIMEOUT_S)
        except Refused as refused:
            raise BusRefused(refused.code, refused.detail) from refused
        except BusLost as error:
            raise BusUnavailable from error

    def _subject(self, subject: str, volume: str) -> str:
        """Of any living worker that has the volume: all of one machine see the same files."""
        workers = [
            worker.worker_id for worker in self._live.alive() if any(state.volume == volume for state in worker.volumes)
        ]
        if not workers:
            raise BusRefused(RefusalCode.NOT_FOUND, "no worker has this volume")
        return subject.format(worker_id=random.choice(workers))  # noqa: S311 shares work, no secret
