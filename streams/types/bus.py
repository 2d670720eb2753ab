"""The messages between control and workers, and where they travel (NATS subjects, KV buckets, streams).

All bodies are JSON of the models below unless said otherwise. Request-reply subjects answer within `REQUEST_TIMEOUT_S`;
a refusal is a `Refusal` with a code from `RefusalCode`, never an exception text.
"""

from enum import StrEnum
from typing import TypeVar

from pydantic import Field

from streams.types.camera import CameraId, CameraState, Credentials, FaultKind, Wire
from streams.types.gate import Audience
from streams.types.imprint import Imprint
from streams.types.media import Codec, StreamKind
from streams.types.recording import VolumeState

ReplyT = TypeVar("ReplyT", bound=Wire)

REQUEST_TIMEOUT_S = 5.0

# KV buckets
KV_DESIRED = "desired"  # file; key = camera id, value = CameraSpec
KV_LEASES = "leases"  # memory; key = camera id, value = Lease
KV_WORKERS = "workers"  # memory, TTL; key = worker id, value = WorkerState, put every HEARTBEAT_S
KV_VIEWS = "views"  # memory; key = view id, value = whose it is; only control reads and writes it
HEARTBEAT_S = 1.0
WORKER_DEAD_S = 4.0

# JetStream stream of things that happened, consumed durably by control
STREAM_EVENTS = "EVENTS"
SUBJECT_ALARM = "event.alarm.{camera_id}"  # AlarmEvent
SUBJECT_SEGMENT = "event.segment.{camera_id}"  # recording.SegmentClosed
SUBJECT_GAP = "event.gap.{camera_id}"  # recording.GapNoted
SUBJECT_DELETED = "event.deleted.{camera_id}"  # recording.SegmentDeleted

# told once, nobody answers; what is lost is found out by renewing
SUBJECT_VIEW_MOVED = "control.view.moved.{worker_id}"  # ViewMoved
SUBJECT_KEYFRAME = "control.keyframe.{worker_id}"  # KeyframeWanted

# request-reply
SUBJECT_CREDENTIALS = (
    "control.credentials.{worker_id}"  # CredentialsRequest -> Credentials | Refusal; queue group "control"
)
SUBJECT_PROBE = "worker.{worker_id}.probe"  # ProbeRequest -> ProbeResult: any worker
SUBJECT_VIEW_OPEN = "worker.{worker_id}.view.open"  # ViewOpen -> ViewOpened | Refusal
SUBJECT_VIEW_RENEW = "worker.{worker_id}.view.renew"  # ViewRenew -> ViewRenewed
SUBJECT_VIEW_CLOSE = "worker.{worker_id}.view.close"  # ViewClose -> ViewClosed
SUBJECT_CARRIER_OPEN = "worker.{worker_id}.carrier.open"  # CarrierOpen -> CarrierOpened | Refusal
SUBJECT_SLOT_FILL = "worker.{worker_id}.slot.fill"  # SlotFill -> SlotFilled | Refusal
SUBJECT_SNAPSHOT = "worker.{worker_id}.snapshot"  # SnapshotRequest -> Snapshot | Refusal
SUBJECT_RECORDING_DELETE = (
    "worker.{worker_id}.recording.delete"  # recording.DeleteSegments -> SegmentsDeleted | Refusal
)
SUBJECT_RECORDING_DELETABLE = (
    "worker.{worker_id}.recording.deletable"  # recording.Deletable -> DeletableTaken | Refusal
)
SUBJECT_RECORDING_PICTURE = "worker.{worker_id}.recording.picture"  # recording.RecordedPicture -> Snapshot | Refusal
SUBJECT_RECORDING_BACKFILL = "worker.{worker_id}.recording.backfill"  # recording.Backfill -> BackfillState | Refusal
SUBJECT_RECORDING_LIST = "worker.{worker_id}.recording.list"  # recording.ListSegments -> SegmentList | Refusal


class RefusalCode(StrEnum):
    BAD_OFFER = "bad_offer"  # what came is not an SDP offer that we can answer
    NO_STREAM = "no_stream"  # the camera has no such stream here
    NOT_OWNER = "not_owner"  # another worker owns this camera now: ask again
    NO_PICTURE = "no_picture"  # nothing has arrived from the camera yet
    CLOSED = "closed"  # the camera's gate lets nothing through, or not to this audience
    CODEC = "codec"  # no codec in common (H.265 for a browser without it)
    FULL = "full"  # this worker has as many viewers as it may have
    NOT_FOUND = "not_found"


class Refusal(Wire):
    refused: RefusalCode
    detail: str = ""


class Lease(Wire):
    worker_id: str
    incarnation: str


class WorkerState(Wire):
    """Heartbeat and live state in one: a worker that stops putting this is dead after `WORKER_DEAD_S`."""

    worker_id: str
    incarnation: str  # new at every start of the process
    seq: int
    at_ms: int
    media_port: int  # UDP, all viewers
    cpu_s: float
    rss_bytes: int
    cameras: tuple[CameraState, ...]
    handed_over: tuple[CameraId, ...] = ()
    """What this start gave up so that others may have it: nobody else can say so in its name."""
    volumes: tuple[VolumeState, ...] = ()


