"""Bodies of the recordings' part of the API (see `web.wire`), and how they are made from what the domain knows."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from streams.types.bus import AlarmKind
from streams.types.camera import FaultKind, RecordingMode, RecordingPlan, ScheduleSpan, VolumeId
from streams.types.camera import Recording as RecorderState
from streams.types.media import StreamKind
from streams.types.recording import GapCause, VolumeCondition
from vms.db.tables import RecordingClassRow
from vms.recordings.bookmarks import Bookmark
from vms.recordings.changes import Change, ChangeKind
from vms.recordings.keeping import LONGEST_DAYS, CameraKeeping
from vms.recordings.ledger import Gap
from vms.recordings.locks import Lock, LockKind
from vms.recordings.spans import Span
from vms.recordings.storage import VolumeView
from vms.recordings.timeline import AlarmMark, Day
from web.wire import Body, Id, Ms

Reason = Annotated[str, Field(min_length=1, max_length=1000)]
Days = Annotated[int, Field(ge=0, le=LONGEST_DAYS)]
FaultName = FaultKind | Literal[""]


class RecordedSpan(Body):
    start_ms: int
    end_ms: int


class RecordingGap(Body):
    """A stretch that should be recorded and was not. `by`: the name of whoever stopped the recording. `recovered`: it was fetched later
    from the camera's own card, and is there now.
    """

    start_ms: int
    end_ms: int
    cause: GapCause
    fault: FaultName
    by: str
    recovered: bool


class TimelineAlarm(Body):
    id: Id
    kind: AlarmKind
    start_ms: int
    end_ms: int | None
    zone: str
    acknowledged: bool


class RecordingLock(Body):
    """A part of a recording that nothing deletes."""

    id: Id
    from_ms: int
    to_ms: int
    kind: LockKind
    reference: str
    reason: str
    placed_by: str
    placed_ms: int


class RecordingBookmark(Body):
    """A moment that somebody wants to find again. `shared`: with the unit; else it is the reader's own."""

    id: Id
    at_ms: int
    note: str
    name: str
    shared: bool
    mine: bool


class PlacedRecordingLock(RecordingLock):
    """`sure_ms`: from when on nothing can delete it any more; later than `now_ms` only while a recorder that may does not answer."""

    sure_ms: int
    now_ms: int


class CameraTimeline(Body):
    """What is there between two moments, which may be closer together than what was asked for.

    `earliest_ms`: nobody with this person's roles looks further back. `more_alarms`: there are more than are listed.
    """

    from_ms: int
    to_ms: int
    now_ms: int
    earliest_ms: int
    recorded: list[RecordedSpan]
    gaps: list[RecordingGap]
    alarms: list[TimelineAlarm]
    more_alarms: bool
    locks: list[RecordingLock]
    bookmarks: list[RecordingBookmark]


class RecordedDay(Body):
    """A day in Vietnam. `owed_ms`: what the plan asked for, today up to now; `missing_ms`: what of it is not there."""

    day: date
    start_ms: int
    recorded_ms: int
    owed_ms: int
    missing_ms: int
    size_bytes: int


class NewRecordingLock(Body):
    """`reference`: the number of the incident, the case or the hearing."""

    from_ms: Ms
    to_ms: Ms
    kind: LockKind
    reference: str = Field(default="", max_length=200)
    reason: Reason


class RecordingPlanBody(Body):
    """What is recorded of a camera from now on. `volumes`, best first; empty: any."""

    mode: RecordingMode
    stream: StreamKind = StreamKind.MAIN
    pre_roll_s: float = Field(default=5.0, ge=0, le=60)
    post_roll_s: float = Field(default=10.0, ge=0, le=600)
    volumes: list[VolumeId] = Field(default=[], max_length=16)
    schedule: list[ScheduleSpan] = Field(default=[], max_length=100)

    def plan(self) -> RecordingPlan:
        return RecordingPlan.model_validate(self.model_dump())


class RecordingClass(Body):
    key: str
    name: str
    name_en: str
    min_days: int
    max_days: int
    priority: int


class RecordingVolume(Body):
    """`condition` null: no living recorder has this volume. `quota_bytes` 0: none; `keep_free_bytes` is what stays free.

    `suspended`: recordings that it does not take now. `short_bytes`: by how much it stays too full because nothing more may be deleted.
    """

    id: VolumeId
    condition: VolumeCondition | None
    since_ms: int
    detail: str
    total_bytes: int
    free_bytes: int
    used_bytes: int
    quota_bytes: int
    keep_free_bytes: int
    recordings: int
    suspended: int
    short_bytes: int
    oldest_ms: int | None


class KeptCamera(Body):
    """`own`: its days differ from its class. `state`: what its recorder does now."""

    id: Id
    number: int
    name: str
    mode: RecordingMode
    state: RecorderState
    class_key: str
    own: bool
    min_days: int
    max_days: int


class RecordingStorage(Body):
    """Where recordings are, and how long they are kept: the classes, and the cameras that this person reads."""

    volumes: list[RecordingVolume]
    classes: list[RecordingClass]
    cameras: list[KeptCamera]


class RecordingSetup(Body):
    """How a camera is recorded and kept. `own_…` where the camera differs from its class; `volumes_here`: those of this machine."""

    plan: RecordingPlanBody
    class_key: str
    own_min_days: int | None
    own_max_days: int | None
    min_days: int
    max_days: int
    classes: list[RecordingClass]
    volumes_here: list[VolumeId]


class KeepClass(Body):
    kind: Literal["class"]
    class_key: str = Field(min_length=1, max_length=40)
    min_days: Days
    max_days: Days
    priority: int = Field(ge=1, le=100)
    document: str = Field(default="", max_length=200)
    reason: Reason


