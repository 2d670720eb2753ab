"""`object=` for routes without an object of their own."""

from typing import Any

from vms.access import AnyObject, OwnObject
from web.context import Context


async def anything(_ctx: Context[Any, Any]) -> AnyObject:
    """No particular object: the handler filters by `reach`."""
    return AnyObject()


async def own(ctx: Context[Any, Any]) -> OwnObject:
    """What belongs to whoever asks."""
    return OwnObject(ctx.person.account_id)
