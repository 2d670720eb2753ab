"""What control asks of the workers about cameras' own cards."""

from collections.abc import Collection

from streams.bus.ask import ask
from streams.bus.session import BusLost
from streams.types.bus import SUBJECT_RECORDING_BACKFILL, Refused
from streams.types.camera import Recording
from streams.types.recording import Backfill, BackfillState
from vms.bus.link import BusLink
from vms.bus.live import Heartbeats
from vms.cameras.ports import BusRefused, BusUnavailable


class CardReadersOnBus:
    """Implements `vms.recordings.backfill.CardReaders`."""

    def __init__(self, link: BusLink, live: Heartbeats) -> None:
        self._link = link
        self._live = live

    def recording_now(self) -> Collection[str]:
        return [camera_id for camera_id, state in self._live.cameras().items() if state.recording is Recording.RUNNING]

    def owner(self, camera_id: str) -> str | None:
        return self._live.owner(camera_id)

    async def backfill(self, worker_id: str, request: Backfill) -> BackfillState:
        bus = await self._link.bus()
        try:
            return await ask(bus, SUBJECT_RECORDING_BACKFILL.format(worker_id=worker_id), request, BackfillState)
        except Refused as refused:
            raise BusRefused(refused.code, refused.detail) from refused
        except BusLost as error:
            raise BusUnavailable from error
