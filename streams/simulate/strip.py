"""The machine-readable strip in every simulated picture: camera number and capture time.

Pure functions between numbers, 64 bits and luma samples (docs/architecture.md "Strip"). Must not know how pictures are coded or sent.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

BLOCK_PX = 16
BLOCKS_PER_ROW = 32
ROWS = 2
MAGIC = 0xA5
WHITE_LUMA = 235
BLACK_LUMA = 16
_THRESHOLD = 128
_MARGIN = 24
"""A block whose mean luma is nearer to the threshold than this is not a strip block: a grey sky never reads as a strip."""


@dataclass(frozen=True, slots=True)
class Strip:
    """`camera` 0…4095; `capture_ms` UTC milliseconds modulo 2³⁶ (every 2.2 years; see `full_time_ms`)."""

    camera: int
    capture_ms: int


@cache
def _crc_table() -> bytes:
    table = []
    for value in range(256):
        crc = value
        for _ in range(8):
            crc = ((crc << 1) ^ 0x07 if crc & 0x80 else crc << 1) & 0xFF
        table.append(crc)
    return bytes(table)


def crc8(data: bytes) -> int:
    """CRC-8 with polynomial 0x07, initial value 0, no reflection."""
    table = _crc_table()
    crc = 0
    for byte in data:
        crc = table[crc ^ byte]
    return crc


def encode(strip: Strip) -> bytes:
    """The eight bytes of a strip. Raises ValueError when a number does not fit."""
    if not 0 <= strip.camera < 1 << 12:
        raise ValueError("camera number does not fit into 12 bits")
    if not 0 <= strip.capture_ms < 1 << 36:
        raise ValueError("capture time does not fit into 36 bits")
    body = (strip.camera << 36 | strip.capture_ms).to_bytes(6, "big")
    return bytes((MAGIC,)) + body + bytes((crc8(body),))


def parse(data: bytes) -> Strip | None:
    """The strip in eight bytes, or None when they are none."""
    if len(data) != 8 or data[0] != MAGIC or crc8(data[1:7]) != data[7]:
        return None
    body = int.from_bytes(data[1:7], "big")
    return Strip(body >> 36, body & ((1 << 36) - 1))


def full_time_ms(capture_ms: int, near_ms: int) -> int:
    """The UTC time in milliseconds nearest to `near_ms` that has `capture_ms` as its low 36 bits."""
    wrap = 1 << 36
    base = near_ms - near_ms % wrap + capture_ms
    return min((base - wrap, base, base + wrap), key=lambda ms: abs(ms - near_ms))


def draw(luma: NDArray[np.uint8], strip: Strip) -> None:
    """Draw the strip into the top left of a luma plane (H×W, at least 32×512), in place."""
    bits = np.unpackbits(np.frombuffer(encode(strip), np.uint8)).reshape(ROWS, BLOCKS_PER_ROW)
    blocks = np.where(bits, WHITE_LUMA, BLACK_LUMA).astype(np.uint8)
    height, width = ROWS * BLOCK_PX, BLOCKS_PER_ROW * BLOCK_PX
    luma[:height, :width] = np.repeat(np.repeat(blocks, BLOCK_PX, axis=0), BLOCK_PX, axis=1)


def decode(luma: NDArray[np.uint8]) -> Strip | None:
    """Read the strip from a luma plane (H×W, uint8), or None where there is none.

    Only the middle 8×8 px of each block count, so that ringing and deblocking at the edges do no harm.
    """
    height, width = ROWS * BLOCK_PX, BLOCKS_PER_ROW * BLOCK_PX
    if luma.ndim != 2 or luma.shape[0] < height or luma.shape[1] < width:
        return None
    edge = BLOCK_PX // 4
    cells = luma[:height, :width].reshape(ROWS, BLOCK_PX, BLOCKS_PER_ROW, BLOCK_PX)
    means = cells[:, edge:-edge, :, edge:-edge].mean(axis=(1, 3))
    if np.any(np.abs(means - _THRESHOLD) < _MARGIN):
        return None
    return parse(np.packbits((means >= _THRESHOLD).reshape(-1)).tobytes())
