"""Real footage as a simulated camera's picture: any file that FFmpeg opens, cut to a loop and fitted below strip and clock."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from streams.simulate.paint import SPACER_PX, Canvas
from streams.simulate.strip import BLACK_LUMA


def content_hash(path: Path) -> str:
    """SHA-256 of the file. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def pictures(path: Path, canvas: Canvas, count: int) -> Iterator[NDArray[np.uint8]]:
    """`count` I420 buffers from the start of the file, in the canvas's size and rate; a shorter file begins again.

    Raises ValueError when the file holds no picture, and what PyAV raises when it is no video.
    """
    made = 0
    while made < count:
        before = made
        for picture in _once(path, canvas):
            yield picture
            made += 1
            if made == count:
                return
        if made == before:
            raise ValueError("the clip holds no picture")


def _once(path: Path, canvas: Canvas) -> Iterator[NDArray[np.uint8]]:
    due_s = 0.0
    with av.open(str(path)) as container:
        if not container.streams.video:
            raise ValueError("the clip holds no picture")
        for frame in container.decode(video=0):
            at_s = frame.time or 0.0
            fitted: NDArray[np.uint8] | None = None
            while due_s <= at_s:
                fitted = _fit(frame, canvas) if fitted is None else fitted
                yield fitted
                due_s += 1 / canvas.fps


def _fit(frame: av.VideoFrame, canvas: Canvas) -> NDArray[np.uint8]:
    """The whole picture, scaled to fit below the black row, with black at both sides."""
    room = canvas.height_px - SPACER_PX
    scale = min(canvas.width_px / frame.width, room / frame.height)
    width, height = int(frame.width * scale) // 2 * 2, int(frame.height * scale) // 2 * 2
    small = cv2.resize(frame.to_ndarray(format="bgr24"), (width, height), interpolation=cv2.INTER_AREA)
    out = np.zeros((canvas.height_px, canvas.width_px, 3), np.uint8)
    left = (canvas.width_px - width) // 4 * 2
    out[SPACER_PX : SPACER_PX + height, left : left + width] = small
    picture = np.asarray(cv2.cvtColor(out, cv2.COLOR_BGR2YUV_I420), np.uint8)
    picture[:SPACER_PX] = BLACK_LUMA
    return picture
