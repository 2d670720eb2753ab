"""What observers do in a hearing, who they are, and the check of the room before they come."""

from vms.access import Action
from vms.hearings.observing import NewNote
from web.bus_faults import asked
from web.context import Context
from web.hearing_access import answered, hearing_of_path, register_of, the_hearing, view_of
from web.hearing_bodies import angle_kinds, check_body, note_body, visit_body
from web.routes.session import visitor
from web.routing import Routes
from web.sound_bodies import sound_body
from web.wire import (
    HearingAcceptance,
    HearingAttendance,
    HearingNote,
    HearingWatcher,
    NewHearingNote,
    NewSoundCheck,
    RoomCheck,
    SoundCheck,
)

routes = Routes()


@routes.post(
    "/api/hearings/{hearing_id}/acceptance",
    action=Action.HEARING_OBSERVE,
    object=hearing_of_path,
    request=HearingAcceptance,
    status=204,
)
async def accept_warning(ctx: Context[HearingAcceptance]) -> None:
    """Before the first picture of each session: no photographing, no recording, no passing on. Recorded with device and time.

    Without it there is no picture.
    """
    hearing_id, warning = the_hearing(ctx).id, ctx.body.warning
    ctx.facts.update(warning=warning)
    await answered(lambda: ctx.services.hearings.observing.accept(hearing_id, ctx.person, warning, visitor(ctx)))


@routes.get(
    "/api/hearings/{hearing_id}/notes", action=Action.HEARING_NOTE, object=hearing_of_path, response=list[HearingNote]
)
async def list_hearing_notes(ctx: Context) -> list[HearingNote]:
    """The own, and what colleagues of the own unit have shared."""
    rows = await ctx.services.hearings.observing.notes(the_hearing(ctx), ctx.person)
    return [note_body(row, ctx.person) for row in rows]


@routes.post(
    "/api/hearings/{hearing_id}/notes",
    action=Action.HEARING_NOTE,
    object=hearing_of_path,
    request=NewHearingNote,
    response=HearingNote,
    status=201,
)
async def add_hearing_note(ctx: Context[NewHearingNote]) -> HearingNote:
    """Appended with time and stage; never changed, never removed."""
    hearing, new = the_hearing(ctx), NewNote(ctx.body.kind, ctx.body.text)
    row = await answered(lambda: ctx.services.hearings.observing.note(hearing, ctx.person, new))
    return note_body(row, ctx.person)


@routes.post("/api/hearings/{hearing_id}/notes/share", action=Action.HEARING_NOTE, object=hearing_of_path, status=204)
async def share_hearing_notes(ctx: Context) -> None:
    """The own unit may read them from now on. 409 `not_now` before the hearing is over."""
    hearing = the_hearing(ctx)
    await answered(lambda: ctx.services.hearings.observing.share(hearing, ctx.person))


@routes.get(
    "/api/hearings/{hearing_id}/watchers",
    action=Action.HEARING_MANAGE,
    object=hearing_of_path,
    response=list[HearingWatcher],
)
async def list_hearing_watchers(ctx: Context) -> list[HearingWatcher]:
    """Who watches now."""
    view = await view_of(ctx, the_hearing(ctx).id)
    kinds = {angle.camera_id or "": angle.kind for angle in view.angles}
    running = ctx.services.hearings.watched.on_cameras(kinds)
    register = await ctx.services.hearings.attendance.register(view.row.id, {one.view_id for one in running})
    seen: dict[str, list[str]] = {}
    for one in running:
        seen.setdefault(one.account_id, []).append(kinds[one.camera_id])
    return [
        HearingWatcher(
            account_id=visit.account_id,
            name=visit.name,
            unit=visit.unit,
            address=visit.address,
            observer=visit.observer,
            angles=angle_kinds(seen[visit.account_id]),
            since_ms=visit.from_ms,
        )
        for visit in register
        if visit.to_ms is None and visit.account_id in seen
    ]


@routes.get(
    "/api/hearings/{hearing_id}/attendance",
    action=Action.HEARING_MANAGE,
    object=hearing_of_path,
    response=list[HearingAttendance],
)
async def read_hearing_attendance(ctx: Context) -> list[HearingAttendance]:
    """The register: who, from which body, from when to when, through which angles, and the gaps."""
    return [visit_body(visit) for visit in await register_of(ctx)]


@routes.get(
    "/api/hearings/{hearing_id}/room-checks",
    action=Action.HEARING_MANAGE,
    object=hearing_of_path,
    response=list[RoomCheck],
)
async def list_room_checks(ctx: Context) -> list[RoomCheck]:
    """The newest first."""
    return [check_body(row) for row in await ctx.services.hearings.reader.room_checks(the_hearing(ctx).id)]


@routes.post(
    "/api/hearings/{hearing_id}/room-checks",
    action=Action.HEARING_MANAGE,
    object=hearing_of_path,
    response=RoomCheck,
    status=201,
)
async def check_courtroom_now(ctx: Context) -> RoomCheck:
    """Look at every picture, sound, clock, the storage and the observers' way now."""
    view = await view_of(ctx, the_hearing(ctx).id)
    return check_body(await ctx.services.hearings.rooms.check(view.row.id, view.angles, ctx.person))


@routes.post(
    "/api/hearings/{hearing_id}/sound-checks",
    action=Action.HEARING_MANAGE,
    object=hearing_of_path,
    request=NewSoundCheck,
    response=SoundCheck,
)
async def listen_to_courtroom(ctx: Context[NewSoundCheck]) -> SoundCheck:
    """Five seconds of one microphone while the room is checked: how loud it was, and the sound. 409 `not_now`, `hearing_closed`."""
    view, kind = await view_of(ctx, the_hearing(ctx).id), ctx.body.angle
    ctx.facts.update(angle=kind)
    rooms = ctx.services.hearings.rooms
    return sound_body(kind, await asked(lambda: answered(lambda: rooms.listen(view, kind))))
