"""Papers of one hearing, each as PDF and CSV: what the same reader sees on the pages, laid out for the file."""

from aiohttp import web

from vms.access import Action
from vms.papers.attendance import attendance_document
from vms.papers.document import Document, Letterhead
from vms.papers.room_check import room_check_document
from vms.papers.timeline import timeline_document
from web import hearing_papers
from web.context import Context
from web.errors import not_found
from web.hearing_access import detail, hearing_of_path, reader, register_of, the_hearing, view_of
from web.hearing_bodies import check_body, mark_body, visit_body
from web.paper_answers import CSV, PDF, PaperQuery, csv_answer, pdf_answer
from web.routing import Routes
from web.wire import HearingMark

routes = Routes()
_PAPERS = "/api/hearings/{hearing_id}/papers"


@routes.get(
    f"{_PAPERS}/timeline.pdf", action=Action.HEARING_LIST, object=hearing_of_path, query=PaperQuery, produces=PDF
)
async def print_hearing_timeline(ctx: Context[None, PaperQuery]) -> web.Response:
    """The stages with every act, and the technical interruptions."""
    return await pdf_answer(ctx, await _timeline(ctx), "timeline", signed=ctx.query.signed)


@routes.get(f"{_PAPERS}/timeline.csv", action=Action.HEARING_LIST, object=hearing_of_path, produces=CSV)
async def export_hearing_timeline(ctx: Context) -> web.Response:
    return csv_answer(ctx, await _timeline(ctx), "timeline")


@routes.get(
    f"{_PAPERS}/attendance.pdf", action=Action.HEARING_MANAGE, object=hearing_of_path, query=PaperQuery, produces=PDF
)
async def print_hearing_attendance(ctx: Context[None, PaperQuery]) -> web.Response:
    """The register of who watched, as an annex to the minutes."""
    return await pdf_answer(ctx, await _attendance(ctx), "attendance", signed=ctx.query.signed)


@routes.get(f"{_PAPERS}/attendance.csv", action=Action.HEARING_MANAGE, object=hearing_of_path, produces=CSV)
async def export_hearing_attendance(ctx: Context) -> web.Response:
    return csv_answer(ctx, await _attendance(ctx), "attendance")


@routes.get(
    f"{_PAPERS}/room-check.pdf", action=Action.HEARING_MANAGE, object=hearing_of_path, query=PaperQuery, produces=PDF
)
async def print_room_check(ctx: Context[None, PaperQuery]) -> web.Response:
    """The newest check of the courtroom. 404 before there is one."""
    return await pdf_answer(ctx, await _room_check(ctx), "room-check", signed=ctx.query.signed)


@routes.get(f"{_PAPERS}/room-check.csv", action=Action.HEARING_MANAGE, object=hearing_of_path, produces=CSV)
async def export_room_check(ctx: Context) -> web.Response:
    return csv_answer(ctx, await _room_check(ctx), "room-check")


async def _timeline(ctx: Context[None, PaperQuery] | Context) -> Document:
    shown = await detail(ctx, the_hearing(ctx).id)
    tree = await ctx.services.organisation.tree(ctx.at_ms)
    return timeline_document(hearing_papers.timeline(await _head(ctx), shown, await _marks(ctx), tree.name))


async def _attendance(ctx: Context[None, PaperQuery] | Context) -> Document:
    hearing_id = the_hearing(ctx).id
    register = map(visit_body, await register_of(ctx))
    shown = await detail(ctx, hearing_id)
    return attendance_document(hearing_papers.attendance(await _head(ctx), shown, await _marks(ctx), register))


async def _room_check(ctx: Context[None, PaperQuery] | Context) -> Document:
    hearing_id = the_hearing(ctx).id
    checks = await ctx.services.hearings.reader.room_checks(hearing_id)
    if not checks:
        raise not_found()
    shown = await detail(ctx, hearing_id)
    return room_check_document(hearing_papers.room_check(await _head(ctx), shown, check_body(checks[0])))


async def _marks(ctx: Context[None, PaperQuery] | Context) -> list[HearingMark]:
    hearing = the_hearing(ctx)
    rows = await ctx.services.hearings.reader.marks(hearing.id, hidden=reader(ctx).is_court(hearing))
    return [mark_body(row) for row in rows]


async def _head(ctx: Context[None, PaperQuery] | Context) -> Letterhead:
    """The court's: it is the court's hearing."""
    view = await view_of(ctx, the_hearing(ctx).id)
    return hearing_papers.letterhead(view.tree, view.row.court_id, ctx.at_ms)
