"""Live pictures over a WebSocket, for browsers that WebRTC cannot reach: fragmented MP4 for Media Source Extensions.

Server to browser: a text message `LiveInfo`; then, before every binary message that is an initialisation segment, a text message
`LiveInit`; binary messages are whole segments; a text message `LiveEnd` is the last.
"""

import asyncio
import socket

import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from streams.types.media import StreamKind
from streams.types.tap import EndReason, TapFormat, TapFrame
from vms.access import Action
from vms.cameras.ports import Tap, TapRequest
from web.bus_faults import asked
from web.camera_access import camera_of_path, watches_as
from web.context import Context
from web.errors import ApiError
from web.routing import Routes
from web.wire import Body, ErrorCode, LiveEnd, LiveInfo, LiveInit

routes = Routes()
log = structlog.get_logger(__name__)

HEARTBEAT_S = 10.0
SEND_TIMEOUT_S = 5.0
_SOCKET_BUFFER_BYTES = 256 << 10


class LiveQuery(Body):
    stream: StreamKind = StreamKind.SUB
    sound: bool = False
    h265: bool = False
    """Whether this browser plays H.265; if not, it gets H.264."""


@routes.get(
    "/api/cameras/{camera_id}/live",
    action=Action.CAMERA_VIEW_LIVE,
    object=camera_of_path,
    query=LiveQuery,
    produces="application/json",
    consoles=True,
)
async def watch_live(ctx: Context[None, LiveQuery]) -> web.WebSocketResponse:
    """A WebSocket; see the module for its messages."""
    viewer = web.WebSocketResponse(heartbeat=HEARTBEAT_S, max_msg_size=1024, compress=False)
    if not viewer.can_prepare(ctx.http):
        raise ApiError(ErrorCode.BAD_REQUEST, "not_a_websocket", status=426)
    tap = await asked(
        lambda: ctx.services.cameras.taps.open(
            TapRequest(
                camera_id=ctx.param("camera_id"),
                kind=ctx.query.stream,
                format=TapFormat.FMP4,
                h265=ctx.query.h265,
                account_id=ctx.person.account_id,
                session_id=ctx.session.session_id,
                audience=watches_as(ctx, ctx.object),
            )
        )
    )
    try:
        await viewer.prepare(ctx.http)
        _keep_little_in_flight(ctx.http)
        async with asyncio.TaskGroup() as group:
            showing = group.create_task(_show(viewer, tap, sound=ctx.query.sound), name="live socket")
            await _until_gone(viewer)
            showing.cancel()
    finally:
        await tap.close()
    return viewer


def _keep_little_in_flight(request: web.Request) -> None:
    """What lies in the kernel when a right ends can no longer be taken back."""
    raw: socket.socket | None = request.transport.get_extra_info("socket") if request.transport else None
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SOCKET_BUFFER_BYTES)


async def _until_gone(viewer: web.WebSocketResponse) -> None:
    """Browsers have nothing to say here: whoever talks is sent away, so that nothing ever piles up."""
    async for message in viewer:
        if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
            await viewer.close(code=WSCloseCode.POLICY_VIOLATION)


async def _show(viewer: web.WebSocketResponse, tap: Tap, *, sound: bool) -> None:
    try:
        await _pump(viewer, tap, sound=sound)
    except TimeoutError:
        log.info("live socket too slow", view_id=tap.view_id)
        await viewer.close(code=WSCloseCode.TRY_AGAIN_LATER, drain=False)
    except ConnectionError:
        log.debug("live socket gone")


async def _pump(viewer: web.WebSocketResponse, tap: Tap, *, sound: bool) -> None:
    said = sound and tap.info.sound is not None
    info = LiveInfo(base_ms=tap.info.base_ms, codec=tap.info.video.codec, sound=said, transcoded=tap.transcoded)
    await viewer.send_str(info.model_dump_json())
    tap.start(sound=said)
    async for kind, body in tap.frames():
        async with asyncio.timeout(SEND_TIMEOUT_S):
            if kind is TapFrame.INIT:
                codecs, _, segment = body.partition(b"\n")
                await viewer.send_str(LiveInit(codecs=codecs.decode("ascii")).model_dump_json())
                await viewer.send_bytes(segment)
            else:
                await viewer.send_bytes(body)
    async with asyncio.timeout(SEND_TIMEOUT_S):
        await viewer.send_str(LiveEnd(reason=tap.reason or EndReason.CLOSED).model_dump_json())
        await viewer.close(code=WSCloseCode.OK)
