"""What flows: tracks and access units."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Codec(StrEnum):
    H264 = "H264"
    H265 = "H265"
    AAC = "AAC"
    PCMA = "PCMA"
    PCMU = "PCMU"
    OPUS = "OPUS"

    def __init__(self, value: str) -> None:
        self.is_video = value in ("H264", "H265")


class StreamKind(StrEnum):
    """Which of a camera's streams: `main` is full quality, `sub` is what walls and motion use."""

    MAIN = "main"
    SUB = "sub"


@dataclass(frozen=True, slots=True)
class Track:
    """One elementary stream of a source, as announced (SDP) or as read from its parameter sets.

    `config` is the codec's out-of-band configuration: for AAC the AudioSpecificConfig (ISO 14496-3), else empty.
    `width_px`/`height_px` are 0 until known.
    """

    codec: Codec
    clock_rate_hz: int
    channels: int = 0
    config: bytes = b""
    width_px: int = 0
    height_px: int = 0


@dataclass(slots=True, eq=False)
class AccessUnit:
    """One coded picture, or one run of sound, exactly as the camera coded it. Never changed once made: many readers hold it.

    Not `frozen` only because setting seven fields of a frozen dataclass costs as much as parsing the packets does.

    Video: `parts` are the NAL units of one picture in decoding order, without start codes or length fields. A keyframe (IDR/IRAP)
    always carries the parameter sets that it needs in front, whether the camera sent them in-band or only in its SDP.
    Sound: `parts` are raw codec frames (AAC without ADTS; G.711 bytes).

    `timestamp` is the camera's RTP timestamp unwrapped to a growing integer, in `clock_rate_hz` of the track.
    `capture_ns` is when the picture was taken, UTC in nanoseconds on *our* clock; never decreasing within a track.
    `arrival_ns` is when its last packet reached us (UTC, ns).
    """

    codec: Codec
    parts: tuple[bytes, ...]
    timestamp: int
    capture_ns: int
    arrival_ns: int
    keyframe: bool = False
    discontinuity: bool = False
    """Something was lost or restarted just before this unit: a decoder must wait for a keyframe if this is not one."""

    @property
    def size_bytes(self) -> int:
        return sum(map(len, self.parts))


class Sink(Protocol):
    """Where a source puts what it reads. Called on the event loop; must not block."""

    def on_tracks(self, tracks: tuple[Track, ...]) -> None:
        """Announce the tracks, again whenever they change (new parameter sets, other resolution)."""

    def on_unit(self, unit: AccessUnit) -> None: ...


class Source(Protocol):
    """One way of reading one stream of one camera. A source is built complete and holds no connection until it runs."""

    async def run_once(self, sink: Sink) -> None:
        """Connect, then feed `sink` until something ends it.

        Raises `SourceFault` for everything that a camera or a network can do; anything else is a bug. Cancelling closes the
        session politely (RTSP TEARDOWN) within a second.
        """


class Reader(Protocol):
    """What a hub fans out to. `deliver` runs on the event loop and must not block or raise."""

    def deliver(self, unit: AccessUnit) -> None: ...


class Fanout(Protocol):
    """What a reader sees of a hub: the only place where one stream becomes many."""

    @property
    def tracks(self) -> tuple[Track, ...]:
        """The tracks as last announced; empty before the source first connected."""

    @property
    def newest(self) -> AccessUnit | None:
        """The newest picture, or None before the first."""

    def cached(self) -> tuple[AccessUnit, ...]:
        """The pictures from the newest keyframe to now, in decoding order; empty before the first keyframe."""

    def attach(self, reader: Reader, *, replay: bool = False) -> None:
        """Deliver every unit from now on to `reader`; with `replay` the cached pictures first, within this call."""

    def detach(self, reader: Reader) -> None:
        """Stop delivering. Does nothing for a reader that is not attached, and may be called from within `deliver`."""
