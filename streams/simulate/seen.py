"""What a viewer of simulated pictures really saw: the capture time in the strip of every picture that was received."""

import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import av
import numpy as np
from av.error import FFmpegError

from streams.simulate import strip
from streams.simulate.strip import full_time_ms

_START_CODE = b"\x00\x00\x00\x01"


def times_of_h264(pictures: Iterable[Sequence[bytes]], near_ms: int) -> list[int]:
    """UTC in ms, from the strip of each picture that can be decoded. `pictures`: their NAL units, in decoding order."""
    coder = av.VideoCodecContext.create("h264", "r")
    found: list[int] = []
    for nals in pictures:
        packet = av.Packet(b"".join(_START_CODE + nal for nal in nals))
        found += _decoded(coder, packet, near_ms)
    found += _decoded(coder, None, near_ms)
    return found


def times_of_mp4(data: bytes, near_ms: int) -> list[int]:
    """The same of fragmented MP4 that begins with its initialisation segment. What is cut off at the end does not count."""
    found: list[int] = []
    try:
        with av.open(io.BytesIO(data), "r") as container:
            for frame in container.decode(video=0):
                found += _read(frame, near_ms)
    except FFmpegError:
        return found
    return found


def _decoded(coder: av.VideoCodecContext, packet: "av.Packet[Any] | None", near_ms: int) -> Iterator[int]:
    try:
        frames = coder.decode(packet)
    except FFmpegError:
        return
    for frame in frames:
        yield from _read(frame, near_ms)


def _read(frame: av.VideoFrame, near_ms: int) -> Iterator[int]:
    seen = strip.decode(np.asarray(frame.to_ndarray(format="gray")))
    if seen is not None:
        yield full_time_ms(seen.capture_ms, near_ms)
