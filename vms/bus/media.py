"""What control asks of media workers: probing a stream, a snapshot."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable

from streams.bus.ask import NobodyThere, ask
from streams.bus.session import BusLost
from streams.types.bus import (
    REQUEST_TIMEOUT_S,
    SUBJECT_PROBE,
    SUBJECT_SNAPSHOT,
    ProbeRequest,
    ProbeResult,
    RefusalCode,
    Refused,
    Snapshot,
    SnapshotRequest,
)
from streams.types.gate import Audience
from streams.types.sound import STARTS_WITHIN_S, SUBJECT_SOUND_HEAR, HearSound, SoundHeard
from vms.bus.link import BusLink
from vms.bus.live import Heartbeats
from vms.cameras.ports import BusRefused, BusUnavailable

WORKERS_WITHIN_S = 15.0
ASK_AGAIN_S = 0.25


class MediaDesk:
    """Implements `vms.cameras.ports.Prober` and `Snapshots`, and `vms.hearings.ports.Ears`."""

    def __init__(self, link: BusLink, live: Heartbeats) -> None:
        self._link = link
        self._live = live
        self._turn = itertools.count()

    async def probe(self, request: ProbeRequest) -> ProbeResult:
        """One of the workers, in turn, opens the stream and decodes one picture. The others never see what it takes to log in."""
        bus = await self._link.bus()
        timeout_s = request.timeout_s + request.measure_s + REQUEST_TIMEOUT_S
        try:
            return await self._once_there(lambda: ask(bus, self._next_prober(), request, ProbeResult, timeout_s))
        except Refused as refused:
            raise BusRefused(refused.code, refused.detail) from refused
        except BusLost as error:
            raise BusUnavailable from error

    def _next_prober(self) -> str:
        """The subject of the next one. Raises `NobodyThere`."""
        names = sorted(self._live.names())
        if not names:
            raise NobodyThere("no worker is alive")
        return SUBJECT_PROBE.format(worker_id=names[next(self._turn) % len(names)])

    async def _once_there(self, asking: Callable[[], Awaitable[ProbeResult]]) -> ProbeResult:
        """Workers that start, or start again, are waited for: whoever registers cameras just then need not begin anew."""
        until_s = asyncio.get_running_loop().time() + WORKERS_WITHIN_S
        while True:
            try:
                return await asking()
            except NobodyThere:
                if asyncio.get_running_loop().time() >= until_s:
                    raise
                await asyncio.sleep(ASK_AGAIN_S)

    async def snapshot(self, camera_id: str, max_width_px: int, audience: Audience = Audience.ANYONE) -> Snapshot:
        """The newest whole picture that the camera's owner has."""
        owner = self._live.owner(camera_id)
        if owner is None:
            raise BusRefused(RefusalCode.NO_PICTURE, "no worker has this camera yet")
        subject = SUBJECT_SNAPSHOT.format(worker_id=owner)
        bus = await self._link.bus()
        try:
            request = SnapshotRequest(camera_id=camera_id, max_width_px=max_width_px, audience=audience)
            return await ask(bus, subject, request, Snapshot)
        except Refused as refused:
            raise BusRefused(refused.code, refused.detail) from refused
        except BusLost as error:
            raise BusUnavailable from error

    async def hear(self, camera_id: str, for_ms: int, audience: Audience, *, keep: bool = False) -> SoundHeard:
        """Listen where the camera is read."""
        owner = self._live.owner(camera_id)
        if owner is None:
            raise BusRefused(RefusalCode.NO_PICTURE, "no worker has this camera yet")
        subject = SUBJECT_SOUND_HEAR.format(worker_id=owner)
        request = HearSound(camera_id=camera_id, audience=audience, for_ms=for_ms, keep=keep)
        timeout_s = STARTS_WITHIN_S + for_ms / 1000 + REQUEST_TIMEOUT_S
        bus = await self._link.bus()
        try:
            return await ask(bus, subject, request, SoundHeard, timeout_s)
        except Refused as refused:
            raise BusRefused(refused.code, refused.detail) from refused
        except BusLost as error:
            raise BusUnavailable from error
