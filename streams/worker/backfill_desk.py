"""What control wants fetched from cameras' own cards: one camera at a time, no faster than live can bear. No word of it outlives us."""

import asyncio
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol
from urllib.parse import urlsplit

import structlog

from streams.bus.serve import serve
from streams.bus.session import Bus
from streams.contract import Timeouts
from streams.record.backfill import Filling
from streams.record.cutter import CutRules
from streams.record.volumes import Volumes
from streams.rtsp.replay import ReplaySource, Stretch
from streams.types.bus import SUBJECT_RECORDING_BACKFILL, RefusalCode, Refused
from streams.types.camera import Credentials, RecordingPlan, SourceFault, StreamSpec
from streams.types.media import StreamKind
from streams.types.recording import Backfill, BackfillPhase, BackfillState

log = structlog.get_logger(__name__)

RATE_BYTES_PER_S: Final = 2 << 20
"""Of all replays of a worker together: four times what a stream of 4 Mb/s needs, a thirtieth of what 240 of them are."""
MOST_REMEMBERED: Final = 64
MOST_WAITING: Final = 8
MARGIN_NS: Final = 5_000_000_000
"""Asked for beyond the gap: a card's index may be a little off, and what is too much is not written."""
PATIENT: Final = Timeouts(connect_s=5.0, response_s=15.0, stall_s=15.0)
"""A card is slow to find its place."""
_HOST_SCHEMES: Final = frozenset({"rtsp", "rtsps"})


@dataclass(frozen=True, slots=True)
class Storing:
    """A camera of this worker as it is now. `clock_offset_ms`: its clock minus ours; None while that is not known."""

    credentials: Credentials
    streams: tuple[StreamSpec, ...]
    plan: RecordingPlan
    clock_offset_ms: int | None


class Find(Protocol):
    def __call__(self, camera_id: str) -> Storing | None:
        """None for a camera that is not ours, or from whose card nothing may be taken."""


class BackfillDesk:
    """`run` does the work, `answer` takes the wishes of one session on the bus."""

    def __init__(
        self,
        volumes: Volumes,
        find: Find,
        rules: CutRules,
        *,
        timeouts: Timeouts = PATIENT,
        clock_ns: Callable[[], int] = time.time_ns,
    ) -> None:
        self._volumes = volumes
        self._find = find
        self._timeouts = timeouts
        self._rules = rules
        self._clock_ns = clock_ns
        self._states: OrderedDict[str, BackfillState] = OrderedDict()
        self._waiting: asyncio.Queue[Backfill] = asyncio.Queue(MOST_WAITING)

    async def answer(self, bus: Bus, worker_id: str) -> None:
        """Serve until cancelled."""
        await serve(bus, SUBJECT_RECORDING_BACKFILL.format(worker_id=worker_id), Backfill, self.wanted, at_once=1)

    async def wanted(self, request: Backfill) -> BackfillState:
        """How far a job is; one that is not known yet is begun when that is asked for. Raises `Refused`."""
        known = self._states.get(request.job_id)
        if known is not None:
            return known
        if not request.begin:
            raise Refused(RefusalCode.NOT_FOUND, "no such job")
        self._storing(request)
        try:
            self._waiting.put_nowait(request)
        except asyncio.QueueFull:
            raise Refused(RefusalCode.FULL, "other cameras wait already") from None
        self._say(request, BackfillState(phase=BackfillPhase.WAITING))
        return self._states[request.job_id]

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            request = await self._waiting.get()
            try:
                await self._fetch(request)
            except (SourceFault, Refused) as error:
                self._failed(request, str(error)[:200])
            except Exception as error:
                # The border between cameras: what one card sent must end neither the desk nor the worker.
                log.exception("backfill_failed", camera_id=request.camera_id)
                self._failed(request, type(error).__name__)

    async def _fetch(self, request: Backfill) -> None:
        storing, spec = self._storing(request)
        volume = self._volumes.spare(request.camera_id, storing.plan)
        if volume is None:
            raise Refused(RefusalCode.FULL, "no volume has room to spare")
        assert storing.clock_offset_ms is not None
        offset_ms = storing.clock_offset_ms
        stretch = Stretch(
            request.from_ms * 1_000_000,
            request.to_ms * 1_000_000 + MARGIN_NS,
            offset_ms * 1_000_000,
            RATE_BYTES_PER_S,
        )
        filling = Filling(request, volume, clock_offset_ms=offset_ms, rules=self._rules)
        source = ReplaySource(spec, storing.credentials, self._timeouts, self._clock_ns, stretch)
        self._say(request, BackfillState(phase=BackfillPhase.RUNNING))
        try:
            await source.run_once(filling)
        finally:
            filling.close()
            written = {"pictures": filling.pictures, "written_to_ms": filling.written_to_ms}
            self._say(request, self._states[request.job_id].model_copy(update=written))
        log.info("backfilled", camera_id=request.camera_id, from_ms=request.from_ms, pictures=filling.pictures)
        self._say(request, self._states[request.job_id].model_copy(update={"phase": BackfillPhase.DONE}))

    def _storing(self, request: Backfill) -> tuple[Storing, StreamSpec]:
        """The camera, and where to read. A login goes to the host of the camera's own streams and to no other."""
        storing = self._find(request.camera_id)
        if storing is None:
            raise Refused(RefusalCode.NOT_OWNER)
        if storing.clock_offset_ms is None:
            raise Refused(RefusalCode.NO_PICTURE, "the camera's clock is not known")
        asked = urlsplit(request.url)
        hosts = {urlsplit(stream.url).hostname: stream for stream in storing.streams}
        stream = hosts.get(asked.hostname)
        if stream is None or asked.scheme not in _HOST_SCHEMES or asked.username is not None:
            raise Refused(RefusalCode.NO_STREAM, "the replay is at another host than the camera")
        pin = stream.certificate_sha256 if asked.scheme == "rtsps" else ""
        return storing, StreamSpec(kind=StreamKind.MAIN, url=request.url, certificate_sha256=pin)

    def _failed(self, request: Backfill, detail: str) -> None:
        """What was written before stays, and is said."""
        failed = {"phase": BackfillPhase.FAILED, "detail": detail}
        self._say(request, self._states[request.job_id].model_copy(update=failed))

    def _say(self, request: Backfill, state: BackfillState) -> None:
        self._states[request.job_id] = state
        self._states.move_to_end(request.job_id)
        if len(self._states) > MOST_REMEMBERED:
            self._states.popitem(last=False)
