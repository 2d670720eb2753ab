"""What one camera's still scene looks like, and which cells of a new picture are something else. Pure numpy and OpenCV.

Light changes slowly over the picture even when it changes quickly in time: what the surroundings of a cell became brighter by is taken
off before the cell is judged, so that clouds, headlights' pools, lamps and the camera's own gain are not objects. A pole in the wind
moves the whole picture by a fraction of a cell: that shift is worked out from the scene's own edges and taken off as well. Every cell
has its own noise level, so that what flickers all the time (leaves, a clock in the picture) raises its own threshold.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Grey = NDArray[np.uint8]
Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]
Labels = NDArray[np.uint16]
"""0 is none; a picture has fewer cells than there are numbers."""

WIDTH_CELLS = 160
HEIGHT_CELLS = 90
NOISE_FLOOR = 1.3
_GAIN_EVERY = 4
_SAME_GAIN = 0.02
_SURROUNDINGS = (13, 13)
_FINE = (5, 5)
_FINE_MOST = np.float32(5.0)
_SAME_STRUCTURE = 0.5
_LIGHT_DOUBT = np.float32(0.25)
_SOLID_EDGE_SHARE, _SOLID_MOST_SHARE = 0.4, 0.4
_DARK = 8.0
"""Added to both sides of a ratio of lights: in the dark a few levels are no ratio."""
_LEARN_S = 4.0
_LEARN_OBJECT_S = 30.0
_LEARN_UNPROVEN_S = 10.0
_NOISE_S = 8.0
_NOISE_OBJECT_S = 20.0
_MOST_AT_ONCE = 0.3
_NEIGHBOURS = np.ones((3, 3), np.uint8)
_UNSTEADY_SHARE = 0.015
_MOST_SHIFT_CELLS = 1.2


@dataclass(frozen=True, slots=True)
class Thresholds:
    """A cell is something else when it differs by `factor` noise levels, and by `least` levels of luma at the least."""

    factor: float
    least: float


@dataclass(frozen=True, slots=True)
class Difference:
    """`foreground` is 0 or 1 for each cell; `share` of all cells that are foreground; `by` in luma levels."""

    foreground: Grey
    by: Plane
    share: float


class Background:
    """Mean and noise of the scene, `HEIGHT_CELLS` × `WIDTH_CELLS` float32 each."""

    def __init__(self, first: Plane, thresholds: Thresholds, ignored: Mask) -> None:
        self._thresholds = thresholds
        self._ignored = ignored
        self._some_ignored = bool(ignored.any())
        self._mean = first.copy()
        self._noise: Plane = np.full(first.shape, NOISE_FLOOR, np.float32)
        self._jitter_cells = 0.0

    def restart(self, now: Plane) -> None:
        """The scene is another one from here on; how noisy the cells are is kept."""
        self._mean = now.copy()

    def compare(self, now: Plane) -> Difference:
        mean = self._in_the_light_of(now)
        difference = self._against(now, mean)
        if difference.share < _UNSTEADY_SHARE and self._jitter_cells < 0.05:
            return difference
        shifted, shift_cells = _shifted_like(mean, now)
        self._jitter_cells += 0.2 * (shift_cells - self._jitter_cells)
        steadied = self._against(now, shifted, jitter_cells=max(shift_cells, self._jitter_cells))
        return steadied if steadied.share < difference.share else difference

    def only_lit(self, now: Plane, labels: Labels, count: int) -> Mask:
        """For each label whether the scene's own fine structure still shows there, brighter or darker: light, not an object."""
        # Clipped: one white line on the road beside a car must not speak for the road.
        where = np.flatnonzero(labels)
        of = labels.ravel()[where]
        fine_now, fine_mean = (
            np.clip((plane - cv2.blur(plane, _FINE)).ravel()[where], -_FINE_MOST, _FINE_MOST)
            for plane in (now, self._mean)
        )
        cells = np.maximum(np.bincount(of, minlength=count), 1)
        mean_now, mean_then = (np.bincount(of, fine, count) / cells for fine in (fine_now, fine_mean))
        both = np.bincount(of, fine_now * fine_mean, count) / cells - mean_now * mean_then
        ours = np.bincount(of, fine_now * fine_now, count) / cells - mean_now**2
        theirs = np.bincount(of, fine_mean * fine_mean, count) / cells - mean_then**2
        return np.asarray(both > _SAME_STRUCTURE * np.sqrt(np.maximum(ours * theirs, 0.0)) + 1e-6, np.bool_)

    def learn(self, now: Plane, seen: Difference, elapsed_s: float, *, proven: bool) -> None:
        """What differs is learned too, only slowly: a parked car becomes background. `proven`: a real object is in the picture."""
        object_s = _LEARN_OBJECT_S if proven else _LEARN_UNPROVEN_S
        still = 1 - seen.foreground
        cv2.accumulateWeighted(now, self._mean, _rate(elapsed_s, _LEARN_S), still)
        # One crossing must not make its lane blind for the next; what differs half of the time doubles its noise in seconds.
        by = np.minimum(seen.by, 3 * self._noise + 4)
        cv2.accumulateWeighted(by, self._noise, _rate(elapsed_s, _NOISE_S), still)
        if seen.share:
            cv2.accumulateWeighted(now, self._mean, _rate(elapsed_s, object_s), seen.foreground)
            cv2.accumulateWeighted(by, self._noise, _rate(elapsed_s, _NOISE_OBJECT_S), seen.foreground)
        np.maximum(self._noise, NOISE_FLOOR, out=self._noise)

    def _in_the_light_of(self, now: Plane) -> Plane:
        """The background as the camera would show it with the gain of now: all of the picture brighter or darker is no object."""
        some = np.s_[2::_GAIN_EVERY, 2::_GAIN_EVERY]
        gain = float(np.median((now[some] + _DARK) / (self._mean[some] + _DARK)))
        if abs(gain - 1) < _SAME_GAIN:
            return self._mean
        return np.asarray(np.minimum((self._mean + _DARK) * np.float32(gain) - _DARK, 255), np.float32)

    def _against(self, now: Plane, mean: Plane, jitter_cells: float = 0.0) -> Difference:
        around_now, around_mean = cv2.blur(now, _SURROUNDINGS), cv2.blur(mean, _SURROUNDINGS)
        light = (around_now + _DARK) / (around_mean + _DARK)
        expected = np.minimum((mean + _DARK) * np.clip(light, 0.25, 4.0) - _DARK, 255)
        # Both must differ: without the light an object would have a halo, with the light alone every lamp is an object.
        whole = np.abs(now - mean)
        by = np.minimum(whole, np.abs(now - expected))
        threshold = np.maximum(self._thresholds.factor * self._noise, self._thresholds.least)
        differs = (whole > threshold).astype(np.uint8)
        # Light that changed much is never quite as smooth as we take it to be.
        threshold += _LIGHT_DOUBT * np.abs(around_now - around_mean)
        if jitter_cells > 0.02:
            threshold += 0.6 * min(jitter_cells, 1.0) * _steepness(mean)
        foreground = _filled((by > threshold).astype(np.uint8), differs)
        if self._some_ignored:
            foreground[self._ignored] = 0
        return Difference(foreground, by, cv2.countNonZero(foreground) / foreground.size)


