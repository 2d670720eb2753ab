"""Running sessions: one's own, and those of an account for whoever administers it."""

from typing import Any

from vms.access import Action, OwnObject
from vms.accounts.running import RunningSessionView
from web.camera_access import path_id
from web.context import Context
from web.objects import own
from web.routes.accounts import the_account
from web.routing import Routes
from web.wire import RunningSession

routes = Routes()


async def the_session(ctx: Context[Any, Any]) -> OwnObject | None:
    """`{session_id}`, for its owner."""
    owner_id = await ctx.services.accounts.running.owner(path_id(ctx, "session_id"))
    return None if owner_id is None else OwnObject(owner_id)


@routes.get("/api/sessions", action=Action.OWN, object=own, response=list[RunningSession])
async def list_sessions(ctx: Context) -> list[RunningSession]:
    views = await ctx.services.accounts.running.of(ctx.person.account_id)
    return [_session(view, ctx.session.session_id) for view in views]


@routes.delete("/api/sessions/{session_id}", action=Action.OWN, object=the_session, status=204)
async def end_session(ctx: Context) -> None:
    await ctx.services.accounts.running.end(ctx.person.account_id, ctx.param("session_id"))


@routes.get(
    "/api/accounts/{account_id}/sessions",
    action=Action.ACCOUNT_MANAGE,
    object=the_account,
    response=list[RunningSession],
)
async def list_sessions_of_account(ctx: Context) -> list[RunningSession]:
    views = await ctx.services.accounts.running.of(ctx.param("account_id"))
    return [_session(view, ctx.session.session_id) for view in views]


@routes.delete(
    "/api/accounts/{account_id}/sessions/{session_id}", action=Action.ACCOUNT_MANAGE, object=the_account, status=204
)
async def end_session_of_account(ctx: Context) -> None:
    await ctx.services.accounts.running.end(ctx.param("account_id"), path_id(ctx, "session_id"))
    ctx.facts.update(session_id=ctx.param("session_id"))


def _session(view: RunningSessionView, current_id: str) -> RunningSession:
    return RunningSession(
        id=view.id,
        created_ms=view.created_ms,
        touched_ms=view.touched_ms,
        expires_ms=view.expires_ms,
        address=view.address,
        agent=view.agent,
        current=view.id == current_id,
    )
