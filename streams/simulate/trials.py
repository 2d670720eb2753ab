"""Short coded clips with known truth, for the trial of the motion detector: a place, one trouble, and perhaps one crossing.

All clips of one camera begin and end with the same still scene and with a keyframe, so that a long time before a camera can be put
together from them in any order. Pure but for the encoder; everything follows from the seeds.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

from streams.simulate.bits import split_annex_b
from streams.simulate.encode import open_encoder, params
from streams.simulate.paint import Canvas, Planes, background_of, draw_mover, grain_of
from streams.simulate.scenes import Kind, Mover, Place, Scene
from streams.simulate.troubles import Calm, Effect, Setting, Trouble, effect
from streams.types.media import Codec

FPS: Final = 15
WIDTH_PX: Final = 640
HEIGHT_PX: Final = 360
GOP_S: Final = 2
CALM_CLIP_S: Final = 16
CROSSING_CLIP_S: Final = 10
_SIZE: Final = (WIDTH_PX, HEIGHT_PX)
_PLACES: Final = (Place.ROAD, Place.YARD, Place.MARKET, Place.GATE, Place.PARKING, Place.CORRIDOR)
_AFTER_DARK: Final = (Trouble.HEADLIGHTS, Trouble.INSECTS)


class Series(StrEnum):
    """Two sets of cameras, alike in kind, with nothing drawn in common: what was tuned on one is reported on the other."""

    TUNING = "tuning"
    HELD_OUT = "held-out"


_SEEDS: Final = {Series.TUNING: 500, Series.HELD_OUT: 90_500}


@dataclass(frozen=True, slots=True)
class TrialCamera:
    """What one camera of the trial looks at. `rate_bps` 0 is constant quality, else a constant bit rate as many cameras send."""

    name: str
    trouble: Trouble
    place: Place
    night: bool
    seed: int
    rate_bps: int = 0
    codec: Codec = Codec.H264

    @property
    def noise(self) -> float:
        """Standard deviation of the sensor noise in luma levels."""
        return 3.2 if self.night else 2.3


@dataclass(frozen=True, slots=True)
class Crossing:
    """`contrast`: how many luma levels the clothes or the paint differ from the ground at the least."""

    mover: Mover
    contrast: int
    door: float
    """Right edge of where it can be seen, as a fraction of the width: it comes out of, or goes into, a door there. 1 is no door."""

    @property
    def seen_s(self) -> tuple[float, float]:
        """From when to when a part of it is in the picture."""
        wide = self.mover.width(WIDTH_PX / HEIGHT_PX) / 2
        x0, x1 = self.mover.start[0], self.mover.end[0]
        times = [
            self.mover.start_s + share * (self.mover.end_s - self.mover.start_s)
            for share in (step / 500 for step in range(501))
            if -wide < x0 + share * (x1 - x0) < min(self.door, 1.0) + wide
        ]
        return times[0], times[-1]


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


def cameras(series: Series = Series.TUNING) -> tuple[TrialCamera, ...]:
    """One camera for each trouble, and more for those that differ by night or with the encoder's way of spending bits."""
    made = [_camera(trouble, index, series, night=trouble in _AFTER_DARK) for index, trouble in enumerate(Trouble)]
    nights = [_camera(trouble, 20 + n, series, night=True) for n, trouble in enumerate((Trouble.NOISE, Trouble.RAIN))]
    steady = [
        _camera(trouble, 30 + n, series, night=False, rate_bps=400_000)
        for n, trouble in enumerate((Trouble.NOISE, Trouble.SWAY))
    ]
    newer = _camera(Trouble.NOISE, 40, series, night=False, codec=Codec.H265)
    return (*made, *nights, *steady, newer)


def _camera(
    trouble: Trouble, index: int, series: Series, *, night: bool, rate_bps: int = 0, codec: Codec = Codec.H264
) -> TrialCamera:
    rate_bps = 110_000 if trouble is Trouble.PUMPING else rate_bps
    ways = (*(["night"] if night else []), *(["cbr"] if rate_bps else []), *(["h265"] if codec is Codec.H265 else []))
    name = "-".join((trouble.value, *ways))
    place = _PLACES[(index + (series is Series.HELD_OUT)) % len(_PLACES)]
    return TrialCamera(name, trouble, place, night, _SEEDS[series] + index, rate_bps, codec)


def calm_clips(camera: TrialCamera, count: int) -> list[TrialClip]:
    return [TrialClip(camera, number) for number in range(count)]


def crossing_clips(camera: TrialCamera, count: int) -> list[TrialClip]:
    """Somebody or something crosses once in each: every kind, near and far, slow and quick, bright and hardly to be seen."""
    rng = np.random.default_rng(camera.seed * 7919)
    return [TrialClip(camera, 1000 + number, _crossing(camera, rng)) for number in range(count)]


