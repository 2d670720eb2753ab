"""The newest picture of a camera as JPEG."""

from aiohttp import web

from streams.types.gate import Audience
from vms.access import Action
from vms.cameras.survey import picture
from web.bus_faults import asked
from web.camera_access import camera_of_path, watches_as
from web.context import Context
from web.errors import ApiError, not_found
from web.routing import Routes
from web.wire import ErrorCode

routes = Routes()

WIDEST_PX = 640


@routes.get(
    "/api/cameras/{camera_id}/snapshot.jpg",
    action=Action.CAMERA_VIEW_LIVE,
    object=camera_of_path,
    produces="image/jpeg",
    consoles=True,
)
async def read_snapshot(ctx: Context) -> web.Response:
    watches = watches_as(ctx, ctx.object)
    if watches is Audience.OBSERVERS:
        raise not_found()  # no photographing
    camera_id, snapshots = ctx.param("camera_id"), ctx.services.cameras.snapshots
    snapshot = await asked(lambda: snapshots.snapshot(camera_id, WIDEST_PX, watches))
    jpeg = picture(snapshot.jpeg_base64)
    if not jpeg:
        raise ApiError(ErrorCode.NO_PICTURE)
    response = jpeg_response(jpeg)
    response.headers["X-Capture-Ms"] = str(snapshot.capture_ms)
    return response


def jpeg_response(jpeg: bytes) -> web.Response:
    return web.Response(body=jpeg, content_type="image/jpeg")
