"""Recordings: what a segment says of itself, what workers report of them, and what control asks (docs/adr/0025).

A segment is a file `{volume}/{camera_id}/{yyyy-mm-dd}/{start_ms}-{stream}.mp4`: fragmented MP4 that begins with a keyframe.
Its day is the local day (UTC+7) of its first picture. While it is written it is called `….mp4.open`; a file without `.open` is
whole, on the disk to stay, and never changes again. Times are capture times, UTC on our clock.
`streams.types.segment_file` reads and checks the files.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from streams.types.camera import CameraId, FaultKind, VolumeId, Wire
from streams.types.media import Codec, StreamKind

FORMAT: Final = 1
"""Version of the boxes that we add to a segment."""
LOCAL: Final = timezone(timedelta(hours=7))
OPEN_SUFFIX: Final = ".open"

SegmentPath = Annotated[str, Field(pattern=r"^[0-9a-zA-Z_-]{8,64}/\d{4}-\d\d-\d\d/\d{1,15}-(main|sub)\.mp4$")]
"""Relative to its volume. Holds ids and digits only, and can lead nowhere else."""
Sha256 = Annotated[str, Field(pattern=r"^([0-9a-f]{64})?$")]
"""Hexadecimal; empty where there is none."""

_PARTS: Final = re.compile(r"([0-9a-zA-Z_-]{8,64})/(\d{4}-\d\d-\d\d)/(\d{1,15})-(main|sub)\.mp4")


def local_day(at_ms: int) -> str:
    """The local day of a moment, `yyyy-mm-dd`: the name of a folder."""
    return (datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(LOCAL)).strftime("%Y-%m-%d")


def segment_path(camera_id: str, start_ms: int, stream: StreamKind) -> str:
    return f"{camera_id}/{local_day(start_ms)}/{start_ms}-{stream.value}.mp4"


def path_parts(path: str) -> tuple[str, str, int, StreamKind] | None:
    """(camera id, day, start ms, stream) of a `SegmentPath`; None for anything else."""
    found = _PARTS.fullmatch(path)
    return (found[1], found[2], int(found[3]), StreamKind(found[4])) if found else None


class GapCause(StrEnum):
    """Why a second that should be there is not. Control may know better than the worker (a site without power, who stopped it)."""

    CAMERA_OFF = "camera_off"  # nobody answers at its address, or its host refuses the connection
    LINK = "link"  # the connection broke or stalled, or packets were lost
    REFUSED = "refused"  # the camera refuses our login, or has no such stream
    FORMAT = "format"  # what came cannot be read or recorded
    DISK = "disk"  # full, read-only, gone, slow: see the volume's state at that time
    RESTART = "restart"  # our own: a worker ended, or handed the camera to another
    STOPPED_BY = "stopped_by"  # somebody switched the camera or its recording off
    PLAN = "plan"  # nothing moved, or outside of the schedule: this second need not exist
    UNKNOWN = "unknown"


class Gap(Wire):
    """Nothing was recorded from `from_ms` (end of the picture before) to `to_ms` (the next one begins)."""

    from_ms: int
    to_ms: int
    cause: GapCause
    fault: FaultKind | None = None
    """What the source said, when the cause lies with the camera or the network."""
    by: str = ""
    """For STOPPED_BY: the id of the account."""
    dropped_pictures: int = 0
    """Pictures that came and could not be written."""


class SegmentEnd(StrEnum):
    """Why a segment ends where it does."""

    CUT = "cut"  # long enough, or midnight: the next one goes on without a hole
    FORMAT = "format"  # the codec's parameters changed: the next one goes on without a hole
    VOLUME = "volume"  # the next one goes on on another volume
    GAP = "gap"  # pictures stopped coming
    PLAN = "plan"  # motion ended, the schedule says so, the plan is never
    RELEASED = "released"  # the worker ended or gave the camera away
    DISK = "disk"  # it could not be written any further
    RECOVERED = "recovered"  # found open after a crash and cut behind its last whole fragment


class SegmentHead(Wire):
    """What stands at the beginning of each segment, so that everything can be rebuilt from the files alone.

    `previous_*` is the segment of this camera before this one, whatever its day, stream and volume; empty for the first of all.
    `gaps` cover all the time from its end to our start, in order, with nothing between them left out that is longer than 1 s.
    """

    format: int = FORMAT
    camera_id: CameraId
    worker_id: str
    stream: StreamKind
    start_ns: int
    """Capture time of the first picture: decode time 0 of the picture track, whose time scale is 90,000."""
    clock_offset_ms: int | None = None
    """The camera's clock minus ours, as measured when the segment began; None when the camera does not tell."""
    codec: Codec
    sound: Codec | None = None
    width_px: int = 0
    height_px: int = 0
    previous_path: str = ""
    previous_sha256: Sha256 = ""
    gaps: tuple[Gap, ...] = ()
    from_card: bool = False
    """Fetched later from the camera's own card (docs/adr/0036): the segment before it is the one before the gap that it fills."""

    @property
    def start_ms(self) -> int:
        return self.start_ns // 1_000_000


class SegmentTail(Wire):
    """What stands behind the last fragment of each closed segment. `end_ns` is when its last picture ends."""

    format: int = FORMAT
    end_ns: int
    pictures: int
    sound_frames: int
    ended: SegmentEnd
    dropped_pictures: int = 0

    @property
    def end_ms(self) -> int:
        return self.end_ns // 1_000_000


