"""What open event sockets are told: something changed, go and look. In memory, one instance in the control process.

Notices are bounded by coalescing: a newer notice with the same key replaces the older one, and a subscriber who still collects more
than `MOST_PENDING` different ones is overrun: it keeps what it has, learns nothing new and must be closed. Publishing never waits.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Literal

from streams.types.bus import Shown
from streams.types.tap import EndReason

MOST_PENDING = 500
MOST_READERS = 500


@dataclass(frozen=True, slots=True)
class TreeMoved:
    """Cameras or their places changed."""

    @property
    def key(self) -> tuple[str, str]:
        return "tree", ""


@dataclass(frozen=True, slots=True)
class WallMoved:
    """Somebody hung other pictures on the wall of a console."""

    console_id: str

    @property
    def key(self) -> tuple[str, str]:
        return "wall", self.console_id


@dataclass(frozen=True, slots=True)
class JobMoved:
    kind: Literal["discovery", "registration"]
    id: str
    owner_id: str

    @property
    def key(self) -> tuple[str, str]:
        return "job", self.id


@dataclass(frozen=True, slots=True)
class AlarmMoved:
    """An alarm began, ended, or was acknowledged."""

    alarm_id: str
    camera_id: str

    @property
    def key(self) -> tuple[str, str]:
        return "alarm", self.alarm_id


@dataclass(frozen=True, slots=True)
class ViewMoved:
    """A running view shows something else (`shown`), or has ended (`ended`); for the session that opened it."""

    view_id: str
    session_id: str
    shown: Shown | None
    ended: EndReason | None

    @property
    def key(self) -> tuple[str, str]:
        return "view", self.view_id


@dataclass(frozen=True, slots=True)
class HearingMoved:
    """Something happened in a hearing. `card`: why observers see nothing now (`vms.hearings.gate.Card`), None when they do."""

    hearing_id: str
    version: int
    card: str | None
    expected_ms: int | None

    @property
    def key(self) -> tuple[str, str]:
        return "hearing", self.hearing_id


Notice = TreeMoved | WallMoved | JobMoved | AlarmMoved | ViewMoved | HearingMoved


class Subscription:
    """The notices that one reader has not taken yet, oldest first."""

    def __init__(self, wants: Callable[[Notice], bool]) -> None:
        self._wants = wants
        self._pending: dict[tuple[str, str], Notice] = {}
        self._some = asyncio.Event()
        self.overrun = False
        self.closed = False

    def close(self) -> None:
        """The process ends: whoever reads must leave."""
        self.closed = True
        self._some.set()

    def offer(self, notice: Notice) -> None:
        if not self._wants(notice):
            return
        if len(self._pending) >= MOST_PENDING and notice.key not in self._pending:
            self.overrun = True
        else:
            self._pending[notice.key] = notice
        self._some.set()

    async def wait(self) -> None:
        """Return when there is something to take."""
        await self._some.wait()

    def take(self) -> list[Notice]:
        self._some.clear()
        taken = list(self._pending.values())
        self._pending.clear()
        return taken


class Notices:
    """`tree_version` grows with every `TreeMoved`: whoever keeps a copy of the tree compares it."""

    def __init__(self) -> None:
        self._subscriptions: set[Subscription] = set()
        self.tree_version = 0

    @property
    def full(self) -> bool:
        return len(self._subscriptions) >= MOST_READERS

    def close(self) -> None:
        """Send all readers away, as the process ends."""
        for subscription in self._subscriptions:
            subscription.close()

    def publish(self, notice: Notice) -> None:
        if isinstance(notice, TreeMoved):
            self.tree_version += 1
        for subscription in self._subscriptions:
            subscription.offer(notice)

    @contextmanager
    def subscribe(self, wants: Callable[[Notice], bool]) -> Iterator[Subscription]:
        """`wants` says which notices this reader may learn of at all."""
        subscription = Subscription(wants)
        self._subscriptions.add(subscription)
        try:
            yield subscription
        finally:
            self._subscriptions.discard(subscription)
