"""Logins for decoders and players, each person's own."""

import socket

from vms.access import Action
from vms.accounts.stream_logins import StreamLogin as Login
from vms.accounts.stream_logins import TooManyStreamLogins
from vms.cameras.words import clean
from web.camera_access import path_id
from web.context import Context
from web.errors import ApiError, not_found
from web.objects import own
from web.routing import Routes
from web.wire import CreatedStreamLogin, ErrorCode, NewStreamLogin, StreamLogin, StreamLogins

routes = Routes()

_PATH = "/api/session/stream-logins"


@routes.get(_PATH, action=Action.OWN, object=own, response=StreamLogins)
async def list_stream_logins(ctx: Context) -> StreamLogins:
    logins = await ctx.services.stream_logins.all_of(ctx.person.account_id)
    return StreamLogins(address=_address(ctx), logins=[_body(login) for login in logins])


@routes.post(_PATH, action=Action.OWN, object=own, request=NewStreamLogin, response=CreatedStreamLogin, status=201)
async def create_stream_login(ctx: Context[NewStreamLogin]) -> CreatedStreamLogin:
    """The secret is in this answer and nowhere else."""
    try:
        new = await ctx.services.stream_logins.create(
            ctx.person.account_id, clean(ctx.body.label), second_factor=ctx.session.standing.code_given
        )
    except TooManyStreamLogins as error:
        raise ApiError(ErrorCode.TOO_MANY, "stream_logins") from error
    return CreatedStreamLogin(login=_body(new.login), secret=new.secret)


@routes.delete(f"{_PATH}/{{login_id}}", action=Action.OWN, object=own, status=204)
async def delete_stream_login(ctx: Context) -> None:
    """What it plays ends within seconds."""
    if not await ctx.services.stream_logins.delete(ctx.person.account_id, path_id(ctx, "login_id")):
        raise not_found()


def _body(login: Login) -> StreamLogin:
    return StreamLogin(
        id=login.id,
        username=login.username,
        label=login.label,
        created_ms=login.created_ms,
        used_ms=login.used_ms,
        expires_ms=login.expires_ms,
    )


def _address(ctx: Context) -> str:
    settings = ctx.services.settings
    if not settings.rtsp.enabled:
        return ""
    scheme = "rtsp" if settings.web.tls_certificate is None else "rtsps"
    host = ctx.http.url.host or socket.gethostname()
    return f"{scheme}://{host}:{settings.rtsp.port}"
