"""What is wanted of a camera, and what is seen of it."""

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from streams.types.media import Codec, StreamKind

CameraId = Annotated[str, Field(pattern=r"^[0-9a-zA-Z_-]{8,64}$")]
"""An unguessable id (22 characters of URL-safe base64), safe as a NATS token and in a path."""


class Wire(BaseModel):
    """Base of all messages between processes: unknown fields are errors, instances do not change."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FaultKind(StrEnum):
    """Why a source ended. The first two together with the site's other cameras tell power from link (`vms.cameras`)."""

    UNREACHABLE = "unreachable"  # no answer: host unreachable or connect timed out
    REFUSED = "refused"  # the host is up, nobody listens
    LOST = "lost"  # the connection was closed or reset under us
    AUTHENTICATION = "authentication"  # 401/403 with the credentials that we have: never retried in a loop
    NOT_FOUND = "not_found"  # the host answers, the stream address does not exist
    FORMAT = "format"  # what came is not what we can read (SDP, RTP, codec)
    STALLED = "stalled"  # connected, but no picture for `stall_timeout_s`


class SourceFault(Exception):
    """A session with a camera ended for a reason outside our code. `detail` never holds a password."""

    def __init__(self, kind: FaultKind, detail: str) -> None:
        super().__init__(f"{kind.value}: {detail}")
        self.kind = kind
        self.detail = detail


class Transport(StrEnum):
    TCP = "tcp"
    UDP = "udp"


class Ingest(StrEnum):
    """Which reader: `auto` is ours for RTSP, with PyAV when ours does not speak what the camera sends."""

    AUTO = "auto"
    OWN = "own"
    PYAV = "pyav"


class StreamSpec(Wire):
    """`url` never holds user information; credentials travel apart (`bus.Credentials`)."""

    kind: StreamKind
    url: str
    transport: Transport = Transport.TCP
    ingest: Ingest = Ingest.AUTO
    certificate_sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    """For `rtsps`: the only certificate that is accepted, once it has been pinned; empty accepts (and shows) any."""


class Zone(Wire):
    """A polygon in the picture: points are (x, y) fractions 0..1 of width and height. `mask` zones are never looked at."""

    name: str
    points: tuple[tuple[float, float], ...]
    mask: bool = False


class MotionSpec(Wire):
    """`sensitivity` 1 (only large objects) … 100 (anything that moves)."""

    enabled: bool = True
    sensitivity: int = Field(default=50, ge=1, le=100)
    min_duration_s: float = Field(default=0.4, ge=0, le=60)
    zones: tuple[Zone, ...] = ()


class RecordingMode(StrEnum):
    """When a camera is recorded. A schedule says for each of its spans whether all of it is, or only motion."""

    CONTINUOUS = "continuous"
    MOTION = "motion"
    SCHEDULE = "schedule"
    NEVER = "never"


VolumeId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,31}$")]
"""A place for recordings, named in the settings of the machine that has it; control and files know only the id."""


class ScheduleSpan(Wire):
    """Local time (UTC+7). `weekdays` 1 Monday … 7 Sunday; minutes of the day, `to_min` 1440 is midnight at its end."""

    weekdays: tuple[Annotated[int, Field(ge=1, le=7)], ...] = (1, 2, 3, 4, 5, 6, 7)
    from_min: int = Field(default=0, ge=0, le=1439)
    to_min: int = Field(default=1440, ge=1, le=1440)
    motion: bool = False
    """Only while something moves, with pre-roll and post-roll."""


class RecordingStop(Wire):
    """The last time that somebody stopped this recording: what is missing between is theirs. `to_ms` None: it is still stopped."""

    from_ms: int
    to_ms: int | None = None
    by: str = Field(default="", max_length=64)
    """The id of the account."""


