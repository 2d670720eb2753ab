"""Short coded clips with known truth, for the trial of the motion detector: a place, one trouble, and perhaps one crossing.

All clips of one camera begin and end with the same still scene and with a keyframe, so that a long time before a camera can be put
together from them in any order. Pure but for the encoder; everything follows from the seeds.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import av
import numpy as np
from numpy.typing import NDArray

from streams.simulate.bits import split_annex_b
from streams.simulate.encode import open_encoder, params
from streams.simulate.paint import grain_of
from streams.simulate.trial_cameras import (
    CALM_CLIP_S,
    CROSSING_CLIP_S,
    FPS,
    GOP_S,
    HEIGHT_PX,
    SIZE,
    WIDTH_PX,
    TrialCamera,
)
from streams.simulate.trial_crossings import Crossing, Stage, crossings
from streams.simulate.troubles import Calm, Effect
from streams.types.media import Codec

_FIRST_CROSSING = 1000


@dataclass(frozen=True, slots=True)
class TrialClip:
    camera: TrialCamera
    number: int
    crossing: Crossing | None = None

    @property
    def seconds(self) -> int:
        return CROSSING_CLIP_S if self.crossing else CALM_CLIP_S


@dataclass(frozen=True, slots=True)
class CodedPicture:
    parts: tuple[bytes, ...]
    keyframe: bool


def calm_clips(camera: TrialCamera, count: int) -> list[TrialClip]:
    return [TrialClip(camera, number) for number in range(count)]


def crossing_clips(camera: TrialCamera, count: int) -> list[TrialClip]:
    """Somebody or something crosses once in each: every kind, near and far, slow and quick, bright and hardly to be seen."""
    numbers = range(_FIRST_CROSSING, _FIRST_CROSSING + count)
    return [TrialClip(camera, n, c) for n, c in zip(numbers, crossings(camera, numbers), strict=True)]


def draw(clip: TrialClip) -> Iterator[NDArray[np.uint8]]:
    """The pictures of a clip as I420 buffers (540 × 640); each is reused for the next."""
    camera, rng = clip.camera, np.random.default_rng((clip.camera.seed, clip.number))
    stage = Stage(camera, clip.seconds, rng)
    grain = grain_of((HEIGHT_PX + 256, WIDTH_PX + 512), rng, camera.noise)
    for index in range(clip.seconds * FPS):
        at_s = index / FPS
        planes = stage.scenery(at_s, clip.crossing)
        planes.y[:] = _grainy(stage.trouble, planes.y, at_s, grain, rng)
        yield planes.buffer


def _grainy(
    trouble: Effect, luma: NDArray[np.uint8], at_s: float, grain: NDArray[np.int16], rng: np.random.Generator
) -> NDArray[np.uint8]:
    lit = luma if isinstance(trouble, Calm) else trouble.air(luma, at_s)
    down, right = int(rng.integers(256)), int(rng.integers(512))
    noisy = lit + grain[down : down + HEIGHT_PX, right : right + WIDTH_PX]
    return np.asarray(np.clip(noisy, 0, 255), np.uint8)


def coded(clip: TrialClip) -> list[CodedPicture]:
    """Draw and encode: closed GOPs of two seconds, as a camera's sub stream."""
    codec = clip.camera.codec
    encoder = open_encoder(codec, SIZE, FPS, _options(clip.camera))
    packets = []
    for index, buffer in enumerate(draw(clip)):
        frame = av.VideoFrame.from_ndarray(buffer, format="yuv420p")
        frame.pts = index
        packets.extend(encoder.encode(frame))
    packets.extend(encoder.encode(None))
    return [CodedPicture(tuple(split_annex_b(bytes(packet))), packet.is_keyframe) for packet in packets]


def _options(camera: TrialCamera) -> dict[str, str]:
    gop = GOP_S * FPS
    common: dict[str, object] = {"keyint": gop, "min-keyint": gop, "scenecut": 0, "bframes": 0, "repeat-headers": 1}
    if camera.rate_bps:
        kbps = camera.rate_bps // 1000
        common |= {"bitrate": kbps, "vbv-maxrate": kbps, "vbv-bufsize": kbps}
    else:
        common |= {"crf": 25.0, "vbv-maxrate": 1000, "vbv-bufsize": 1500}
    if camera.codec is Codec.H265:
        return {
            "preset": "ultrafast",
            "x265-params": params(common | {"pools": "none", "log-level": "none", "open-gop": 0}),
        }
    common |= {"threads": 1, "rc-lookahead": 0, "sync-lookahead": 0, "annexb": 1}
    return {"preset": "superfast", "profile": "baseline", "x264-params": params(common)}
