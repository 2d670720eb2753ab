"""The event socket: server to browser only. A socket that cannot keep up is closed; the page opens another and starts fresh."""

import asyncio

import structlog
from aiohttp import WSCloseCode, WSMsgType, web

from vms.access import Action
from vms.cameras.notices import Subscription
from web.context import Context
from web.errors import ApiError
from web.feed import Feed
from web.objects import own
from web.routing import Routes
from web.wire import ErrorCode, EventMessage, SignedOut

routes = Routes()

BEAT_S = 0.25
"""Notices that come closer together than this travel together."""
SEND_TIMEOUT_S = 5.0
HEARTBEAT_S = 20.0

log = structlog.get_logger(__name__)


@routes.get("/api/events", action=Action.OWN, object=own, response=EventMessage, consoles=True)
async def read_events(ctx: Context) -> web.StreamResponse:
    """A WebSocket; each text message is one `EventMessage`."""
    notices = ctx.services.cameras.notices
    if notices.full:
        raise ApiError(ErrorCode.TOO_MANY, "sockets")
    socket = web.WebSocketResponse(heartbeat=HEARTBEAT_S, max_msg_size=1024)
    if not socket.can_prepare(ctx.http):
        raise ApiError(ErrorCode.BAD_REQUEST, "not_a_websocket", status=426)
    await socket.prepare(ctx.http)
    feed = Feed(ctx.services, ctx.person.account_id, ctx.session.session_id)
    with notices.subscribe(feed.wants) as news:
        async with asyncio.TaskGroup() as group:
            telling = group.create_task(_tell(socket, feed, news), name="event socket")
            await _until_gone(socket)
            telling.cancel()
    return socket


async def _until_gone(socket: web.WebSocketResponse) -> None:
    """Browsers have nothing to say here: whoever talks is sent away, so that nothing ever piles up."""
    async for message in socket:
        if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
            await socket.close(code=WSCloseCode.POLICY_VIOLATION)


async def _tell(socket: web.WebSocketResponse, feed: Feed, news: Subscription) -> None:
    try:
        while not socket.closed:
            if news.closed:
                await socket.close(code=WSCloseCode.GOING_AWAY)
            elif news.overrun:
                await socket.close(code=WSCloseCode.TRY_AGAIN_LATER)
            else:
                await _send(socket, await feed.messages(news.take()))
                await asyncio.sleep(BEAT_S)
    except ConnectionError:
        log.debug("event socket gone")


async def _send(socket: web.WebSocketResponse, messages: list[EventMessage]) -> None:
    for message in messages:
        try:
            async with asyncio.timeout(SEND_TIMEOUT_S):
                await socket.send_str(message.model_dump_json())
        except TimeoutError:
            log.info("event socket too slow")
            await socket.close(code=WSCloseCode.TRY_AGAIN_LATER, drain=False)
            return
        if isinstance(message, SignedOut):
            await socket.close(code=WSCloseCode.POLICY_VIOLATION)
            return
