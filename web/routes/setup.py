"""The first start: is an administrator missing, and create it with the one-time token."""

from aiohttp import web

from web.context import Context
from web.routes.session import signed_in_response, visitor
from web.routing import Routes
from web.wire import Me, SetupRequest, SetupState

routes = Routes()


@routes.get("/api/setup", public=True, response=SetupState)
async def read_setup(ctx: Context) -> SetupState:
    return SetupState(needed=await ctx.services.accounts.first_start.needed())


@routes.post("/api/setup", public=True, request=SetupRequest, response=Me)
async def set_up(ctx: Context[SetupRequest]) -> web.Response:
    body = ctx.body
    opened = await ctx.services.accounts.first_start.create_administrator(
        body.token, body.login, body.name, body.password, visitor(ctx)
    )
    return signed_in_response(ctx, opened)
