"""Pictures of any codec that FFmpeg decodes into small H.264, one in, at most one out, with the capture time kept.

Pure but for the codecs; called from one thread.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import av
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from streams.motion.pictures import Decoder
from streams.source.annexb import split_annexb
from streams.types.media import AccessUnit, Codec, Track

_NS_PER_S = 1_000_000_000
_TIME_BASE = Fraction(1, 90_000)


@dataclass(frozen=True, slots=True)
class Target:
    """What comes out: at most so wide, so many pictures a second, with a keyframe every `gop_s`."""

    max_width_px: int = 960
    max_fps: float = 15.0
    gop_s: float = 2.0
    bitrate_bps: int = 1_000_000


class Coder:
    """A new size, or a hole in the input, begins with a keyframe."""

    def __init__(self, target: Target | None = None) -> None:
        self._target = target or Target()
        self._decoder: Decoder | None = None
        self._codec: Codec | None = None
        self._encoder: VideoCodecContext | None = None
        self._size_px = (0, 0)
        self._due_ns = 0
        self._key_ns = 0
        self._captures: dict[int, tuple[int, int]] = {}

    @property
    def track(self) -> Track:
        return Track(Codec.H264, 90_000, width_px=self._size_px[0], height_px=self._size_px[1])

    def code(self, unit: AccessUnit) -> Iterator[AccessUnit]:
        """What this picture becomes; nothing while it is not due, or cannot be decoded."""
        if self._decoder is None or unit.codec is not self._codec:
            self._decoder, self._codec = Decoder(unit.codec), unit.codec
        if unit.discontinuity:
            self._decoder.restart()
            self._key_ns = 0
        for frame in self._decoder.decode(unit):
            if unit.capture_ns >= self._due_ns or unit.capture_ns < self._due_ns - 2 * _NS_PER_S:
                self._due_ns = unit.capture_ns + int(0.9 * _NS_PER_S / self._target.max_fps)
                yield from self._encode(frame, unit)

    def _encode(self, frame: VideoFrame, unit: AccessUnit) -> Iterator[AccessUnit]:
        size_px = _fitting(frame.width, frame.height, self._target.max_width_px)
        if self._encoder is None or size_px != self._size_px:
            self._encoder, self._size_px, self._key_ns = _encoder(size_px, self._target), size_px, 0
        picture = frame.reformat(width=size_px[0], height=size_px[1], format="yuv420p")
        picture.pts = unit.capture_ns * 9 // 100_000
        picture.time_base = _TIME_BASE
        due = not 0 <= unit.capture_ns - self._key_ns < self._target.gop_s * _NS_PER_S
        picture.pict_type = av.video.frame.PictureType.I if due else av.video.frame.PictureType.NONE
        if due:
            self._key_ns = unit.capture_ns
        for packet in self._encoder.encode(picture):
            nals = tuple(split_annexb(bytes(packet)))
            yield AccessUnit(
                Codec.H264,
                nals,
                unit.capture_ns * 9 // 100_000,
                unit.capture_ns,
                unit.arrival_ns,
                keyframe=any(nal[0] & 0x1F == 5 for nal in nals),
            )


def _fitting(width_px: int, height_px: int, most_px: int) -> tuple[int, int]:
    """Even sides, the same shape, no wider than `most_px`."""
    wide = min(width_px, most_px)
    return wide // 2 * 2, max(2, round(height_px * wide / width_px) // 2 * 2)


def _encoder(size_px: tuple[int, int], target: Target) -> VideoCodecContext:
    context = av.CodecContext.create("libx264", "w")
    context.width, context.height = size_px
    context.pix_fmt = "yuv420p"
    context.time_base = _TIME_BASE
    context.framerate = Fraction(target.max_fps).limit_denominator(1000)
    context.bit_rate = target.bitrate_bps
    context.thread_count = 1
    context.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "profile": "baseline",
        "forced-idr": "1",
        "x264-params": f"repeat-headers=1:scenecut=0:keyint=100000:vbv-maxrate={target.bitrate_bps // 1000}"
        f":vbv-bufsize={target.bitrate_bps // 1000}",
    }
    return context
