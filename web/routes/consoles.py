"""Wall consoles: set up and revoked by whoever commands the wall, enrolled at their workstation, and what they may ask for."""

from typing import Any

from aiohttp import web

from vms.access import Action, UnitObject, reach
from vms.accounts.consoles import ConsoleView, NewConsole
from vms.cameras.notices import WallMoved
from vms.db.tables import ConsoleRow
from vms.layouts.service import BadLayout, Wall, checked_tiles
from web import wire
from web.camera_access import path_id
from web.context import Context
from web.dispatch import json_response
from web.errors import ApiError, not_found
from web.objects import anything, own
from web.routes.session import me, visitor
from web.routing import Routes
from web.security.cookie import console_secret, put_console
from web.wire import Console, ConsoleWall, CreatedConsole, EnrolConsole, ErrorCode, Me

routes = Routes()


async def the_console(ctx: Context[Any, Any]) -> UnitObject | None:
    """`{console_id}`: what counts is the unit that it belongs to."""
    return await ctx.services.accounts.consoles.object(path_id(ctx, "console_id"))


@routes.get("/api/consoles", action=Action.CONSOLE_LIST, object=anything, response=list[Console])
async def list_consoles(ctx: Context) -> list[Console]:
    tree = await ctx.services.organisation.tree(ctx.at_ms)
    units = tree.subtree(reach(ctx.person, Action.CONSOLE_LIST, ctx.at_ms).units)
    return [_console(view) for view in await ctx.services.accounts.consoles.listed(units)]


@routes.post(
    "/api/consoles",
    action=Action.CONSOLE_MANAGE,
    object=anything,
    request=wire.NewConsole,
    response=CreatedConsole,
    status=201,
)
async def create_console(ctx: Context[wire.NewConsole]) -> CreatedConsole:
    """For the workstation at `address`; the token is shown once. Only cameras that whoever asks may watch go onto the wall."""
    body = ctx.body
    tree = await ctx.services.organisation.tree(ctx.at_ms)
    if not ctx.may(Action.CONSOLE_MANAGE, UnitObject(body.unit_id, tree.path(body.unit_id))):
        raise not_found("unit_id")
    wanted = NewConsole(body.name, body.unit_id, body.address, body.wall.size, await _tiles(ctx, body.wall))
    created = await ctx.services.accounts.consoles.create(ctx.person, wanted)
    ctx.facts.update(console_id=created.console.row.id, address=created.console.row.address)
    return CreatedConsole(
        console=_console(created.console),
        token=created.token,
        token_expires_ms=created.console.row.token_expires_ms,
    )


@routes.put(
    "/api/consoles/{console_id}/wall",
    action=Action.CONSOLE_MANAGE,
    object=the_console,
    request=ConsoleWall,
    response=Console,
)
async def set_console_wall(ctx: Context[ConsoleWall]) -> Console:
    tiles = await _tiles(ctx, ctx.body)
    view = await ctx.services.accounts.consoles.set_wall(ctx.param("console_id"), ctx.body.size, tiles)
    # A console that is told looks at once, also when only the order has changed.
    ctx.services.cameras.notices.publish(WallMoved(view.row.id))
    return _console(view)


@routes.post("/api/consoles/{console_id}/revoke", action=Action.CONSOLE_REVOKE, object=the_console, response=Console)
async def revoke_console(ctx: Context) -> Console:
    return _console(await ctx.services.accounts.consoles.revoke(ctx.param("console_id")))


@routes.post("/api/console", public=True, request=EnrolConsole, response=Me)
async def enrol_console(ctx: Context[EnrolConsole]) -> web.Response:
    """At the workstation: exchange the one-time token for a cookie that is good at this address only."""
    enrolled = await ctx.services.accounts.consoles.enrol(ctx.body.token, visitor(ctx).address)
    response = json_response(me(enrolled.signed_in, ctx.at_ms))
    put_console(response, ctx.http, ctx.services.settings.web, enrolled.secret)
    return response


@routes.get("/api/console/wall", action=Action.OWN, object=own, response=ConsoleWall, consoles=True)
async def read_console_wall(ctx: Context) -> web.Response:
    """Also makes the cookie last: browsers forget one after 400 days."""
    row = await ctx.services.accounts.consoles.wall(ctx.person.account_id) if ctx.person.is_console else None
    secret = console_secret(ctx.http)
    if row is None or secret is None:
        raise not_found()
    response = json_response(_wall(row))
    put_console(response, ctx.http, ctx.services.settings.web, secret)
    return response


async def _tiles(ctx: Context[Any, Any], wall: ConsoleWall) -> list[str | None]:
    try:
        tiles = checked_tiles(Wall("", wall.size, wall.tiles))
    except BadLayout as error:
        raise ApiError(ErrorCode.BAD_REQUEST, "bad_layout", f"wall.{error.field}") from error
    shown = [tile for tile in tiles if tile is not None]
    objects = await ctx.services.cameras.catalogue.objects(shown)
    for tile in shown:
        if tile not in objects or not ctx.may(Action.CAMERA_VIEW_LIVE, objects[tile]):
            raise not_found("wall.tiles")
    return tiles


def _console(view: ConsoleView) -> Console:
    row = view.row
    return Console(
        id=row.id,
        name=row.name,
        unit_id=row.unit_id,
        unit=view.unit,
        address=row.address,
        wall=_wall(row),
        state=view.state,
        created_ms=row.created_ms,
        created_by=view.created_by,
        enrolled_ms=row.enrolled_ms,
        seen_ms=row.seen_ms,
    )


def _wall(row: ConsoleRow) -> ConsoleWall:
    return ConsoleWall.model_validate({"size": row.size, "tiles": row.tiles})
