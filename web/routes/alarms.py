"""Alarms: listed, looked at, acknowledged."""

from aiohttp import web
from pydantic import Field

from vms.access import Action
from vms.alarms.service import Query
from web.camera_access import alarm_of_path, sight
from web.camera_bodies import alarm_body
from web.context import Context
from web.errors import not_found
from web.objects import anything
from web.routes.snapshots import jpeg_response
from web.routing import Routes
from web.wire import Alarm, AlarmPage, Body, Id

routes = Routes()


class AlarmQuery(Body):
    before_ms: int | None = Field(default=None, ge=0, le=2**53)
    camera_id: Id | None = None
    unacknowledged: bool = False


@routes.get(
    "/api/alarms", action=Action.ALARM_LIST, object=anything, query=AlarmQuery, response=AlarmPage, consoles=True
)
async def list_alarms(ctx: Context[None, AlarmQuery]) -> AlarmPage:
    query = ctx.query
    page = await ctx.services.alarms.page(
        await sight(ctx, Action.ALARM_LIST), Query(query.before_ms, query.camera_id, query.unacknowledged)
    )
    return AlarmPage(
        alarms=[alarm_body(view) for view in page.alarms],
        next_before_ms=page.next_before_ms,
        unacknowledged=page.unacknowledged,
    )


@routes.post(
    "/api/alarms/{alarm_id}/acknowledge", action=Action.ALARM_ACKNOWLEDGE, object=alarm_of_path, response=Alarm
)
async def acknowledge_alarm(ctx: Context) -> Alarm:
    view = await ctx.services.alarms.acknowledge(ctx.param("alarm_id"), ctx.person.account_id)
    if view is None:
        raise not_found()
    return alarm_body(view)


@routes.get(
    "/api/alarms/{alarm_id}/snapshot.jpg",
    action=Action.ALARM_LIST,
    object=alarm_of_path,
    produces="image/jpeg",
    consoles=True,
)
async def read_alarm_snapshot(ctx: Context) -> web.Response:
    jpeg = await ctx.services.alarms.snapshot(ctx.param("alarm_id"))
    if jpeg is None:
        raise not_found()
    return jpeg_response(jpeg)
