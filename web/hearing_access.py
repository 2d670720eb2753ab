"""From paths to hearings, and from the domain's faults to answers."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from vms.access import HearingObject
from vms.hearings import faults
from vms.hearings.attendance import Visit
from vms.hearings.changing import Done
from vms.hearings.reading import HearingView
from web.camera_access import path_id
from web.context import Context
from web.errors import ApiError, not_found
from web.hearing_bodies import Reader, detail_body
from web.wire import ErrorCode, HearingDetail, HearingDone, RecordingPurpose

AnswerT = TypeVar("AnswerT")
_BAD_REQUESTS = frozenset(
    {"unanswered", "juror", "period", "empty", "warning", "too_many", "points", "unknown_criterion", "unknown_purpose"}
)


async def hearing_of_path(ctx: Context[Any, Any]) -> HearingObject | None:
    """`{hearing_id}`."""
    return await ctx.services.hearings.reader.object(path_id(ctx, "hearing_id"))


def the_hearing(ctx: Context[Any, Any]) -> HearingObject:
    """The object that the route has loaded."""
    assert isinstance(ctx.object, HearingObject), "declared by the route"
    return ctx.object


def reader(ctx: Context[Any, Any]) -> Reader:
    services = ctx.services
    carriers = services.hearings.live.carriers()
    watchers: dict[str, int] = {}
    for view in services.hearings.watched.observed():
        watchers[view.camera_id] = watchers.get(view.camera_id, 0) + 1
    states = services.hearings.live.cameras()
    faults = {
        key: one.delay.fault for key, one in states.items() if one.delay is not None and one.delay.fault is not None
    }
    known = services.hearings.recorder.purposes.values()
    purposes = [RecordingPurpose(code=one.code, name=one.name, name_en=one.name_en) for one in known]
    return Reader(ctx.person, ctx.at_ms, watchers, carriers, faults, purposes)


async def view_of(ctx: Context[Any, Any], hearing_id: str) -> HearingView:
    view = await ctx.services.hearings.reader.view(hearing_id)
    if view is None:
        raise not_found()
    return view


async def register_of(ctx: Context[Any, Any]) -> list[Visit]:
    """Who attended the hearing of the path."""
    view = await view_of(ctx, the_hearing(ctx).id)
    running = ctx.services.hearings.watched.on_cameras([angle.camera_id or "" for angle in view.angles])
    return await ctx.services.hearings.attendance.register(view.row.id, {one.view_id for one in running})


async def detail(ctx: Context[Any, Any], hearing_id: str) -> HearingDetail:
    return detail_body(await view_of(ctx, hearing_id), reader(ctx))


async def done(ctx: Context[Any, Any], change: Callable[[], Awaitable[Done]]) -> HearingDone:
    """Do it, and say what became of it."""
    result = await answered(change)
    ctx.facts.update(hearing=result.hearing_id, confirmed=str(result.confirmation.confirmed).lower())
    return HearingDone(
        hearing=await detail(ctx, result.hearing_id),
        confirmed=result.confirmation.confirmed,
        latest_ms=result.confirmation.latest_ms,
        took_ms=result.took_ms,
    )


async def answered(ask: Callable[[], Awaitable[AnswerT]]) -> AnswerT:
    """The domain's answer, its faults as answers to the browser: 409 with what stands against it, 400 for what does not go, 404."""
    try:
        return await ask()
    except faults.NoSuchHearing as error:
        raise not_found() from error
    except faults.JudgeOnly as error:
        raise ApiError(ErrorCode.FORBIDDEN, error.code) from error
    except faults.Changed as error:
        raise ApiError(ErrorCode.CONFLICT, f"changed:{error.version}", "version") from error
    except faults.Refused as error:
        if error.code in _BAD_REQUESTS:
            raise ApiError(ErrorCode.BAD_REQUEST, error.code, error.field) from error
        raise not_found(error.field) from error
    except faults.HearingFault as error:
        raise ApiError(ErrorCode.CONFLICT, error.code) from error
