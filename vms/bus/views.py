"""The views that are running: opened at the worker that has the camera, kept, ended.

A worker ends a view whose lease is not renewed. Control renews those whose person still has the right (`vms.bus.reviews`); when
control or the bus is away nothing is renewed, and the picture ends within its lease: it fails closed.
"""

import asyncio
from collections.abc import Callable, Iterable

import structlog
from pydantic import ValidationError

from streams.bus.ask import ask
from streams.bus.session import Bus, BusLost
from streams.types.bus import (
    SUBJECT_VIEW_MOVED,
    SUBJECT_VIEW_OPEN,
    RefusalCode,
    Refused,
    ViewMoved,
    ViewOpen,
    ViewOpened,
)
from streams.types.gate import Audience
from streams.types.imprint import Imprint
from streams.types.tap import EndReason
from vms.bus.ending import Ending
from vms.bus.link import BusLink
from vms.bus.live import Heartbeats
from vms.bus.open_views import OpenView, OpenViews
from vms.bus.reviews import Reviews, Rhythm, StillMay
from vms.cameras.ports import BusRefused, BusUnavailable, OpenedView, ViewRequest
from vms.db.ids import new_id

log = structlog.get_logger(__name__)

LEASE_S = Rhythm().lease_s
MOST_MOVES = 10_000


class ViewsOnBus:
    """Implements `vms.cameras.ports.Views`; `duty` runs in the bus link."""

    def __init__(
        self,
        link: BusLink,
        live: Heartbeats,
        still_may: StillMay,
        rhythm: Rhythm | None = None,
        *,
        imprint: Callable[[str], Imprint],
    ) -> None:
        """`imprint` gives what an observer's view is imprinted with, by its id."""
        self._link = link
        self._imprint = imprint
        self._live = live
        self._open = OpenViews()
        self._ending = Ending(self._open, live, self._on_ending)
        self._reviews = Reviews(
            self._open, self._ending, live, still_may, lost=self._on_lost, rhythm=rhythm or Rhythm()
        )
        self.on_closing: list[Callable[[str, str], None]] = []
        """Called with view and reason before its worker is asked: whoever carries its bytes stops at once."""
        self.on_begun = self._open.on_begun
        self.on_gone = self._open.on_gone
        """Called once for each view that has ended, however it ended."""
        self.on_moved: list[Callable[[OpenView, ViewMoved], None]] = []
        """Called when a view shows something else or has ended, by whomever."""

    def review(self) -> None:
        """Somebody did something by which a right may have ended: see now who may still watch. Never waits."""
        self._reviews.hurry()

    def all(self) -> list[OpenView]:
        """Every view that runs."""
        return self._open.all()

    def end(self, views: Iterable[OpenView], reason: str) -> None:
        """These end now: nothing of them is renewed any more, and what control carries itself has stopped when this returns."""
        self._ending.mark(views, reason)

    async def press(self, bus: Bus) -> None:
        """Ask the workers to end what is ending."""
        await self._ending.press(bus)

    def owner(self, view_id: str) -> str | None:
        view = self._open.get(view_id)
        return view.session_id if view else None

    def get(self, view_id: str) -> OpenView | None:
        return self._open.get(view_id)

    def on_transport(self, transport_id: str) -> list[OpenView]:
        """The views in the slots of a transport."""
        return self._open.on_transport(transport_id)

    def imprint(self, view_id: str, audience: Audience) -> Imprint | None:
        """What a new view is imprinted with: observers' views and no others."""
        return self._imprint(view_id) if audience is Audience.OBSERVERS else None

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
            audience=request.audience,
            imprint=self.imprint(view_id, request.audience),
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
            audience=request.audience,
        )
        await self.keep(bus, view)
        return OpenedView(view_id=view_id, answer_sdp=opened.answer_sdp, shown=opened.shown)

    async def close(self, view_id: str, reason: str) -> None:
        """Raises `BusUnavailable`; what control carries itself has ended even then."""
        view = self._open.get(view_id)
        if view is None:
            return
        self._ending.mark([view], reason)
        await self._ending.press(await self._link.bus())

    async def keep(self, bus: Bus, view: OpenView) -> None:
        """A view has begun: renew it from now on, and know it after a restart. Raises `BusUnavailable`."""
        await self._open.keep(bus, view)

    async def duty(self, bus: Bus) -> None:
        """Follow the bucket, review and renew, for as long as the session lasts."""
        complete = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            group.create_task(self._open.follow(bus, complete), name="follow views")
            await complete.wait()
            group.create_task(self._hear(bus), name="hear moved views")
            await self._reviews.run(bus)

    async def _hear(self, bus: Bus) -> None:
        """What workers say by themselves. Lost messages are made up for by renewing."""
        subscription = await bus.client.subscribe(
            SUBJECT_VIEW_MOVED.format(worker_id="*"), pending_msgs_limit=MOST_MOVES
        )
        async for message in subscription.messages:
            try:
                moved = ViewMoved.model_validate_json(message.data)
            except ValidationError:
                log.warning("view_move_unreadable")
                continue
            view = self._open.get(moved.view_id)
            if view is None or moved.view_id in self._ending or view.worker_id != message.subject.rpartition(".")[2]:
                continue
            self._tell(view, moved)
            if moved.ended:
                await self._ending.gone(bus, [moved.view_id])

    def _on_ending(self, view: OpenView, reason: str) -> None:
        self._tell(view, ViewMoved(view_id=view.view_id, ended=EndReason(reason)))
        for listener in self.on_closing:
            listener(view.view_id, reason)

    def _on_lost(self, view: OpenView) -> None:
        self._tell(view, ViewMoved(view_id=view.view_id, ended=EndReason.CLOSED))

    def _tell(self, view: OpenView, moved: ViewMoved) -> None:
        for listener in self.on_moved:
            listener(view, moved)
