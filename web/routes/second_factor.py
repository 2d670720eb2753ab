"""The second factor of whoever is signed in: asked for at sign-in, enrolled, replaced."""

from vms.access import Action
from vms.accounts.sessions import SignedIn
from vms.accounts.stages import Stage
from web.context import Context
from web.errors import ApiError
from web.objects import own
from web.routes.session import me, visitor
from web.routing import Routes
from web.security.cookie import session_token
from web.wire import Enrolled, Enrolment, EnrolmentRequest, ErrorCode, Me, SecondFactorCode

routes = Routes()


@routes.post(
    "/api/session/totp", action=Action.OWN, object=own, request=SecondFactorCode, response=Me, stage=Stage.CODE
)
async def give_code(ctx: Context[SecondFactorCode]) -> Me:
    """Six digits of the authenticator, or one of the recovery codes, which then is used up."""
    await ctx.services.accounts.factors.give_code(ctx.session, ctx.body.code, visitor(ctx).address)
    return me(await _now(ctx), ctx.at_ms)


@routes.post(
    "/api/session/totp/enrolment",
    action=Action.OWN,
    object=own,
    request=EnrolmentRequest,
    response=Enrolment,
    stage=Stage.ENROLMENT,
)
async def begin_enrolment(ctx: Context[EnrolmentRequest]) -> Enrolment:
    """A new secret, which counts once a code of it is confirmed."""
    enrolment = await ctx.services.accounts.factors.begin(ctx.session, ctx.body.code, visitor(ctx).address)
    return Enrolment(secret=enrolment.secret, uri=enrolment.uri, qr_svg=enrolment.qr_svg)


@routes.post(
    "/api/session/totp/enrolment/confirm",
    action=Action.OWN,
    object=own,
    request=SecondFactorCode,
    response=Enrolled,
    stage=Stage.ENROLMENT,
)
async def confirm_enrolment(ctx: Context[SecondFactorCode]) -> Enrolled:
    codes = await ctx.services.accounts.factors.confirm(ctx.session, ctx.body.code, visitor(ctx).address)
    return Enrolled(recovery_codes=codes, me=me(await _now(ctx), ctx.at_ms))


async def _now(ctx: Context[SecondFactorCode]) -> SignedIn:
    """The session as it stands after the code."""
    token = session_token(ctx.http)
    signed_in = None if token is None else await ctx.services.accounts.door.session(token)
    if signed_in is None:
        raise ApiError(ErrorCode.NOT_SIGNED_IN)
    return signed_in
