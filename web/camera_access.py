"""From paths and bodies to the objects that rights are asked about, for everything that has to do with cameras."""

import re
from typing import Any

from streams.types.gate import Audience
from vms.access import (
    Action,
    AnyObject,
    CameraObject,
    CourtroomObject,
    Object,
    OwnObject,
    SiteObject,
    audience,
    reach,
)
from vms.cameras.jobs import Job
from vms.cameras.sight import Sight
from web.context import Context
from web.errors import ApiError, not_found
from web.wire import ErrorCode

_ID = re.compile(r"^[0-9a-zA-Z_-]{8,64}$")


def path_id(ctx: Context[Any, Any], name: str) -> str:
    """An id of the path; "" (which is nobody's) for what cannot be one: databases do not agree on what to do with NUL."""
    text = ctx.param(name)
    return text if _ID.match(text) else ""


async def camera_of_path(ctx: Context[Any, Any]) -> CameraObject | None:
    """`{camera_id}`."""
    return await ctx.services.cameras.catalogue.object(path_id(ctx, "camera_id"))


async def alarm_of_path(ctx: Context[Any, Any]) -> CameraObject | None:
    """The camera of `{alarm_id}`."""
    return await ctx.services.alarms.object(path_id(ctx, "alarm_id"))


async def view_of_path(ctx: Context[Any, Any]) -> OwnObject | None:
    """`{view_id}`, for the very session that opened it."""
    owner = ctx.services.cameras.views.owner(path_id(ctx, "view_id"))
    return OwnObject(ctx.person.account_id) if owner == ctx.session.session_id else None


async def transport_of_path(ctx: Context[Any, Any]) -> OwnObject | None:
    """`{transport_id}`, for the very session that opened it."""
    owner = ctx.services.cameras.carriers.owner(path_id(ctx, "transport_id"))
    return OwnObject(ctx.person.account_id) if owner == ctx.session.session_id else None


async def carrier_of_path(ctx: Context[Any, Any]) -> AnyObject | None:
    """`{carrier}`: only that it is there; the right to each camera is asked for when one is put into a slot."""
    return AnyObject() if ctx.param("carrier") in ctx.services.cameras.carriers.names() else None


def watches_as(ctx: Context[Any, Any], camera: Object | None, field: str = "") -> Audience:
    """As whom the person of the request watches a camera that `may` has allowed."""
    found = audience(ctx.person, camera, ctx.at_ms) if isinstance(camera, CameraObject) else None
    if found is None:
        raise not_found(field)
    return found


async def check_camera(ctx: Context[Any, Any], action: Action, camera_id: str) -> CameraObject:
    """The camera. Answer `not_found` unless the person may do `action` to it."""
    camera = await ctx.services.cameras.catalogue.object(camera_id)
    if camera is None or not ctx.may(action, camera):
        raise ApiError(ErrorCode.NOT_FOUND, field="camera_id")
    return camera


def own_job(job: Job | None) -> OwnObject | None:
    return None if job is None else OwnObject(job.owner_id)


async def sight(ctx: Context[Any, Any], action: Action) -> Sight:
    """What the person reaches by `action`, at the moment of the request."""
    tree = await ctx.services.organisation.tree(ctx.at_ms)
    return Sight.of(reach(ctx.person, action, ctx.at_ms), tree)


async def check_site(ctx: Context[Any, Any], action: Action, site_id: str) -> None:
    """Answer `not_found` unless the person may do `action` at this site."""
    site = await ctx.services.cameras.catalogue.site(site_id)
    tree = await ctx.services.organisation.tree(ctx.at_ms)
    if site is None or not ctx.may(action, SiteObject(site.id, tree.path(site.unit_id))):
        raise ApiError(ErrorCode.NOT_FOUND, field="site_id")


async def check_courtroom(ctx: Context[Any, Any], action: Action, courtroom_id: str) -> None:
    """Answer `not_found` unless the person may do `action` in this courtroom."""
    room = await ctx.services.cameras.catalogue.courtroom(courtroom_id)
    tree = await ctx.services.organisation.tree(ctx.at_ms)
    if room is None or not ctx.may(action, CourtroomObject(room.id, tree.path(room.court_id))):
        raise ApiError(ErrorCode.NOT_FOUND, field="courtroom_id")
