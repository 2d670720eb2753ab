"""Small loops with strip and clock, and what a decoder that knows nothing of them makes of it."""

import functools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from streams.simulate.catalogue import LoopSpec, sub_spec
from streams.simulate.encode import Encoded, load_or_encode
from streams.simulate.glyphs import cell_samples
from streams.simulate.scenes import all_scenes
from streams.simulate.strip import BLOCK_PX, ROWS
from streams.simulate.weave import weave
from streams.simulate.weave_types import Weave
from streams.types.media import Codec

FPS = 5
CLOCK_LETTERS = "0123456789/: CAM"


def small_spec(codec: Codec = Codec.H264, scene: int = 0, letter_scale: int = 1) -> LoopSpec:
    chosen = sub_spec(all_scenes()[scene], 288)
    key, width_px = f"test/{scene}/{codec}/{letter_scale}", chosen.width_px * letter_scale
    return replace(chosen, key=key, codec=codec, fps=FPS, width_px=width_px, letter_scale=letter_scale)


@functools.cache
def woven(spec: LoopSpec, cache: Path) -> tuple[Encoded, Weave]:
    encoded = load_or_encode(spec, cache)
    return encoded, weave(spec, encoded)


def decode(codec: Codec, pictures: Iterable[Sequence[bytes]]) -> list[NDArray[np.uint8]]:
    """The luma planes of consecutive coded pictures, all of them or an exception."""
    decoder = av.CodecContext.create("h264" if codec is Codec.H264 else "hevc", "r")
    decoder.thread_count = 1
    decoder.options = {"err_detect": "explode"}
    frames = []
    for nals in pictures:
        frames += decoder.decode(av.Packet(b"".join(b"\x00\x00\x00\x01" + nal for nal in nals)))
    frames += decoder.decode(None)
    return [np.asarray(frame.to_ndarray(format="yuv420p"))[: frame.height] for frame in frames]


def read_clock(luma: NDArray[np.uint8], spec: LoopSpec, letters: int) -> str:
    """What somebody who compares each letter with the alphabet reads from the clock row."""
    scale, top = spec.letter_scale, ROWS * BLOCK_PX
    size = scale * BLOCK_PX
    alphabet = {letter: _letter(letter, scale) for letter in CLOCK_LETTERS}
    text = ""
    for index in range(letters):
        cell = luma[top : top + size, index * size : (index + 1) * size].astype(int)
        text += min(alphabet, key=lambda letter: int(np.abs(cell - alphabet[letter]).sum()))
    return text


def _letter(letter: str, scale: int) -> NDArray[np.int64]:
    rows = [
        np.concatenate([np.frombuffer(block, np.uint8).reshape(BLOCK_PX, BLOCK_PX) for block in row], axis=1)
        for row in cell_samples(letter, scale)
    ]
    return np.concatenate(rows).astype(int)
