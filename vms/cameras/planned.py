"""Rows of recording plans made into what workers are told and what the gap ledger asks: what held when, and who had stopped it.

Every plan stays, with the time in which it held: gaps are judged by the plan of their time.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import SelectOfScalar

from streams.types.camera import RecordingMode, RecordingPlan, RecordingStop, ScheduleSpan
from streams.types.media import StreamKind
from vms.db.tables.recordings import KeepingRow, RecordingClassRow, RecordingPlanRow

NOTHING = RecordingPlan()


async def recording_plans(session: AsyncSession, camera_ids: Iterable[str] | None) -> Mapping[str, RecordingPlan]:
    """What the workers are told, of these cameras (None for all) that ever had a plan."""
    rows: defaultdict[str, list[RecordingPlanRow]] = defaultdict(list)
    for row in await session.exec(plan_rows(camera_ids)):
        rows[row.camera_id].append(row)
    priorities = {kind.key: kind.priority for kind in await session.exec(select(RecordingClassRow))}
    classes = {row.camera_id: row.class_key for row in await session.exec(select(KeepingRow))}
    return {
        camera_id: _plan(history, priorities.get(classes.get(camera_id, "standard"), 50))
        for camera_id, history in rows.items()
    }


def stops(history: Sequence[RecordingPlanRow]) -> list[RecordingStop]:
    """From when to when somebody had switched the recording off that had been on before."""
    found, was_on = [], False
    for row in history:
        if row.mode == RecordingMode.NEVER and was_on:
            found.append(RecordingStop(from_ms=row.valid_from_ms, to_ms=row.valid_to_ms, by=row.set_by))
        was_on = was_on or row.mode != RecordingMode.NEVER
    return found


def _plan(history: Sequence[RecordingPlanRow], priority: int) -> RecordingPlan:
    row, stopped = history[-1], stops(history)
    return RecordingPlan(
        mode=RecordingMode(row.mode),
        stream=StreamKind(row.stream),
        pre_roll_s=row.pre_roll_s,
        post_roll_s=row.post_roll_s,
        priority=priority,
        volumes=tuple(row.volumes),
        schedule=tuple(ScheduleSpan.model_validate(span) for span in row.schedule),
        stop=stopped[-1] if stopped else None,
    )


def plan_rows(camera_ids: Iterable[str] | None) -> SelectOfScalar[RecordingPlanRow]:
    """Every plan of these cameras (None for all), the earliest first."""
    query = select(RecordingPlanRow).order_by(col(RecordingPlanRow.camera_id), col(RecordingPlanRow.valid_from_ms))
    return query if camera_ids is None else query.where(col(RecordingPlanRow.camera_id).in_(list(camera_ids)))