class RecordingPlan(Wire):
    """What is recorded of one camera.

    `volumes`, best first: the first that can be written to is used; empty means any volume of the worker, in its order.
    `priority` 1 … 100: when a volume cannot take all, the lowest stop first and begin again last.
    """

    mode: RecordingMode = RecordingMode.NEVER
    stream: StreamKind = StreamKind.MAIN
    pre_roll_s: float = Field(default=5.0, ge=0, le=60)
    post_roll_s: float = Field(default=10.0, ge=0, le=600)
    priority: int = Field(default=50, ge=1, le=100)
    volumes: tuple[VolumeId, ...] = ()
    schedule: tuple[ScheduleSpan, ...] = ()
    stop: RecordingStop | None = None


class CameraSpec(Wire):
    """Desired state of one camera, stored in the KV bucket `desired` under its id."""

    camera_id: CameraId
    number: int = Field(ge=1, description="the camera's number on keypads and in lists")
    streams: tuple[StreamSpec, ...]
    gated: bool = False
    """Shows nothing to anybody unless its gate says so (`streams.types.gate`): what a courtroom's cameras are."""
    motion: MotionSpec = MotionSpec()
    recording: RecordingPlan = RecordingPlan()
    enabled: bool = True
    revision: int = 0
    """Grows with every change; a worker restarts what changed."""

    @model_validator(mode="before")
    @classmethod
    def _gated_is_not_watched(cls, data: object) -> object:
        """Whatever anybody plans: of a gated camera nothing is recorded, and no alarm takes its picture."""
        if isinstance(data, dict) and data.get("gated"):
            return {**data, "recording": RecordingPlan(), "motion": MotionSpec(enabled=False)}
        return data


class Credentials(Wire):
    """What one camera wants. Only ever in memory and on the loopback bus; `repr` hides the password."""

    username: str = ""
    password: str = Field(default="", repr=False)


class Liveness(StrEnum):
    """What a tile may claim. LATE is worked out where it is shown, from the newest picture's capture time."""

    LIVE = "live"
    FROZEN = "frozen"  # the picture stands still where a sensor's noise must change it
    LOOPED = "looped"  # pictures come again that were shown before: a recording in place of the camera
    CONNECTING = "connecting"
    DOWN = "down"


class StreamState(Wire):
    kind: StreamKind
    liveness: Liveness
    fault: FaultKind | None = None
    fault_detail: str = ""
    since_ms: int = 0  # UTC, when `liveness` last changed
    newest_capture_ms: int = 0  # UTC, 0 = never
    codec: Codec | None = None
    width_px: int = 0
    height_px: int = 0
    fps: float = 0.0
    bitrate_bps: int = 0
    gop_s: float = 0.0
    clock_offset_ms: int | None = None  # camera clock minus ours, by RTCP sender reports
    lost_packets: int = 0
    received_packets: int = 0
    certificate_sha256: str = ""
    """What a camera spoken to by TLS showed, hexadecimal; empty without TLS."""
    restarts: int = 0
    viewers: int = 0


class Recording(StrEnum):
    """What the recorder of one camera does now."""

    OFF = "off"  # the plan is never
    IDLE = "idle"  # nothing moves, or outside of the schedule
    WAITING = "waiting"  # it should, and there is no picture (yet)
    RUNNING = "running"
    SUSPENDED = "suspended"  # no volume takes it now


class DelayFault(StrEnum):
    """Why a delay line shows nothing."""

    FULL = "full"  # the quota or the disk
    SLOW = "slow"  # the disk takes less than what comes
    FAILED = "failed"  # what was written cannot be read, or there is no folder


class DelayState(Wire):
    """What waits for the observers of one camera: how much time of the stream that always runs, bytes of all on disk and in memory."""

    held_ms: int = Field(ge=0)
    bytes: int = Field(ge=0)
    fault: DelayFault | None = None


class CameraState(Wire):
    camera_id: CameraId
    moving: bool = False
    recording: Recording = Recording.OFF
    recording_volume: str = ""
    delay: DelayState | None = None
    """Of a hearing with a delay line that observers may watch."""
    streams: tuple[StreamState, ...] = ()
