"""Courtrooms and their named pictures."""

from vms.access import Action
from vms.cameras.catalogue import CourtroomView
from web.camera_access import sight
from web.context import Context
from web.objects import anything
from web.routing import Routes
from web.wire import Angle, Courtroom

routes = Routes()


@routes.get("/api/courtrooms", action=Action.COURTROOM_LIST, object=anything, response=list[Courtroom])
async def list_courtrooms(ctx: Context) -> list[Courtroom]:
    tree = await ctx.services.organisation.tree(ctx.at_ms)
    rooms = await ctx.services.cameras.catalogue.courtrooms((await sight(ctx, Action.COURTROOM_LIST)).court)
    return [_body(room, tree.name(room.courtroom.court_id)) for room in rooms]


def _body(view: CourtroomView, court: str) -> Courtroom:
    room = view.courtroom
    angles = [
        Angle.model_validate({"kind": angle.kind, "name": angle.name, "camera_id": angle.camera_id})
        for angle in view.angles
    ]
    return Courtroom(id=room.id, name=room.name, court=court, site_id=room.site_id, angles=angles)
