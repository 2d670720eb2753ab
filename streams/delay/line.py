"""One stream's delay line: reader of the camera's hub, writer of a hub whose pictures are as old as the delay says.

What arrived is given out in the same order and at the same intervals, so late; it is never decoded. A line that cannot hold what it should
gives out nothing: it forgets all it has and begins anew. It never gives out anything early, and never what is not let through when it comes
in *and* when it goes out.
"""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import structlog

from streams.delay.folder import DelayFolder, LineStopped
from streams.delay.waiting import Run, Waiting
from streams.hub import Hub
from streams.types.camera import DelayFault
from streams.types.media import AccessUnit

log = structlog.get_logger(__name__)

MOST_MEMORY_BYTES: Final = 32 << 20
"""Beyond this the disk is too slow."""
BEGINS_ANEW_NS: Final = 5_000_000_000
"""After a fault."""
_STEP_S: Final = 0.02
_IDLE_S: Final = 0.2
_MOST_AT_ONCE: Final = 400
"""Units that are given out without letting others work: after the process was held up."""


@dataclass(frozen=True, slots=True)
class Clocks:
    """UTC, and one that nobody sets: a clock that is put forward lets nothing out early."""

    utc_ns: Callable[[], int] = time.time_ns
    monotonic_ns: Callable[[], int] = time.monotonic_ns


class DelayLine:
    """`lets` says for a unit whether its audience may ever see it; asked when it comes in and when it goes out.

    `out` is the hub to write to. `on_fault`: nothing is shown from now on; end what shows it.
    """

    def __init__(
        self,
        source: Hub,
        out: Hub,
        delay_ns: int,
        folder: DelayFolder,
        lets: Callable[[AccessUnit], bool],
        *,
        on_fault: Callable[[], None] = lambda: None,
        clocks: Clocks | None = None,
    ) -> None:
        self._source = source
        self._out = out
        self._delay_ns = delay_ns
        self._lets = lets
        self._on_fault = on_fault
        self._clocks = clocks or Clocks()
        self._waiting = Waiting(folder)
        self._missed = False
        """Something was not let in."""
        self._from_keyframe = True
        """Something is missing before what comes next: it begins with a keyframe."""
        self._faulted_ns = 0
        self._over = False
        self.fault: DelayFault | None = None

    @property
    def held_ns(self) -> int:
        """How much time lies in the line."""
        return self._waiting.held_ns

    @property
    def held_bytes(self) -> int:
        """On disk and in memory."""
        return self._waiting.held_bytes

    @property
    def memory_bytes(self) -> int:
        return self._waiting.memory_bytes

    def start(self) -> None:
        """Hold what comes from now on."""
        self._source.attach(self)

    async def run(self) -> None:
        """Store and give out, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._store(), name=f"delay store {self._source.name}")
            group.create_task(self._give(), name=f"delay {self._source.name}")

    def close(self) -> None:
        """Take nothing more, give out nothing more, and forget everything, on disk too."""
        self._over = True
        self._source.detach(self)
        self._forget_all()

    def fail(self) -> None:
        """Nothing can be relied on any more: empty, for good."""
        self._over = True
        self._stop(DelayFault.FAILED, "a line that failed")

    def deliver(self, unit: AccessUnit) -> None:
        """From the camera's hub."""
        if self._over or self.fault is not None:
            return
        if not self._lets(unit):
            self._missed = True
            return
        self._waiting.add(unit, self._source.tracks, self._clocks.monotonic_ns(), hole=self._missed)
        self._missed = False
        if self._waiting.memory_bytes > MOST_MEMORY_BYTES:
            self._stop(DelayFault.SLOW, "the disk takes less than what comes")

    def drop(self, from_ns: int, to_ns: int) -> None:
        """What was captured from then on and arrived before `to_ns` is forgotten now, not only when it would be due."""
        self._waiting.drop(from_ns, to_ns)

    def step(self) -> int:
        """Give out what is due. For so many ns nothing else is; 0 when that is not known."""
        if self.fault is not None and self._clocks.monotonic_ns() - self._faulted_ns >= BEGINS_ANEW_NS:
            self.fault = None
        for _ in range(_MOST_AT_ONCE):
            first = self._waiting.first()
            if first is None:
                return 0
            run, unit = first
            early_ns = self._early_ns(run, unit)
            if early_ns > 0:
                return early_ns
            if run.hole:
                run.hole = False
                self._hole()
            self._waiting.take()
            self._emit(run, unit)
        return 0

    async def store(self) -> None:
        """Read what is due soon; write what is not."""
        try:
            await self._waiting.store(self._clocks.utc_ns() - self._delay_ns)
        except LineStopped as error:
            self._stop(error.fault, str(error))

    def _early_ns(self, run: Run, unit: AccessUnit) -> int:
        by_utc = max(unit.capture_ns, unit.arrival_ns) - self._clocks.utc_ns()
        return self._delay_ns + max(by_utc, unit.arrival_ns + run.skew_ns - self._clocks.monotonic_ns())

    def _emit(self, run: Run, unit: AccessUnit) -> None:
        if not self._lets(unit):
            self._hole()
            return
        if unit.codec.is_video and self._from_keyframe:
            if not unit.keyframe:
                return
            self._from_keyframe = False
            unit = replace(unit, discontinuity=True)
        if self._out.tracks != run.tracks:
            self._out.on_tracks(run.tracks)
        self._out.on_unit(unit)

    def _hole(self) -> None:
        self._from_keyframe = True
        self._out.clear()

    def _forget_all(self) -> None:
        self._waiting.clear()
        self._hole()

    def _stop(self, fault: DelayFault, detail: str) -> None:
        log.error("delay_line_stopped", stream=self._source.name, fault=fault, detail=detail)
        self._forget_all()
        self.fault = fault
        self._faulted_ns = self._clocks.monotonic_ns()
        self._on_fault()

    async def _store(self) -> None:
        while True:
            await self.store()
            await asyncio.sleep(_IDLE_S)

    async def _give(self) -> None:
        while True:
            early_ns = self.step()
            idle_s = _STEP_S if self._out.reader_count else _IDLE_S
            await asyncio.sleep(min(max(_STEP_S, early_ns / 1e9), _IDLE_S) if early_ns else idle_s)
