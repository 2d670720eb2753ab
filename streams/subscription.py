"""Bounded subscriptions to a hub for readers that work at their own pace, in a task or in another thread.

What they drop when they are slow: everything from the first unit that does not fit up to the next keyframe that does. What was
queued before stays in order, and the unit after the hole says `discontinuity`.
"""

import asyncio
import threading
from collections import deque
from dataclasses import dataclass, replace

from streams.types.media import AccessUnit


@dataclass(frozen=True, slots=True)
class QueueLimits:
    max_units: int = 256
    max_bytes: int = 8 << 20


class DropQueue:
    """The rule of what is kept, without any waiting. Not thread-safe by itself."""

    def __init__(self, limits: QueueLimits | None = None) -> None:
        self._limits = limits or QueueLimits()
        self._units: deque[AccessUnit] = deque()
        self._bytes = 0
        self._skipping = False
        self._hole = False
        self.dropped_units = 0

    def __len__(self) -> int:
        return len(self._units)

    def push(self, unit: AccessUnit) -> bool:
        """Queue `unit` or drop it; True when it was queued."""
        size_bytes = unit.size_bytes
        is_video = unit.codec.is_video
        fits = len(self._units) < self._limits.max_units and self._bytes + size_bytes <= self._limits.max_bytes
        if not fits or (is_video and self._skipping and not unit.keyframe):
            self.dropped_units += 1
            if is_video:
                self._skipping = self._hole = True
            return False
        if is_video and self._hole:
            self._skipping = self._hole = False
            unit = replace(unit, discontinuity=True)
        self._units.append(unit)
        self._bytes += size_bytes
        return True

    def pop(self) -> AccessUnit:
        """The oldest unit; IndexError when there is none."""
        unit = self._units.popleft()
        self._bytes -= unit.size_bytes
        return unit


class ThreadReader:
    """A hub reader whose units are taken by one other thread with `get`."""

    def __init__(self, limits: QueueLimits | None = None) -> None:
        self._queue = DropQueue(limits)
        self._ready = threading.Condition()
        self._closed = False

    @property
    def dropped_units(self) -> int:
        return self._queue.dropped_units

    def deliver(self, unit: AccessUnit) -> None:
        with self._ready:
            if not self._closed and self._queue.push(unit):
                self._ready.notify()

    def close(self) -> None:
        """Wake the thread: `get` gives what is left, then None for ever."""
        with self._ready:
            self._closed = True
            self._ready.notify_all()

    @property
    def closed(self) -> bool:
        return self._closed

    def get(self, timeout_s: float | None = None) -> AccessUnit | None:
        """The next unit, or None after `timeout_s` or when closed and empty."""
        with self._ready:
            self._ready.wait_for(lambda: len(self._queue) > 0 or self._closed, timeout_s)
            return self._queue.pop() if len(self._queue) else None


class TaskReader:
    """A hub reader whose units are taken by one task on the same event loop, by `async for`."""

    def __init__(self, limits: QueueLimits | None = None) -> None:
        self._queue = DropQueue(limits)
        self._ready = asyncio.Event()
        self._closed = False

    @property
    def dropped_units(self) -> int:
        return self._queue.dropped_units

    def deliver(self, unit: AccessUnit) -> None:
        if not self._closed and self._queue.push(unit):
            self._ready.set()

    def close(self) -> None:
        self._closed = True
        self._ready.set()

    def __aiter__(self) -> "TaskReader":
        return self

    async def __anext__(self) -> AccessUnit:
        while not len(self._queue):
            if self._closed:
                raise StopAsyncIteration
            self._ready.clear()
            await self._ready.wait()
        return self._queue.pop()
