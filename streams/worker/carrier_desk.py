"""Transports that carry a whole wall: opened once, their slots filled with views and swapped. The desk holds and ends what is in them."""

import asyncio

from streams.bus.serve import serve
from streams.bus.session import Bus
from streams.relay import Filled, OfferRefused, Relay
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
from streams.types.media import Fanout, StreamKind
from streams.worker.desk import Desk, Held, shown, stamp_of


class CarrierDesk:
    """Answers for one worker."""

    def __init__(self, desk: Desk, relay: Relay) -> None:
        self._desk = desk
        self._relay = relay

    async def answer(self, bus: Bus, worker_id: str) -> None:
        """Serve until cancelled."""
        async with asyncio.TaskGroup() as group:
            opening = SUBJECT_CARRIER_OPEN.format(worker_id=worker_id)
            group.create_task(serve(bus, opening, CarrierOpen, self.open), name="serve carriers")
            filling = SUBJECT_SLOT_FILL.format(worker_id=worker_id)
            group.create_task(serve(bus, filling, SlotFill, self.fill, at_once=32), name="serve slots")

    async def open(self, request: CarrierOpen) -> CarrierOpened:
        try:
            answer = self._relay.open_carrier(
                request.transport_id, request.offer_sdp, addresses=request.addresses, on_closed=self._desk.ended
            )
        except OfferRefused as refused:
            raise Refused(refused.code, refused.detail) from refused
        self._desk.hold(request.transport_id, Held(None, self._relay.close_carrier), request.lease_s)
        return CarrierOpened(transport_id=request.transport_id, answer_sdp=answer)

    async def fill(self, request: SlotFill) -> SlotFilled:
        stamp = stamp_of(request)

        def show(fanout: Fanout, cheaper: Fanout | None) -> Filled:
            return self._relay.fill(
                request.transport_id,
                request.mid,
                request.view_id,
                fanout,
                on_closed=self._desk.ended,
                cheaper=cheaper,
                stamp=stamp,
            )

        try:
            filled, pictures, _fanout = await self._desk.showing(request, show)
        except Refused as refused:
            sound = self._relay.is_for_sound(request.transport_id, request.mid)
            if not sound or refused.code is not RefusalCode.NO_STREAM or request.kind is StreamKind.MAIN:
                raise
            # Many encoders put sound into their main stream alone: whoever sees the small picture hears that one.
            main = request.model_copy(update={"kind": StreamKind.MAIN})
            filled, pictures, _fanout = await self._desk.showing(main, show)
        self._desk.hold(request.view_id, Held(pictures, self._relay.close_view, request.audience), request.lease_s)
        info = self._relay.view(request.view_id)
        if info is None:
            raise Refused(RefusalCode.NOT_FOUND, "the transport has ended")
        return SlotFilled(
            view_id=request.view_id,
            codec=filled.codec,
            shown=shown(info, pictures),
            first_rtp_timestamp=filled.first_rtp_timestamp,
        )
