"""What moves before one camera, from small grey pictures and their times. Pure numpy and OpenCV, no decoding, no clock.

`background` says which cells are not the still scene, `tracks` which of them travel, `zones` where that matters. When most of the
picture changes at once the light changed, or the camera was moved: the background starts anew and nothing is said to move.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from streams.motion.background import (
    HEIGHT_CELLS,
    WIDTH_CELLS,
    Background,
    Difference,
    Grey,
    Labels,
    Mask,
    Plane,
    Thresholds,
)
from streams.motion.tracks import Blob, Track, Tracks
from streams.motion.view import NOTHING, View, ViewStep
from streams.motion.zones import WHOLE_PICTURE, Area, areas
from streams.types.camera import MotionSpec

GLOBAL_SHARE = 0.5
"""More than this share that differs in one picture is light, not movement."""
SETTLE_S = 0.7
"""After the light changed at once the camera's gain still runs: nothing is believed meanwhile."""
STILL_AFTER_S = 1.5
"""A proven object whose cells no longer change has stopped."""
MAX_BLOBS = 64
LEAST_BLOB_CELLS = 3
_CHANGED_LEVELS = 7.0
_CROWD, _CROWD_RATE = 6.0, 0.1
"""So many things at once, as a mean over about ten looks, are rain."""
_NEXT_WITHIN_S = 0.3
"""A keyframe that is looked at alone has no picture before it."""
_NEAR_BY = np.ones((3, 3), np.uint8)
_JOINED = np.ones((5, 5), np.uint8)


@dataclass(frozen=True, slots=True)
class Seen:
    """`zone` is the one with the largest share; "" is the whole picture. `share` 0..1 of that zone is moving objects.

    `since_s`: when the oldest of them was first seen. `unsure`: something is there that more pictures would tell more
    about. `promising`: they have begun to.
    `view`: whether the camera was covered or turned just now, or is back.
    """

    moving: bool
    zone: str = WHOLE_PICTURE
    share: float = 0.0
    since_s: float | None = None
    unsure: bool = False
    promising: bool = False
    global_change: bool = False
    view: ViewStep = NOTHING


