"""How the bytes of a running view come from a media worker to control, for viewers that WebRTC cannot reach.

Control connects to the address in `TapOpened`, writes the ticket and a line feed, and reads frames: a type byte, a 32-bit length, the
payload. After `INFO` it writes one more line: which of the tracks it wants, as a bit mask in decimal.
"""

import struct
from enum import IntEnum, StrEnum

from streams.types.camera import CameraId, Wire
from streams.types.gate import Audience
from streams.types.imprint import Imprint
from streams.types.media import Codec, StreamKind

SUBJECT_TAP_OPEN = "worker.{worker_id}.tap.open"  # TapOpen -> TapOpened | Refusal
HEADER = struct.Struct("!BI")
MOST_FRAME_BYTES = 32 << 20
VIDEO, SOUND = 1, 2
"""Bits of the mask."""


class TapFormat(StrEnum):
    FMP4 = "fmp4"  # INIT and DATA hold fragmented MP4
    RTP = "rtp"  # DATA holds interleaved RTP and RTCP (RFC 2326 section 10.12): pictures on channels 0 and 1, sound on 2 and 3


class TapFrame(IntEnum):
    INFO = 1  # TapInfo as JSON; once, first
    INIT = 2  # the `codecs` parameter, a line feed, ftyp and moov
    DATA = 3
    END = 4  # why, in one word of `EndReason`; last


class EndReason(StrEnum):
    """Why a running view ended, as a viewer is told."""

    CLOSED = "closed"  # by the viewer
    NO_RIGHT = "no_right"  # taken away, or the session is over
    LEASE_EXPIRED = "lease_expired"  # nobody renewed it: control or the bus is away
    CAMERA_MOVED = "camera_moved"  # another worker has the camera now: ask again
    CODEC = "codec"  # the camera now sends what was not agreed on: ask again
    HEARING = "hearing"  # the hearing closed, paused or was cut: its card says why
    STOPPED = "stopped"  # the server stops

    @classmethod
    def _missing_(cls, value: object) -> "EndReason":
        del value  # whatever a newer worker may say
        return cls.CLOSED


class TapOpen(Wire):
    view_id: str
    camera_id: CameraId
    kind: StreamKind
    format: TapFormat
    h265: bool = True
    """Whether the viewer decodes H.265; if not, it gets H.264."""
    lease_s: float
    audience: Audience = Audience.ANYONE
    imprint: Imprint | None = None


class TapOpened(Wire):
    """`ticket` is good once, for a few seconds."""

    view_id: str
    host: str
    port: int
    ticket: str
    transcoded: bool = False


class TapTrack(Wire):
    """`fmtp` as in SDP (RFC 8866 section 6.15), without payload type; only for RTP."""

    codec: Codec
    clock_rate_hz: int
    channels: int = 0
    width_px: int = 0
    height_px: int = 0
    fmtp: str = ""


class TapInfo(Wire):
    """`base_ms`: what time 0 of the MP4 is, UTC on our clock."""

    base_ms: int
    video: TapTrack
    sound: TapTrack | None = None


def frame(kind: TapFrame, payload: bytes) -> bytes:
    return HEADER.pack(kind, len(payload)) + payload
