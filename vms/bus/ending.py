"""Ending views, now: whoever carries their bytes stops at once, their workers are told, and told again until they say so.

No lease of them is renewed any more, so the worst that a lost message can do is to let a picture run until its lease ends.
"""

import asyncio
from collections.abc import Callable, Iterable

import structlog

from streams.bus.ask import ask
from streams.bus.session import Bus, BusLost
from streams.types.bus import SUBJECT_VIEW_CLOSE, Refused, ViewClose, ViewClosed
from vms.bus.live import Heartbeats
from vms.bus.open_views import OpenView, OpenViews, by_worker

log = structlog.get_logger(__name__)

TOLD_WITHIN_S = 1.0
"""How long a worker may take to say that it has ended views, before it is asked again."""


class Ending:
    """Holds what is being ended. `on_ending` is told each view once, with the reason, before its worker is asked."""

    def __init__(self, open_views: OpenViews, live: Heartbeats, on_ending: Callable[[OpenView, str], None]) -> None:
        self._open = open_views
        self._live = live
        self._on_ending = on_ending
        self._reasons: dict[str, str] = {}
        self._asked: set[str] = set()

    def __contains__(self, view_id: str) -> bool:
        return view_id in self._reasons

    def mark(self, views: Iterable[OpenView], reason: str) -> None:
        """From now on these are ending. What control itself carries has stopped when this returns."""
        for view in views:
            if view.view_id not in self._reasons:
                self._reasons[view.view_id] = reason
                self._on_ending(view, reason)

    async def press(self, bus: Bus) -> None:
        """Ask the workers, all at once, about everything that is ending and not being asked about already."""
        due = [view for view in self._open.all() if view.view_id in self._reasons and view.view_id not in self._asked]
        groups: dict[tuple[str, str], list[OpenView]] = {}
        for worker_id, ours in by_worker(due).items():
            for view in ours:
                groups.setdefault((worker_id, self._reasons[view.view_id]), []).append(view)
        await asyncio.gather(*(self._ask(bus, worker_id, reason, ours) for (worker_id, reason), ours in groups.items()))

    async def gone(self, bus: Bus, view_ids: Iterable[str]) -> None:
        """These have ended, by whomever."""
        ids = list(view_ids)
        await self._open.forget(bus, ids)
        # Whoever is not forgotten yet goes on ending.
        for view_id in ids:
            if self._open.get(view_id) is None:
                self._reasons.pop(view_id, None)

    async def _ask(self, bus: Bus, worker_id: str, reason: str, views: list[OpenView]) -> None:
        ids = tuple(view.view_id for view in views)
        self._asked.update(ids)
        try:
            subject = SUBJECT_VIEW_CLOSE.format(worker_id=worker_id)
            await ask(bus, subject, ViewClose(view_ids=ids, reason=reason), ViewClosed, timeout_s=TOLD_WITHIN_S)
            await self.gone(bus, ids)
        except (BusLost, Refused) as error:
            log.warning("view_close_unanswered", worker=worker_id, views=len(ids), detail=str(error))
            if worker_id not in self._live.names():
                await self.gone(bus, ids)
        finally:
            self._asked.difference_update(ids)
