"""The audit log, for those who may read it. Reading it is in it, as every other request is."""

import json
from typing import Any

from aiohttp import web
from pydantic import Field

from vms.access import Action, reach
from vms.audit.chain import Entry
from vms.audit.reading import Page, Search
from vms.audit.watching import BEGAN, ENDED
from vms.papers.spreadsheet import spreadsheet
from vms.papers.wording import moment
from web.camera_access import camera_of_path, path_id
from web.context import Context
from web.objects import anything
from web.routing import Routes
from web.wire import AuditEntry, AuditPage, Body

routes = Routes()

MOST_ROWS = 20_000
_COLUMNS = ("seq", "at", "name", "roles", "address", "action", "kind", "label", "object_id", "facts", "hash")


class AuditQuery(Body):
    account_id: str | None = Field(default=None, max_length=64)
    action: str | None = Field(default=None, max_length=500)
    kind: str | None = Field(default=None, max_length=40)
    object_id: str | None = Field(default=None, max_length=200)
    from_ms: int | None = Field(default=None, ge=0, le=1 << 53)
    to_ms: int | None = Field(default=None, ge=0, le=1 << 53)
    acts_only: bool = False
    text: str = Field(default="", max_length=100)
    before: int | None = Field(default=None, ge=0, le=1 << 53)


class WatchersQuery(Body):
    before: int | None = Field(default=None, ge=0, le=1 << 53)


@routes.get("/api/audit", action=Action.AUDIT_READ, object=anything, query=AuditQuery, response=AuditPage)
async def search_audit(ctx: Context[None, AuditQuery]) -> AuditPage:
    ctx.facts["searched"] = json.dumps(ctx.query.model_dump(exclude_defaults=True), ensure_ascii=False)
    return _body(await ctx.services.audit.page(await _search(ctx, ctx.query), ctx.query.before))


@routes.get("/api/audit.csv", action=Action.AUDIT_READ, object=anything, query=AuditQuery, produces="text/csv")
async def export_audit(ctx: Context[None, AuditQuery]) -> web.Response:
    """The oldest first, times in Vietnam."""
    ctx.facts["searched"] = json.dumps(ctx.query.model_dump(exclude_defaults=True), ensure_ascii=False)
    entries = await ctx.services.audit.everything(await _search(ctx, ctx.query), MOST_ROWS)
    body = spreadsheet(_COLUMNS, map(_row, entries))
    headers = {"Content-Disposition": 'attachment; filename="audit.csv"'}
    return web.Response(body=body, content_type="text/csv", charset="utf-8", headers=headers)


@routes.get(
    "/api/cameras/{camera_id}/watchers",
    action=Action.AUDIT_READ,
    object=camera_of_path,
    query=WatchersQuery,
    response=AuditPage,
)
async def list_watchers(ctx: Context[None, WatchersQuery]) -> AuditPage:
    """Who watched this camera: two rows for each view, with `view` and `began_ms` in `facts`, and `ended_ms` in the later one."""
    search = Search(kind="camera", object_id=path_id(ctx, "camera_id"), action=f"{BEGAN},{ENDED}")
    return _body(await ctx.services.audit.page(search, ctx.query.before))


async def _search(ctx: Context[Any, Any], query: AuditQuery) -> Search:
    """Whoever reaches the whole reads all; others read the rows of their units."""
    tree = await ctx.services.organisation.tree(ctx.at_ms)
    units = reach(ctx.person, Action.AUDIT_READ, ctx.at_ms).units
    root_id = await ctx.services.organisation.ensure_root()
    return Search(
        account_id=query.account_id,
        action=query.action,
        kind=query.kind,
        object_id=query.object_id,
        from_ms=query.from_ms,
        to_ms=query.to_ms,
        acts_only=query.acts_only,
        text=query.text,
        units=None if root_id in units else tree.subtree(units),
    )


def _body(page: Page) -> AuditPage:
    return AuditPage(entries=[_entry(entry) for entry in page.entries], next_before=page.next_before)


def _entry(entry: Entry) -> AuditEntry:
    return AuditEntry(
        seq=entry.seq,
        at_ms=entry.at_ms,
        address=entry.address,
        account_id=entry.account_id,
        name=entry.name,
        roles=entry.roles.split(",") if entry.roles else [],
        console=entry.console,
        action=entry.action,
        reads=entry.reads,
        kind=entry.kind,
        object_id=entry.object_id,
        label=entry.label,
        unit_id=entry.unit_id,
        facts=json.loads(entry.facts),
        hash=entry.hash,
    )


def _row(entry: Entry) -> tuple[str, ...]:
    return (
        str(entry.seq),
        moment(entry.at_ms),
        entry.name,
        entry.roles,
        entry.address,
        entry.action,
        entry.kind,
        entry.label,
        entry.object_id,
        entry.facts,
        entry.hash,
    )