def small_grey(luma: Grey) -> Grey:
    """A luma plane of any size as `HEIGHT_CELLS` × `WIDTH_CELLS`, averaged so that sensor noise shrinks."""
    height, width = luma.shape
    # Halving is what OpenCV does quickest, and the mean of means of equal areas is their mean: a fifth of the time.
    while width % 2 == 0 and height % 2 == 0 and width >= 2 * WIDTH_CELLS and height >= 2 * HEIGHT_CELLS:
        width, height = width // 2, height // 2
        luma = np.asarray(cv2.resize(luma, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    shrunk = cv2.resize(luma, (WIDTH_CELLS, HEIGHT_CELLS), interpolation=cv2.INTER_AREA)
    return np.asarray(shrunk, dtype=np.uint8)


def least_cells(sensitivity: int) -> float:
    """How many cells an object must cover. At 50 a person a tenth of the picture tall counts, at 1 only a twentieth of the picture."""
    base = 80.0 if sensitivity < 50 else 3.0
    return float(9.0 * base ** ((50 - sensitivity) / 50))


class Detector:
    """One camera's. Small: two planes of 14,400 cells, and at most 48 tracks."""

    def __init__(self, spec: MotionSpec) -> None:
        self._ignored, self._areas = areas(spec.zones)
        self._least_cells = least_cells(spec.sensitivity)
        dull = (100 - spec.sensitivity) / 100
        self._thresholds = Thresholds(factor=3.0 + 3.4 * dull, least=4.0 + 5.0 * dull)
        self._tracks = Tracks(self._least_cells)
        self._view = View()
        self._background: Background | None = None
        self._before: Plane | None = None
        self._looked_s = 0.0
        self._settled_s = 0.0
        self._foreground: Grey | None = None
        self._crowd = 0.0

    def look(self, grey: Grey, at_s: float) -> Seen:
        """Compare with the background, then learn from the picture. `grey` is `HEIGHT_CELLS` × `WIDTH_CELLS`."""
        now = np.asarray(cv2.GaussianBlur(grey, (3, 3), 0), dtype=np.float32)
        seen = self._look(now, at_s)
        step = self._view.see(now, at_s)
        return seen if step is NOTHING else replace(seen, view=step)

    def _look(self, now: Plane, at_s: float) -> Seen:
        if self._background is None or self._before is None:
            self._background = Background(now, self._thresholds, self._ignored)
            self._before, self._looked_s = now, at_s
            return Seen(moving=False)
        elapsed_s = max(0.0, at_s - self._looked_s)
        difference = self._background.compare(now)
        changed = np.abs(now - self._before) > _CHANGED_LEVELS
        self._before, self._looked_s = now, at_s
        if difference.share > GLOBAL_SHARE:
            self._background.restart(now)
            self._tracks.clear()
            self._settled_s = at_s + SETTLE_S
            return Seen(moving=False, share=difference.share, global_change=True)
        labels, blobs = self._objects(now, difference, changed, elapsed_s)
        moving = [t for t in self._tracks.see(blobs, at_s) if at_s - t.active_s <= STILL_AFTER_S]
        self._background.learn(now, difference, elapsed_s, proven=bool(moving))
        if at_s < self._settled_s:
            self._tracks.clear()
            return Seen(moving=False)
        unsure = any(map(self._tracks.worth_a_look, blobs))
        seen = self._judge(labels, moving, unsure=unsure)
        return replace(seen, promising=True) if self._tracks.promising(at_s) else seen

    def _objects(
        self, now: Plane, difference: Difference, changed: Mask, elapsed_s: float
    ) -> tuple[Labels, list[Blob]]:
        """(label of every cell, the objects)."""
        if self._background is None or not difference.share:
            return np.zeros((HEIGHT_CELLS, WIDTH_CELLS), np.uint16), []
        joined = cv2.morphologyEx(self._lasting(difference.foreground, elapsed_s), cv2.MORPH_CLOSE, _JOINED)
        _count, labels, stats, centres = cv2.connectedComponentsWithStats(joined, connectivity=8, ltype=cv2.CV_16U)
        numbers = np.asarray(labels, np.uint16)
        lit = self._background.only_lit(now, numbers, len(stats))
        return numbers, _blobs(numbers, np.asarray(stats, np.int32), np.asarray(centres, np.float64), changed, lit)

    def _lasting(self, foreground: Grey, elapsed_s: float) -> Grey:
        """In rain (many things at once) only what was there, or close by, in the picture before: a drop falls through one."""
        count, _ = cv2.connectedComponents(foreground, connectivity=8, ltype=cv2.CV_16U)
        self._crowd += _CROWD_RATE * (count - 1 - self._crowd)
        before, self._foreground = self._foreground, foreground
        if before is None or self._crowd < _CROWD or elapsed_s > _NEXT_WITHIN_S:
            return foreground
        return np.asarray(cv2.bitwise_and(foreground, cv2.dilate(before, _NEAR_BY)), np.uint8)

    def _judge(self, labels: Labels, moving: list[Track], *, unsure: bool) -> Seen:
        best = Seen(moving=False, unsure=unsure)
        if not moving:
            return best
        since_s = min(track.first_s for track in moving)
        for area in self._areas:
            count = _cells_of(moving, labels, area)
            share = min(count / area.count, 1.0)
            # A part of an object is enough to be in a zone, but a touch is not.
            if count >= min(0.5 * self._least_cells, area.count) and share > best.share:
                best = Seen(moving=True, zone=area.name, share=share, since_s=since_s, unsure=unsure)
        return best


def _cells_of(moving: list[Track], labels: Labels, area: Area) -> int:
    """How many cells of the area they cover."""
    if area.cells is None:
        return sum(track.blob.area for track in moving)
    return int(np.isin(labels[area.cells], [track.blob.label for track in moving]).sum())


def _blobs(
    labels: Labels, stats: NDArray[np.int32], centres: NDArray[np.float64], changed: Mask, lit: Mask
) -> list[Blob]:
    """The largest objects, largest first."""
    moved = np.bincount(labels[changed], minlength=len(stats))
    order = np.argsort(stats[1:, cv2.CC_STAT_AREA])[::-1][:MAX_BLOBS] + 1
    return [
        Blob(
            label=int(n),
            area=int(stats[n, cv2.CC_STAT_AREA]),
            left=int(stats[n, cv2.CC_STAT_LEFT]),
            top=int(stats[n, cv2.CC_STAT_TOP]),
            width=int(stats[n, cv2.CC_STAT_WIDTH]),
            height=int(stats[n, cv2.CC_STAT_HEIGHT]),
            x=float(centres[n, 0]),
            y=float(centres[n, 1]),
            changed=int(moved[n]),
        )
        for n in order
        if stats[n, cv2.CC_STAT_AREA] >= LEAST_BLOB_CELLS and not lit[n]
    ]
