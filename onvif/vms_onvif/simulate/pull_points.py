"""The pull points of one device: a few slots, each with a bounded queue and a time at which it ends (ONVIF Core 9.1).

Knows no XML. What expires is noticed at the next call, so an idle device costs nothing.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Final

MOST_WAITING: Final = 64
"""messages per pull point; the oldest is dropped"""

Wait = Callable[[asyncio.Event, float], Awaitable[None]]
"""Returns when the event is set, or after so many seconds."""


class NoSlot(Exception):
    """All slots are taken."""


@dataclass(slots=True, eq=False)
class PullPoint:
    """`key` names it in addresses; `ends_s` is on the monotonic clock; `wants` says which topics it hears."""

    key: str
    wants: Callable[[str], bool]
    ends_s: float
    messages: deque[str] = field(default_factory=lambda: deque(maxlen=MOST_WAITING))
    news: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False
    pulls: int = 0
    """how many pulls there were: a newer one sends an older one home"""

    def put(self, message: str) -> None:
        self.messages.append(message)
        self.news.set()

    async def pull(self, timeout_s: float, limit: int, wait: Wait) -> list[str]:
        """Up to `limit` messages, as soon as there is one; none after `timeout_s`, or when the pull point ended."""
        self.pulls += 1
        mine = self.pulls
        self.news.set()  # wakes an older pull, which sees that it is not the newest
        await asyncio.sleep(0)
        self.news.clear()
        if not self.messages and not self.ended:
            await wait(self.news, timeout_s)
        if self.pulls != mine:
            return []
        return [self.messages.popleft() for _ in range(min(limit, len(self.messages)))]


async def wait(event: asyncio.Event, timeout_s: float) -> None:
    """The real `Wait`."""
    try:
        async with asyncio.timeout(timeout_s):
            await event.wait()
    except TimeoutError:
        return


class PullPoints:
    def __init__(self, slots: int, monotonic_s: Callable[[], float], fresh: Callable[[], str]) -> None:
        self._slots = slots
        self._monotonic_s = monotonic_s
        self._fresh = fresh
        self._open: dict[str, PullPoint] = {}

    def create(self, lasts_s: float, wants: Callable[[str], bool]) -> PullPoint:
        """Raises `NoSlot`."""
        self._expire()
        if len(self._open) >= self._slots:
            raise NoSlot
        made = PullPoint(self._fresh(), wants, self._monotonic_s() + lasts_s)
        self._open[made.key] = made
        return made

    def find(self, key: str) -> PullPoint | None:
        self._expire()
        return self._open.get(key)

    def renew(self, point: PullPoint, lasts_s: float) -> None:
        point.ends_s = self._monotonic_s() + lasts_s

    def left_s(self, point: PullPoint) -> float:
        return point.ends_s - self._monotonic_s()

    def remove(self, point: PullPoint) -> None:
        self._open.pop(point.key, None)
        point.ended = True
        point.news.set()

    def clear(self) -> None:
        """As after a reboot."""
        for point in tuple(self._open.values()):
            self.remove(point)

    def publish(self, topic: str, message: str) -> None:
        self._expire()
        for point in self._open.values():
            if point.wants(topic):
                point.put(message)

    def __len__(self) -> int:
        self._expire()
        return len(self._open)

    def _expire(self) -> None:
        now_s = self._monotonic_s()
        for point in [point for point in self._open.values() if point.ends_s <= now_s]:
            self.remove(point)
