"""One camera: read, changed, removed."""

from dataclasses import fields

from vms.access import Action
from vms.cameras.editing import BadEdit, Edit, NumberTaken
from web.camera_access import camera_of_path, check_site
from web.camera_bodies import camera_body, camera_detail
from web.context import Context
from web.errors import ApiError, not_found
from web.routing import Routes
from web.wire import CameraDetail, CameraPatch, ErrorCode

routes = Routes()


@routes.get("/api/cameras/{camera_id}", action=Action.CAMERA_READ, object=camera_of_path, response=CameraDetail)
async def read_camera(ctx: Context) -> CameraDetail:
    return await _detail(ctx, ctx.param("camera_id"))


@routes.patch(
    "/api/cameras/{camera_id}",
    action=Action.CAMERA_MANAGE,
    object=camera_of_path,
    request=CameraPatch,
    response=CameraDetail,
)
async def change_camera(ctx: Context[CameraPatch]) -> CameraDetail:
    patch = ctx.body
    if patch.site_id is not None:
        await check_site(ctx, Action.CAMERA_MANAGE, patch.site_id)
    edit = Edit(**{field.name: getattr(patch, field.name) for field in fields(Edit)})
    try:
        if not await ctx.services.cameras.editing.change(ctx.param("camera_id"), edit):
            raise not_found()
    except BadEdit as error:
        raise ApiError(ErrorCode.BAD_REQUEST, error.code, error.field) from error
    except NumberTaken as error:
        raise ApiError(ErrorCode.CONFLICT, "number_taken", "number") from error
    return await _detail(ctx, ctx.param("camera_id"))


@routes.delete("/api/cameras/{camera_id}", action=Action.CAMERA_MANAGE, object=camera_of_path, status=204)
async def remove_camera(ctx: Context) -> None:
    if not await ctx.services.cameras.editing.remove(ctx.param("camera_id")):
        raise not_found()


async def _detail(ctx: Context | Context[CameraPatch], camera_id: str) -> CameraDetail:
    catalogue = ctx.services.cameras.catalogue
    placed = await catalogue.camera(camera_id)
    device = await catalogue.device(placed.camera.device_id) if placed else None
    if placed is None or device is None:  # removed since the rights were asked
        raise not_found()
    tree = await ctx.services.organisation.tree(ctx.at_ms)
    return camera_detail(camera_body(placed, ctx.person, tree, ctx.at_ms), placed, device)
