"""What was recorded: its timeline, its days, the pictures themselves and single ones of them.

Everything here is about the past, and how far back somebody looks is a matter of roles (`recording.reach_days`): what is older is
neither shown nor told of.
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

from aiohttp import web
from pydantic import Field

from vms.access import Action, CameraObject, reach
from vms.accounts.two_people import names_of
from vms.clock import DAY_MS, day_begins_ms, local_day
from vms.recordings.files import NoSuchFile
from vms.recordings.index import LONGEST_SEGMENT_MS
from vms.recordings.playing import NothingToPlay, RecordedElsewhere, Wanted, stretch
from vms.recordings.spans import Span, within
from web.camera_access import camera_of_path
from web.context import Context
from web.errors import ApiError
from web.recorded_access import one_stream, open_parts, recorded_picture
from web.recording_bodies import (
    CameraTimeline,
    RecordedDay,
    alarm_mark_body,
    bookmark_body,
    day_body,
    gap_body,
    lock_body,
    span_body,
)
from web.routes.snapshots import jpeg_response
from web.routing import Routes
from web.wire import Body, ErrorCode, Ms

routes = Routes()

MOST_TIMELINE_MS = 2 * DAY_MS
MOST_DAYS = 62
LOOK_AHEAD_MS = 600_000
"""How far behind the moment that is asked for segments are looked up: more than one stretch holds."""


class TimelineQuery(Body):
    from_ms: Ms
    to_ms: Ms


class RecordedQuery(Body):
    """`base_ms`: the player's zero, earlier than `from_ms` by more than a segment is long.."""

    from_ms: Ms
    base_ms: Ms
    length_ms: int = Field(default=10_000, ge=500, le=20_000)
    sound: bool = True


class PictureQuery(Body):
    at_ms: Ms
    max_width_px: int = Field(default=320, ge=64, le=3840)


@routes.get(
    "/api/cameras/{camera_id}/timeline",
    action=Action.CAMERA_VIEW_RECORDED,
    object=camera_of_path,
    query=TimelineQuery,
    response=CameraTimeline,
)
async def read_timeline(ctx: Context[None, TimelineQuery]) -> CameraTimeline:
    """At most two days; what the person does not reach is left out."""
    span = Span(ctx.query.from_ms, ctx.query.to_ms)
    if not 0 < span.length_ms <= MOST_TIMELINE_MS:
        raise ApiError(ErrorCode.BAD_REQUEST, "span", "to_ms")
    earliest_ms = _earliest_ms(ctx)
    span = Span(max(span.start_ms, earliest_ms), max(span.end_ms, earliest_ms))
    recordings, camera_id = ctx.services.recordings, ctx.param("camera_id")
    lanes = await recordings.timeline.lanes(camera_id, span)
    parts = await open_parts(ctx, camera_id, span)
    locks = await recordings.locks.of_camera(camera_id, span)
    units = reach(ctx.person, Action.CAMERA_VIEW_RECORDED, ctx.at_ms).units
    bookmarks = await recordings.bookmarks.of_camera(camera_id, span, ctx.person.account_id, units)
    async with ctx.services.db.session() as session:
        names = await names_of(session, [gap.by for gap in lanes.gaps if gap.by])
    _note(ctx, span)
    return CameraTimeline(
        from_ms=span.start_ms,
        to_ms=span.end_ms,
        now_ms=ctx.at_ms,
        earliest_ms=earliest_ms,
        recorded=[span_body(one) for part in parts for one in within(lanes.recorded, part)],
        gaps=[gap_body(gap, names) for gap in lanes.gaps],
        alarms=[alarm_mark_body(mark) for mark in lanes.alarms],
        more_alarms=lanes.more_alarms,
        locks=[lock_body(lock) for lock in locks],
        bookmarks=[bookmark_body(one, ctx.person.account_id) for one in bookmarks],
    )


@routes.get(
    "/api/cameras/{camera_id}/recorded-days",
    action=Action.CAMERA_VIEW_RECORDED,
    object=camera_of_path,
    query=TimelineQuery,
    response=list[RecordedDay],
)
async def read_recorded_days(ctx: Context[None, TimelineQuery]) -> list[RecordedDay]:
    """Every day that the span touches and the person reaches."""
    earliest_ms = _earliest_ms(ctx)
    first, last = local_day(max(ctx.query.from_ms, earliest_ms)), local_day(min(ctx.query.to_ms, ctx.at_ms))
    if ctx.query.to_ms <= ctx.query.from_ms or (last - first) >= timedelta(days=MOST_DAYS):
        raise ApiError(ErrorCode.BAD_REQUEST, "span", "to_ms")
    days = await ctx.services.recordings.timeline.days(ctx.param("camera_id"), first, last)
    return [day_body(day, day_begins_ms(day.day)) for day in days]