def _crossing(camera: TrialCamera, rng: np.random.Generator) -> Crossing:
    kind = list(Kind)[int(rng.choice(4, p=(0.55, 0.15, 0.2, 0.1)))]
    least, most, speeds = _MANNERS[kind]
    height = float(np.exp(rng.uniform(np.log(least), np.log(most))))
    # Heights of itself per second, as fractions of the picture's width.
    speed = float(rng.uniform(*speeds)) * height * HEIGHT_PX / WIDTH_PX
    start_s = float(rng.uniform(3.0, 3.8))
    wide = Mover(kind, 0, 1, (0, 0), (0, 0), height, 0, (0, 0)).width(WIDTH_PX / HEIGHT_PX)
    # Whole in the picture for the length of itself at the least: who only leans out of a door is not asked for.
    seconds = min(max(float(rng.uniform(2.5, 5.0)), 3.5 * wide / speed), (1.0 + 2 * wide) / speed)
    y = float(np.clip(0.45 + height * 0.6 + rng.uniform(-0.05, 0.25), height + 0.05, 0.98))
    # It comes in at the left, or out of a door whose right edge hides it; one that gets no further goes back through a door.
    x0, x1 = -wide / 2, -wide / 2 + speed * seconds
    door = 1.0
    if x1 < 1.0 + wide / 2:
        door = max(0.08, x1 - wide / 2 - 0.01)
    if rng.random() < 0.5:
        x0, x1 = x1, x0
    light = (25, 40, 60, 100) if camera.night else (25, 40, 70, 110)
    contrast = int(rng.choice(light)) * (1 if rng.random() < 0.5 else -1)
    mover = Mover(kind, start_s, start_s + seconds, (x0, y), (x1, y), height, 0, (128, 128))
    return Crossing(mover, contrast, door)


_MANNERS: Final = {
    # heights (fraction of the picture) and speeds (own heights per second): 10 % is what EN 62676-4 asks for "detect"
    Kind.PERSON: (0.1, 0.6, (0.4, 1.6)),
    Kind.MOTORBIKE: (0.1, 0.35, (1.5, 6.0)),
    Kind.CAR: (0.08, 0.35, (1.5, 6.0)),
    Kind.TRUCK: (0.12, 0.4, (1.5, 5.0)),
}


def draw(clip: TrialClip) -> Iterator[NDArray[np.uint8]]:
    """The pictures of a clip as I420 buffers (540 × 640); each is reused for the next."""
    camera, canvas = clip.camera, Canvas(WIDTH_PX, HEIGHT_PX, FPS)
    rng = np.random.default_rng((camera.seed, clip.number))
    scene = Scene(camera.name, camera.place, camera.night, camera.seed, camera.noise, ())
    background = background_of(scene, canvas)
    trouble = effect(camera.trouble, Setting(WIDTH_PX, HEIGHT_PX, float(clip.seconds), rng))
    grain = grain_of((HEIGHT_PX + 256, WIDTH_PX + 512), rng, camera.noise)
    planes = Planes(background.copy(), canvas)
    for index in range(clip.seconds * FPS):
        at_s = index / FPS
        np.copyto(planes.buffer, background)
        planes.y[:] = trouble.scenery(planes.y, at_s)
        if clip.crossing is not None:
            _draw_crossing(planes, canvas, clip.crossing, at_s)
        planes.y[:] = _grainy(trouble, planes.y, at_s, grain, rng)
        yield planes.buffer


def _grainy(
    trouble: Effect, luma: NDArray[np.uint8], at_s: float, grain: NDArray[np.int16], rng: np.random.Generator
) -> NDArray[np.uint8]:
    lit = luma if isinstance(trouble, Calm) else trouble.air(luma, at_s)
    down, right = int(rng.integers(256)), int(rng.integers(512))
    noisy = lit + grain[down : down + HEIGHT_PX, right : right + WIDTH_PX]
    return np.asarray(np.clip(noisy, 0, 255), np.uint8)


def _draw_crossing(planes: Planes, canvas: Canvas, crossing: Crossing, at_s: float) -> None:
    mover = crossing.mover
    feet = mover.at(at_s)
    if feet is None:
        return
    edge = round(crossing.door * WIDTH_PX)
    before = [plane[:, at:].copy() for plane, at in ((planes.y, edge), (planes.u, edge // 2), (planes.v, edge // 2))]
    row = round((mover.start[1] - mover.height * 0.6) * HEIGHT_PX)
    ground = float(np.median(planes.y[max(0, row - 8) : row + 8, : max(16, edge)]))
    dressed = _dressed(mover, round(ground + crossing.contrast))
    draw_mover(planes, canvas, dressed, feet, at_s)
    for plane, at, kept in (
        (planes.y, edge, before[0]),
        (planes.u, edge // 2, before[1]),
        (planes.v, edge // 2, before[2]),
    ):
        plane[:, at:] = kept


def _dressed(mover: Mover, luma: int) -> Mover:
    return Mover(
        mover.kind,
        mover.start_s,
        mover.end_s,
        mover.start,
        mover.end,
        mover.height,
        min(max(luma, 5), 250),
        mover.chroma,
    )


def coded(clip: TrialClip) -> list[CodedPicture]:
    """Draw and encode: closed GOPs of two seconds, as a camera's sub stream."""
    codec = clip.camera.codec
    encoder = open_encoder(codec, _SIZE, FPS, _options(clip.camera))
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
