"""Hearings: today's list, scheduling, orders and bodies, and everything that is done in one. Lists hold what the reader may know."""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from vms.access import Action, CourtroomObject, Role, reach
from vms.hearings.acting import Wish
from vms.hearings.changing import Done
from vms.hearings.ordering import NamedBody, NewOrder
from vms.hearings.reading import OBSERVING
from vms.hearings.scheduling import Plan
from vms.hearings.stages import STAGES
from vms.hearings.states import Act
from web.camera_access import path_id
from web.context import Context
from web.errors import not_found
from web.hearing_access import answered, detail, done, hearing_of_path, reader, the_hearing
from web.hearing_bodies import angle_kinds, mark_body, summary_body
from web.objects import anything
from web.routing import Routes
from web.wire import (
    Body,
    BodySwitch,
    CourtChoice,
    CourtroomChoice,
    HearingActRequest,
    HearingChange,
    HearingChoices,
    HearingCut,
    HearingDetail,
    HearingDone,
    HearingDump,
    HearingFlags,
    HearingMark,
    HearingRecordingOrder,
    HearingStageMark,
    HearingSummary,
    Ms,
    NewHearing,
    NewObservationOrder,
    ObserverBody,
    PersonChoice,
)

routes = Routes()

_DAY_MS = 86_400_000
_LOCAL_MS = int(timedelta(hours=7).total_seconds() * 1000)


class HearingQuery(Body):
    """Without: today, in Vietnam."""

    from_ms: Ms | None = None
    to_ms: Ms | None = None


class VersionQuery(Body):
    version: int


@routes.get(
    "/api/hearings",
    action=Action.HEARING_LIST,
    object=anything,
    query=HearingQuery,
    response=list[HearingSummary],
)
async def list_hearings(ctx: Context[None, HearingQuery]) -> list[HearingSummary]:
    """Those that begin in this time (today, when none is said) and those that still run."""
    today_ms = (ctx.at_ms + _LOCAL_MS) // _DAY_MS * _DAY_MS - _LOCAL_MS
    from_ms = today_ms if ctx.query.from_ms is None else ctx.query.from_ms
    to_ms = from_ms + _DAY_MS if ctx.query.to_ms is None else ctx.query.to_ms
    where = reach(ctx.person, Action.HEARING_LIST, ctx.at_ms)
    views = await ctx.services.hearings.reader.listed(where, ctx.person.account_id, from_ms, to_ms)
    who = reader(ctx)
    return [summary_body(view, who) for view in views]


@routes.get("/api/hearing-choices", action=Action.HEARING_MANAGE, object=anything, response=HearingChoices)
async def list_hearing_choices(ctx: Context) -> HearingChoices:
    """What a hearing can be scheduled with, and who can be named in an order."""
    services = ctx.services
    tree = await services.organisation.tree(ctx.at_ms)
    units = tree.subtree(reach(ctx.person, Action.HEARING_MANAGE, ctx.at_ms).court)
    judges = await services.hearings.reader.holders([Role.PRESIDING_JUDGE])
    clerks = await services.hearings.reader.holders([Role.COURT_CLERK])
    observers = await services.hearings.reader.holders(OBSERVING)
    prosecutors = await services.hearings.reader.holders([Role.PROSECUTOR, Role.PROSECUTORS_LEADER])
    courts: dict[str, CourtChoice] = {}
    for room in await services.cameras.catalogue.courtrooms(units):
        court_id = room.courtroom.court_id
        if court_id not in courts:
            courts[court_id] = CourtChoice(
                court_id=court_id,
                court=tree.units[court_id].name if court_id in tree.units else "",
                courtrooms=[],
                judges=_people(judges, tree.path(court_id)),
                clerks=_people(clerks, tree.path(court_id)),
            )
        angles = angle_kinds(angle.kind for angle in room.angles)
        courts[court_id].courtrooms.append(
            CourtroomChoice(id=room.courtroom.id, name=room.courtroom.name, angles=angles)
        )
    bodies = [
        ObserverBody(
            unit_id=unit_id,
            unit=tree.units[unit_id].name,
            people=[PersonChoice(id=account_id, name=name) for account_id, name in people],
        )
        for unit_id, people in observers.items()
        if unit_id in tree.units
    ]
    return HearingChoices(
        courts=list(courts.values()),
        bodies=sorted(bodies, key=lambda body: body.unit),
        prosecutors=_people(prosecutors, prosecutors),
        stages={procedure: list(stages) for procedure, stages in STAGES.items()},
    )


@routes.post(
    "/api/hearings",
    action=Action.HEARING_MANAGE,
    object=anything,
    request=NewHearing,
    response=HearingDetail,
    status=201,
)
async def schedule_hearing(ctx: Context[NewHearing]) -> HearingDetail:
    """400 `unanswered` while a point of the checklist is not answered."""
    await _check_courtroom(ctx, ctx.body.courtroom_id)
    hearing_id = await answered(lambda: ctx.services.hearings.scheduling.schedule(ctx.person, _plan(ctx.body)))
    ctx.facts.update(hearing=hearing_id)
    return await detail(ctx, hearing_id)


