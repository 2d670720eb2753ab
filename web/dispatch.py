"""From an aiohttp request to a handler and back: session, CSRF, rights, body, answer. The same steps for every route."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from aiohttp import web
from pydantic import BaseModel, TypeAdapter, ValidationError

from vms.access import Action, AnyObject, OwnObject, may
from vms.access.actions import ADMINISTRATIVE
from vms.accounts.sessions import SignedIn
from vms.accounts.stages import Stage
from web.context import Context, read_bounded
from web.errors import ApiError, not_found
from web.journal import tell
from web.routing import Route
from web.security.administration import check_administration
from web.security.cookie import console_secret, session_token
from web.security.origin import check_csrf, check_origin
from web.security.proxy import client_address
from web.services import Services
from web.strict_json import check_json
from web.wire import ErrorCode

_MOST_QUERY = 20
_WAITS_FOR: Mapping[Stage, ErrorCode] = MappingProxyType(
    {
        Stage.CODE: ErrorCode.CODE_NEEDED,
        Stage.PASSWORD: ErrorCode.PASSWORD_EXPIRED,
        Stage.ENROLMENT: ErrorCode.ENROLMENT_NEEDED,
    }
)


def serve(route: Route, services: Services) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """The aiohttp handler of a route."""
    answer = None if route.response is None else TypeAdapter(route.response)

    async def handle(request: web.Request) -> web.StreamResponse:
        if not route.from_elsewhere:
            check_origin(request, services.settings.web)
        ctx = await _authorised(route, request, services)
        result = await route.handler(ctx)
        if ctx.signed_in is not None and not route.public:
            await tell(route, ctx)
        if isinstance(result, web.StreamResponse):
            return result
        if answer is None:
            return web.Response(status=204)
        body = answer.dump_json(answer.validate_python(result))
        return web.Response(body=body, status=route.status, content_type="application/json", charset="utf-8")

    return handle


def json_response(body: BaseModel, status: int = 200) -> web.Response:
    """For handlers that must also set a cookie or a header."""
    return web.Response(
        body=body.model_dump_json().encode(), status=status, content_type="application/json", charset="utf-8"
    )


async def _authorised(route: Route, request: web.Request, services: Services) -> Context[Any, Any]:
    signed_in = await _who(request, services)
    ctx: Context[Any, Any] = Context(request, services, services.clock(), signed_in, None, None, None, route.body_limit)
    if route.public:
        return await _with_input(route, ctx)
    if signed_in is None:
        raise ApiError(ErrorCode.NOT_SIGNED_IN)
    assert route.action is not None, "checked when the application starts"
    if route.changes:
        check_csrf(request, signed_in.csrf)
    if signed_in.stage < route.stage:
        raise ApiError(_WAITS_FOR[signed_in.stage])
    if signed_in.person.is_console and not route.consoles:
        raise not_found() if route.parameters else ApiError(ErrorCode.FORBIDDEN)
    # Whoever may do this nowhere need not hear what is wrong with the body; and nothing is read for them.
    if not route.parameters and not may(signed_in.person, route.action, _anywhere(route, signed_in), ctx.at_ms):
        raise ApiError(ErrorCode.FORBIDDEN)
    if route.action in ADMINISTRATIVE:
        check_administration(request, services.settings, ctx.at_ms)
    if route.parameters:
        return await _with_input(route, await _allowed(route, ctx))
    return await _allowed(route, await _with_input(route, ctx))


async def _who(request: web.Request, services: Services) -> SignedIn | None:
    token = session_token(request)
    signed_in = None if token is None else await services.accounts.door.session(token)
    if signed_in is not None or (secret := console_secret(request)) is None:
        return signed_in
    return await services.accounts.consoles.session(secret, client_address(request, services.settings.web))


def _anywhere(route: Route, signed_in: SignedIn) -> AnyObject | OwnObject:
    return OwnObject(signed_in.person.account_id) if route.action is Action.OWN else AnyObject()


async def _allowed(route: Route, ctx: Context[Any, Any]) -> Context[Any, Any]:
    assert route.action is not None, "checked when the application starts"
    assert route.object is not None, "same"
    obj = await route.object(ctx)
    if obj is None:
        raise not_found()
    if not may(ctx.person, route.action, obj, ctx.at_ms):
        # What a path names is not there for whoever may not touch it: a refusal would tell that it is.
        aloud = isinstance(obj, AnyObject) and not route.parameters
        raise ApiError(ErrorCode.FORBIDDEN) if aloud else not_found()
    return replace(ctx, object=obj)


async def _with_input(route: Route, ctx: Context[Any, Any]) -> Context[Any, Any]:
    return replace(ctx, query=_query(route, ctx.http), body=await _body(route, ctx.http))


def _query(route: Route, request: web.Request) -> BaseModel | None:
    query = request.query
    if len(query) > _MOST_QUERY or len(set(query)) != len(query):
        raise ApiError(ErrorCode.BAD_REQUEST, "repeated_parameter")
    if route.query is None:
        if query:
            raise ApiError(ErrorCode.BAD_REQUEST, "unknown_parameter", next(iter(query))[:80])
        return None
    try:
        return route.query.model_validate(dict(query))
    except ValidationError as error:
        raise _bad_request(error) from None


async def _body(route: Route, request: web.Request) -> BaseModel | None:
    if route.consumes:
        if request.content_type not in route.consumes:
            raise ApiError(ErrorCode.BAD_REQUEST, "content_type", status=415)
        return None
    if route.request is None:
        return None
    # A form of another site can send text/plain, but not application/json without asking first.
    if request.content_type != "application/json":
        raise ApiError(ErrorCode.BAD_REQUEST, "content_type", status=415)
    body = await read_bounded(request, route.body_limit)
    check_json(body)
    try:
        return route.request.model_validate_json(body)
    except ValidationError as error:
        raise _bad_request(error) from None


def _bad_request(error: ValidationError) -> ApiError:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    return ApiError(ErrorCode.BAD_REQUEST, first["type"], ".".join(map(str, first["loc"]))[:200])
