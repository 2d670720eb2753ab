"""How cameras are recorded and how long that is kept: plans, locks, and what takes two people."""

from typing import Any

from vms.access import Action, CameraObject, UnitObject
from vms.accounts.two_people import NotProposed, OwnProposal
from vms.recordings.changes import BadChange, Change, ChangeKind, NewChange
from vms.recordings.keeping import BadKeeping
from vms.recordings.locks import BadLock, NewLock
from vms.recordings.spans import Span
from web.camera_access import camera_of_path, path_id
from web.context import Context
from web.errors import ApiError, not_found
from web.recording_bodies import (
    KeepClass,
    NewCameraChange,
    NewRecordingLock,
    PlacedRecordingLock,
    RecordingChange,
    RecordingPlanBody,
    RecordingSetup,
    change_body,
    class_body,
    placed_body,
    setup_body,
)
from web.routes.reorganisations import whole
from web.routing import Routes
from web.wire import ErrorCode

routes = Routes()

_BOUND = {"document", "reason", "kind"}
"""Members of a proposal that are not what is wanted."""


async def change_of_path(ctx: Context[Any, Any]) -> CameraObject | UnitObject | None:
    """The camera of `{change_id}`, or the whole for a change of a class."""
    try:
        change = await ctx.services.recordings.changes.get(path_id(ctx, "change_id"))
    except NotProposed:
        return None
    if change.row.camera_id is None:
        return await whole(ctx)
    return await ctx.services.cameras.catalogue.object(change.row.camera_id)


@routes.get(
    "/api/cameras/{camera_id}/recording", action=Action.CAMERA_READ, object=camera_of_path, response=RecordingSetup
)
async def read_recording_setup(ctx: Context) -> RecordingSetup:
    return await _setup(ctx)


@routes.put(
    "/api/cameras/{camera_id}/recording",
    action=Action.CAMERA_MANAGE,
    object=camera_of_path,
    request=RecordingPlanBody,
    response=RecordingSetup,
)
async def plan_recording(ctx: Context[RecordingPlanBody]) -> RecordingSetup:
    """From now on. Whoever stops a recording stands in the gap ledger as the cause."""
    for span in ctx.body.schedule:
        if span.to_min <= span.from_min:
            raise ApiError(ErrorCode.BAD_REQUEST, "span", "schedule")
    if not await ctx.services.cameras.plans.set(ctx.param("camera_id"), ctx.body.plan(), ctx.person.account_id):
        raise not_found()
    ctx.facts["mode"] = ctx.body.mode.value
    return await _setup(ctx)


@routes.post(
    "/api/cameras/{camera_id}/recording-locks",
    action=Action.RECORDING_LOCK,
    object=camera_of_path,
    request=NewRecordingLock,
    response=PlacedRecordingLock,
    status=201,
)
async def lock_recording(ctx: Context[NewRecordingLock]) -> PlacedRecordingLock:
    """Nothing deletes what is locked, until two people release it."""
    body = ctx.body
    wanted = NewLock(ctx.param("camera_id"), Span(body.from_ms, body.to_ms), body.kind, body.reference, body.reason)
    try:
        lock = await ctx.services.recordings.locks.place(ctx.person.account_id, wanted)
    except BadLock as error:
        raise ApiError(ErrorCode.BAD_REQUEST, error.code, error.field) from error
    ctx.facts.update(lock=lock.row.id, from_ms=str(body.from_ms), to_ms=str(body.to_ms), reason=lock.row.reason)
    return placed_body(lock, ctx.services.clock())


@routes.get(
    "/api/cameras/{camera_id}/recording-changes",
    action=Action.RECORDING_KEEP,
    object=camera_of_path,
    response=list[RecordingChange],
)
async def list_camera_changes(ctx: Context) -> list[RecordingChange]:
    return _bodies(ctx, await ctx.services.recordings.changes.of_camera(ctx.param("camera_id")))


