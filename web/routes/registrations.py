"""Registering devices, and watching how it goes."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

from streams.types.camera import Credentials
from vms.access import Action, OwnObject
from vms.cameras.addresses import BadAddress
from vms.cameras.jobs import TooManyJobs
from vms.cameras.registration import RegistrationJob
from vms.cameras.wishes import RegistrationFailure, Wish, read_wish
from web.camera_access import check_courtroom, check_site, own_job
from web.camera_bodies import failure_error, registration_body
from web.context import Context
from web.errors import ApiError, not_found
from web.objects import anything
from web.routes.snapshots import jpeg_response
from web.routing import Routes
from web.wire import ErrorCode, Registration, RegistrationItem, RegistrationRequest

routes = Routes()


@routes.post(
    "/api/registrations",
    action=Action.CAMERA_REGISTER,
    object=anything,
    request=RegistrationRequest,
    response=Registration,
    status=202,
    body_limit=2 * 1024 * 1024,
)
async def start_registration(ctx: Context[RegistrationRequest]) -> Registration:
    wishes = [_wish(index, item) for index, item in enumerate(ctx.body.items)]
    return registration_body(await start(ctx, wishes), ())


async def _job(ctx: Context) -> OwnObject | None:
    return own_job(ctx.services.cameras.jobs.find(RegistrationJob, ctx.param("registration_id")))


@routes.get("/api/registrations/{registration_id}", action=Action.OWN, object=_job, response=Registration)
async def read_registration(ctx: Context) -> Registration:
    job = ctx.services.cameras.jobs.find(RegistrationJob, ctx.param("registration_id"))
    if job is None:
        raise not_found()
    ids = [camera_id for item in job.items for camera_id in item.camera_ids if item.snapshot]
    return registration_body(job, await _testable(ctx, ids))


@routes.get(
    "/api/registrations/{registration_id}/items/{n}/snapshot.jpg",
    action=Action.OWN,
    object=_job,
    produces="image/jpeg",
)
async def read_registration_snapshot(ctx: Context) -> web.Response:
    """The picture that was decoded, for whoever may test the camera: a technician never sees a courtroom."""
    job = ctx.services.cameras.jobs.find(RegistrationJob, ctx.param("registration_id"))
    index = ctx.param("n")
    if job is None or not (index.isascii() and index.isdigit() and len(index) <= 4 and int(index) < len(job.items)):
        raise not_found()
    item = job.items[int(index)]
    if not item.snapshot or not await _testable(ctx, item.camera_ids):
        raise not_found()
    return jpeg_response(item.snapshot)


async def start(ctx: Context[Any, Any], wishes: Sequence[Wish]) -> RegistrationJob:
    """Start a registration for a person who may register at all its sites and courtrooms. Raises `ApiError`."""
    for site_id in sorted({wish.site_id for wish in wishes}):
        await check_site(ctx, Action.CAMERA_REGISTER, site_id)
    for courtroom_id in sorted({wish.courtroom_id for wish in wishes if wish.courtroom_id}):
        await check_courtroom(ctx, Action.CAMERA_REGISTER, courtroom_id)
    try:
        return await ctx.services.cameras.registrar.start(ctx.person.account_id, wishes)
    except TooManyJobs as error:
        raise ApiError(ErrorCode.TOO_MANY, "jobs") from error


async def _testable(ctx: Context, camera_ids: Sequence[str]) -> set[str]:
    objects = await ctx.services.cameras.catalogue.objects(camera_ids)
    return {camera_id for camera_id, obj in objects.items() if ctx.may(Action.CAMERA_TEST, obj)}


def _wish(index: int, item: RegistrationItem) -> Wish:
    wish = Wish(
        site_id=item.site_id,
        xaddr=item.xaddr,
        rtsp_main=item.rtsp_main,
        rtsp_sub=item.rtsp_sub,
        credentials=Credentials(username=item.username, password=item.password),
        name=item.name,
        number=item.number,
        courtroom_id=item.courtroom_id,
        angle=item.angle,
    )
    try:
        return read_wish(wish)
    except BadAddress as error:
        raise ApiError(ErrorCode.BAD_REQUEST, error.code, f"items.{index}") from error
    except RegistrationFailure as failure:
        answer = failure_error(failure.code)
        raise ApiError(answer.code, answer.detail, f"items.{index}") from failure
