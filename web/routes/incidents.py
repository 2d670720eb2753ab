"""Incidents and cases: opened from what was seen, added to, closed; and the duty log, which is every line about them."""

from collections.abc import Awaitable, Callable
from typing import Any, Literal

from aiohttp import web
from pydantic import Field

from vms.access import Action, IncidentObject, reach
from vms.clock import DAY_MS
from vms.incidents.writing import BadIncident, NewIncident, NotOpen, Part, Picture
from vms.recordings.locks import BadLock
from vms.recordings.spans import Span
from web.camera_access import path_id, sight
from web.context import Context
from web.errors import ApiError, not_found
from web.incident_bodies import (
    ChangedIncident,
    DutyEntry,
    FootageMoment,
    FootagePart,
    Incident,
    IncidentDetail,
    IncidentWords,
    NewIncidentBody,
    detail_body,
    entry_body,
    incident_body,
)
from web.objects import anything
from web.recorded_access import check_past, recorded_picture
from web.routes.snapshots import jpeg_response
from web.routing import Routes
from web.wire import Body, ErrorCode, Ms

routes = Routes()

PICTURE_PX = 1920
BEFORE_ALARM_MS, AFTER_ALARM_MS = 60_000, 120_000
"""What led to an alarm, and what came of it."""


class IncidentQuery(Body):
    """`before_ms`: the page of those that were opened earlier."""

    state: Literal["open", "closed"] | None = None
    before_ms: Ms | None = None


class DutyLogQuery(Body):
    from_ms: Ms
    to_ms: Ms = Field(description="At most 31 days later.")


async def incident_of_path(ctx: Context[Any, Any]) -> IncidentObject | None:
    """`{incident_id}`."""
    return await ctx.services.incidents.reader.object(path_id(ctx, "incident_id"))


@routes.get(
    "/api/incidents", action=Action.INCIDENT_LIST, object=anything, query=IncidentQuery, response=list[Incident]
)
async def list_incidents(ctx: Context[None, IncidentQuery]) -> list[Incident]:
    """The newest first, a hundred at a time."""
    found = await ctx.services.incidents.reader.listed(
        await _units(ctx), state=ctx.query.state, before_ms=ctx.query.before_ms
    )
    return [incident_body(one) for one in found]


@routes.get("/api/duty-log", action=Action.INCIDENT_LIST, object=anything, query=DutyLogQuery, response=list[DutyEntry])
async def read_duty_log(ctx: Context[None, DutyLogQuery]) -> list[DutyEntry]:
    span = Span(ctx.query.from_ms, ctx.query.to_ms)
    if not 0 < span.length_ms <= 31 * DAY_MS:
        raise ApiError(ErrorCode.BAD_REQUEST, "span", "to_ms")
    return [entry_body(one) for one in await ctx.services.incidents.reader.duty_log(await _units(ctx), span)]


@routes.post(
    "/api/incidents",
    action=Action.INCIDENT_WRITE,
    object=anything,
    request=NewIncidentBody,
    response=ChangedIncident,
    status=201,
)
async def open_incident(ctx: Context[NewIncidentBody]) -> ChangedIncident:
    """Locks the footage. Belongs to the unit of its first camera, without any to the one where the role is held."""
    body = ctx.body
    parts = [await _part(ctx, part) for part in body.parts]
    pictures: list[Picture] = []
    if body.alarm_id is not None:
        part, pictures = await _of_alarm(ctx, body.alarm_id)
        parts.append(part)
    for moment in body.pictures:
        await check_past(ctx, Action.CAMERA_VIEW_RECORDED, moment.camera_id, moment.at_ms)
    cameras = [part.camera_id for part in parts] + [moment.camera_id for moment in body.pictures]
    taken, failed = await _pictures(ctx, body.pictures)
    new = NewIncident(
        body.kind, await _unit(ctx, cameras), body.title, body.document, body.note, parts, [*pictures, *taken]
    )
    try:
        row, sure_ms = await ctx.services.incidents.desk.open(ctx.person.account_id, new)
    except (BadIncident, BadLock) as error:
        raise ApiError(ErrorCode.BAD_REQUEST, error.code, error.field) from error
    ctx.facts.update(incident=row.number, title=row.title, cameras=" ".join(cameras))
    return await _changed(ctx, row.id, sure_ms, failed)


