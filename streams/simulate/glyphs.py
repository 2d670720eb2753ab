"""The letters of the clock in the picture, as luma samples. Pure."""

from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from streams.simulate.strip import BLACK_LUMA, WHITE_LUMA

CELL_PX = 16


@cache
def cell_samples(character: str, scale: int) -> tuple[tuple[bytes, ...], ...]:
    """`scale` rows of `scale` macroblocks of 256 luma samples each that show one ASCII character, black at its edges."""
    size = CELL_PX * scale
    big = np.full((size * 4, size * 4), BLACK_LUMA, np.uint8)
    (width, height), _ = cv2.getTextSize(character, cv2.FONT_HERSHEY_SIMPLEX, 1.9 * scale, 5 * scale)
    origin = ((size * 4 - width) // 2, (size * 4 + 40 * scale) // 2)
    cv2.putText(big, character, origin, cv2.FONT_HERSHEY_SIMPLEX, 1.9 * scale, WHITE_LUMA, 5 * scale, cv2.LINE_AA)
    del height
    small = np.asarray(cv2.resize(big, (size, size), interpolation=cv2.INTER_AREA), np.uint8)
    small[:, (0, -1)] = BLACK_LUMA
    small[(0, -1), :] = BLACK_LUMA
    return tuple(tuple(_block(small, row, column) for column in range(scale)) for row in range(scale))


def _block(cell: NDArray[np.uint8], row: int, column: int) -> bytes:
    top, left = row * CELL_PX, column * CELL_PX
    return cell[top : top + CELL_PX, left : left + CELL_PX].tobytes()
