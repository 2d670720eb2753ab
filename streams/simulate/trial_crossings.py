"""Who crosses the picture in the motion trial, and what of it must be found. Pure: everything follows from the seeds.

What must be found is fixed here, whatever a detector makes of it: a person at least a tenth of the picture tall, a motorbike as tall, a car
8 %, a lorry 12 %; whole in the picture for the length of itself; and for a second, or for half of the time that it is in the picture where
that is less, half of what is to be seen of it differs from what is behind it by 25 levels of luma at the least, in the light of that
moment. A crossing that is drawn otherwise is drawn again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from streams.simulate.paint import Canvas, Planes, background_of, draw_mover
from streams.simulate.scenes import Kind, Mover, Scene
from streams.simulate.trial_cameras import CROSSING_CLIP_S, FPS, HEIGHT_PX, WIDTH_PX, TrialCamera
from streams.simulate.troubles import Setting, effect

LEAST_LEVELS: Final = 25
_MOMENTS: Final = 12
_MOST_TRIES: Final = 200
_HALF: Final = 0.5


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


class Stage:
    """What is before one camera during one clip, drawn again and again into the same planes."""

    def __init__(self, camera: TrialCamera, clip_s: float, rng: np.random.Generator) -> None:
        self._canvas = Canvas(WIDTH_PX, HEIGHT_PX, FPS)
        scene = Scene(camera.name, camera.place, camera.night, camera.seed, camera.noise, ())
        self._background = background_of(scene, self._canvas)
        self._planes = Planes(self._background.copy(), self._canvas)
        self.trouble = effect(camera.trouble, Setting(WIDTH_PX, HEIGHT_PX, float(clip_s), rng))

    def scenery(self, at_s: float, crossing: Crossing | None) -> Planes:
        """What stands there and who crosses, without what is in the air and in the camera."""
        np.copyto(self._planes.buffer, self._background)
        self._planes.y[:] = self.trouble.scenery(self._planes.y, at_s)
        if crossing is not None:
            _draw_crossing(self._planes, self._canvas, crossing, at_s)
        return self._planes


def crossings(camera: TrialCamera, clip_numbers: Sequence[int]) -> list[Crossing]:
    """One for each clip of a camera, such as must be found."""
    rng = np.random.default_rng(camera.seed * 7919)
    return [_that_stands_out(camera, number, rng) for number in clip_numbers]


def _that_stands_out(camera: TrialCamera, clip_number: int, rng: np.random.Generator) -> Crossing:
    for _ in range(_MOST_TRIES):
        crossing = _crossing(camera, rng)
        if stands_out(camera, clip_number, crossing):
            return crossing
    raise AssertionError(f"nothing stands out before {camera.name}")


def stands_out(camera: TrialCamera, clip_number: int, crossing: Crossing) -> bool:
    """Whether at half of the moments half of what is in the picture of it differs by `LEAST_LEVELS` from what is behind it."""
    start_s, end_s = crossing.seen_s
    with_it, without = (
        Stage(camera, CROSSING_CLIP_S, np.random.default_rng((camera.seed, clip_number))) for _ in range(2)
    )
    moments = [float(at_s) for at_s in np.linspace(start_s, end_s, _MOMENTS + 2)[1:-1]]
    shares = [_differing_share(with_it, without, crossing, at_s) for at_s in moments]
    return sum(share >= _HALF for share in shares) >= _HALF * len(moments)


def _differing_share(with_it: Stage, without: Stage, crossing: Crossing, at_s: float) -> float:
    here, behind = with_it.scenery(at_s, crossing).y, without.scenery(at_s, None).y
    shape = here != behind
    seen, hidden = with_it.trouble.air(here, at_s), without.trouble.air(behind, at_s)
    apart = np.abs(seen[shape].astype(np.int16) - hidden[shape])
    return float((apart >= LEAST_LEVELS).mean()) if apart.size else 0.0


_MANNERS: Final = {
    # heights (fraction of the picture) and speeds (own heights per second): 10 % is what EN 62676-4 asks for "detect"
    Kind.PERSON: (0.1, 0.6, (0.4, 1.6)),
    Kind.MOTORBIKE: (0.1, 0.35, (1.5, 6.0)),
    Kind.CAR: (0.08, 0.35, (1.5, 6.0)),
    Kind.TRUCK: (0.12, 0.4, (1.5, 5.0)),
}


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
    light = (30, 40, 60, 100) if camera.night else (30, 40, 70, 110)
    contrast = int(rng.choice(light)) * (1 if rng.random() < 0.5 else -1)
    mover = Mover(kind, start_s, start_s + seconds, (x0, y), (x1, y), height, 0, (128, 128))
    return Crossing(mover, contrast, door)


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
