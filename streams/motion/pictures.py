"""Decoding as little as motion needs: luma planes and JPEGs out of access units. Runs in the motion thread."""

from collections.abc import Iterator
from typing import Protocol, cast

import av
import av.error
import cv2
import numpy as np
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from streams.motion.background import Grey
from streams.motion.detector import small_grey
from streams.types.media import AccessUnit, Codec

_NAMES = {Codec.H264: "h264", Codec.H265: "hevc"}
_START = b"\x00\x00\x00\x01"
JPEG_QUALITY = 80


class Picture(Protocol):
    """What motion needs of a decoded picture."""

    def grey(self) -> Grey:
        """The small picture that the detector looks at."""

    def jpeg(self) -> bytes:
        """For people, at most 640 px wide."""


class Pictures(Protocol):
    """What decodes."""

    def pictures(self, unit: AccessUnit) -> Iterator[Picture]: ...


class Decoder:
    """One codec context, one thread, loop filter off: pictures are looked at by a detector, not by people."""

    def __init__(self, codec: Codec) -> None:
        context = cast("VideoCodecContext", av.CodecContext.create(_NAMES[codec], "r"))
        context.thread_count = 1
        context.options = {"skip_loop_filter": "all", "flags": "+low_delay", "flags2": "+fast"}
        self._context = context

    def pictures(self, unit: AccessUnit) -> Iterator["Picture"]:
        """As `decode`, for those who want no frames."""
        return map(DecodedPicture, self.decode(unit))

    def decode(self, unit: AccessUnit) -> Iterator[VideoFrame]:
        """The pictures that come out, usually one. What cannot be decoded gives none: the next keyframe mends it."""
        data = _START + _START.join(unit.parts)
        try:
            yield from self._context.decode(av.Packet(data))
        except av.error.FFmpegError:
            self._context.flush_buffers()

    def restart(self) -> None:
        """Forget the reference pictures: what comes next starts with a keyframe, perhaps of another camera."""
        self._context.flush_buffers()


class DecodedPicture:
    """A frame out of the decoder."""

    __slots__ = ("_frame",)

    def __init__(self, frame: VideoFrame) -> None:
        self._frame = frame

    def grey(self) -> Grey:
        return small_grey(luma(self._frame))

    def jpeg(self) -> bytes:
        return jpeg(self._frame)


def luma(frame: VideoFrame) -> Grey:
    """The luma plane, height × width, without copying; valid as long as `frame` lives. 8-bit planar formats only."""
    plane = frame.planes[0]
    whole: Grey = np.frombuffer(memoryview(plane), dtype=np.uint8).reshape(-1, plane.line_size)
    return whole[: frame.height, : frame.width]


def jpeg(frame: VideoFrame, max_width_px: int = 640) -> bytes:
    """The picture as JPEG, at most `max_width_px` wide."""
    width = min(frame.width, max_width_px)
    height = max(2, round(frame.height * width / frame.width))
    pixels = frame.reformat(width=width, height=height, format="bgr24").to_ndarray()
    done, coded = cv2.imencode(".jpg", pixels, [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])
    return coded.tobytes() if done else b""


def newest_jpeg(units: tuple[AccessUnit, ...], max_width_px: int) -> bytes:
    """Decode a run that starts with a keyframe and give its last picture. Blocks: call it in a thread."""
    decoder = Decoder(units[0].codec)
    last: VideoFrame | None = None
    for unit in units:
        for frame in decoder.decode(unit):
            last = frame
    return jpeg(last, max_width_px) if last is not None else b""
