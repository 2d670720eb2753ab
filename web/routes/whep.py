"""WHEP (WebRTC-HTTP Egress Protocol): an offer in, an answer out; the media flows between browser and worker.

There is no trickling to us: the worker is ICE lite with its candidates in the answer, and learns the browser's from its checks.
"""

import ipaddress
from typing import Any

from aiohttp import web

from streams.types.media import StreamKind
from vms.access import Action
from vms.cameras.ports import ViewRequest
from web.bus_faults import asked
from web.camera_access import camera_of_path, view_of_path, watches_as
from web.context import Context
from web.errors import ApiError
from web.routing import Routes
from web.security.proxy import client_address
from web.wire import Body, ErrorCode

routes = Routes()

LARGEST_OFFER = 64 * 1024


class WhepQuery(Body):
    stream: StreamKind = StreamKind.SUB


@routes.post(
    "/api/cameras/{camera_id}/whep",
    action=Action.CAMERA_VIEW_LIVE,
    object=camera_of_path,
    query=WhepQuery,
    consumes=("application/sdp",),
    body_limit=LARGEST_OFFER,
    produces="application/sdp",
    status=201,
    consoles=True,
)
async def open_view(ctx: Context[None, WhepQuery]) -> web.Response:
    request = ViewRequest(
        camera_id=ctx.param("camera_id"),
        kind=ctx.query.stream,
        offer_sdp=read_offer(await ctx.read()),
        addresses=media_addresses(ctx),
        account_id=ctx.person.account_id,
        session_id=ctx.session.session_id,
        audience=watches_as(ctx, ctx.object),
    )
    opened = await asked(lambda: ctx.services.cameras.views.open(request))
    response = web.Response(status=201, text=opened.answer_sdp, content_type="application/sdp")
    response.headers["X-Vong-Shown"] = opened.shown.value
    response.headers["Location"] = f"/api/views/{opened.view_id}"
    return response


@routes.patch(
    "/api/views/{view_id}",
    action=Action.OWN,
    object=view_of_path,
    consumes=("application/trickle-ice-sdpfrag",),
    status=204,
    consoles=True,
)
async def trickle_view(ctx: Context) -> web.Response:
    """Accepted and not needed: see the module."""
    await ctx.read()
    return web.Response(status=204)


@routes.delete("/api/views/{view_id}", action=Action.OWN, object=view_of_path, consoles=True)
async def close_view(ctx: Context) -> web.Response:
    await asked(lambda: ctx.services.cameras.views.close(ctx.param("view_id"), "closed by the viewer"))
    return web.Response(status=200)


def media_addresses(ctx: Context[Any, Any]) -> tuple[str, ...]:
    """Where the browser may reach our media, best first: the address that it already reached us at, then those that are set.

    Behind a proxy the address of our end of the connection is only the proxy's way to us: then it comes last.
    """
    settings = ctx.services.settings
    transport = ctx.http.transport
    sockname = transport.get_extra_info("sockname") if transport else None
    ours = [_plain(str(sockname[0]))] if sockname else []
    proxied = client_address(ctx.http, settings.web) != (ctx.http.remote or "")
    ordered = [*settings.media.addresses, *ours] if proxied else [*ours, *settings.media.addresses]
    return tuple(dict.fromkeys(address for address in ordered if address))


def read_offer(body: bytes) -> str:
    try:
        offer = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ApiError(ErrorCode.BAD_OFFER) from error
    if not offer.startswith("v=0") or "\0" in offer:
        raise ApiError(ErrorCode.BAD_OFFER)
    return offer


def _plain(text: str) -> str:
    """An address as it stands in an ICE candidate: no zone, no IPv4 in IPv6 clothes; empty for what is none."""
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:  # a Unix socket
        return ""
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)
