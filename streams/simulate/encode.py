"""Encodes a loop once with libx264 or libx265, and keeps it on disk under the hash of what it was made from.

A file in the cache is written beside and renamed; one that is broken in any way is made again.
"""

import hashlib
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import av
import numpy as np
import structlog
from numpy.typing import NDArray

from streams.simulate import clip, paint
from streams.simulate.bits import split_annex_b
from streams.simulate.catalogue import LoopSpec
from streams.types.media import Codec

log = structlog.get_logger(__name__)

_MAKER: Final = 4  # part of the hash: raise it when drawing or encoding changes
_MAGIC: Final = b"VONGLOOP"
_X264: Final = {
    "cabac": 0, "bframes": 0, "ref": 1, "weightp": 0, "8x8dct": 0, "slices": 1, "threads": 1, "scenecut": 0, "mbtree": 0,
    "rc-lookahead": 0, "sync-lookahead": 0, "repeat-headers": 1, "annexb": 1, "aud": 0, "deblock": "0:0",
}  # fmt: skip
_X265: Final = {
    "ctu": 16, "min-cu-size": 8, "max-tu-size": 16, "bframes": 0, "ref": 1, "weightp": 0, "wpp": 0, "pools": "none",
    "frame-threads": 1, "slices": 1, "scenecut": 0, "rc-lookahead": 0, "lookahead-slices": 0, "cutree": 0, "sao": 0,
    "deblock": "false", "temporal-mvp": 0, "repeat-headers": 1, "annexb": 1, "aud": 0, "info": 0, "open-gop": 0,
    "log-level": "none", "strong-intra-smoothing": 0,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Encoded:
    """The NAL units of each picture of a loop, in order, parameter sets in front of every keyframe."""

    pictures: tuple[tuple[bytes, ...], ...]


def digest(spec: LoopSpec) -> str:
    """A hash of everything that decides what the loop looks like. For a clip, its file's content counts, not its name."""
    made_from = asdict(spec) | {"maker": _MAKER, "av": av.__version__, "x264": _X264, "x265": _X265}
    if spec.clip:
        made_from["clip"] = clip.content_hash(Path(spec.clip))
    return hashlib.sha256(json.dumps(made_from, sort_keys=True, default=str).encode()).hexdigest()[:32]


def load_or_encode(spec: LoopSpec, cache: Path) -> Encoded:
    """The loop from the cache, or made now. Blocks; call it from a thread."""
    path = cache / f"{digest(spec)}.loop"
    return read_or_make(path, lambda: encode(spec))


def read_or_make(path: Path, make: Callable[[], Encoded]) -> Encoded:
    """What the file holds; where there is none or a broken one, what `make` gives, which is kept there."""
    found = _read(path)
    if found is None:
        found = make()
        _write(path, found)
    return found


def encode(spec: LoopSpec) -> Encoded:
    """Draw and encode a whole loop."""
    return encode_pictures(spec, _source(spec))


def _source(spec: LoopSpec) -> Iterator[NDArray[np.uint8]]:
    canvas = paint.Canvas(spec.width_px, spec.scene_height_px, spec.fps)
    if spec.clip:
        return clip.pictures(Path(spec.clip), canvas, spec.pictures)
    return paint.pictures(spec.scene, canvas)


def encode_pictures(spec: LoopSpec, source: Iterator[NDArray[np.uint8]]) -> Encoded:
    """Encode I420 buffers of the size of the spec's scene."""
    encoder = open_encoder(spec.codec, (spec.width_px, spec.scene_height_px), spec.fps, _options(spec))
    packets: list[bytes] = []
    for index, buffer in enumerate(source):
        frame = av.VideoFrame.from_ndarray(buffer, format="yuv420p")
        frame.pts = index
        packets.extend(bytes(packet) for packet in encoder.encode(frame))
    packets.extend(bytes(packet) for packet in encoder.encode(None))
    return Encoded(tuple(tuple(split_annex_b(packet)) for packet in packets))


def open_encoder(codec: Codec, size: tuple[int, int], fps: int, options: dict[str, str]) -> av.VideoCodecContext:
    name = "libx264" if codec is Codec.H264 else "libx265"
    encoder = av.CodecContext.create(name, "w")
    assert isinstance(encoder, av.VideoCodecContext)
    encoder.width, encoder.height = size
    encoder.pix_fmt = "yuv420p"
    encoder.framerate = Fraction(fps)
    encoder.time_base = Fraction(1, fps)
    encoder.options = options
    return encoder


def _options(spec: LoopSpec) -> dict[str, str]:
    kbps = spec.bitrate_bps // 1000
    # Constant quality: a quiet picture costs less than a busy one, as with the VBR of real cameras.
    rate = {"crf": spec.quality, "vbv-maxrate": kbps * 2, "vbv-bufsize": kbps * 3}
    common = {"keyint": spec.gop, "min-keyint": spec.gop, "ipratio": 1.1} | rate
    if spec.codec is Codec.H264:
        return {"preset": "superfast", "profile": "baseline", "x264-params": params(_X264 | common)}
    return {"preset": "ultrafast", "x265-params": params(_X265 | common)}


def x265_options(quality: float, gop: int) -> dict[str, str]:
    """Options for slices that must fit into pictures of an H.265 loop: everything in the PPS alike."""
    options = _X265 | {"crf": quality, "keyint": gop, "min-keyint": gop, "vbv-maxrate": 8000, "vbv-bufsize": 8000}
    return {"preset": "ultrafast", "x265-params": params(options)}


def params(options: dict[str, object]) -> str:
    return ":".join(f"{key}={value if value != '0:0' else '0,0'}" for key, value in options.items())


def _read(path: Path) -> Encoded | None:
    try:
        data = path.read_bytes()
    except OSError:
        return None
    body, seal = data[:-32], data[-32:]
    if not data.startswith(_MAGIC) or hashlib.sha256(body).digest() != seal:
        log.warning("broken file in the loop cache, made again", file=path.name)
        return None
    index_size = int.from_bytes(body[8:12], "big")
    sizes: list[list[int]] = json.loads(body[12 : 12 + index_size])
    at, out = 12 + index_size, []
    for picture in sizes:
        nals = []
        for size in picture:
            nals.append(body[at : at + size])
            at += size
        out.append(tuple(nals))
    return Encoded(tuple(out))


def _write(path: Path, encoded: Encoded) -> None:
    index = json.dumps([[len(nal) for nal in picture] for picture in encoded.pictures]).encode()
    blob = b"".join(nal for picture in encoded.pictures for nal in picture)
    body = _MAGIC + len(index).to_bytes(4, "big") + index + blob
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.stem)
    with os.fdopen(handle, "wb") as file:
        file.write(body + hashlib.sha256(body).digest())
    Path(name).replace(path)
