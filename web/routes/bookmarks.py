"""Bookmarks of recordings: made and removed here, shown on the timeline."""

from typing import Any

from pydantic import Field

from vms.access import Action, CameraObject, OwnObject, reach
from vms.recordings.bookmarks import NewBookmark, TooManyBookmarks
from web.camera_access import camera_of_path, path_id
from web.context import Context
from web.errors import ApiError
from web.recorded_access import check_past
from web.recording_bodies import RecordingBookmark, bookmark_body
from web.routing import Routes
from web.wire import Body, ErrorCode, Ms, Text

routes = Routes()


class NewRecordingBookmark(Body):
    """`shared`: with whoever looks at recordings in the same unit; else one's own."""

    at_ms: Ms
    note: Text = Field(default="", max_length=500)
    shared: bool = False


async def bookmark_of_path(ctx: Context[Any, Any]) -> OwnObject | None:
    """`{bookmark_id}`: its maker's, also when it is shared."""
    owner_id = await ctx.services.recordings.bookmarks.owner(path_id(ctx, "bookmark_id"))
    return None if owner_id is None else OwnObject(owner_id)


@routes.post(
    "/api/cameras/{camera_id}/bookmarks",
    action=Action.CAMERA_VIEW_RECORDED,
    object=camera_of_path,
    request=NewRecordingBookmark,
    response=RecordingBookmark,
    status=201,
)
async def add_bookmark(ctx: Context[NewRecordingBookmark]) -> RecordingBookmark:
    """403 `beyond_reach` for a moment that this person may not look at."""
    camera, body = ctx.object, ctx.body
    assert isinstance(camera, CameraObject), "the route says so"
    await check_past(ctx, Action.CAMERA_VIEW_RECORDED, ctx.param("camera_id"), body.at_ms)
    unit_id = await _unit(ctx, camera) if body.shared else ""
    new = NewBookmark(ctx.param("camera_id"), body.at_ms, body.note, unit_id)
    try:
        bookmark = await ctx.services.recordings.bookmarks.add(ctx.person.account_id, new)
    except TooManyBookmarks as error:
        raise ApiError(ErrorCode.CONFLICT, "too_many") from error
    ctx.facts.update(bookmark=bookmark.row.id, at_ms=str(body.at_ms), shared=str(body.shared).lower())
    return bookmark_body(bookmark, ctx.person.account_id)


async def _unit(ctx: Context[Any, Any], camera: CameraObject) -> str:
    """The nearest unit that the person looks at this camera from: a colleague of another one does not find it there."""
    units = reach(ctx.person, Action.CAMERA_VIEW_RECORDED, ctx.at_ms).units & camera.unit_path
    tree = await ctx.services.organisation.tree(ctx.at_ms)
    return max(units, key=lambda unit: len(tree.chain(unit)), default="")


@routes.delete("/api/recording-bookmarks/{bookmark_id}", action=Action.OWN, object=bookmark_of_path, status=204)
async def remove_bookmark(ctx: Context) -> None:
    ctx.facts["bookmark"] = path_id(ctx, "bookmark_id")
    await ctx.services.recordings.bookmarks.remove(path_id(ctx, "bookmark_id"))
