"""One timer for all streams: whoever takes pictures (or sound) at the same moments is served in one go.

A group is one rate and one phase; a heap holds when each group is due. No task and no timer per camera.
"""

import asyncio
import heapq
from collections.abc import Callable
from typing import Final, Protocol

import structlog

from streams.simulate.timeline import Grid

log = structlog.get_logger(__name__)

_CATCH_UP: Final = 30
"""After a stall of the process, at most so many units of each stream are made up for."""


class Paced(Protocol):
    @property
    def grid(self) -> Grid: ...

    def emit(self, unit: int, now_ns: int) -> None:
        """Send unit number `unit` (see `Grid`). Runs on the event loop; must not block or raise."""


class _Group:
    def __init__(self, grid: Grid, newest: int) -> None:
        self.grid = grid
        self.members: list[Paced] = []
        self.newest = newest


class Pacer:
    """Calls `emit` of every added stream for each of its units, as soon as its time has come. Belongs to one event loop."""

    def __init__(self, clock_ns: Callable[[], int]) -> None:
        self._clock_ns = clock_ns
        self._groups: dict[Grid, _Group] = {}
        self._due: list[tuple[int, int, Grid]] = []
        self._order = 0
        self._timer: asyncio.TimerHandle | None = None

    def add(self, stream: Paced) -> int:
        """Begin; returns the newest unit, which counts as sent already: `emit` comes for the next one first."""
        group = self._groups.get(stream.grid)
        if group is None:
            group = self._groups[stream.grid] = _Group(stream.grid, stream.grid.newest(self._clock_ns()))
            self._push(group)
            self._arm()
        group.members.append(stream)
        return group.newest

    def remove(self, stream: Paced) -> None:
        group = self._groups.get(stream.grid)
        if group is not None and stream in group.members:
            group.members.remove(stream)

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._groups.clear()
        self._due.clear()

    def _push(self, group: _Group) -> None:
        self._order += 1
        heapq.heappush(self._due, (group.grid.time_ns(group.newest + 1), self._order, group.grid))

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        delay_s = max(0.0, (self._due[0][0] - self._clock_ns()) / 1e9) if self._due else None
        self._timer = None if delay_s is None else asyncio.get_running_loop().call_later(delay_s, self._tick)

    def _tick(self) -> None:
        now_ns = self._clock_ns()
        while self._due and self._due[0][0] <= now_ns:
            group = self._groups[heapq.heappop(self._due)[2]]
            self._serve(group, now_ns)
            if group.members:
                self._push(group)
            else:
                del self._groups[group.grid]
        self._arm()

    def _serve(self, group: _Group, now_ns: int) -> None:
        newest = group.grid.newest(now_ns)
        first = max(group.newest + 1, newest - _CATCH_UP)
        for unit in range(first, newest + 1):
            group.newest = unit
            for member in tuple(group.members):
                self._emit(group, member, unit, now_ns)

    def _emit(self, group: _Group, member: Paced, unit: int, now_ns: int) -> None:
        try:
            member.emit(unit, now_ns)
        except Exception:
            # The border between cameras: one that fails must not stop the clock of all.
            log.exception("a stream failed and is not paced any more")
            group.members.remove(member)

    def newest(self, stream: Paced) -> int:
        """The newest unit of a stream: the last one emitted while it is added, else by the clock."""
        group = self._groups.get(stream.grid)
        return stream.grid.newest(self._clock_ns()) if group is None else group.newest
