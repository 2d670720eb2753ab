"""The credentials of the cameras that this worker runs: asked for once per revision, kept in memory only."""

import asyncio

import structlog

from streams.bus.ask import ask
from streams.bus.session import Bus, BusLost
from streams.types.bus import SUBJECT_CREDENTIALS, CredentialsRequest, Refused
from streams.types.camera import CameraSpec, Credentials

log = structlog.get_logger(__name__)

RETRY_S = 0.3


class CredentialsKeeper:
    """Waits for the bus when it is away: a camera cannot start without its password, but one that runs needs nothing."""

    def __init__(self, worker_id: str, incarnation: str) -> None:
        self._worker_id = worker_id
        self._incarnation = incarnation
        self._bus: Bus | None = None
        self._up = asyncio.Event()
        self._known: dict[str, tuple[int, Credentials]] = {}

    def connected(self, bus: Bus | None) -> None:
        """A session began, or (None) ended."""
        self._bus = bus
        if bus is None:
            self._up.clear()
        else:
            self._up.set()

    def forget(self, camera_id: str) -> None:
        self._known.pop(camera_id, None)

    async def get(self, spec: CameraSpec) -> Credentials:
        """For as long as it takes. A refusal (the lease has not reached control yet) is asked again."""
        known = self._known.get(spec.camera_id)
        if known is not None and known[0] == spec.revision:
            return known[1]
        request = CredentialsRequest(camera_id=spec.camera_id, incarnation=self._incarnation)
        subject = SUBJECT_CREDENTIALS.format(worker_id=self._worker_id)
        while True:
            await self._up.wait()
            try:
                if self._bus is not None:
                    credentials = await ask(self._bus, subject, request, Credentials)
                    self._known[spec.camera_id] = (spec.revision, credentials)
                    return credentials
            except (BusLost, Refused) as error:
                log.debug("credentials_not_yet", camera_id=spec.camera_id, detail=str(error))
            await asyncio.sleep(RETRY_S)