@routes.get(
    "/api/incidents/{incident_id}", action=Action.INCIDENT_LIST, object=incident_of_path, response=IncidentDetail
)
async def read_incident(ctx: Context) -> IncidentDetail:
    return await _detail(ctx, ctx.param("incident_id"))


@routes.get(
    "/api/incidents/{incident_id}/pictures/{picture_id}",
    action=Action.INCIDENT_LIST,
    object=incident_of_path,
    produces="image/jpeg",
)
async def read_incident_picture(ctx: Context) -> web.Response:
    seen = await sight(ctx, Action.CAMERA_VIEW_RECORDED)
    jpeg = await ctx.services.incidents.reader.picture(ctx.param("incident_id"), path_id(ctx, "picture_id"), seen)
    if jpeg is None:
        raise not_found()
    return jpeg_response(jpeg)


@routes.post(
    "/api/incidents/{incident_id}/parts",
    action=Action.INCIDENT_WRITE,
    object=incident_of_path,
    request=FootagePart,
    response=ChangedIncident,
)
async def add_incident_part(ctx: Context[FootagePart]) -> ChangedIncident:
    part = await _part(ctx, ctx.body)
    try:
        sure_ms = await ctx.services.incidents.desk.add_part(ctx.param("incident_id"), ctx.person.account_id, part)
    except (BadIncident, BadLock, NotOpen) as error:
        raise _refused(error) from error
    ctx.facts.update(camera=part.camera_id, from_ms=str(part.span.start_ms), to_ms=str(part.span.end_ms))
    return await _changed(ctx, ctx.param("incident_id"), sure_ms, 0)


@routes.post(
    "/api/incidents/{incident_id}/pictures",
    action=Action.INCIDENT_WRITE,
    object=incident_of_path,
    request=FootageMoment,
    response=IncidentDetail,
)
async def add_incident_picture(ctx: Context[FootageMoment]) -> IncidentDetail:
    """The keyframe at or before a moment."""
    body = ctx.body
    await check_past(ctx, Action.CAMERA_VIEW_RECORDED, body.camera_id, body.at_ms)
    jpeg, capture_ms = await recorded_picture(ctx, body.camera_id, body.at_ms, PICTURE_PX)
    ctx.facts.update(camera=body.camera_id, at_ms=str(capture_ms))
    try:
        await ctx.services.incidents.desk.add_picture(
            ctx.param("incident_id"), ctx.person.account_id, Picture(body.camera_id, capture_ms, jpeg)
        )
    except (BadIncident, NotOpen) as error:
        raise _refused(error) from error
    return await _detail(ctx, ctx.param("incident_id"))


@routes.post(
    "/api/incidents/{incident_id}/notes",
    action=Action.INCIDENT_WRITE,
    object=incident_of_path,
    request=IncidentWords,
    response=IncidentDetail,
)
async def note_incident(ctx: Context[IncidentWords]) -> IncidentDetail:
    """Also of one that is closed."""
    return await _said(ctx, ctx.services.incidents.desk.note)


@routes.post(
    "/api/incidents/{incident_id}/close",
    action=Action.INCIDENT_WRITE,
    object=incident_of_path,
    request=IncidentWords,
    response=IncidentDetail,
)
async def close_incident(ctx: Context[IncidentWords]) -> IncidentDetail:
    """With its outcome. The footage stays locked until two people release it."""
    return await _said(ctx, ctx.services.incidents.desk.close)


