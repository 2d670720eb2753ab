"""One entry of the journal for each request that was allowed: who, as what, from where, what, to which object."""

from typing import Any

from vms.access import Action, Actor, AnyObject, Deed, Object, OwnObject, Person
from web.context import Context
from web.routing import Route
from web.security.proxy import client_address


async def tell(route: Route, ctx: Context[Any, Any]) -> None:
    """Tell the journal of a request that is answered now. What only concerns the person's own things is told when it changes them."""
    deed = Deed(
        actor=actor(ctx),
        action=route.name if route.action is Action.OWN else str(route.action),
        at_ms=ctx.at_ms,
        kind=_kind(ctx.object),
        object_id=_object_id(ctx.object),
        facts={"route": f"{route.method} {route.path}", **ctx.facts},
    )
    if route.changes:
        await ctx.services.journal.did(deed)
    elif route.action is not Action.OWN:
        await ctx.services.journal.looked(deed)


def actor(ctx: Context[Any, Any]) -> Actor:
    """Whoever asks, as the journal knows them."""
    person: Person = ctx.person
    return Actor(
        address=client_address(ctx.http, ctx.services.settings.web),
        account_id=person.account_id,
        name=person.name,
        roles=tuple(sorted(person.roles(ctx.at_ms))),
        session_id=ctx.session.session_id,
        console=person.is_console,
    )


def _kind(obj: Object | None) -> str:
    """`camera` for a `CameraObject`; nothing for a list."""
    if obj is None or isinstance(obj, AnyObject | OwnObject):
        return ""
    return type(obj).__name__.removesuffix("Object").lower()


def _object_id(obj: Object | None) -> str:
    return str(getattr(obj, "id", getattr(obj, "account_id", "")))
