"""What observers make of a hearing: evaluation sheets, and the minutes of their body's meeting; as data and as papers."""

from aiohttp import web

from vms.access import Action
from vms.hearings.observing import body_of
from vms.papers.document import Document, Letterhead
from vms.papers.evaluation import evaluation_document
from vms.papers.hearing import HearingShown
from vms.papers.minutes import minutes_document
from web import hearing_papers
from web.context import Context
from web.errors import not_found
from web.hearing_access import answered, detail, hearing_of_path, reader, the_hearing
from web.hearing_bodies import mark_body
from web.paper_answers import CSV, PDF, PaperQuery, csv_answer, pdf_answer
from web.review_bodies import evaluation_body, evaluation_paper, minutes_paper, review_body, sheet_of, written_of
from web.routing import Routes
from web.wire import HearingEvaluation, HearingReview, NewEvaluation, NewHearingReview

routes = Routes()
_ANY = Context[None, PaperQuery] | Context | Context[NewEvaluation] | Context[NewHearingReview]
_BODY_LIMIT = 1 << 20


@routes.get(
    "/api/hearings/{hearing_id}/evaluation",
    action=Action.HEARING_NOTE,
    object=hearing_of_path,
    response=HearingEvaluation,
)
async def read_evaluation(ctx: Context) -> HearingEvaluation:
    """The own sheet; one that is not begun has version 0."""
    evaluating = ctx.services.hearings.evaluating
    row = await evaluating.own(the_hearing(ctx), ctx.person)
    return evaluation_body(row, evaluating.template_of(row), ctx.person.account_id)


@routes.put(
    "/api/hearings/{hearing_id}/evaluation",
    action=Action.HEARING_NOTE,
    object=hearing_of_path,
    request=NewEvaluation,
    response=HearingEvaluation,
    body_limit=_BODY_LIMIT,
)
async def save_evaluation(ctx: Context[NewEvaluation]) -> HearingEvaluation:
    """409 `changed:N`, `not_now` (handed in already, or the hearing is not over); 400 `unanswered`, `points`, `unknown_criterion`."""
    evaluating, hearing, body = ctx.services.hearings.evaluating, the_hearing(ctx), ctx.body
    row = await answered(lambda: evaluating.save(hearing, ctx.person, body.version, sheet_of(body)))
    ctx.facts.update(final=str(body.final).lower())
    return evaluation_body(row, evaluating.template_of(row), ctx.person.account_id)


@routes.get(
    "/api/hearings/{hearing_id}/evaluations",
    action=Action.HEARING_NOTE,
    object=hearing_of_path,
    response=list[HearingEvaluation],
)
async def list_evaluations(ctx: Context) -> list[HearingEvaluation]:
    """The own sheet, and those that colleagues of the own body have handed in."""
    evaluating = ctx.services.hearings.evaluating
    rows = await evaluating.handed_in(the_hearing(ctx), ctx.person)
    return [evaluation_body(row, evaluating.template_of(row), ctx.person.account_id) for row in rows]


@routes.get(
    "/api/hearings/{hearing_id}/review", action=Action.HEARING_NOTE, object=hearing_of_path, response=HearingReview
)
async def read_review(ctx: Context) -> HearingReview:
    """The own body's minutes. 404 before they are begun."""
    return await _review(ctx)


@routes.put(
    "/api/hearings/{hearing_id}/review",
    action=Action.HEARING_NOTE,
    object=hearing_of_path,
    request=NewHearingReview,
    response=HearingReview,
    body_limit=_BODY_LIMIT,
)
async def save_review(ctx: Context[NewHearingReview]) -> HearingReview:
    """Written by anyone of the body who observes. 409 `changed:N`, `not_now`; 400 `unanswered`, `period`; 404 `prosecutor_id`."""
    hearing, body = the_hearing(ctx), ctx.body
    reviewing = ctx.services.hearings.reviewing
    await answered(lambda: reviewing.save(hearing, ctx.person, body.version, written_of(body)))
    ctx.facts.update(final=str(body.final).lower())
    return await _review(ctx)


@routes.get(
    "/api/hearings/{hearing_id}/papers/evaluation.pdf",
    action=Action.HEARING_NOTE,
    object=hearing_of_path,
    query=PaperQuery,
    produces=PDF,
)
async def print_evaluation(ctx: Context[None, PaperQuery]) -> web.Response:
    """The own sheet; one that is not begun is to be filled by hand."""
    return await pdf_answer(ctx, await _evaluation_document(ctx), "evaluation", signed=ctx.query.signed)


@routes.get(
    "/api/hearings/{hearing_id}/papers/evaluation.csv",
    action=Action.HEARING_NOTE,
    object=hearing_of_path,
    produces=CSV,
)
async def export_evaluation(ctx: Context) -> web.Response:
    return csv_answer(ctx, await _evaluation_document(ctx), "evaluation")


@routes.get(
    "/api/hearings/{hearing_id}/papers/review.pdf",
    action=Action.HEARING_NOTE,
    object=hearing_of_path,
    query=PaperQuery,
    produces=PDF,
)
async def print_review(ctx: Context[None, PaperQuery]) -> web.Response:
    """The own body's minutes."""
    return await pdf_answer(ctx, await _review_document(ctx), "review", signed=ctx.query.signed)


@routes.get(
    "/api/hearings/{hearing_id}/papers/review.csv", action=Action.HEARING_NOTE, object=hearing_of_path, produces=CSV
)
async def export_review(ctx: Context) -> web.Response:
    return csv_answer(ctx, await _review_document(ctx), "review")


async def _review(ctx: _ANY) -> HearingReview:
    hearing, hearings = the_hearing(ctx), ctx.services.hearings
    row = await hearings.reviewing.minutes(hearing, ctx.person)
    if row is None:
        raise not_found()
    sheets = await hearings.evaluating.handed_in(hearing, ctx.person)
    most = hearings.evaluating.template_of(sheets[0] if sheets else None).most
    return review_body(row, sheets, most)


async def _evaluation_document(ctx: _ANY) -> Document:
    evaluating = ctx.services.hearings.evaluating
    row = await evaluating.own(the_hearing(ctx), ctx.person)
    template = evaluating.template_of(row)
    head, shown = await _head_and_hearing(ctx)
    return evaluation_document(evaluation_paper(head, shown, template, row, ctx.person.name))


async def _review_document(ctx: _ANY) -> Document:
    review = await _review(ctx)
    head, shown = await _head_and_hearing(ctx)
    return minutes_document(minutes_paper(head, shown, review))


async def _head_and_hearing(ctx: _ANY) -> tuple[Letterhead, HearingShown]:
    """Of the body for which the reader observes."""
    hearing, services = the_hearing(ctx), ctx.services
    tree = await services.organisation.tree(ctx.at_ms)
    head = hearing_papers.letterhead(tree, body_of(hearing, ctx.person, ctx.at_ms), ctx.at_ms)
    marks = await services.hearings.reader.marks(hearing.id, hidden=reader(ctx).is_court(hearing))
    return head, hearing_papers.hearing_shown(await detail(ctx, hearing.id), [mark_body(mark) for mark in marks])
