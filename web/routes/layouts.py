"""Saved walls of whoever asks. In a path the name "" is written `last`."""

from vms.access import Action
from vms.layouts.service import BadLayout, TooManyLayouts, Wall, is_layout_name
from web.context import Context
from web.errors import ApiError, not_found
from web.objects import own
from web.routing import Routes
from web.wire import ErrorCode, Layout

routes = Routes()

_LAST = "last"


@routes.get("/api/layouts", action=Action.OWN, object=own, response=list[Layout])
async def list_layouts(ctx: Context) -> list[Layout]:
    return [_body(wall) for wall in await ctx.services.layouts.all_of(ctx.person.account_id)]


@routes.put("/api/layouts/{name}", action=Action.OWN, object=own, request=Layout, response=Layout)
async def save_layout(ctx: Context[Layout]) -> Layout:
    """The name of the path counts; the body repeats it."""
    name, layout = _name(ctx.param("name")), ctx.body
    if layout.name != name:
        raise ApiError(ErrorCode.BAD_REQUEST, "name", "name")
    try:
        saved = await ctx.services.layouts.save(ctx.person.account_id, Wall(name, layout.size, layout.tiles))
    except BadLayout as error:
        raise ApiError(ErrorCode.BAD_REQUEST, "bad_layout", error.field) from error
    except TooManyLayouts as error:
        raise ApiError(ErrorCode.TOO_MANY, "layouts") from error
    return _body(saved)


@routes.delete("/api/layouts/{name}", action=Action.OWN, object=own, status=204)
async def delete_layout(ctx: Context) -> None:
    name = _name(ctx.param("name"))
    if not is_layout_name(name) or not await ctx.services.layouts.delete(ctx.person.account_id, name):
        raise not_found()


def _name(part: str) -> str:
    return "" if part == _LAST else part


def _body(wall: Wall) -> Layout:
    return Layout.model_validate({"name": wall.name, "size": wall.size, "tiles": list(wall.tiles)})
