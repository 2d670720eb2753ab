"""Single sign-on: where to go, and coming back."""

from collections.abc import Mapping
from types import MappingProxyType

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from vms.accounts.faults import AccountLocked, AttemptLost, NotProvisioned, SsoOff, TooManyAttempts
from vms.accounts.oidc_provider import CodeRefused, ProviderUnavailable
from vms.accounts.oidc_token import BadToken
from vms.accounts.sso import ATTEMPT_LASTS_S, Returned
from web.context import Context
from web.dispatch import json_response
from web.errors import ApiError, not_found
from web.routes.session import visitor
from web.routing import Routes
from web.security.cookie import drop_attempt, put_attempt, put_session, sso_attempt
from web.wire import ErrorCode, SignInWays, SsoStart

routes = Routes()

_WORDS: Mapping[type[Exception], str] = MappingProxyType(
    {
        AttemptLost: "sso_lost",
        NotProvisioned: "sso_unknown_person",
        AccountLocked: "locked",
        TooManyAttempts: "too_many",
        ProviderUnavailable: "sso_unavailable",
        CodeRefused: "sso_refused",
        BadToken: "sso_refused",
    }
)


class Callback(BaseModel):
    """What providers add besides is of no use to us."""

    model_config = ConfigDict(extra="ignore")

    code: str = Field(default="", max_length=4096)
    state: str = Field(default="", max_length=512)
    error: str = Field(default="", max_length=512)
    iss: str = Field(default="", max_length=2048)


@routes.get("/api/sign-in-ways", public=True, response=SignInWays)
async def list_sign_in_ways(ctx: Context) -> SignInWays:
    return SignInWays(sso=ctx.services.sso.name)


@routes.post("/api/oidc/start", public=True, response=SsoStart)
async def start_sso(ctx: Context) -> web.Response:
    """The browser goes to `url` next; a cookie remembers that it was this browser."""
    try:
        started = await ctx.services.sso.start()
    except SsoOff as error:
        raise not_found() from error
    except ProviderUnavailable as error:
        raise ApiError(ErrorCode.UNAVAILABLE, "sso") from error
    response = json_response(SsoStart(url=started.url))
    put_attempt(response, ctx.http, ctx.services.settings.web, started.sealed, ATTEMPT_LASTS_S)
    return response


@routes.get(
    "/api/oidc/callback",
    public=True,
    query=Callback,
    produces="text/html",
    status=303,
    from_elsewhere=True,
)
async def finish_sso(ctx: Context[None, Callback]) -> web.Response:
    """The provider sends the browser here; it goes on to / signed in, or to /sign-in?error=… with a code."""
    settings, back = ctx.services.settings, ctx.query
    word, token = "sso_refused", ""
    # RFC 9207: a provider that says who it is must be the one that we asked.
    if not back.error and back.iss in ("", settings.oidc.issuer):
        word, token = await _finish(ctx)
    response = web.Response(status=303, headers={"Location": f"/sign-in?error={word}" if word else "/"})
    drop_attempt(response, ctx.http, settings.web)
    if token:
        put_session(response, ctx.http, settings.web, token)
    return response


async def _finish(ctx: Context[None, Callback]) -> tuple[str, str]:
    """What went wrong, or the token of a session."""
    returned = Returned(ctx.query.code, ctx.query.state, sso_attempt(ctx.http) or "")
    try:
        opened = await ctx.services.sso.finish(returned, visitor(ctx))
    except SsoOff as error:
        raise not_found() from error
    except tuple(_WORDS) as error:
        return next(word for fault, word in _WORDS.items() if isinstance(error, fault)), ""
    return "", opened.token
