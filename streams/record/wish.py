"""Whether a camera should be recorded at a moment, by its plan. Pure."""

from datetime import UTC, datetime
from enum import StrEnum

from streams.types.camera import RecordingMode, RecordingPlan
from streams.types.recording import LOCAL


class Wish(StrEnum):
    ALL = "all"
    MOTION = "motion"  # while something moves, with pre-roll and post-roll
    NOTHING = "nothing"


def wish(plan: RecordingPlan, at_ms: int) -> Wish:
    """`at_ms` UTC; schedules are local time (UTC+7). Where spans overlap, one that records all wins."""
    if plan.mode is RecordingMode.CONTINUOUS:
        return Wish.ALL
    if plan.mode is RecordingMode.MOTION:
        return Wish.MOTION
    if plan.mode is RecordingMode.NEVER:
        return Wish.NOTHING
    local = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(LOCAL)
    minute = local.hour * 60 + local.minute
    motions = {
        span.motion
        for span in plan.schedule
        if local.isoweekday() in span.weekdays and span.from_min <= minute < span.to_min
    }
    if not motions:
        return Wish.NOTHING
    return Wish.ALL if False in motions else Wish.MOTION
