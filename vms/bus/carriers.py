"""Transports that carry a whole wall, and the views in their slots. Each of them is kept and renewed like any other view."""

import asyncio

from streams.bus.ask import ReplyT, ask
from streams.bus.session import Bus, BusLost
from streams.types.bus import (
    SUBJECT_CARRIER_OPEN,
    SUBJECT_SLOT_FILL,
    CarrierOpen,
    CarrierOpened,
    RefusalCode,
    Refused,
    SlotFill,
    SlotFilled,
)
from streams.types.camera import Wire
from streams.types.tap import EndReason
from vms.bus.link import BusLink
from vms.bus.live import Heartbeats
from vms.bus.open_views import OpenView
from vms.bus.views import LEASE_S, ViewsOnBus
from vms.cameras.ports import BusRefused, BusUnavailable, CarrierRequest, OpenedCarrier, SlotRequest
from vms.db.ids import new_id

FILLS_AT_ONCE = 32
"""As many as a worker answers side by side."""


class CarriersOnBus:
    """Implements `vms.cameras.ports.Carriers`. A carrier's name is the id of the worker that serves it."""

    def __init__(self, link: BusLink, live: Heartbeats, views: ViewsOnBus) -> None:
        self._link = link
        self._live = live
        self._views = views
        self._filling: dict[str, asyncio.Semaphore] = {}

    def names(self) -> set[str]:
        return self._live.names()

    def owner(self, transport_id: str) -> str | None:
        found = self._views.get(transport_id)
        return found.session_id if found is not None and not found.camera_id else None

    async def open(self, request: CarrierRequest) -> OpenedCarrier:
        if request.carrier not in self.names():
            raise BusRefused(RefusalCode.NOT_FOUND, "no such worker")
        transport_id = new_id()
        message = CarrierOpen(
            transport_id=transport_id, offer_sdp=request.offer_sdp, addresses=request.addresses, lease_s=LEASE_S
        )
        bus = await self._link.bus()
        opened = await _asked(bus, SUBJECT_CARRIER_OPEN.format(worker_id=request.carrier), message, CarrierOpened)
        kept = OpenView(
            view_id=transport_id,
            worker_id=request.carrier,
            camera_id="",
            account_id=request.account_id,
            session_id=request.session_id,
        )
        await self._views.keep(bus, kept)
        return OpenedCarrier(transport_id, opened.answer_sdp)

    async def fill(self, request: SlotRequest) -> SlotFilled:
        transport = self._views.get(request.transport_id)
        if transport is None or self._live.owner(request.camera_id) != transport.worker_id:
            raise BusRefused(RefusalCode.NOT_OWNER, "the camera is on another carrier")
        view_id = new_id()
        message = SlotFill(
            transport_id=request.transport_id,
            mid=request.mid,
            view_id=view_id,
            camera_id=request.camera_id,
            kind=request.kind,
            lease_s=LEASE_S,
            audience=request.audience,
            imprint=self._views.imprint(view_id, request.audience),
        )
        bus = await self._link.bus()
        async with self._turn(transport.worker_id):
            filled = await _asked(bus, SUBJECT_SLOT_FILL.format(worker_id=transport.worker_id), message, SlotFilled)
        kept = OpenView(
            view_id=view_id,
            worker_id=transport.worker_id,
            camera_id=request.camera_id,
            account_id=transport.account_id,
            session_id=transport.session_id,
            transport_id=request.transport_id,
            mid=request.mid,
            audience=request.audience,
        )
        await self._views.keep(bus, kept)
        return filled

    def _turn(self, worker_id: str) -> asyncio.Semaphore:
        """Many walls may open at once: those that wait do so here, where no time runs out, and not in the worker's queue."""
        return self._filling.setdefault(worker_id, asyncio.Semaphore(FILLS_AT_ONCE))

    async def empty(self, transport_id: str, mid: str) -> bool:
        views = [view for view in self._views.on_transport(transport_id) if view.mid == mid]
        for view in views:
            await self._views.close(view.view_id, EndReason.CLOSED)
        return bool(views)

    async def close(self, transport_id: str) -> None:
        for view in self._views.on_transport(transport_id):
            await self._views.close(view.view_id, EndReason.CLOSED)
        await self._views.close(transport_id, EndReason.CLOSED)


async def _asked(bus: Bus, subject: str, message: Wire, reply: type[ReplyT]) -> ReplyT:
    try:
        return await ask(bus, subject, message, reply)
    except Refused as refused:
        raise BusRefused(refused.code, refused.detail) from refused
    except BusLost as error:
        raise BusUnavailable from error