class SegmentClosed(Wire):
    """A segment is complete and durable. Told at least once; the same path always brings the same content.

    `sha256` is over all bytes of the file (`sha256sum` prints the same).
    """

    camera_id: CameraId
    stream: StreamKind
    volume: VolumeId
    path: SegmentPath
    start_ms: int
    end_ms: int
    bytes: int
    sha256: Sha256
    previous_path: str = ""
    previous_sha256: Sha256 = ""
    pictures: int
    sound_frames: int = 0
    codec: Codec
    sound: Codec | None = None
    width_px: int = 0
    height_px: int = 0
    clock_offset_ms: int | None = None
    worker_id: str
    ended: SegmentEnd
    gaps: tuple[Gap, ...] = ()
    """Those of its head: the ledger as it is signed into the chain. `GapNoted` is only the earlier word of them."""
    from_card: bool = False

    @property
    def recovered(self) -> bool:
        return self.ended is SegmentEnd.RECOVERED


class GapNoted(Wire):
    """A gap began, goes on with another cause, or ended. One row for (camera, `from_ms`); the newest word counts."""

    camera_id: CameraId
    at_ms: int
    """When this was said."""
    from_ms: int
    to_ms: int | None = None
    """None while it goes on."""
    cause: GapCause
    fault: FaultKind | None = None
    by: str = ""
    dropped_pictures: int = 0


class SegmentDeleted(Wire):
    """The worker itself deleted a segment that control had called deletable, because its volume was full."""

    camera_id: CameraId
    volume: VolumeId
    path: SegmentPath
    at_ms: int
    bytes: int


class VolumeCondition(StrEnum):
    """The worst that is true of a volume now."""

    OK = "ok"
    NEARLY_FULL = (
        "nearly_full"  # what control called deletable is deleted; recordings of low priority are suspended step by step
    )
    SLOW = "slow"  # the disk does not keep up: recordings of low priority are suspended step by step
    FULL = "full"  # nothing is written
    READ_ONLY = "read_only"
    GONE = "gone"  # the folder, or the marker of the volume in it, is not there; or the disk answers with errors


class VolumeState(Wire):
    """One volume as one worker sees it, in the worker's heartbeat."""

    volume: VolumeId
    condition: VolumeCondition
    since_ms: int = 0
    detail: str = ""
    total_bytes: int = 0
    free_bytes: int = 0
    written_bytes: int = 0
    """By this worker since its start."""
    recordings: int = 0
    suspended: int = 0
    """Recordings of this worker that the volume does not take now; which ones is in their camera's state."""
    waiting_bytes: int = 0
    """In the queue before the disk."""
    sync_ms: int = 0
    """How long the last round of making durable took."""
    dropped_pictures: int = 0
    unreported: int = 0
    """Reports that wait for the bus."""


class DeleteSegments(Wire):
    """Retention's wish. Paths that are not of that form are refused as a whole message; open segments are never deleted."""

    volume: VolumeId
    paths: tuple[SegmentPath, ...] = Field(max_length=1000)


class SegmentsDeleted(Wire):
    """`absent` were not there (deleted before); `failed` are still there (the disk is read-only, or gone)."""

    deleted: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    freed_bytes: int = 0


class Deletable(Wire):
    """What a worker may delete by itself when the volume is nearly full and control does not answer: oldest first, never locked.

    Replaces the list before, unless it is older (`version`); lives in memory only, and no longer than `valid_s`. A lock is confirmed to a
    person only when each worker of the volume has taken a list without the segment, or the time of the last list that had it has run out.
    """

    volume: VolumeId
    version: int = Field(ge=0)
    """Grows with every list of control, whatever the volume: of two lists the higher one counts, however they arrive."""
    paths: tuple[SegmentPath, ...] = Field(default=(), max_length=20_000)
    valid_s: float = Field(default=1800, gt=0, le=86_400)


class DeletableTaken(Wire):
    """`version`: of the list that the worker has now; a higher one than was sent means that a newer one had come before."""

    taken: int
    version: int


class ListSegments(Wire):
    """What is on the disk, for rebuilding the index: the closed segments of one camera, or (`camera_id` empty) the cameras.

    `after` is the last path of the page before. `hashed` reads every byte; without it `sha256` is empty.
    """

    volume: VolumeId
    camera_id: str = Field(default="", pattern=r"^([0-9a-zA-Z_-]{8,64})?$")
    after: str = ""
    limit: int = Field(default=200, ge=1, le=1000)
    hashed: bool = False


class SegmentList(Wire):
    camera_ids: tuple[str, ...] = ()
    segments: tuple[SegmentClosed, ...] = ()
    unreadable: tuple[str, ...] = ()
    """Paths of files that are no segment, or whose head or tail cannot be read."""
    more: bool = False


class Backfill(Wire):
    """What is missing of one camera and may lie on its own card: fetch it from `url` and write it as segments flagged `from_card`.

    Only with `begin` a job begins; without it a worker that does not know it says so: it was started anew, or never heard of it.
    `previous_*`: the segment before the gap.
    """

    job_id: str = Field(min_length=8, max_length=64)
    begin: bool = False
    camera_id: CameraId
    url: str
    from_ms: int
    to_ms: int
    previous_path: str = ""
    previous_sha256: Sha256 = ""


class BackfillPhase(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"  # the camera has sent what it has; holes of its card stay
    FAILED = "failed"


class BackfillState(Wire):
    """`detail`: why it failed, for a log. `pictures`: how many were written, up to `written_to_ms`; they are told of as segments soon."""

    phase: BackfillPhase
    detail: str = ""
    pictures: int = 0
    written_to_ms: int = 0


class RecordedPicture(Wire):
    """The keyframe at or before `at_ms` in one segment, as a JPEG at most `max_width_px` wide. Answered by a `bus.Snapshot`."""

    volume: VolumeId
    path: SegmentPath
    at_ms: int
    max_width_px: int = Field(default=320, ge=64, le=3840)