def _filled(sharp: Grey, differs: Grey) -> Grey:
    """What is sharp, and the whole of what differs within sharp edges: the plain side of a lorry is no light that fell on the road."""
    if not cv2.countNonZero(sharp):
        return sharp
    count, labels = cv2.connectedComponents(differs, connectivity=8, ltype=cv2.CV_16U)
    of = labels.ravel()
    where = np.flatnonzero(differs)
    edge = np.flatnonzero(differs - cv2.erode(differs, _NEIGHBOURS))
    edges = np.bincount(of[edge], minlength=count)
    near_sharp = cv2.dilate(sharp, _NEIGHBOURS).ravel()[edge] != 0
    sharp_edges = np.bincount(of[edge[near_sharp]], minlength=count)
    solid = sharp_edges > _SOLID_EDGE_SHARE * edges
    solid &= np.bincount(of[where], minlength=count) < _SOLID_MOST_SHARE * of.size
    filled = sharp.copy()
    filled.ravel()[where[solid[of[where]]]] = 1
    return filled


def _rate(elapsed_s: float, time_constant_s: float) -> float:
    return min(elapsed_s / time_constant_s, _MOST_AT_ONCE)


def _gradients(mean: Plane) -> tuple[Plane, Plane]:
    across, down = np.zeros_like(mean), np.zeros_like(mean)
    across[:, 1:-1] = (mean[:, 2:] - mean[:, :-2]) / 2
    down[1:-1] = (mean[2:] - mean[:-2]) / 2
    return across, down


def _steepness(mean: Plane) -> Plane:
    across, down = _gradients(mean)
    return np.asarray(np.abs(across) + np.abs(down), np.float32)


def _shifted_like(mean: Plane, now: Plane) -> tuple[Plane, float]:
    """The background moved by the small shift that explains `now` best (one step of Lucas and Kanade), and its length in cells."""
    across, down = _gradients(mean)
    # What differs much is an object, or an edge that moved far: neither may rule the rest.
    error = np.clip(now - mean, -20, 20)
    xx, xy, yy = float((across * across).sum()), float((across * down).sum()), float((down * down).sum())
    xe, ye = float((across * error).sum()), float((down * error).sum())
    area = xx * yy - xy * xy
    if area < 1e-3 * (xx + yy + 1) ** 2:
        return mean, 0.0
    x, y = (yy * xe - xy * ye) / area, (xx * ye - xy * xe) / area
    length = float(np.hypot(x, y))
    if length > _MOST_SHIFT_CELLS:
        return mean, 0.0
    return np.asarray(mean + np.float32(x) * across + np.float32(y) * down, np.float32), length