@routes.get("/api/hearings/{hearing_id}", action=Action.HEARING_LIST, object=hearing_of_path, response=HearingDetail)
async def read_hearing(ctx: Context) -> HearingDetail:
    return await detail(ctx, the_hearing(ctx).id)


@routes.put(
    "/api/hearings/{hearing_id}",
    action=Action.HEARING_MANAGE,
    object=hearing_of_path,
    request=HearingChange,
    response=HearingDone,
)
async def change_hearing(ctx: Context[HearingChange]) -> HearingDone:
    """While it has not begun."""
    await _check_courtroom(ctx, ctx.body.courtroom_id)
    plan, version = _plan(ctx.body), ctx.body.version
    hearing_id = the_hearing(ctx).id
    return await done(ctx, lambda: ctx.services.hearings.scheduling.change(hearing_id, ctx.person, version, plan))


@routes.post(
    "/api/hearings/{hearing_id}/acts",
    action=Action.HEARING_MANAGE,
    object=hearing_of_path,
    request=HearingActRequest,
    response=HearingDone,
)
async def act_in_hearing(ctx: Context[HearingActRequest]) -> HearingDone:
    """409 `changed:N` when somebody was faster (the hearing is at version N), `not_now`, `room_busy`; 403 `judge_only`."""
    body = ctx.body
    wish = Wish(body.act, body.version, body.expected_ms, body.outcome, body.reason)
    ctx.facts.update(act=body.act)
    return await done(ctx, lambda: _act(ctx, wish))


@routes.post(
    "/api/hearings/{hearing_id}/cut",
    action=Action.HEARING_CUT,
    object=hearing_of_path,
    request=HearingCut,
    response=HearingDone,
)
async def cut_hearing(ctx: Context[HearingCut]) -> HearingDone:
    """Ngắt truyền: everything stops for everyone. It counts whatever version was seen; only `restore` of the presiding judge undoes it."""
    wish = Wish(Act.CUT, None, ctx.body.expected_ms, reason=ctx.body.reason)
    return await done(ctx, lambda: _act(ctx, wish))


@routes.post(
    "/api/hearings/{hearing_id}/dump",
    action=Action.HEARING_CUT,
    object=hearing_of_path,
    request=HearingDump,
    response=HearingDone,
)
async def dump_hearing(ctx: Context[HearingDump]) -> HearingDone:
    """Of a hearing with a delay: what observers have not seen yet is dropped. Counts whatever version was seen; 409 `not_now` where nothing
    waits to be seen.
    """
    hearing_id, seconds = the_hearing(ctx).id, ctx.body.seconds
    ctx.facts.update(act="dump", seconds="all" if seconds is None else str(seconds))
    return await done(ctx, lambda: ctx.services.hearings.acting.dump(hearing_id, ctx.person, seconds))


@routes.post(
    "/api/hearings/{hearing_id}/stage",
    action=Action.HEARING_MANAGE,
    object=hearing_of_path,
    request=HearingStageMark,
    response=HearingDone,
)
async def mark_hearing_stage(ctx: Context[HearingStageMark]) -> HearingDone:
    """A stage key: a mark with its time. Deliberation and judgment are acts, not keys."""
    hearing_id, body = the_hearing(ctx).id, ctx.body
    acting = ctx.services.hearings.acting
    return await done(ctx, lambda: acting.mark_stage(hearing_id, ctx.person, body.version, body.stage))


@routes.put(
    "/api/hearings/{hearing_id}/flags",
    action=Action.HEARING_MANAGE,
    object=hearing_of_path,
    request=HearingFlags,
    response=HearingDone,
)
async def set_hearing_flags(ctx: Context[HearingFlags]) -> HearingDone:
    """403 `judge_only` when a flag is taken away by somebody else than the presiding judge."""
    hearing, body = the_hearing(ctx), ctx.body
    presiding = ctx.may(Action.HEARING_OPEN, hearing)
    acting = ctx.services.hearings.acting
    return await done(
        ctx,
        lambda: acting.set_flags(
            hearing.id, ctx.person, body.version, frozenset(body.flags), body.reason, presiding=presiding
        ),
    )


@routes.put(
    "/api/hearings/{hearing_id}/recording",
    action=Action.HEARING_MANAGE,
    object=hearing_of_path,
    request=HearingRecordingOrder,
    response=HearingDone,
)
async def record_hearing(ctx: Context[HearingRecordingOrder]) -> HearingDone:
    """400 `unknown_purpose`; 409 `not_now` while no hearing runs. What observers may not see is not recorded either."""
    hearing_id, body = the_hearing(ctx).id, ctx.body
    ctx.facts.update(purpose=body.purpose)
    recorder = ctx.services.hearings.recorder
    return await done(ctx, lambda: recorder.start(hearing_id, ctx.person, body.version, body.purpose, body.reason))


