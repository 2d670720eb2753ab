"""The hearings that somebody may write about: also when the order that let them observe has ended since."""

from vms.access import Action, reach
from vms.hearings.officers import Office, names_of
from vms.hearings.reading import OBSERVING, HearingView
from vms.hearings.reviewed import Standing
from web.context import Context
from web.hearing_access import hearing_of_path, reader, the_hearing, view_of
from web.hearing_bodies import Reader, officers_seen, summary_body
from web.objects import anything
from web.routing import Routes
from web.wire import Body, Ms, PersonChoice, ReviewedHearing

routes = Routes()
_RECENT_MS = 31 * 86_400_000


class ReviewQuery(Body):
    """Without: the last 31 days."""

    from_ms: Ms | None = None
    to_ms: Ms | None = None


@routes.get(
    "/api/hearing-reviews",
    action=Action.HEARING_NOTE,
    object=anything,
    query=ReviewQuery,
    response=list[ReviewedHearing],
)
async def list_reviewed_hearings(ctx: Context[None, ReviewQuery]) -> list[ReviewedHearing]:
    """Those that begin in this time, the newest first, with how far the reader and their body have come."""
    to_ms = ctx.at_ms if ctx.query.to_ms is None else ctx.query.to_ms
    from_ms = to_ms - _RECENT_MS if ctx.query.from_ms is None else ctx.query.from_ms
    where = reach(ctx.person, Action.HEARING_NOTE, ctx.at_ms)
    views = await ctx.services.hearings.reader.reviewed(where, ctx.person.account_id, from_ms, to_ms)
    return await _bodies(ctx, views)


@routes.get(
    "/api/hearings/{hearing_id}/reviewed",
    action=Action.HEARING_NOTE,
    object=hearing_of_path,
    response=ReviewedHearing,
)
async def read_reviewed_hearing(ctx: Context) -> ReviewedHearing:
    """One of them."""
    (one,) = await _bodies(ctx, [await view_of(ctx, the_hearing(ctx).id)])
    return one


async def _bodies(ctx: Context[None, ReviewQuery] | Context, views: list[HearingView]) -> list[ReviewedHearing]:
    hearings, who = ctx.services.hearings, reader(ctx)
    standing = await hearings.reviewed.standing([view.object for view in views], ctx.person)
    people = await hearings.reader.holders(OBSERVING)
    return [_body(view, standing[view.row.id], who, people) for view in views]


def _body(
    view: HearingView, standing: Standing, who: Reader, people: dict[str, list[tuple[str, str]]]
) -> ReviewedHearing:
    return ReviewedHearing(
        hearing=summary_body(view, who),
        body=view.unit(standing.unit_id),
        sheet=standing.sheet,
        sheets=standing.sheets,
        minutes=standing.minutes,
        prosecutor=names_of([(one.office, one.name) for one in officers_seen(view, who)], Office.PROSECUTOR),
        people=[PersonChoice(id=account_id, name=name) for account_id, name in people.get(standing.unit_id, ())],
    )
