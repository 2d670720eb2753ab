"""Does the camera still look where it looked? Tells a lens that was covered, and a camera that was turned. Pure.

The fine structure of the scene (edges, signs, windows) is kept as a slowly learned reference. By day and night, under infrared light and in
rain, it stays where it is, only weaker or stronger; behind a hand, paint or a bag, or after a turn, nothing of it is left anywhere.
A scene without structure of its own (fog, a dark yard) proves nothing, and is never called tampered with.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from streams.motion.background import HEIGHT_CELLS, WIDTH_CELLS, Plane

LOOK_EVERY_S = 0.9
FIRST_PICTURES = 10
LOST_FOR_S = 6.0
"""A lorry that stops right before the lens for a moment is none."""
BACK_FOR_S = 1.5
NEW_VIEW_AFTER_S = 60.0
"""A new view that stays is where the camera looks from now on."""
_LOOKED_BACK_S = 20.0
"""Pictures from before the newest are shown when something is looked at once more; a clock that was set jumps further."""
_LEARN_S = 30.0
_SURROUNDINGS = (7, 7)
_ROWS, _COLUMNS = 3, 5
_STRUCTURE_LEVELS = 1.5
_ALIKE = 0.25
_LEAST_PARTS = 4
_LOST_SHARE, _KEPT_SHARE = 0.2, 0.5


@dataclass(frozen=True, slots=True)
class ViewStep:
    """What one picture changed: when the view that was lost was lost, or when it was back (or another became the usual one)."""

    lost_s: float | None = None
    back_s: float | None = None


NOTHING = ViewStep()


class View:
    """One camera's. Feeds on the same small pictures as the background, about once a second."""

    def __init__(self) -> None:
        self._usual: Plane | None = None
        self._pictures = 0
        self._looked_s: float | None = None
        self._suspect_s: float | None = None
        self._back_s: float | None = None
        self.lost_s: float | None = None

    def see(self, now: Plane, at_s: float) -> ViewStep:
        elapsed_s = LOOK_EVERY_S if self._looked_s is None else at_s - self._looked_s
        if -_LOOKED_BACK_S < elapsed_s < LOOK_EVERY_S:
            return NOTHING
        self._looked_s = at_s
        fine = np.asarray(now - cv2.blur(now, _SURROUNDINGS), np.float32)
        if self._usual is None or elapsed_s < 0:
            self._usual, self._pictures = fine, 0
            return self._come_back(at_s) if self.lost_s is not None else NOTHING
        self._pictures += 1
        if self._pictures < FIRST_PICTURES:
            # Noise has structure, too: only the mean of some pictures tells which stays.
            self._usual += np.float32(1 / (self._pictures + 1)) * (fine - self._usual)
            return NOTHING
        share = _kept_share(fine, self._usual)
        if share is None or share >= _KEPT_SHARE:
            self._suspect_s = None
            self._learn(fine, elapsed_s)
            return self._back(at_s)
        self._back_s = None
        return self._lost(fine, share, at_s)

    def _learn(self, fine: Plane, elapsed_s: float) -> None:
        assert self._usual is not None
        self._usual += np.float32(min(elapsed_s / _LEARN_S, 0.1)) * (fine - self._usual)

    def _lost(self, fine: Plane, share: float, at_s: float) -> ViewStep:
        if self.lost_s is not None:
            if at_s - self.lost_s < NEW_VIEW_AFTER_S:
                return NOTHING
            self._usual, self._pictures = fine, 0
            return self._come_back(at_s)
        if share > _LOST_SHARE:
            self._suspect_s = None
        elif self._suspect_s is None:
            self._suspect_s = at_s
        elif at_s - self._suspect_s >= LOST_FOR_S:
            self.lost_s = self._suspect_s
            return ViewStep(lost_s=self.lost_s)
        return NOTHING

    def _back(self, at_s: float) -> ViewStep:
        if self.lost_s is None:
            return NOTHING
        if self._back_s is None:
            self._back_s = at_s
        return self._come_back(self._back_s) if at_s - self._back_s >= BACK_FOR_S else NOTHING

    def _come_back(self, at_s: float) -> ViewStep:
        self.lost_s = self._suspect_s = self._back_s = None
        return ViewStep(back_s=at_s)


def _kept_share(fine: Plane, usual: Plane) -> float | None:
    """Of the parts of the picture that have structure, the share where it is still there; None where too few have any."""
    both, ours, theirs = (_sums(a * b) for a, b in ((fine, usual), (fine, fine), (usual, usual)))
    cells = HEIGHT_CELLS // _ROWS * (WIDTH_CELLS // _COLUMNS)
    structured = theirs > cells * _STRUCTURE_LEVELS**2
    if int(structured.sum()) < _LEAST_PARTS:
        return None
    alike = both > _ALIKE * np.sqrt(ours * theirs) + 1e-6
    return float(alike[structured].mean())


def _sums(plane: Plane) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    parts = plane.reshape(_ROWS, HEIGHT_CELLS // _ROWS, _COLUMNS, WIDTH_CELLS // _COLUMNS)
    return np.asarray(parts.sum(axis=(1, 3)), np.float32)
