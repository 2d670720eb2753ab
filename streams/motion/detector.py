"""Which share of each zone moves, from small grey pictures. Pure numpy and OpenCV, no decoding, no time.

The background follows the scene slowly; every cell has its own noise level, so that what flickers all the time (leaves, an
on-screen clock, a blinking sign) raises its own threshold. When most of the picture changes at once the light changed, or
the camera was moved: the background starts anew and nothing is said to move.
"""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from streams.types.camera import MotionSpec, Zone

Grey = NDArray[np.uint8]
Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]

WIDTH_PX = 160
HEIGHT_PX = 90
GLOBAL_SHARE = 0.6
"""More than this share changing within one picture is light, not movement."""
NOISE_FLOOR = 2.0
WHOLE_PICTURE = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """`zone` is the one with the largest share; "" is the whole picture. `share` 0..1 of that zone moved."""

    moving: bool
    zone: str = WHOLE_PICTURE
    share: float = 0.0
    global_change: bool = False


def small_grey(luma: Grey) -> Grey:
    """A luma plane of any size as `HEIGHT_PX` × `WIDTH_PX`, averaged so that sensor noise shrinks."""
    shrunk = cv2.resize(luma, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_AREA)
    return np.asarray(shrunk, dtype=np.uint8)


class Detector:
    """One camera's background and noise, each `HEIGHT_PX` × `WIDTH_PX` float32."""

    def __init__(self, spec: MotionSpec) -> None:
        self._factor = 3.0 + 4.0 * (100 - spec.sensitivity) / 100
        self._least_difference = 8.0 + 24.0 * (100 - spec.sensitivity) / 100
        self._least_share = 0.0008 * 8.0 ** ((100 - spec.sensitivity) / 50)
        self._masked, self._zones = zone_masks(spec.zones)
        self._background: Plane | None = None
        self._noise: Plane = np.full((HEIGHT_PX, WIDTH_PX), NOISE_FLOOR, np.float32)

    def look(self, grey: Grey) -> Seen:
        """Compare with the background, then learn from the picture. `grey` is `HEIGHT_PX` × `WIDTH_PX`."""
        now = np.asarray(cv2.GaussianBlur(grey, (3, 3), 0), dtype=np.float32)
        if self._background is None:
            self._background = now
            return Seen(moving=False)
        difference = np.abs(now - self._background)
        threshold = np.maximum(self._least_difference, self._factor * self._noise)
        foreground = (difference > threshold).astype(np.uint8)
        foreground[self._masked] = 0
        share = float(foreground.mean())
        if share > GLOBAL_SHARE:
            self._background = now
            return Seen(moving=False, share=share, global_change=True)
        joined = np.asarray(cv2.morphologyEx(foreground, cv2.MORPH_CLOSE, _KERNEL), dtype=np.uint8)
        seen = self._largest(joined)
        self._learn(now, difference, joined, moving=seen.moving)
        return seen

    def _largest(self, foreground: Grey) -> Seen:
        best = Seen(moving=False)
        for name, mask, area in self._zones:
            share = largest_object(foreground, mask) / area if mask is not None else largest_object(foreground) / area
            if share > best.share:
                best = Seen(moving=share >= self._least_share, zone=name, share=min(share, 1.0))
        return best

    def _learn(self, now: Plane, difference: Plane, foreground: Grey, *, moving: bool) -> None:
        assert self._background is not None
        still = foreground == 0
        # What moves is learned too, only slowly: a parked car becomes background after a minute or so.
        rate = np.where(still, np.float32(0.08), np.float32(0.004 if moving else 0.02))
        self._background += rate * (now - self._background)
        noise_rate = np.where(still, np.float32(0.02), np.float32(0.01))
        self._noise += noise_rate * (difference - self._noise)
        np.maximum(self._noise, NOISE_FLOOR, out=self._noise)


_KERNEL = np.ones((3, 3), np.uint8)


def largest_object(foreground: Grey, mask: Mask | None = None) -> float:
    """Cells of the largest connected object, within `mask` when given."""
    if mask is not None:
        foreground = np.where(mask, foreground, 0).astype(np.uint8)
    if not foreground.any():
        return 0.0
    _count, _labels, stats, _centroids = cv2.connectedComponentsWithStats(foreground, connectivity=8)
    return float(stats[1:, cv2.CC_STAT_AREA].max())


def zone_masks(zones: tuple[Zone, ...]) -> tuple[Mask, list[tuple[str, Mask | None, float]]]:
    """(cells never looked at, [(name, cells or None for all, number of cells)])."""
    masked = np.zeros((HEIGHT_PX, WIDTH_PX), np.bool_)
    for zone in zones:
        if zone.mask:
            masked |= _polygon(zone)
    wanted = [zone for zone in zones if not zone.mask]
    if not wanted:
        return masked, [(WHOLE_PICTURE, None, float(max(1, masked.size - int(masked.sum()))))]
    shapes = [(zone.name, _polygon(zone) & ~masked) for zone in wanted]
    return masked, [(name, shape, float(max(1, int(shape.sum())))) for name, shape in shapes]


def _polygon(zone: Zone) -> Mask:
    canvas = np.zeros((HEIGHT_PX, WIDTH_PX), np.uint8)
    points = np.array([(x * WIDTH_PX, y * HEIGHT_PX) for x, y in zone.points], np.float64).clip(-1, 4096)
    if len(points) >= 3:
        cv2.fillPoly(canvas, [points.round().astype(np.int32)], 1)
    return canvas.astype(np.bool_)