@routes.delete(
    "/api/hearings/{hearing_id}/recording",
    action=Action.HEARING_MANAGE,
    object=hearing_of_path,
    query=VersionQuery,
    response=HearingDone,
)
async def stop_recording_hearing(ctx: Context[None, VersionQuery]) -> HearingDone:
    hearing_id, version = the_hearing(ctx).id, ctx.query.version
    recorder = ctx.services.hearings.recorder
    return await done(ctx, lambda: recorder.stop(hearing_id, ctx.person, version))


@routes.post(
    "/api/hearings/{hearing_id}/orders",
    action=Action.HEARING_MANAGE,
    object=hearing_of_path,
    request=NewObservationOrder,
    response=HearingDone,
)
async def order_observation(ctx: Context[NewObservationOrder]) -> HearingDone:
    hearing_id, body = the_hearing(ctx).id, ctx.body
    bodies = [NamedBody(one.unit_id, one.account_ids) for one in body.bodies]
    wanted = NewOrder(body.number, body.signer, body.angles, body.valid_from_ms, body.valid_to_ms, bodies)
    ordering = ctx.services.hearings.ordering
    return await done(ctx, lambda: ordering.order(hearing_id, ctx.person, body.version, wanted))


@routes.delete(
    "/api/hearings/{hearing_id}/orders/{order_id}",
    action=Action.HEARING_MANAGE,
    object=hearing_of_path,
    query=VersionQuery,
    response=HearingDone,
)
async def revoke_observation(ctx: Context[None, VersionQuery]) -> HearingDone:
    """The order ends now; what it showed ends with it."""
    hearing_id, order_id = the_hearing(ctx).id, path_id(ctx, "order_id")
    ordering, version = ctx.services.hearings.ordering, ctx.query.version
    return await done(ctx, lambda: ordering.revoke(hearing_id, ctx.person, version, order_id))


@routes.put(
    "/api/hearings/{hearing_id}/bodies/{unit_id}",
    action=Action.HEARING_SWITCH,
    object=hearing_of_path,
    request=BodySwitch,
    response=HearingDone,
)
async def switch_body(ctx: Context[BodySwitch]) -> HearingDone:
    """The court's chair lets a body in or out, at any time."""
    hearing_id, unit_id, body = the_hearing(ctx).id, path_id(ctx, "unit_id"), ctx.body
    ordering = ctx.services.hearings.ordering
    return await done(ctx, lambda: ordering.switch(hearing_id, ctx.person, unit_id, body.reason, on=body.on))


@routes.get(
    "/api/hearings/{hearing_id}/timeline",
    action=Action.HEARING_LIST,
    object=hearing_of_path,
    response=list[HearingMark],
)
async def read_hearing_timeline(ctx: Context) -> list[HearingMark]:
    """Every act with its time; to observers without what happened where they did not look."""
    hearing = the_hearing(ctx)
    court = reader(ctx).is_court(hearing)
    marks = await ctx.services.hearings.reader.marks(hearing.id, hidden=court)
    return [mark_body(row) for row in marks]


async def _act(ctx: Context[HearingActRequest] | Context[HearingCut], wish: Wish) -> Done:
    hearing = the_hearing(ctx)
    presiding = ctx.may(Action.HEARING_OPEN, hearing)
    return await ctx.services.hearings.acting.act(hearing.id, ctx.person, wish, presiding=presiding)


async def _check_courtroom(ctx: Context[NewHearing] | Context[HearingChange], courtroom_id: str) -> None:
    room = await ctx.services.cameras.catalogue.courtroom(courtroom_id)
    tree = await ctx.services.organisation.tree(ctx.at_ms)
    if room is None or not ctx.may(Action.HEARING_MANAGE, CourtroomObject(room.id, tree.path(room.court_id))):
        raise not_found("courtroom_id")


def _people(holders: Mapping[str, list[tuple[str, str]]], units: Iterable[str]) -> list[PersonChoice]:
    """Who holds a role in one of these units, each once, by name."""
    found = {account_id: name for unit_id in units for account_id, name in holders.get(unit_id, ())}
    by_name = sorted(found.items(), key=lambda one: (one[1], one[0]))
    return [PersonChoice(id=account_id, name=name) for account_id, name in by_name]


def _plan(body: NewHearing) -> Plan:
    return Plan(
        courtroom_id=body.courtroom_id,
        case_number=body.case_number,
        procedure=body.procedure,
        title=body.title,
        parties=[(party.role, party.name) for party in body.parties],
        judge_id=body.judge_id,
        begins_ms=body.begins_ms,
        ends_ms=body.ends_ms,
        flags=body.flags,
        checklist=body.checklist,
        delay_s=body.delay_s,
        officers=[(one.office, one.name) for one in body.officers],
    )