@routes.post(
    "/api/incidents/{incident_id}/reopen",
    action=Action.INCIDENT_WRITE,
    object=incident_of_path,
    request=IncidentWords,
    response=IncidentDetail,
)
async def reopen_incident(ctx: Context[IncidentWords]) -> IncidentDetail:
    return await _said(ctx, ctx.services.incidents.desk.reopen)


async def _said(ctx: Context[IncidentWords], act: Callable[[str, str, str], Awaitable[None]]) -> IncidentDetail:
    incident_id = ctx.param("incident_id")
    try:
        await act(incident_id, ctx.person.account_id, ctx.body.text)
    except (BadIncident, NotOpen) as error:
        raise _refused(error) from error
    return await _detail(ctx, incident_id)


async def _units(ctx: Context[Any, Any]) -> frozenset[str]:
    tree = await ctx.services.organisation.tree(ctx.at_ms)
    return tree.subtree(reach(ctx.person, Action.INCIDENT_LIST, ctx.at_ms).police)


async def _unit(ctx: Context[Any, Any], cameras: list[str]) -> str:
    if not cameras:
        return min(reach(ctx.person, Action.INCIDENT_WRITE, ctx.at_ms).police)
    placed = await ctx.services.cameras.catalogue.camera(cameras[0])
    if placed is None:
        raise not_found("camera_id")
    return placed.unit_id


async def _part(ctx: Context[Any, Any], part: FootagePart) -> Part:
    await check_past(ctx, Action.RECORDING_LOCK, part.camera_id, part.from_ms)
    return Part(part.camera_id, Span(part.from_ms, part.to_ms))


async def _of_alarm(ctx: Context[Any, Any], alarm_id: str) -> tuple[Part, list[Picture]]:
    camera = await ctx.services.alarms.object(alarm_id)
    view = await ctx.services.alarms.view(alarm_id)
    if camera is None or view is None or not ctx.may(Action.ALARM_LIST, camera):
        raise not_found("alarm_id")
    alarm = view.alarm
    begins_ms = alarm.start_ms - BEFORE_ALARM_MS
    await check_past(ctx, Action.RECORDING_LOCK, alarm.camera_id, begins_ms)
    ends_ms = max(alarm.end_ms or 0, alarm.start_ms) + AFTER_ALARM_MS
    jpeg = await ctx.services.alarms.snapshot(alarm_id)
    pictures = [] if jpeg is None else [Picture(alarm.camera_id, alarm.peak_ms or alarm.start_ms, jpeg)]
    return Part(alarm.camera_id, Span(begins_ms, ends_ms)), pictures


async def _pictures(ctx: Context[Any, Any], moments: list[FootageMoment]) -> tuple[list[Picture], int]:
    """Those that can be had now: an incident is not lost because a picture is."""
    taken = []
    for moment in moments:
        try:
            jpeg, capture_ms = await recorded_picture(ctx, moment.camera_id, moment.at_ms, PICTURE_PX)
        except ApiError:
            continue
        taken.append(Picture(moment.camera_id, capture_ms, jpeg))
    return taken, len(moments) - len(taken)


async def _detail(ctx: Context[Any, Any], incident_id: str) -> IncidentDetail:
    file = await ctx.services.incidents.reader.file(incident_id, await sight(ctx, Action.CAMERA_VIEW_RECORDED))
    if file is None:
        raise not_found()
    ctx.facts["incident"] = file.shown.row.number
    return detail_body(file)


async def _changed(ctx: Context[Any, Any], incident_id: str, sure_ms: int, failed: int) -> ChangedIncident:
    return ChangedIncident(
        incident=await _detail(ctx, incident_id),
        sure_ms=sure_ms,
        now_ms=ctx.services.clock(),
        pictures_failed=failed,
    )


def _refused(error: BadIncident | BadLock | NotOpen) -> ApiError:
    if isinstance(error, NotOpen):
        return ApiError(ErrorCode.CONFLICT, "incident_state")
    return ApiError(ErrorCode.BAD_REQUEST, error.code, error.field)
