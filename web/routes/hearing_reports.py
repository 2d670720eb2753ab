"""Figures of a month and quota of a year, of the courts and bodies that the reader reaches, as PDF and CSV."""

from datetime import datetime

from aiohttp import web
from pydantic import Field

from vms.access import Action, reach
from vms.papers.document import Document, Letterhead
from vms.papers.monthly import Monthly, monthly_document
from vms.papers.quota import Quota, quota_document
from vms.papers.wording import VIETNAM
from web.context import Context
from web.hearing_papers import letterhead
from web.objects import anything
from web.paper_answers import CSV, PDF, PaperQuery, csv_answer, pdf_answer
from web.routing import Routes

routes = Routes()


class YearQuery(PaperQuery):
    year: int = Field(ge=2000, le=9000)


class MonthQuery(YearQuery):
    month: int = Field(ge=1, le=12)


@routes.get(
    "/api/hearing-reports/monthly.pdf", action=Action.HEARING_LIST, object=anything, query=MonthQuery, produces=PDF
)
async def print_monthly_report(ctx: Context[None, MonthQuery]) -> web.Response:
    """Hearings held and watched, people, hours, sheets and minutes, for each body."""
    return await pdf_answer(ctx, await _monthly(ctx), "monthly", signed=ctx.query.signed)


@routes.get(
    "/api/hearing-reports/monthly.csv", action=Action.HEARING_LIST, object=anything, query=MonthQuery, produces=CSV
)
async def export_monthly_report(ctx: Context[None, MonthQuery]) -> web.Response:
    return csv_answer(ctx, await _monthly(ctx), "monthly")


@routes.get(
    "/api/hearing-reports/quota.pdf", action=Action.HEARING_LIST, object=anything, query=YearQuery, produces=PDF
)
async def print_quota_report(ctx: Context[None, YearQuery]) -> web.Response:
    """Reviewed hearings of each judge and prosecutor against `papers.yearly_reviews`."""
    return await pdf_answer(ctx, await _quota(ctx), "quota", signed=ctx.query.signed)


@routes.get(
    "/api/hearing-reports/quota.csv", action=Action.HEARING_LIST, object=anything, query=YearQuery, produces=CSV
)
async def export_quota_report(ctx: Context[None, YearQuery]) -> web.Response:
    return csv_answer(ctx, await _quota(ctx), "quota")


async def _monthly(ctx: Context[None, MonthQuery]) -> Document:
    year, month = ctx.query.year, ctx.query.month
    ctx.facts.update(year=str(year), month=str(month))
    begins, ends = _first_ms(year, month), _first_ms(year + month // 12, month % 12 + 1)
    where = reach(ctx.person, Action.HEARING_LIST, ctx.at_ms)
    figures = await ctx.services.hearings.reporting.monthly(where, begins, ends)
    return monthly_document(Monthly(await _head(ctx), month, year, tuple(figures), signer=ctx.person.name))


async def _quota(ctx: Context[None, YearQuery]) -> Document:
    year = ctx.query.year
    ctx.facts.update(year=str(year))
    where = reach(ctx.person, Action.HEARING_LIST, ctx.at_ms)
    owed = ctx.services.settings.papers.yearly_reviews
    rows = await ctx.services.hearings.reporting.quota(where, _first_ms(year, 1), _first_ms(year + 1, 1), owed)
    return quota_document(Quota(await _head(ctx), year, tuple(rows), signer=ctx.person.name))


async def _head(ctx: Context[None, MonthQuery] | Context[None, YearQuery]) -> Letterhead:
    """The reader's own body; of several the whole."""
    where = reach(ctx.person, Action.HEARING_LIST, ctx.at_ms)
    tree = await ctx.services.organisation.tree(ctx.at_ms)
    own = {chain[0] for unit in where.court | where.orders if (chain := tree.chain(unit))}
    unit_id = own.pop() if len(own) == 1 else await ctx.services.organisation.ensure_root()
    return letterhead(tree, unit_id, ctx.at_ms)


def _first_ms(year: int, month: int) -> int:
    return int(datetime(year, month, 1, tzinfo=VIETNAM).timestamp() * 1000)
