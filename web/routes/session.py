"""Signing in and out, and what people set for themselves."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

from aiohttp import web

from vms.access import Action, AnyObject, may
from vms.accounts.sessions import OpenedSession, SignedIn, Visitor
from vms.accounts.stages import Stage
from web import wire
from web.context import Context
from web.dispatch import json_response
from web.objects import own
from web.routing import Routes
from web.security.cookie import drop_session, put_session
from web.security.proxy import client_address
from web.wire import Body, ChangePassword, Me, SignIn

routes = Routes()

_STAGES: Mapping[Stage, wire.Stage] = MappingProxyType(
    {Stage.CODE: "code", Stage.PASSWORD: "password", Stage.ENROLMENT: "enrolment", Stage.OPEN: "open"}
)


class SetLanguage(Body):
    language: Literal["vi", "en"]


@routes.post("/api/session", public=True, request=SignIn, response=Me)
async def sign_in(ctx: Context[SignIn]) -> web.Response:
    opened = await ctx.services.accounts.door.sign_in(ctx.body.login, ctx.body.password, visitor(ctx))
    # Whoever signs in anew leaves the old session behind.
    if ctx.signed_in is not None:
        await ctx.services.accounts.door.sign_out(ctx.signed_in.session_id)
    return signed_in_response(ctx, opened)


@routes.get("/api/session", action=Action.OWN, object=own, response=Me, stage=Stage.CODE, consoles=True)
async def read_session(ctx: Context) -> Me:
    return me(ctx.session, ctx.at_ms)


@routes.delete("/api/session", action=Action.OWN, object=own, status=204, stage=Stage.CODE)
async def sign_out(ctx: Context) -> web.Response:
    await ctx.services.accounts.door.sign_out(ctx.session.session_id)
    response = web.Response(status=204)
    drop_session(response, ctx.http, ctx.services.settings.web)
    return response


@routes.post(
    "/api/session/password",
    action=Action.OWN,
    object=own,
    request=ChangePassword,
    response=Me,
    stage=Stage.PASSWORD,
)
async def change_password(ctx: Context[ChangePassword]) -> web.Response:
    opened = await ctx.services.accounts.door.change_password(ctx.session, ctx.body.old, ctx.body.new, visitor(ctx))
    return signed_in_response(ctx, opened)


@routes.put("/api/session/language", action=Action.OWN, object=own, request=SetLanguage, status=204, stage=Stage.CODE)
async def set_language(ctx: Context[SetLanguage]) -> None:
    await ctx.services.accounts.door.set_language(ctx.person.account_id, ctx.body.language)


def me(signed_in: SignedIn, at_ms: int) -> Me:
    person = signed_in.person
    return Me(
        account_id=person.account_id,
        login=person.login,
        name=person.name,
        roles=sorted(person.roles(at_ms)),
        may=[action for action in Action if may(person, action, AnyObject(), at_ms)],
        must_change_password=signed_in.must_change_password,
        csrf=signed_in.csrf,
        language="en" if signed_in.language == "en" else "vi",
        stage=_STAGES[signed_in.stage],
        totp=signed_in.standing.has_totp,
        totp_required=signed_in.standing.totp_required,
        password_expires_ms=signed_in.standing.password_expires_ms,
        console=person.is_console,
    )


def visitor(ctx: Context[Any, Any]) -> Visitor:
    address = client_address(ctx.http, ctx.services.settings.web)
    return Visitor(address, ctx.http.headers.get("User-Agent", ""))


def signed_in_response(ctx: Context[Any, Any], opened: OpenedSession) -> web.Response:
    # Not `ctx.at_ms`: what this request granted begins after it began.
    response = json_response(me(opened.signed_in, ctx.services.clock()))
    put_session(response, ctx.http, ctx.services.settings.web, opened.token)
    return response
