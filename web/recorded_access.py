"""What a person may do to a stretch of a camera's past that a body names, and single pictures of it."""

from typing import Any

from streams.types.media import StreamKind
from streams.types.recording import segment_path
from vms.access import Action
from vms.cameras.survey import picture
from vms.recordings.index import LONGEST_SEGMENT_MS, Segment
from vms.recordings.ports import PictureRequest
from vms.recordings.spans import Span
from web.bus_faults import asked
from web.camera_access import check_camera
from web.context import Context
from web.errors import ApiError
from web.wire import ErrorCode


def one_stream(segments: list[Segment], at_ms: int) -> list[Segment]:
    """Of the stream that has a picture at `at_ms` (the main one, when both have), else of the one that has one first."""
    if not segments:
        return []
    there = [one for one in segments if one.start_ms <= at_ms < one.end_ms] or segments[:1]
    stream = min(one.stream for one in there)
    return [one for one in segments if one.stream == stream]


async def check_past(ctx: Context[Any, Any], action: Action, camera_id: str, from_ms: int) -> None:
    """Answer `not_found` unless the person may do `action` to the camera, `beyond_reach` for what is too long ago."""
    camera = await check_camera(ctx, action, camera_id)
    earliest_ms = ctx.services.recordings.earliest_ms(ctx.person, camera, ctx.at_ms)
    if earliest_ms is None:
        raise ApiError(ErrorCode.BEYOND_REACH)
    if from_ms < earliest_ms:
        raise ApiError(ErrorCode.BEYOND_REACH, str(earliest_ms))


async def open_parts(ctx: Context[Any, Any], camera_id: str, span: Span) -> list[Span]:
    """What of a camera's recordings in `span` may be seen at all, by whoever may look at them; none of a camera that is not there."""
    camera = await ctx.services.cameras.catalogue.object(camera_id)
    if camera is None:
        return []
    return await ctx.services.recordings.court_parts.open_parts(camera_id, span, court=camera.court)


def _holds(parts: list[Span], at_ms: int) -> bool:
    return any(part.start_ms <= at_ms < part.end_ms for part in parts)


async def recorded_picture(ctx: Context[Any, Any], camera_id: str, at_ms: int, max_width_px: int) -> tuple[bytes, int]:
    """The keyframe at or before a moment as JPEG, and when it was taken. Raises `ApiError(no_picture)`, and what the worker says.

    What is sealed (`vms.recordings.court_parts`) is as if it were not recorded.
    """
    recordings = ctx.services.recordings
    parts = await open_parts(ctx, camera_id, Span(at_ms - LONGEST_SEGMENT_MS, at_ms + 1))
    if not _holds(parts, at_ms):
        raise ApiError(ErrorCode.NO_PICTURE, "not_recorded", status=404)
    found = one_stream(await recordings.index.between(camera_id, Span(at_ms, at_ms + 1)), at_ms)
    if not found:
        raise ApiError(ErrorCode.NO_PICTURE, "not_recorded", status=404)
    path = segment_path(camera_id, found[0].start_ms, StreamKind(found[0].stream))
    request = PictureRequest(found[0].volume, path, at_ms, max_width_px)
    snapshot = await asked(lambda: recordings.pictures.picture(request))
    jpeg = picture(snapshot.jpeg_base64)
    if not jpeg:
        raise ApiError(ErrorCode.NO_PICTURE)
    if not _holds(parts, snapshot.capture_ms):
        raise ApiError(ErrorCode.NO_PICTURE, "not_recorded", status=404)
    return jpeg, snapshot.capture_ms
