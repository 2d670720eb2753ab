"""The times in which a hearing was recorded, kept with every change of it; what was recorded is locked for the court."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from streams.types.gate import Audience
from vms.access import Person
from vms.db.tables import Angle, HearingRecordingRow, HearingRow, LockRow
from vms.hearings.facts import course_of
from vms.hearings.gate import audiences, with_recorder
from vms.recordings.locks import LockKind


def recorded_for(row: HearingRow) -> str | None:
    """The purpose that the hearing's pictures are recorded for at this moment; None: they are not."""
    course = course_of(row)
    if course is None:
        return None
    shown = with_recorder(audiences(course, row.flags), row.recording_purpose)
    return row.recording_purpose if Audience.RECORDER in shown else None


async def keep_times(session: AsyncSession, row: HearingRow, before: str | None, by: Person, now_ms: int) -> None:
    """Within the transaction that changed `row`, which was recorded for `before`."""
    after = recorded_for(row)
    if after == before:
        return
    open_ones = select(HearingRecordingRow).where(
        col(HearingRecordingRow.hearing_id) == row.id, col(HearingRecordingRow.to_ms).is_(None)
    )
    for one in (await session.exec(open_ones)).all():
        one.to_ms, one.ended_by = max(now_ms, one.from_ms + 1), by.name
        session.add(one)
        _lock(session, row, one, by, now_ms)
    if after is not None:
        angles = select(Angle.camera_id).where(
            col(Angle.courtroom_id) == row.courtroom_id, col(Angle.camera_id).is_not(None)
        )
        cameras = sorted(camera for camera in await session.exec(angles) if camera)
        session.add(
            HearingRecordingRow(hearing_id=row.id, purpose=after, camera_ids=cameras, from_ms=now_ms, begun_by=by.name)
        )


def _lock(session: AsyncSession, row: HearingRow, one: HearingRecordingRow, by: Person, now_ms: int) -> None:
    """Only two people together release it. Not by `add_lock`: nothing may keep a court from closing a part, no limit of locks either."""
    for camera_id in one.camera_ids:
        session.add(
            LockRow(
                camera_id=camera_id,
                from_ms=one.from_ms,
                to_ms=one.to_ms or now_ms,
                kind=LockKind.HEARING.value,
                reference=row.case_number,
                reason=one.purpose,
                placed_by=by.account_id,
                placed_ms=now_ms,
            )
        )
