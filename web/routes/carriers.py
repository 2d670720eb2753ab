"""One transport for a whole wall: an offer with many sections, answered once, then cameras put into its slots and swapped.

A slot's content is a view of its own: the right to its camera is asked for when it is put there and every two seconds after, and
when it goes the slot falls silent and `ViewMessage` says why. The transport lasts as long as the session and the browser's checks.
"""

import asyncio
import re
from typing import Any

from aiohttp import web

from streams.types.gate import Audience
from vms.access import Action
from vms.cameras.ports import CarrierRequest
from vms.cameras.ports import SlotRequest as SlotWish
from web.bus_faults import asked
from web.camera_access import carrier_of_path, check_camera, path_id, transport_of_path, watches_as
from web.context import Context
from web.errors import ApiError
from web.routes.whep import media_addresses, read_offer
from web.routing import Routes
from web.wire import Error, ErrorCode, FilledSlot, FilledSlots, SlotRequest, SlotsRequest, SlotView, WantedSlot

routes = Routes()

LARGEST_OFFER = 384 * 1024
_MID = re.compile(r"[A-Za-z0-9._-]{1,32}")


@routes.post(
    "/api/carriers/{carrier}",
    action=Action.CAMERA_VIEW_LIVE,
    object=carrier_of_path,
    consumes=("application/sdp",),
    body_limit=LARGEST_OFFER,
    produces="application/sdp",
    status=201,
    consoles=True,
)
async def open_carrier(ctx: Context) -> web.Response:
    """The carrier's name is that of `CameraTruth.carrier`; one that is not there (any more) is a 404."""
    request = CarrierRequest(
        carrier=ctx.param("carrier"),
        offer_sdp=read_offer(await ctx.read()),
        addresses=media_addresses(ctx),
        account_id=ctx.person.account_id,
        session_id=ctx.session.session_id,
    )
    opened = await asked(lambda: ctx.services.cameras.carriers.open(request))
    response = web.Response(status=201, text=opened.answer_sdp, content_type="application/sdp")
    response.headers["Location"] = f"/api/transports/{opened.transport_id}"
    return response


@routes.put(
    "/api/transports/{transport_id}/slots/{mid}",
    action=Action.OWN,
    object=transport_of_path,
    request=SlotRequest,
    response=SlotView,
    consoles=True,
)
async def fill_slot(ctx: Context[SlotRequest]) -> SlotView:
    camera = await check_camera(ctx, Action.CAMERA_VIEW_LIVE, ctx.body.camera_id)
    return await _filled(ctx, _mid(ctx.param("mid")), ctx.body, watches_as(ctx, camera))


@routes.put(
    "/api/transports/{transport_id}/slots",
    action=Action.OWN,
    object=transport_of_path,
    request=SlotsRequest,
    response=FilledSlots,
    consoles=True,
)
async def fill_slots(ctx: Context[SlotsRequest]) -> FilledSlots:
    """A whole wall at once: one question about the person and their rights, all slots side by side."""
    wanted = ctx.body.slots
    if len({slot.mid for slot in wanted}) < len(wanted):
        raise ApiError(ErrorCode.BAD_REQUEST, "slot_twice", "slots")
    cameras = await ctx.services.cameras.catalogue.objects([slot.camera_id for slot in wanted])
    ctx.facts.update(slots=str(len(wanted)))

    async def one(slot: WantedSlot) -> FilledSlot:
        try:
            watches = watches_as(ctx, cameras.get(slot.camera_id), "camera_id")
            return FilledSlot(mid=slot.mid, view=await _filled(ctx, _mid(slot.mid), slot, watches), error=None)
        except ApiError as error:
            told = Error(code=error.code, detail=error.detail, field=error.field)
            return FilledSlot(mid=slot.mid, view=None, error=told)

    async with asyncio.TaskGroup() as group:
        filling = [group.create_task(one(slot), name=f"fill slot {slot.mid}") for slot in wanted]
    return FilledSlots(slots=[task.result() for task in filling])


@routes.delete(
    "/api/transports/{transport_id}/slots/{mid}",
    action=Action.OWN,
    object=transport_of_path,
    status=204,
    consoles=True,
)
async def empty_slot(ctx: Context) -> None:
    """An empty slot stays empty."""
    mid = _mid(ctx.param("mid"))
    await asked(lambda: ctx.services.cameras.carriers.empty(path_id(ctx, "transport_id"), mid))


@routes.delete("/api/transports/{transport_id}", action=Action.OWN, object=transport_of_path, status=204, consoles=True)
async def close_transport(ctx: Context) -> None:
    await asked(lambda: ctx.services.cameras.carriers.close(path_id(ctx, "transport_id")))


async def _filled(ctx: Context[Any, Any], mid: str, request: SlotRequest, watches: Audience) -> SlotView:
    wish = SlotWish(
        transport_id=path_id(ctx, "transport_id"),
        mid=mid,
        camera_id=request.camera_id,
        kind=request.stream,
        audience=watches,
    )
    filled = await asked(lambda: ctx.services.cameras.carriers.fill(wish))
    return SlotView(
        view_id=filled.view_id,
        codec=filled.codec,
        shown=filled.shown,
        first_rtp_timestamp=filled.first_rtp_timestamp,
    )


def _mid(mid: str) -> str:
    if not _MID.fullmatch(mid):
        raise ApiError(ErrorCode.NOT_FOUND, field="mid")
    return mid