class KeepCamera(Body):
    kind: Literal["camera"]
    class_key: str = Field(min_length=1, max_length=40)
    min_days: Days | None = None
    max_days: Days | None = None
    document: str = Field(default="", max_length=200)
    reason: Reason


class DeleteEarly(Body):
    """What is locked stays."""

    kind: Literal["early"]
    from_ms: Ms
    to_ms: Ms
    document: str = Field(default="", max_length=200)
    reason: Reason


class ReleaseLock(Body):
    kind: Literal["unlock"]
    lock_id: Id
    document: str = Field(default="", max_length=200)
    reason: Reason


class NewCameraChange(Body):
    """What one person proposes for a camera's recordings, and another decides."""

    change: KeepCamera | DeleteEarly | ReleaseLock = Field(discriminator="kind")


class RecordingChange(Body):
    """The minutes of a change: who proposed what and why, who decided, what was done. `wanted` has the members of its kind."""

    id: Id
    kind: ChangeKind
    camera_id: Id | None
    wanted: dict[str, int | str | None]
    document: str
    reason: str
    state: Literal["proposed", "applied", "rejected"]
    proposed_by: str
    proposed_ms: int
    decided_by: str
    decided_ms: int | None
    minutes: str
    done_ms: int | None
    mine: bool


class RecordingProposal(RecordingChange):
    """A change that waits for a second person, with the camera that it is about; 0 and empty for a class."""

    camera_number: int
    camera_name: str


def volume_body(view: VolumeView) -> RecordingVolume:
    state = view.state
    total = state.total_bytes if state else 0
    return RecordingVolume(
        id=view.id,
        condition=state.condition if state else None,
        since_ms=state.since_ms if state else 0,
        detail=state.detail if state else "",
        total_bytes=total,
        free_bytes=state.free_bytes if state else 0,
        used_bytes=view.used_bytes,
        quota_bytes=view.limit.quota_bytes,
        keep_free_bytes=round(total * view.limit.keep_free),
        recordings=state.recordings if state else 0,
        suspended=state.suspended if state else 0,
        short_bytes=view.short_bytes,
        oldest_ms=view.oldest_ms,
    )


def gap_body(gap: Gap, names: dict[str | None, str]) -> RecordingGap:
    return RecordingGap(
        start_ms=gap.start_ms,
        end_ms=gap.end_ms,
        cause=gap.cause,
        fault=FaultKind(gap.fault) if gap.fault else "",
        by=names.get(gap.by, "") if gap.by else "",
        recovered=gap.recovered,
    )


def span_body(span: Span) -> RecordedSpan:
    return RecordedSpan(start_ms=span.start_ms, end_ms=span.end_ms)


def alarm_mark_body(mark: AlarmMark) -> TimelineAlarm:
    return TimelineAlarm(
        id=mark.id,
        kind=AlarmKind(mark.kind),
        start_ms=mark.start_ms,
        end_ms=mark.end_ms,
        zone=mark.zone,
        acknowledged=mark.acknowledged,
    )


def lock_body(lock: Lock) -> RecordingLock:
    row = lock.row
    return RecordingLock(
        id=row.id,
        from_ms=row.from_ms,
        to_ms=row.to_ms,
        kind=LockKind(row.kind),
        reference=row.reference,
        reason=row.reason,
        placed_by=lock.placed_by,
        placed_ms=row.placed_ms,
    )


def bookmark_body(bookmark: Bookmark, account_id: str) -> RecordingBookmark:
    row = bookmark.row
    return RecordingBookmark(
        id=row.id,
        at_ms=row.at_ms,
        note=row.note,
        name=bookmark.made_by,
        shared=row.unit_id is not None,
        mine=row.account_id == account_id,
    )


def placed_body(lock: Lock, now_ms: int) -> PlacedRecordingLock:
    return PlacedRecordingLock(**lock_body(lock).model_dump(), sure_ms=lock.sure_ms, now_ms=now_ms)


def day_body(day: Day, start_ms: int) -> RecordedDay:
    return RecordedDay(
        day=day.day,
        start_ms=start_ms,
        recorded_ms=day.recorded_ms,
        owed_ms=day.owed_ms,
        missing_ms=day.missing_ms,
        size_bytes=day.size_bytes,
    )


def class_body(row: RecordingClassRow) -> RecordingClass:
    return RecordingClass(
        key=row.key,
        name=row.name,
        name_en=row.name_en,
        min_days=row.min_days,
        max_days=row.max_days,
        priority=row.priority,
    )


def setup_body(
    plan: RecordingPlan, kept: CameraKeeping, classes: list[RecordingClass], volumes_here: list[str]
) -> RecordingSetup:
    return RecordingSetup(
        plan=RecordingPlanBody(
            mode=plan.mode,
            stream=plan.stream,
            pre_roll_s=plan.pre_roll_s,
            post_roll_s=plan.post_roll_s,
            volumes=list(plan.volumes),
            schedule=list(plan.schedule),
        ),
        class_key=kept.class_key,
        own_min_days=kept.own[0],
        own_max_days=kept.own[1],
        min_days=kept.keeping.min_days,
        max_days=kept.keeping.max_days,
        classes=classes,
        volumes_here=volumes_here,
    )


def change_body(change: Change, account_id: str) -> RecordingChange:
    row = change.row
    return RecordingChange(
        id=row.id,
        kind=ChangeKind(row.kind),
        camera_id=row.camera_id,
        wanted=row.wanted,
        document=row.document,
        reason=row.reason,
        state=change.state,
        proposed_by=change.proposed_by,
        proposed_ms=row.proposed_ms,
        decided_by=change.decided_by,
        decided_ms=row.decided_ms,
        minutes=row.minutes,
        done_ms=row.done_ms,
        mine=row.proposed_by == account_id,
    )
