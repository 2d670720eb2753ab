"""Looking for devices."""

from vms.access import Action, OwnObject
from vms.cameras.addresses import BadAddress, probe_list
from vms.cameras.devices import DiscoveryPlan
from vms.cameras.discovery import DiscoveryJob
from vms.cameras.jobs import TooManyJobs
from web.camera_access import own_job, sight
from web.camera_bodies import discovery_body
from web.context import Context
from web.errors import ApiError, not_found
from web.objects import anything
from web.routing import Routes
from web.wire import Discovery, DiscoveryRequest, ErrorCode

routes = Routes()


@routes.post(
    "/api/discoveries",
    action=Action.DEVICE_DISCOVER,
    object=anything,
    request=DiscoveryRequest,
    response=Discovery,
    status=202,
    body_limit=1024 * 1024,
)
async def start_discovery(ctx: Context[DiscoveryRequest]) -> Discovery:
    wanted = ctx.body
    try:
        plan = DiscoveryPlan(wanted.multicast, probe_list(wanted.ranges, wanted.addresses))
    except BadAddress as error:
        raise ApiError(ErrorCode.BAD_REQUEST, error.code, "ranges") from error
    if not plan.multicast and not plan.addresses:
        raise ApiError(ErrorCode.BAD_REQUEST, "nothing_to_probe")
    try:
        job = ctx.services.cameras.discoverer.start(ctx.person.account_id, plan)
    except TooManyJobs as error:
        raise ApiError(ErrorCode.TOO_MANY, "jobs") from error
    return discovery_body(job, {})


async def _job(ctx: Context) -> OwnObject | None:
    return own_job(ctx.services.cameras.jobs.find(DiscoveryJob, ctx.param("discovery_id")))


@routes.get("/api/discoveries/{discovery_id}", action=Action.OWN, object=_job, response=Discovery)
async def read_discovery(ctx: Context) -> Discovery:
    job = ctx.services.cameras.jobs.find(DiscoveryJob, ctx.param("discovery_id"))
    if job is None:
        raise not_found()
    addresses = [device.address for device in job.found]
    seen = await sight(ctx, Action.CAMERA_LIST)
    return discovery_body(job, await ctx.services.cameras.catalogue.registered(addresses, seen))
