"""The gates of the courtrooms' cameras, as the rows say now, each numbered anew so that of two orders the later one counts."""

from collections import defaultdict
from collections.abc import Collection

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from streams.types.gate import Dropped, Gate
from vms.cameras.sight import IS_COURT, placed
from vms.db.tables import Angle, Camera, HearingRow, Meta
from vms.hearings.facts import RUNNING, course_of
from vms.hearings.gate import NOBODY, audiences, with_recorder

EPOCH = "gate_epoch"


async def gates_now(session: AsyncSession, courtroom_ids: Collection[str] | None = None) -> list[Gate]:
    """The gates of every camera of these courtrooms (None: of all), to be told.

    Within a transaction that writes: whoever writes later numbers higher.
    """
    return await gates_numbered(session, await _next_epoch(session), courtroom_ids)


async def gates_numbered(session: AsyncSession, epoch: int, courtroom_ids: Collection[str] | None = None) -> list[Gate]:
    """The same with a number that is given: only to look at."""
    # Also those that stand in a court and are no angle (any more): closed.
    angles = placed(select(Camera.id, Angle.courtroom_id)).where(IS_COURT)
    hearings = select(HearingRow).where(col(HearingRow.state).in_(RUNNING))
    if courtroom_ids is not None:
        angles = angles.where(col(Angle.courtroom_id).in_(courtroom_ids))
        hearings = hearings.where(col(HearingRow.courtroom_id).in_(courtroom_ids))
    running: defaultdict[str, list[HearingRow]] = defaultdict(list)
    for row in await session.exec(hearings):
        running[row.courtroom_id].append(row)
    return [_gate(camera_id, running.get(room_id, []), epoch) for camera_id, room_id in await session.exec(angles)]


def _gate(camera_id: str, running: list[HearingRow], epoch: int) -> Gate:
    if len(running) != 1:
        return Gate(camera_id=camera_id, epoch=epoch)
    row = running[0]
    course = course_of(row)
    shown = NOBODY if course is None else with_recorder(audiences(course, row.flags), row.recording_purpose)
    return Gate(
        camera_id=camera_id,
        audiences=tuple(sorted(shown)),
        epoch=epoch,
        since_ms=row.since_ms,
        delay_ms=row.delay_s * 1000,
        dropped=tuple(Dropped(**span) for span in row.dropped),
    )


async def _next_epoch(session: AsyncSession) -> int:
    query = select(Meta).where(col(Meta.key) == EPOCH).with_for_update()
    row = (await session.exec(query)).one_or_none()
    if row is None:
        row = Meta(key=EPOCH, value="0")
        session.add(row)
    row.value = str(int(row.value) + 1)
    await session.flush()
    # Odd numbers are for what is shut before its row is written: newer than what stands, older than whatever is written next.
    return 2 * int(row.value)
