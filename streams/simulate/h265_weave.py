"""Strip and clock above a shared H.265 scene, as independent slices chosen from slices that were encoded beforehand.

A slice of a whole picture of n × 1 CTUs is also a slice of n CTUs anywhere in a larger picture: nothing outside of a slice is used
to code it. So each value of a strip byte (8 blocks), each letter, and black of the right width is encoded once as a tiny picture:

    row 0, 1   four slices for four bytes each, then black
    row 2      the clock: one slice per letter and black, where it changed; else one slice of skipped blocks
    rest       the scene's slice
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

from streams.simulate import h265
from streams.simulate.bits import NONE, split_annex_b
from streams.simulate.catalogue import LoopSpec
from streams.simulate.encode import Encoded, open_encoder, x265_options
from streams.simulate.glyphs import cell_samples
from streams.simulate.h265 import CTU_PX, Placer, Slice
from streams.simulate.rtp import payloads
from streams.simulate.strip import BLACK_LUMA, BLOCKS_PER_ROW, ROWS, WHITE_LUMA
from streams.simulate.timeline import clock_text
from streams.simulate.weave_types import Overlay
from streams.types.media import Codec

_BLOCKS: Final = 8
_SHARP: Final = 18.0  # constant rate factor of strip and letters
_LETTERS: Final = "0123456789/: CAM"


class H265Weave:
    """Raises ValueError when the encoder's output cannot be spliced. Building one encodes for some 0.3 s."""

    def __init__(self, spec: LoopSpec, encoded: Encoded) -> None:
        if spec.letter_scale != 1 or spec.height_px % 8:
            raise ValueError("the clock of an H.265 loop is one row, and its height a multiple of 8")
        self.spec = spec
        self.codec = Codec.H265
        first = encoded.pictures[0]
        vps, sps, pps = (_one(first, kind) for kind in (h265.NAL_VPS, h265.NAL_SPS, h265.NAL_PPS))
        self._coding = h265.read_coding(sps, pps)
        self._pps = pps
        self.parameter_sets = (h265.levelled_vps(vps), h265.taller_sps(sps, spec.height_px), pps)
        columns = spec.width_px // CTU_PX
        self._placer = Placer(columns, -(-spec.height_px // CTU_PX))
        self._heads: list[Slice] = []
        self._scenes: list[tuple[bytes, ...]] = []
        for picture in encoded.pictures:
            part = h265.read_slice(_only_slice(picture), self._coding)
            moved = self._placer.place(part, (ROWS + 1) * columns, part)
            self._heads.append(replace(part, data=b"", own=NONE))
            self._scenes.append(tuple(payloads(Codec.H265, [moved])))
        if len(self._heads) != spec.pictures or any(h.idr != (not i % spec.gop) for i, h in enumerate(self._heads)):
            raise ValueError("the loop has not the pictures that it should have")
        self._encode_parts(columns)

    def _encode_parts(self, columns: int) -> None:
        self._bytes = self._intra(_byte_pictures(), _BLOCKS)
        self._letters = dict(zip(_LETTERS, self._intra(map(_letter_picture, _LETTERS), 1), strict=True))
        tail = columns - BLOCKS_PER_ROW
        self._tail = self._intra([_black(tail, 1)], tail)[0] if tail else None
        rest = columns - len(clock_text(0, 0))
        self._rest = self._intra([_black(rest, 1)], rest)[0]
        self._skipped_row = self._skipped(columns, 1)
        self._skipped_picture = self._skipped(columns, -(-self.spec.height_px // CTU_PX))

    def above(self, position: int, overlay: Overlay) -> list[bytes]:
        head, place, columns = self._heads[position], self._placer.place, self._placer.columns
        out = list(self.parameter_sets) if head.idr else []
        for row in range(ROWS):
            at = row * columns
            for index in range(4):
                out.append(place(self._bytes[overlay.strip[4 * row + index]], at + _BLOCKS * index, head))
            if self._tail is not None:
                out.append(place(self._tail, at + BLOCKS_PER_ROW, head))
        if not head.idr and overlay.text == overlay.text_before:
            out.append(place(self._skipped_row, ROWS * columns, head))
            return out
        for index, letter in enumerate(overlay.text):
            out.append(place(self._letters[letter], ROWS * columns + index, head))
        out.append(place(self._rest, ROWS * columns + len(overlay.text), head))
        return out

    def scene(self, position: int) -> tuple[bytes, ...]:
        return self._scenes[position]

    def standstill(self, gop_position: int) -> list[bytes]:
        return [self._placer.place(self._skipped_picture, 0, self._heads[gop_position])]

    def _intra(self, pictures: Iterator[NDArray[np.uint8]] | list[NDArray[np.uint8]], blocks: int) -> list[Slice]:
        return self._slices(pictures, (blocks * CTU_PX, CTU_PX), gop=1)

    def _skipped(self, columns: int, rows: int) -> Slice:
        height = min(rows * CTU_PX, self.spec.height_px)
        still = _black(columns, rows)[: height * 3 // 2]
        return self._slices([still, still], (columns * CTU_PX, height), gop=2)[1]

    def _slices(
        self, pictures: Iterator[NDArray[np.uint8]] | list[NDArray[np.uint8]], size: tuple[int, int], gop: int
    ) -> list[Slice]:
        encoder = open_encoder(Codec.H265, size, self.spec.fps, x265_options(_SHARP, gop))
        packets: list[bytes] = []
        for index, picture in enumerate(pictures):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), format="yuv420p")
            frame.pts = index
            packets.extend(bytes(packet) for packet in encoder.encode(frame))
        packets.extend(bytes(packet) for packet in encoder.encode(None))
        split = [tuple(split_annex_b(packet)) for packet in packets]
        if _one(split[0], h265.NAL_PPS) != self._pps:
            raise ValueError("strip and scene are not coded alike")
        return [h265.read_slice(_only_slice(picture), self._coding) for picture in split]


def _one(picture: tuple[bytes, ...], kind: int) -> bytes:
    found = next((nal for nal in picture if h265.nal_type(nal) == kind), None)
    if found is None:
        raise ValueError(f"no NAL unit of type {kind}")
    return found


def _only_slice(picture: tuple[bytes, ...]) -> bytes:
    slices = [nal for nal in picture if h265.nal_type(nal) in (h265.NAL_TRAIL, h265.NAL_IDR)]
    if len(slices) != 1:
        raise ValueError("a picture has not exactly one slice")
    return slices[0]


def _black(columns: int, rows: int) -> NDArray[np.uint8]:
    picture = np.full((rows * CTU_PX * 3 // 2, columns * CTU_PX), 128, np.uint8)
    picture[: rows * CTU_PX] = BLACK_LUMA
    return picture


def _byte_pictures() -> Iterator[NDArray[np.uint8]]:
    for value in range(256):
        picture = _black(_BLOCKS, 1)
        for index in range(_BLOCKS):
            if value >> 7 - index & 1:
                picture[:CTU_PX, index * CTU_PX : (index + 1) * CTU_PX] = WHITE_LUMA
        yield picture


def _letter_picture(letter: str) -> NDArray[np.uint8]:
    picture = _black(1, 1)
    picture[:CTU_PX] = np.frombuffer(cell_samples(letter, 1)[0][0], np.uint8).reshape(CTU_PX, CTU_PX)
    return picture
