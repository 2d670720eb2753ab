"""Keep one stream running for ever, and say truly how it is.

`run` loops, `Source.run_once` is one session and raises. Knows nothing of what the stream is used for; on-demand streams run while
their hub has readers.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from streams.backoff import Backoff
from streams.contract import MeasuredSource
from streams.hub import Hub
from streams.liveness import LivenessRules, LivenessWatch
from streams.types.camera import FaultKind, Liveness, SourceFault, StreamState
from streams.types.media import AccessUnit, StreamKind, Track

_log = structlog.get_logger(__name__)

_STEADY_S = 5.0


@dataclass(frozen=True, slots=True)
class Supervision:
    """How a stream is kept. `idle_stop_s`: None runs it always; else it runs while the hub has readers and that long after."""

    backoff: Backoff = field(default_factory=Backoff)
    idle_stop_s: float | None = None
    liveness: LivenessRules = field(default_factory=LivenessRules)
    clock_ns: Callable[[], int] = time.time_ns
    random: Callable[[], float] = random.random


class StreamSupervisor:
    """One stream of one camera: `run` it as a task; read `state` at any time; `retry` after its settings or credentials changed."""

    __slots__ = (
        "_failures",
        "_fault",
        "_hub",
        "_kind",
        "_live_at_s",
        "_liveness",
        "_lost_packets",
        "_on_change",
        "_open_source",
        "_received_packets",
        "_restarts",
        "_retry",
        "_scope",
        "_since_ms",
        "_source",
        "_supervision",
        "_wanted",
        "_watch",
    )

    def __init__(
        self,
        kind: StreamKind,
        open_source: Callable[[], MeasuredSource],
        hub: Hub,
        supervision: Supervision | None = None,
        on_change: Callable[[StreamState], None] = lambda _: None,
    ) -> None:
        """`open_source` may raise `SourceFault`. `on_change` hears when liveness, fault or tracks change, never on every picture."""
        self._kind = kind
        self._open_source = open_source
        self._hub = hub
        self._supervision = supervision or Supervision()
        self._on_change = on_change
        self._watch = LivenessWatch(self._supervision.liveness)
        self._source: MeasuredSource | None = None
        self._liveness = Liveness.CONNECTING
        self._fault: SourceFault | None = None
        self._since_ms = self._now_ms()
        self._restarts = 0
        self._failures = 0
        self._lost_packets = self._received_packets = 0
        self._live_at_s: float | None = None
        self._retry = asyncio.Event()
        self._wanted = asyncio.Event()
        self._scope: asyncio.Timeout | None = None
        self._readers_changed(hub.reader_count)
        hub.on_readers = self._readers_changed

    @property
    def state(self) -> StreamState:
        """How the stream is now. An on-demand stream that nobody wants is DOWN without a fault."""
        measured = self._hub.statistics()
        return StreamState(
            kind=self._kind,
            liveness=self._liveness,
            fault=self._fault.kind if self._fault else None,
            fault_detail=self._fault.detail if self._fault else "",
            since_ms=self._since_ms,
            newest_capture_ms=measured.newest_capture_ns // 1_000_000,
            codec=measured.codec,
            width_px=measured.width_px,
            height_px=measured.height_px,
            fps=round(measured.fps, 2),
            bitrate_bps=measured.bitrate_bps,
            gop_s=round(measured.gop_s, 3),
            clock_offset_ms=self._source.clock_offset_ms if self._source else None,
            lost_packets=self._lost_packets + (self._source.lost_packets if self._source else 0),
            received_packets=self._received_packets + (self._source.received_packets if self._source else 0),
            certificate_sha256=self._source.certificate_sha256 if self._source else "",
            restarts=self._restarts,
            viewers=measured.readers,
        )

    def retry(self) -> None:
        """Try again at once: ends any waiting, above all the one after credentials were refused."""
        self._retry.set()

    async def run(self) -> None:
        """For ever. Cancel to stop; the session is closed politely."""
        while True:
            if self._supervision.idle_stop_s is not None and not self._wanted.is_set():
                self._become(Liveness.DOWN, None)
                await self._wanted.wait()
                self._become(Liveness.CONNECTING, None)
            fault = await self._session()
            if fault is not None:
                await self._after(fault)

    async def _session(self) -> SourceFault | None:
        """One session: why it ended, or None when nobody wanted it any more."""
        self._retry.clear()
        self._watch.restart()
        self._live_at_s = None
        try:
            if self._supervision.idle_stop_s is None:
                await self._run_source()
            else:
                await self._run_while_wanted()
        except SourceFault as fault:
            return fault
        except Exception:  # noqa: BLE001 the border around one camera: a bug that its bytes woke must not take the others down
            _log.exception("reading a stream failed", stream=self._hub.name)
            return SourceFault(FaultKind.FORMAT, "internal error")
        finally:
            self._hub.clear()
            if self._source is not None:
                self._lost_packets += self._source.lost_packets
                self._received_packets += self._source.received_packets
                self._source = None
        return None

    async def _run_source(self) -> None:
        self._source = self._open_source()
        await self._source.run_once(self)
        raise SourceFault(FaultKind.LOST, "the stream ended")

    async def _run_while_wanted(self) -> None:
        """A session that its hub's readers hold open: `_readers_changed` moves the moment at which it times out."""
        try:
            async with asyncio.timeout(None) as self._scope:
                self._readers_changed(self._hub.reader_count)
                await self._run_source()
        except TimeoutError:
            _log.debug("stream idle", stream=self._hub.name)
        finally:
            self._scope = None

    async def _after(self, fault: SourceFault) -> None:
        loop_s = asyncio.get_running_loop().time()
        steady = self._live_at_s is not None and loop_s - self._live_at_s >= _STEADY_S
        self._failures = 1 if steady else self._failures + 1
        self._restarts += 1
        news = self._fault is None or self._fault.kind is not fault.kind
        self._become(Liveness.DOWN, fault)
        if news:
            _log.warning("stream down", stream=self._hub.name, fault=fault.kind.value, detail=fault.detail)
        if fault.kind is FaultKind.AUTHENTICATION:
            # Cameras lock accounts: refused credentials wait for new ones.
            await self._retry.wait()
            return
        wait_s = self._supervision.backoff.wait_s(self._failures, self._supervision.random)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_s):
                await self._retry.wait()

    # --- Sink -------------------------------------------------------------------------------------------------------------

    def on_tracks(self, tracks: tuple[Track, ...]) -> None:
        video = next((track for track in tracks if track.codec.is_video), None)
        if video is not None:
            self._watch.resize(video.width_px, video.height_px)
        changed = tracks != self._hub.tracks
        self._hub.on_tracks(tracks)
        if changed:
            self._on_change(self.state)

    def on_unit(self, unit: AccessUnit) -> None:
        self._hub.on_unit(unit)
        if not unit.codec.is_video:
            return
        watch = self._watch
        watch.on_unit(unit)
        if self._live_at_s is None:
            if not unit.keyframe:
                return
            self._live_at_s = asyncio.get_running_loop().time()
        seen = Liveness.FROZEN if watch.frozen else Liveness.LOOPED if watch.looped else Liveness.LIVE
        if seen is not self._liveness:
            self._become(seen, None)

    def _become(self, liveness: Liveness, fault: SourceFault | None) -> None:
        before = (self._liveness, self._fault.kind if self._fault else None)
        if liveness is not self._liveness:
            self._since_ms = self._now_ms()
        self._liveness, self._fault = liveness, fault
        if before != (liveness, fault.kind if fault else None):
            self._on_change(self.state)

    def _readers_changed(self, readers: int) -> None:
        if readers:
            self._wanted.set()
        else:
            self._wanted.clear()
        if self._scope is not None and not self._scope.expired():
            idle_stop_s = self._supervision.idle_stop_s or 0.0
            self._scope.reschedule(None if readers else asyncio.get_running_loop().time() + idle_stop_s)

    def _now_ms(self) -> int:
        return self._supervision.clock_ns() // 1_000_000
