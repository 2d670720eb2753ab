"""Zones and masks as cells of the small picture. Pure."""

from dataclasses import dataclass

import cv2
import numpy as np

from streams.motion.background import HEIGHT_CELLS, WIDTH_CELLS, Mask
from streams.types.camera import Zone

WHOLE_PICTURE = ""


@dataclass(frozen=True, slots=True)
class Area:
    """`cells` None is the whole picture, less what is masked; `count` of its cells, at least 1."""

    name: str
    cells: Mask | None
    count: int


def areas(zones: tuple[Zone, ...]) -> tuple[Mask, tuple[Area, ...]]:
    """(cells never looked at, what to look at): the whole picture when there is no zone but masks."""
    masked = np.zeros((HEIGHT_CELLS, WIDTH_CELLS), np.bool_)
    for zone in zones:
        if zone.mask:
            masked |= _polygon(zone)
    wanted = [zone for zone in zones if not zone.mask]
    if not wanted:
        return masked, (Area(WHOLE_PICTURE, None, max(1, masked.size - int(masked.sum()))),)
    shapes = [(zone.name, _polygon(zone) & ~masked) for zone in wanted]
    return masked, tuple(Area(name, shape, max(1, int(shape.sum()))) for name, shape in shapes)


def _polygon(zone: Zone) -> Mask:
    canvas = np.zeros((HEIGHT_CELLS, WIDTH_CELLS), np.uint8)
    points = np.array([(x * WIDTH_CELLS, y * HEIGHT_CELLS) for x, y in zone.points], np.float64).clip(-1, 4096)
    if len(points) >= 3:
        cv2.fillPoly(canvas, [points.round().astype(np.int32)], 1)
    return canvas.astype(np.bool_)
