"""The views that are running, and why they may go on.

A worker ends a view whose lease is not renewed. Control renews every `RENEW_S` those whose person still has the right; when
control or the bus is away nothing is renewed, and the picture ends within `LEASE_S`: it fails closed. What is open is also
kept in a bucket, so that a control process that starts anew goes on renewing instead of cutting every wall.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable

import structlog
from nats.js.errors import Error as JetStreamError
from pydantic import ValidationError

from streams.bus.ask import ask
from streams.bus.buckets import open_bucket
from streams.bus.mirror import Mirror
from streams.bus.session import Bus, BusLost
from streams.types.bus import (
    KV_VIEWS,
    SUBJECT_VIEW_CLOSE,
    SUBJECT_VIEW_MOVED,
    SUBJECT_VIEW_OPEN,
    SUBJECT_VIEW_RENEW,
    RefusalCode,
    Refused,
    ViewClose,
    ViewClosed,
    ViewMoved,
    ViewOpen,
    ViewOpened,
    ViewRenew,
    ViewRenewed,
    encode,
)
from streams.types.camera import Wire
from streams.types.tap import EndReason
from vms.bus.link import BusLink
from vms.bus.live import Heartbeats
from vms.cameras.ports import BusRefused, BusUnavailable, OpenedView, ViewRequest
from vms.clock import system_clock
from vms.db.ids import new_id

log = structlog.get_logger(__name__)

LEASE_S = 10.0
RENEW_S = 2.0
MOST_MOVES = 10_000


class OpenView(Wire):
    """A running view: whose it is and who serves it. A transport that carries views is kept like one, without a camera.

    `transport_id` and `mid` say in which slot of which transport a view is; both are empty for a view with one of its own.
    """

    view_id: str
    worker_id: str
    camera_id: str
    account_id: str
    session_id: str
    began_ms: int = 0
    transport_id: str = ""
    mid: str = ""


StillMay = Callable[[Iterable[OpenView]], Awaitable[set[str]]]
"""The ids of those views that still have their right."""


class ViewsOnBus:
    """Implements `vms.cameras.ports.Views`; `duty` runs in the bus link."""

    def __init__(self, link: BusLink, live: Heartbeats, still_may: StillMay) -> None:
        self._link = link
        self._live = live
        self._still_may = still_may
        self._open: Mirror[OpenView] = Mirror(OpenView)
        self.on_closing: list[Callable[[str, str], None]] = []
        """Called with view and reason before its worker is asked: whoever carries its bytes stops at once."""
        self.on_begun: list[Callable[[OpenView], None]] = []
        self.on_gone: list[Callable[[OpenView], None]] = []
        """Called once for each view that has ended, however it ended."""
        self.on_moved: list[Callable[[OpenView, ViewMoved], None]] = []
        """Called when a view shows something else or has ended, by whomever."""

    def owner(self, view_id: str) -> str | None:
        view = self._open.get(view_id)
        return view.session_id if view else None

    def get(self, view_id: str) -> OpenView | None:
        return self._open.get(view_id)

    def on_transport(self, transport_id: str) -> list[OpenView]:
        """The views in the slots of a transport."""
        return [view for view in self._open.values() if view.transport_id == transport_id]

    async def open(self, request: ViewRequest) -> OpenedView:
        """Raises `BusRefused` with the worker's reason, `BusUnavailable` when nobody answers."""
        worker_id = self._live.owner(request.camera_id)
        if worker_id is None:
            raise BusRefused(RefusalCode.NO_PICTURE, "no worker has this camera yet")
        view_id = new_id()
        bus = await self._link.bus()
        message = ViewOpen(
            view_id=view_id,
            camera_id=request.camera_id,
            kind=request.kind,
            offer_sdp=request.offer_sdp,
            addresses=request.addresses,
            lease_s=LEASE_S,
        )
        try:
            opened = await ask(bus, SUBJECT_VIEW_OPEN.format(worker_id=worker_id), message, ViewOpened)
        except Refused as refused:
            raise BusRefused(refused.code, refused.detail) from refused
        except BusLost as error:
            raise BusUnavailable from error
        view = OpenView(
            view_id=view_id,
            worker_id=worker_id,
            camera_id=request.camera_id,
            account_id=request.account_id,
            session_id=request.session_id,
        )
        await self.keep(bus, view)
        return OpenedView(view_id=view_id, answer_sdp=opened.answer_sdp, shown=opened.shown)

    async def close(self, view_id: str, reason: str) -> None:
        view = self._open.get(view_id)
        if view is None:
            return
        bus = await self._link.bus()
        await self._close(bus, [view], reason)

    async def keep(self, bus: Bus, view: OpenView) -> None:
        """A view has begun: renew it from now on, and know it after a restart. Raises `BusUnavailable`."""
        try:
            begun = view.model_copy(update={"began_ms": system_clock()})
            bucket = await open_bucket(bus, KV_VIEWS)
            self._open.learn(view.view_id, begun, await bucket.put(view.view_id, encode(begun)))
        except JetStreamError as error:
            raise BusUnavailable from error
        for listener in self.on_begun:
            listener(begun)

    async def close_where(self, wanted: Callable[[OpenView], bool], reason: str) -> int:
        """End every view for which `wanted` holds, now. For rights that were taken away. Returns how many."""
        views = [view for view in self._open.values() if wanted(view)]
        if views:
            await self._close(await self._link.bus(), views, reason)
        return len(views)

    async def duty(self, bus: Bus) -> None:
        """Follow the bucket and renew, for as long as the session lasts."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._open.follow(await open_bucket(bus, KV_VIEWS)), name="mirror views")
            await self._open.complete.wait()
            group.create_task(self._hear(bus), name="hear moved views")
            while True:
                await self._renew(bus)
                await asyncio.sleep(RENEW_S)

    async def _hear(self, bus: Bus) -> None:
        """What workers say by themselves. Lost messages are made up for by renewing."""
        subscription = await bus.client.subscribe(SUBJECT_VIEW_MOVED, pending_msgs_limit=MOST_MOVES)
        async for message in subscription.messages:
            try:
                moved = ViewMoved.model_validate_json(message.data)
            except ValidationError:
                log.warning("view_move_unreadable")
                continue
            self._tell(moved)
            if moved.ended and self._open.get(moved.view_id) is not None:
                await self._forget(bus, [moved.view_id])

    def _tell(self, moved: ViewMoved) -> None:
        view = self._open.get(moved.view_id)
        if view is not None:
            for listener in self.on_moved:
                listener(view, moved)

    async def _renew(self, bus: Bus) -> None:
        views = self._open.values()
        if not views:
            return
        allowed = await self._still_may(views)
        lost = [view for view in views if view.view_id not in allowed]
        if lost:
            await self._close(bus, lost, EndReason.NO_RIGHT)
        for worker_id, ours in _by_worker(view for view in views if view.view_id in allowed).items():
            renew = ViewRenew(view_ids=tuple(view.view_id for view in ours), lease_s=LEASE_S)
            try:
                renewed = await ask(
                    bus, SUBJECT_VIEW_RENEW.format(worker_id=worker_id), renew, ViewRenewed, timeout_s=RENEW_S
                )
            except (BusLost, Refused):
                # The worker is gone or busy. Its views end by themselves; when it is dead, forget them.
                if worker_id not in {state.worker_id for state in self._live.alive()}:
                    await self._forget(bus, [view.view_id for view in ours])
                continue
            for view_id in renewed.unknown:
                self._tell(ViewMoved(view_id=view_id, ended=EndReason.CLOSED))
            await self._forget(bus, renewed.unknown)

    async def _close(self, bus: Bus, views: Iterable[OpenView], reason: str) -> None:
        for worker_id, ours in _by_worker(views).items():
            ids = tuple(view.view_id for view in ours)
            for view_id in ids:
                self._tell(ViewMoved(view_id=view_id, ended=EndReason(reason)))
                for listener in self.on_closing:
                    listener(view_id, reason)
            try:
                subject = SUBJECT_VIEW_CLOSE.format(worker_id=worker_id)
                await ask(bus, subject, ViewClose(view_ids=ids, reason=reason), ViewClosed, timeout_s=RENEW_S)
            except (BusLost, Refused) as error:
                log.warning("view_close_unanswered", worker=worker_id, views=len(ids), detail=str(error))
            await self._forget(bus, ids)

    async def _forget(self, bus: Bus, view_ids: Iterable[str]) -> None:
        ids = list(view_ids)
        if not ids:
            return
        for view_id in ids:
            view = self._open.drop(view_id)
            if view is not None:
                for listener in self.on_gone:
                    listener(view)
        bucket = await open_bucket(bus, KV_VIEWS)
        for view_id in ids:
            await bucket.purge(view_id)


def _by_worker(views: Iterable[OpenView]) -> dict[str, list[OpenView]]:
    sorted_views: defaultdict[str, list[OpenView]] = defaultdict(list)
    for view in views:
        sorted_views[view.worker_id].append(view)
    return dict(sorted_views)