class CredentialsRequest(Wire):
    """Which worker asks is said by the subject, on which only that worker may publish."""

    camera_id: CameraId
    incarnation: str


class ViewOpen(Wire):
    """`addresses` are what goes into ICE candidates, best first: the address that the browser already reached us at leads."""

    view_id: str
    camera_id: CameraId
    kind: StreamKind
    offer_sdp: str
    addresses: tuple[str, ...]
    lease_s: float = Field(default=10.0, gt=0, le=60)
    audience: Audience = Audience.ANYONE
    imprint: Imprint | None = None


class Shown(StrEnum):
    """What a view shows now: its link may not carry what was asked for."""

    MAIN = "main"
    SUB = "sub"
    KEYFRAMES = "keyframes"
    TRANSCODED = "transcoded"  # H.265 made into H.264 for a browser that has none


class ViewOpened(Wire):
    view_id: str
    answer_sdp: str
    shown: Shown = Shown.SUB


class ViewRenew(Wire):
    """The views that still have their right. A view not renewed within its lease is ended by the worker itself."""

    view_ids: tuple[str, ...]
    lease_s: float = Field(default=10.0, gt=0, le=60)


class ViewRenewed(Wire):
    unknown: tuple[str, ...] = ()  # ended meanwhile (viewer gone, consent expired)


class ViewMoved(Wire):
    """A running view now shows something else, or has ended by itself (`ended` is one of `tap.EndReason`)."""

    view_id: str
    shown: Shown | None = None
    ended: str = ""


class KeyframeWanted(Wire):
    """A viewer waits, and no cached picture helps: ONVIF's SetSynchronizationPoint might. At most every few seconds a stream."""

    camera_id: CameraId
    kind: StreamKind


class CarrierOpen(Wire):
    """A transport with a slot for each section of the offer, still empty. It is renewed and closed like a view, by its id."""

    transport_id: str
    offer_sdp: str
    addresses: tuple[str, ...]
    lease_s: float = Field(default=10.0, gt=0, le=60)


class CarrierOpened(Wire):
    transport_id: str
    answer_sdp: str


class SlotFill(Wire):
    """A new view in the slot `mid` of a transport, instead of the one that is there."""

    transport_id: str
    mid: str
    view_id: str
    camera_id: CameraId
    kind: StreamKind
    lease_s: float = Field(default=10.0, gt=0, le=60)
    audience: Audience = Audience.ANYONE
    imprint: Imprint | None = None


class SlotFilled(Wire):
    """Pictures whose RTP timestamp is `first_rtp_timestamp` or later (mod 2³²) are those of the new view."""

    view_id: str
    codec: Codec
    shown: Shown
    first_rtp_timestamp: int


class ViewClose(Wire):
    view_ids: tuple[str, ...]
    reason: str = ""


class ViewClosed(Wire):
    closed: int


class SnapshotRequest(Wire):
    camera_id: CameraId
    max_width_px: int = 640
    audience: Audience = Audience.ANYONE


class Snapshot(Wire):
    jpeg_base64: str
    capture_ms: int


class ProbeRequest(Wire):
    """Open a stream as a viewer would, decode one picture, measure for `measure_s`."""

    url: str
    credentials: Credentials = Credentials()
    timeout_s: float = Field(default=8.0, gt=0, le=30)
    want_jpeg: bool = True
    measure_s: float = Field(default=0.0, ge=0, le=15)


class ProbeResult(Wire):
    ok: bool
    fault: FaultKind | None = None
    detail: str = ""
    codec: Codec | None = None
    audio: Codec | None = None
    width_px: int = 0
    height_px: int = 0
    fps: float = 0.0
    gop_s: float = 0.0
    jpeg_base64: str = ""


class AlarmKind(StrEnum):
    MOTION = "motion"
    TAMPER = "tamper"


class AlarmPhase(StrEnum):
    START = "start"
    END = "end"


class AlarmEvent(Wire):
    """Start and end of one alarm share `alarm_id`; the end repeats the start so that either alone is enough for a row."""

    alarm_id: str
    camera_id: CameraId
    kind: AlarmKind
    phase: AlarmPhase
    start_ms: int
    end_ms: int | None = None
    peak_ms: int | None = None
    peak_share: float = 0.0  # largest share of the zone (0..1) that moved
    zone: str = ""
    snapshot_base64: str = ""  # JPEG at the peak, at most 640 px wide


class Refused(Exception):
    """The other side answered, and said no."""

    def __init__(self, code: RefusalCode, detail: str = "") -> None:
        super().__init__(f"{code.value}: {detail}" if detail else code.value)
        self.code = code
        self.detail = detail


def encode(message: Wire) -> bytes:
    """The message as it travels."""
    return message.model_dump_json(exclude_defaults=True).encode()


def encode_refusal(code: RefusalCode, detail: str = "") -> bytes:
    """A refusal as it travels; `detail` is cut to what a log line holds."""
    return encode(Refusal(refused=code, detail=detail[:300]))


def decode_reply(model: type[ReplyT], body: bytes) -> ReplyT:
    """What was asked for.

    Raises `Refused` when the other side refused, and pydantic's `ValidationError` for anything else.
    """
    if body.startswith(b'{"refused"'):
        refusal = Refusal.model_validate_json(body)
        raise Refused(refusal.refused, refusal.detail)
    return model.model_validate_json(body)
