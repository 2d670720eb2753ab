"""The units of now, to choose from."""

from vms.access import Action, reach
from web.context import Context
from web.objects import anything
from web.routing import Routes
from web.wire import UnitChoice

routes = Routes()


@routes.get("/api/units", action=Action.ORGANISATION_READ, object=anything, response=list[UnitChoice])
async def list_units(ctx: Context) -> list[UnitChoice]:
    tree = await ctx.services.organisation.tree(ctx.at_ms)
    reached = tree.subtree(reach(ctx.person, Action.ORGANISATION_READ, ctx.at_ms).units)
    shown = sorted(
        (unit for unit in tree.units.values() if unit.id in reached),
        key=lambda unit: (len(tree.chain(unit.id)), unit.name),
    )
    return [UnitChoice(id=unit.id, name=unit.name, kind=unit.kind) for unit in shown]
