"""Regions of a picture made unrecognisable, and the picture coded anew: H.264, on one thread, in a process that gives way to all others."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from streams.types.extraction import Region

Pixels = NDArray[np.uint8]
_TIME_BASE = Fraction(1, 90_000)
_CELLS = 8
"""A region keeps at most so many cells on its longer side: too few for a face or a plate, and nothing can bring the rest back."""
_QUALITY = "23"


def blur(pixels: Pixels, regions: Sequence[Region]) -> None:
    """`pixels` (height, width, 3) in place: each region becomes a few cells of one colour each, averaged."""
    height, width = pixels.shape[:2]
    for region in regions:
        left, top = int(region.x * width), int(region.y * height)
        right = min(width, -int(-(region.x + region.width) * width // 1))
        bottom = min(height, -int(-(region.y + region.height) * height // 1))
        if right <= left or bottom <= top:
            continue
        part = pixels[top:bottom, left:right]
        longer = max(part.shape[:2])
        cells = (max(1, _CELLS * part.shape[1] // longer), max(1, _CELLS * part.shape[0] // longer))
        small = cv2.resize(part, cells, interpolation=cv2.INTER_AREA)
        pixels[top:bottom, left:right] = cv2.resize(
            small, (part.shape[1], part.shape[0]), interpolation=cv2.INTER_NEAREST
        )


class Blurrer:
    """Decodes, blurs and codes the pictures of one output file."""

    def __init__(self, out: Any, source: Any, regions: Sequence[Region]) -> None:
        self._container = out
        self._regions = regions
        self._last = -1
        # Even sides: 4:2:0 has no others.
        self._size = (source.width - source.width % 2, source.height - source.height % 2)
        self.out = out.add_stream("libx264", options={"preset": "veryfast", "crf": _QUALITY})
        self.out.width, self.out.height = self._size
        self.out.pix_fmt = "yuv420p"
        self.out.time_base = _TIME_BASE
        self.out.codec_context.time_base = _TIME_BASE
        self.out.codec_context.thread_count = 1

    def take(self, packet: Any, ahead_ns: int) -> None:
        for frame in packet.decode():
            self._frame(frame, ahead_ns)

    def drain(self, stream: Any, ahead_ns: int) -> None:
        """What the decoder of a segment still holds at its end."""
        for frame in stream.decode(None):
            self._frame(frame, ahead_ns)

    def end(self) -> None:
        self._container.mux(self.out.encode(None))

    def _frame(self, frame: Any, ahead_ns: int) -> None:
        if frame.pts is None:
            return
        at = round(frame.pts * frame.time_base / _TIME_BASE) + ahead_ns * 90_000 // 1_000_000_000
        pixels: Pixels = frame.to_ndarray(format="bgr24")
        blur(pixels, self._regions)
        shown = av.VideoFrame.from_ndarray(
            np.ascontiguousarray(pixels[: self._size[1], : self._size[0]]), format="bgr24"
        )
        shown.pts = self._last = max(at, self._last + 1)
        shown.time_base = _TIME_BASE
        self._container.mux(self.out.encode(shown))