@routes.get(
    "/api/cameras/{camera_id}/recorded",
    action=Action.CAMERA_VIEW_RECORDED,
    object=camera_of_path,
    query=RecordedQuery,
    produces="video/mp4",
)
async def play_recorded(ctx: Context[None, RecordedQuery]) -> web.Response:
    """Fragmented MP4 for Media Source Extensions, from the keyframe before `from_ms` on; decode times count from `base_ms`.

    `X-Start-Ms`, `X-End-Ms`: what it holds; `X-Next-Ms`: where to ask next (behind a gap: where pictures begin again; absent: there
    is nothing more). Without any picture: 204.
    """
    query, earliest_ms = ctx.query, _earliest_ms(ctx)
    if query.from_ms < earliest_ms:
        raise ApiError(ErrorCode.BEYOND_REACH, str(earliest_ms))
    recordings, camera_id = ctx.services.recordings, ctx.param("camera_id")
    around = Span(query.from_ms - LONGEST_SEGMENT_MS, query.from_ms + LOOK_AHEAD_MS)
    parts = await open_parts(ctx, camera_id, around)
    part = next((one for one in parts if one.end_ms > query.from_ms), Span(0, 0))
    from_ms = max(query.from_ms, part.start_ms)
    found = await recordings.index.between(camera_id, Span(from_ms, query.from_ms + LOOK_AHEAD_MS))
    segments = one_stream(found, from_ms) if part.length_ms else []
    wanted = Wanted(from_ms, query.length_ms, query.base_ms, query.sound, part)
    try:
        playing = await asyncio.to_thread(stretch, recordings.volumes, segments, wanted)
    except RecordedElsewhere as error:
        raise ApiError(ErrorCode.UNAVAILABLE, "recorded_elsewhere") from error
    except NothingToPlay:
        next_ms = await recordings.index.next_start_ms(camera_id, query.from_ms + 1)
        return web.Response(status=204, headers={} if next_ms is None else {"X-Next-Ms": str(next_ms)})
    _note(ctx, Span(playing.start_ms, playing.end_ms))
    ctx.facts["files"] = " ".join(path.partition("/")[2] for path in playing.paths)
    return web.Response(
        body=_pieces(playing.read(recordings.volumes)),
        headers={
            "Content-Type": f'video/mp4; codecs="{playing.codecs}"',
            "Cache-Control": "no-store",
            "X-Start-Ms": str(playing.start_ms),
            "X-End-Ms": str(playing.end_ms),
            "X-Next-Ms": str(playing.next_ms),
        },
    )


@routes.get(
    "/api/cameras/{camera_id}/recorded.jpg",
    action=Action.CAMERA_VIEW_RECORDED,
    object=camera_of_path,
    query=PictureQuery,
    produces="image/jpeg",
)
async def read_recorded_picture(ctx: Context[None, PictureQuery]) -> web.Response:
    """The keyframe at or before a moment; `X-Capture-Ms` says when it was taken."""
    query, earliest_ms = ctx.query, _earliest_ms(ctx)
    if query.at_ms < earliest_ms:
        raise ApiError(ErrorCode.BEYOND_REACH, str(earliest_ms))
    jpeg, capture_ms = await recorded_picture(ctx, ctx.param("camera_id"), query.at_ms, query.max_width_px)
    _note(ctx, Span(capture_ms, capture_ms))
    response = jpeg_response(jpeg)
    response.headers["X-Capture-Ms"] = str(capture_ms)
    return response


def _earliest_ms(ctx: Context[Any, Any]) -> int:
    assert isinstance(ctx.object, CameraObject), "the route says so"
    earliest_ms = ctx.services.recordings.earliest_ms(ctx.person, ctx.object, ctx.at_ms)
    if earliest_ms is None:
        raise ApiError(ErrorCode.BEYOND_REACH)
    return earliest_ms


def _note(ctx: Context[Any, Any], span: Span) -> None:
    """Which part, for the journal."""
    ctx.facts["from_ms"], ctx.facts["to_ms"] = str(span.start_ms), str(span.end_ms)


async def _pieces(blocking: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Each piece read in a thread; files are closed when the reader has gone, too."""
    try:
        while (piece := await asyncio.to_thread(next, blocking, None)) is not None:
            yield piece
    except NoSuchFile:
        # Retention took the file while it was sent: the connection ends, and the player asks again from where it is.
        raise ConnectionResetError("the recording is gone") from None
