"""Why nothing comes, by what the stream says of itself. Pure. Control knows the site's other cameras and may know better."""

from typing import Final

from streams.record.gaps import Why
from streams.types.camera import FaultKind, RecordingPlan, StreamState
from streams.types.recording import GapCause, SegmentEnd

_BY_FAULT: Final = {
    FaultKind.UNREACHABLE: GapCause.CAMERA_OFF,
    FaultKind.REFUSED: GapCause.CAMERA_OFF,
    FaultKind.LOST: GapCause.LINK,
    FaultKind.STALLED: GapCause.LINK,
    FaultKind.AUTHENTICATION: GapCause.REFUSED,
    FaultKind.NOT_FOUND: GapCause.REFUSED,
    FaultKind.FORMAT: GapCause.FORMAT,
}


def why_of_stream(state: StreamState) -> Why:
    """UNKNOWN while it connects, or when pictures come and none can be begun with."""
    if state.fault is None:
        return Why(GapCause.UNKNOWN)
    return Why(_BY_FAULT[state.fault], state.fault)


def why_of_plan(plan: RecordingPlan) -> Why:
    """Nothing is wanted: because somebody stopped it, or because that is the plan."""
    if plan.stop is not None and plan.stop.to_ms is None:
        return Why(GapCause.STOPPED_BY, by=plan.stop.by)
    return Why(GapCause.PLAN)


def why_at_start(ended: SegmentEnd, plan: RecordingPlan) -> Why:
    """What lies between the newest segment on the disk and now, by how it ended."""
    if ended is SegmentEnd.PLAN:
        return why_of_plan(plan)
    return Why(GapCause.DISK if ended is SegmentEnd.DISK else GapCause.RESTART)
