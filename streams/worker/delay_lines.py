"""The delay lines of one camera: they run while its gate lets observers through with a delay, and hold nothing when it does not."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import structlog

from streams.delay import DelayFolder, DelayLine
from streams.delay.line import Clocks
from streams.gating import GUARD_NS, GateBoard
from streams.hub import Hub
from streams.types.camera import DelayFault, DelayState
from streams.types.gate import Audience, Dropped
from streams.types.media import AccessUnit, StreamKind

log = structlog.get_logger(__name__)

_LOOK_S = 0.1
_OBSERVERS = Audience.OBSERVERS

Spawn = Callable[[Coroutine[Any, Any, None]], "asyncio.Task[None]"]


class DelayLines:
    """`hubs` are the camera's own. Without a `folder` nothing is ever shown with a delay."""

    def __init__(
        self,
        camera_id: str,
        hubs: Mapping[StreamKind, Hub],
        board: GateBoard,
        folder: DelayFolder | None,
        clocks: Clocks | None = None,
    ) -> None:
        self._camera_id = camera_id
        self._hubs = hubs
        self._board = board
        self._folder = folder
        self._clocks = clocks or Clocks()
        self._outs = {kind: Hub(f"{hub.name} delayed") for kind, hub in hubs.items()}
        self._lines: dict[StreamKind, DelayLine] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._begun: tuple[int, int] | None = None
        """Since when, and with which delay, the lines run."""
        self._dropped: tuple[Dropped, ...] = ()
        self._in_hole = False
        self._spawn: Spawn | None = None

    def source(self, kind: StreamKind, audience: Audience) -> Hub | None:
        """Where an audience's pictures of a stream come from, when it sees them with a delay; None: from the camera's own hub."""
        return self._outs[kind] if self._board.delay_ns(self._camera_id, audience) else None

    def state(self) -> DelayState | None:
        """None while nothing is to be held."""
        if self._begun is None:
            return None
        if not self._lines:
            return DelayState(held_ms=0, bytes=0, fault=DelayFault.FAILED)
        lines = self._lines.values()
        return DelayState(
            held_ms=max(line.held_ns for line in lines) // 1_000_000,
            bytes=sum(line.held_bytes for line in lines),
            fault=next((line.fault for line in lines if line.fault is not None), None),
        )

    def begin(self, spawn: Spawn) -> None:
        """The camera runs; what the lines do in the background runs by `spawn`."""
        self._spawn = spawn
        self.gate_changed()

    def end(self) -> None:
        """The camera runs no more. Nothing is held when this returns."""
        self._spawn = None
        self._forget()

    def gate_changed(self) -> None:
        """What is shut out is forgotten before this returns; what is let through is held from now on."""
        if self._spawn is None:
            return
        wanted = self._wanted()
        if wanted != self._begun:
            self._forget()
            if wanted is not None:
                self._hold(wanted, self._spawn)
        dropped = self._board.dropped(self._camera_id)
        if dropped != self._dropped:
            self._dropped = dropped
            for one in dropped:
                for line in self._lines.values():
                    line.drop(one.from_ms * 1_000_000, one.to_ms * 1_000_000 + GUARD_NS)
        self.look()

    def look(self) -> None:
        """Where what would be shown now was dropped, the views end: viewers read why, and see no picture that stands still."""
        hole = bool(self._lines) and self._board.in_hole(self._camera_id)
        if hole and not self._in_hole:
            self._board.end_views(self._camera_id, _OBSERVERS)
        self._in_hole = hole

    async def tick(self) -> None:
        """One step of everything that runs in the background: for tests, whose clocks stand."""
        for line in tuple(self._lines.values()):
            await line.store()
            line.step()
        self.look()

    def _wanted(self) -> tuple[int, int] | None:
        since_ns = self._board.since_ns(self._camera_id, _OBSERVERS)
        delay_ns = self._board.delay_ns(self._camera_id, _OBSERVERS)
        return (since_ns, delay_ns) if since_ns is not None and delay_ns else None

    def _hold(self, wanted: tuple[int, int], spawn: Spawn) -> None:
        self._begun = wanted
        if self._folder is None:
            log.error("delay_impossible", camera_id=self._camera_id)
            return
        for kind, hub in self._hubs.items():
            line = DelayLine(
                hub, self._outs[kind], wanted[1], self._folder, self._lets, on_fault=self._faulted, clocks=self._clocks
            )
            self._lines[kind] = line
            line.start()
            self._tasks.append(spawn(self._run(line)))
        self._tasks.append(spawn(self._look()))

    def _lets(self, unit: AccessUnit) -> bool:
        return self._board.may_ever_pass(self._camera_id, _OBSERVERS, unit)

    def _faulted(self) -> None:
        self._board.end_views(self._camera_id, _OBSERVERS)

    def _forget(self) -> None:
        self._begun = None
        for task in self._tasks:
            task.cancel()
        self._tasks.clear()
        for line in self._lines.values():
            line.close()
        self._lines.clear()

    async def _run(self, line: DelayLine) -> None:
        try:
            await line.run()
        except Exception:
            # The border between what is shown late and what is shown: a bug here ends no camera, and shows nothing to observers.
            log.exception("delay_line_failed", camera_id=self._camera_id)
            line.fail()

    async def _look(self) -> None:
        while True:
            self.look()
            await asyncio.sleep(_LOOK_S)
