"""Whether running views may go on: asked at once after every act, and every second for what time alone takes away.

What may go on is renewed, what may not is ended. While rights cannot be read, or the bus is away, nothing is renewed and every picture
ends with its lease: it fails closed. One worker that does not answer delays no other one's views.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

import structlog

from streams.bus.ask import ask
from streams.bus.session import Bus, BusLost
from streams.types.bus import SUBJECT_VIEW_RENEW, Refused, ViewRenew, ViewRenewed
from streams.types.gate import Audience
from streams.types.tap import EndReason
from vms.bus.ending import Ending
from vms.bus.live import Heartbeats
from vms.bus.open_views import OpenView, OpenViews, by_worker
from vms.db.engine import DatabaseUnavailableError

log = structlog.get_logger(__name__)

StillMay = Callable[[Iterable[OpenView]], Awaitable[set[str]]]
"""The ids of those views that still have their right."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often what happens. A lease outlasts several renewals, so that one lost message drops no picture."""

    review_s: float = 1.0
    apart_s: float = 0.1
    """Acts that come closer together than this are reviewed together."""
    renew_s: float = 2.0
    lease_s: float = 10.0


def _why(view: OpenView) -> EndReason:
    """Whoever watched a courtroom looks at its hearing: that says why."""
    return EndReason.NO_RIGHT if view.audience is Audience.ANYONE else EndReason.HEARING


class Reviews:
    """Runs in the views' duty. `lost` is told of a view that its worker no longer has."""

    def __init__(
        self,
        open_views: OpenViews,
        ending: Ending,
        live: Heartbeats,
        still_may: StillMay,
        *,
        lost: Callable[[OpenView], None],
        rhythm: Rhythm,
    ) -> None:
        self._open = open_views
        self._ending = ending
        self._live = live
        self._still_may = still_may
        self._lost = lost
        self._rhythm = rhythm
        self._hurry = asyncio.Event()
        self._renewing: set[str] = set()
        self._renewed_s = float("-inf")

    def hurry(self) -> None:
        """Somebody did something by which a right may have ended."""
        self._hurry.set()

    async def run(self, bus: Bus) -> None:
        """Review for as long as the session lasts."""
        async with asyncio.TaskGroup() as group:
            while True:
                # Before rights are read: what is done meanwhile is reviewed next.
                self._hurry.clear()
                if len(self._open):
                    await self._review(bus, group)
                await self._until_due()

    async def _until_due(self) -> None:
        await asyncio.sleep(self._rhythm.apart_s)
        try:
            async with asyncio.timeout(self._rhythm.review_s - self._rhythm.apart_s):
                await self._hurry.wait()
        except TimeoutError:
            return

    async def _review(self, bus: Bus, group: asyncio.TaskGroup) -> None:
        views = [view for view in self._open.all() if view.view_id not in self._ending]
        try:
            allowed = await self._still_may(views)
        except DatabaseUnavailableError as error:
            log.warning("views_not_reviewed", views=len(views), detail=str(error))
            allowed = None
        if allowed is not None:
            for view in views:
                if view.view_id not in allowed:
                    self._ending.mark([view], _why(view))
        group.create_task(self._ending.press(bus), name="end views")
        # A review that comes a little early must not put off renewing to the next.
        if allowed is not None and time.monotonic() - self._renewed_s >= self._rhythm.renew_s * 0.9:
            self._renewed_s = time.monotonic()
            self._renew(bus, group, [view for view in views if view.view_id in allowed])

    def _renew(self, bus: Bus, group: asyncio.TaskGroup, views: list[OpenView]) -> None:
        for worker_id, ours in by_worker(views).items():
            if worker_id not in self._renewing:
                group.create_task(self._renew_alone(bus, worker_id, ours), name=f"renew views of {worker_id}")

    async def _renew_alone(self, bus: Bus, worker_id: str, views: list[OpenView]) -> None:
        """One renewal at a time for each worker: one that does not answer holds up nobody else's."""
        self._renewing.add(worker_id)
        try:
            await self._renew_at(bus, worker_id, views)
        finally:
            self._renewing.discard(worker_id)

    async def _renew_at(self, bus: Bus, worker_id: str, views: list[OpenView]) -> None:
        # Between reading rights and now a view may have begun to end: it is not revived.
        ids = tuple(view.view_id for view in views if view.view_id not in self._ending)
        renew = ViewRenew(view_ids=ids, lease_s=self._rhythm.lease_s)
        subject = SUBJECT_VIEW_RENEW.format(worker_id=worker_id)
        try:
            renewed = await ask(bus, subject, renew, ViewRenewed, timeout_s=self._rhythm.renew_s)
        except (BusLost, Refused):
            # The worker is gone or busy. Its views end by themselves; when it is dead, forget them.
            if worker_id not in self._live.names():
                await self._ending.gone(bus, ids)
            return
        unknown = [view for view in views if view.view_id in set(renewed.unknown)]
        for view in unknown:
            if view.view_id not in self._ending:
                self._lost(view)
        await self._ending.gone(bus, [view.view_id for view in unknown])