@routes.post(
    "/api/cameras/{camera_id}/recording-changes",
    action=Action.RECORDING_KEEP,
    object=camera_of_path,
    request=NewCameraChange,
    response=RecordingChange,
    status=201,
)
async def propose_camera_change(ctx: Context[NewCameraChange]) -> RecordingChange:
    """Changes nothing yet: another person with the same right applies it."""
    change = ctx.body.change
    new = NewChange(
        ChangeKind(change.kind),
        ctx.param("camera_id"),
        change.model_dump(mode="json", exclude=_BOUND),
        change.document,
        change.reason,
    )
    return await _proposed(ctx, new)


@routes.get("/api/recording-changes", action=Action.RECORDING_KEEP, object=whole, response=list[RecordingChange])
async def list_class_changes(ctx: Context) -> list[RecordingChange]:
    return _bodies(ctx, await ctx.services.recordings.changes.of_camera(None))


@routes.post(
    "/api/recording-changes",
    action=Action.RECORDING_KEEP,
    object=whole,
    request=KeepClass,
    response=RecordingChange,
    status=201,
)
async def propose_class_change(ctx: Context[KeepClass]) -> RecordingChange:
    """For a whole class of cameras: for who reaches everything."""
    wanted = ctx.body.model_dump(mode="json", exclude=_BOUND)
    return await _proposed(ctx, NewChange(ChangeKind.CLASS, None, wanted, ctx.body.document, ctx.body.reason))


@routes.post(
    "/api/recording-changes/{change_id}/apply",
    action=Action.RECORDING_KEEP,
    object=change_of_path,
    response=RecordingChange,
)
async def apply_recording_change(ctx: Context) -> RecordingChange:
    """`conflict` with `own` (somebody else must apply it) or `decided`."""
    try:
        change = await ctx.services.recordings.changes.apply(path_id(ctx, "change_id"), ctx.person.account_id)
    except OwnProposal as error:
        raise ApiError(ErrorCode.CONFLICT, "own") from error
    except NotProposed as error:
        raise ApiError(ErrorCode.CONFLICT, "decided") from error
    except (BadChange, BadKeeping) as error:  # what it was about has changed since
        raise ApiError(ErrorCode.CONFLICT, "stale", error.field) from error
    _note(ctx, change)
    return change_body(change, ctx.person.account_id)


@routes.post(
    "/api/recording-changes/{change_id}/reject",
    action=Action.RECORDING_KEEP,
    object=change_of_path,
    response=RecordingChange,
)
async def reject_recording_change(ctx: Context) -> RecordingChange:
    try:
        change = await ctx.services.recordings.changes.reject(path_id(ctx, "change_id"), ctx.person.account_id)
    except NotProposed as error:
        raise ApiError(ErrorCode.CONFLICT, "decided") from error
    _note(ctx, change)
    return change_body(change, ctx.person.account_id)


async def _proposed(ctx: Context[Any, Any], new: NewChange) -> RecordingChange:
    try:
        change = await ctx.services.recordings.changes.propose(ctx.person.account_id, new)
    except (BadChange, BadKeeping) as error:
        raise ApiError(ErrorCode.BAD_REQUEST, error.code, error.field) from error
    _note(ctx, change)
    return change_body(change, ctx.person.account_id)


async def _setup(ctx: Context[Any, Any]) -> RecordingSetup:
    recordings, camera_id = ctx.services.recordings, ctx.param("camera_id")
    return setup_body(
        await ctx.services.cameras.plans.of_camera(camera_id),
        await recordings.keepings.of_camera(camera_id),
        [class_body(row) for row in await recordings.keepings.classes()],
        list(recordings.volumes),
    )


def _bodies(ctx: Context[Any, Any], changes: list[Change]) -> list[RecordingChange]:
    return [change_body(change, ctx.person.account_id) for change in changes]


def _note(ctx: Context[Any, Any], change: Change) -> None:
    row = change.row
    ctx.facts.update(
        change=row.id,
        kind=row.kind,
        state=row.state,
        document=row.document,
        reason=row.reason,
        wanted=" ".join(f"{name}={value}" for name, value in sorted(row.wanted.items())),
    )
