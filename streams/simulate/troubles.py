"""What disturbs a camera without anybody there: weather, light, leaves, insects, wind at the pole. Draws on luma planes.

Each trouble begins and ends a clip in its resting state, so that clips of one camera can be shown in any order. Drawn for the trial of
the motion detector: no simulated province shows them. Times in seconds within the clip; planes are H × W uint8.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Luma = NDArray[np.uint8]
Plane = NDArray[np.float32]


class Trouble(StrEnum):
    NOISE = "noise"
    RAIN = "rain"
    HEADLIGHTS = "headlights"
    FLICKER = "flicker"
    SWAY = "sway"
    CLOUDS = "clouds"
    EXPOSURE = "exposure"
    INSECTS = "insects"
    INFRARED = "infrared"
    SHAKE = "shake"
    PUMPING = "pumping"
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Setting:
    """Size of the picture, length of the clip, and where chance comes from."""

    width_px: int
    height_px: int
    clip_s: float
    rng: np.random.Generator


class Effect(ABC):
    """`scenery` changes what stands there, `air` what is between it and the lens or within the camera (after the movers)."""

    def scenery(self, luma: Luma, at_s: float) -> Luma:
        del at_s
        return luma

    @abstractmethod
    def air(self, luma: Luma, at_s: float) -> Luma: ...


def effect(trouble: Trouble, setting: Setting) -> Effect:
    return _MAKERS[trouble](setting)


class Calm(Effect):
    """Nothing but the sensor's noise."""

    def __init__(self, setting: Setting) -> None:
        del setting

    def air(self, luma: Luma, at_s: float) -> Luma:
        del at_s
        return luma


class Rain(Effect):
    """Streaks that last one picture each, from drizzle to a downpour."""

    def __init__(self, setting: Setting) -> None:
        self._rng = setting.rng
        self._size = (setting.height_px, setting.width_px)
        self._streaks = int(setting.rng.integers(110, 150))  # for hours alike: an encoder gets used to it
        self._slant_px = int(setting.rng.integers(-6, 7))

    def air(self, luma: Luma, at_s: float) -> Luma:
        del at_s
        height, width = self._size
        layer = np.zeros(self._size, np.uint8)
        count = int(self._rng.poisson(self._streaks))
        xs, ys = self._rng.integers(0, width, count), self._rng.integers(-20, height, count)
        lengths, lights = self._rng.integers(10, 40, count), self._rng.integers(12, 45, count)
        for x, y, length, light in zip(xs.tolist(), ys.tolist(), lengths.tolist(), lights.tolist(), strict=True):
            cv2.line(layer, (x, y), (x + self._slant_px, y + length), light, 1 + (length > 34))
        return _u8(cv2.add(luma, layer))


class Headlights(Effect):
    """Pools of light that sweep over a dark place while the cars themselves stay out of the picture."""

    def __init__(self, setting: Setting) -> None:
        self._grid = _grid(setting)
        self._size = (setting.width_px, setting.height_px)
        self._sweeps = [self._sweep(setting, start_s) for start_s in _moments(setting, 5.0, 4.0)]

    @staticmethod
    def _sweep(setting: Setting, start_s: float) -> tuple[float, float, float, float, float, float, float]:
        rng, width = setting.rng, setting.width_px
        forward = rng.random() < 0.5
        left, right = -0.4 * width, 1.4 * width
        x0, x1 = (left, right) if forward else (right, left)
        y = rng.uniform(0.4, 0.9) * setting.height_px
        radius = rng.uniform(0.15, 0.35) * setting.height_px
        return start_s, start_s + rng.uniform(1.2, 4.0), x0, x1, y, radius, rng.uniform(0.8, 3.0)

    def air(self, luma: Luma, at_s: float) -> Luma:
        xs, ys = self._grid
        light = np.zeros_like(xs)
        for start_s, end_s, x0, x1, y, radius, strength in self._sweeps:
            if start_s <= at_s < end_s:
                x = x0 + (x1 - x0) * (at_s - start_s) / (end_s - start_s)
                light += strength * np.exp(-(((xs - x) / (1.6 * radius)) ** 2 + ((ys - y) / radius) ** 2))
        return _lit(luma, _full(1.0 + light, self._size)) if light.any() else luma


class Flicker(Effect):
    """Lamps at 100 Hz seen by a rolling shutter: bands that crawl, and a slow beat of the whole picture."""

    def __init__(self, setting: Setting) -> None:
        rng = setting.rng
        self._clip_s = setting.clip_s
        self._rows = np.arange(setting.height_px, dtype=np.float32)[:, None] / setting.height_px
        self._depth, self._bands = rng.uniform(0.03, 0.12), rng.uniform(0.0, 1.5)
        self._turns = int(rng.integers(4, 40))

    def air(self, luma: Luma, at_s: float) -> Luma:
        phase = 2 * np.pi * (self._turns * at_s / self._clip_s + self._bands * self._rows)
        return _lit(luma, (1.0 + self._depth * np.sin(phase)).astype(np.float32))


class Sway(Effect):
    """A tree before a bright sky; its crown moves with the wind, its twigs on their own."""

    def __init__(self, setting: Setting) -> None:
        rng, height, width = setting.rng, setting.height_px, setting.width_px
        self._clip_s = setting.clip_s
        fixed = np.random.default_rng(width + height)  # the tree is part of the place, and the same in every clip
        self._left, self._top = int(width * 0.58), int(height * 0.04)
        self._size = (int(height * 0.55), int(width * 0.38))
        self._crown, self._cover = _tree(self._size, fixed)
        tall, wide = self._size
        self._phase = cv2.resize(fixed.uniform(0, 6.28, (tall // 24, wide // 24)).astype(np.float32), (wide, tall))
        ys, xs = np.mgrid[0:tall, 0:wide].astype(np.float32)
        self._at = (xs, ys)
        self._waves = [(int(n), rng.uniform(0.4, 3.2)) for n in rng.integers(6, 32, 3)]

    def scenery(self, luma: Luma, at_s: float) -> Luma:
        xs, ys = self._at
        shift = np.zeros_like(xs)
        for turns, reach_px in self._waves:
            angle = 2 * np.pi * turns * at_s / self._clip_s
            shift += reach_px * (np.sin(angle + self._phase) - np.sin(self._phase))
        across, down = (xs + shift).astype(np.float32), (ys + 0.4 * shift).astype(np.float32)
        crown = cv2.remap(self._crown, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        cover = cv2.remap(self._cover, across, down, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        tall, wide = self._size
        part = luma[self._top : self._top + tall, self._left : self._left + wide]
        part[:] = part + cover * (crown - part)
        return luma

    def air(self, luma: Luma, at_s: float) -> Luma:
        del at_s
        return luma


class Clouds(Effect):
    """Shadows of clouds that drift over the ground, dimming a third of the light."""

    def __init__(self, setting: Setting) -> None:
        rng = setting.rng
        self._clip_s = setting.clip_s
        self._size = (setting.width_px, setting.height_px)
        self._field = cv2.resize(rng.random((5, 14)).astype(np.float32), (320, 45), interpolation=cv2.INTER_CUBIC)
        self._depth = rng.uniform(0.15, 0.45)

    def air(self, luma: Luma, at_s: float) -> Luma:
        left = round(240 * at_s / self._clip_s)
        envelope = float(np.sin(np.pi * at_s / self._clip_s)) ** 2
        shade = 1.0 - envelope * self._depth * self._field[:, left : left + 80]
        return _lit(luma, _full(shade, self._size))


class Exposure(Effect):
    """The camera's own gain runs to another level within half a second, and back."""

    def __init__(self, setting: Setting) -> None:
        rng = setting.rng
        starts = _moments(setting, 6.0, 5.0)
        self._steps = [(s, s + rng.uniform(1.5, 4.0), rng.uniform(0.1, 0.8), rng.uniform(0.6, 1.5)) for s in starts]

    def air(self, luma: Luma, at_s: float) -> Luma:
        gain = 1.0
        for start_s, end_s, ramp_s, level in self._steps:
            share = np.clip((at_s - start_s) / ramp_s, 0, 1) - np.clip((at_s - end_s) / ramp_s, 0, 1)
            gain *= 1.0 + float(share) * (level - 1.0)
        return _lit(luma, gain)


class Insects(Effect):
    """Out-of-focus bright blots near the infrared lamp, gone within half a second."""

    def __init__(self, setting: Setting) -> None:
        rng, self._size = setting.rng, (setting.height_px, setting.width_px)
        self._flights = [self._flight(rng, start_s) for start_s in _moments(setting, 2.0, 0.8)]

    def _flight(self, rng: np.random.Generator, start_s: float) -> tuple[float, float, Plane, int, int]:
        points = rng.uniform(-0.1, 1.1, (3, 2)).astype(np.float32) * np.array(self._size[::-1], np.float32)
        return start_s, start_s + rng.uniform(0.1, 0.45), points, int(rng.integers(4, 22)), int(rng.integers(50, 170))

    def air(self, luma: Luma, at_s: float) -> Luma:
        for start_s, end_s, points, radius, light in self._flights:
            if not start_s <= at_s < end_s:
                continue
            t = (at_s - start_s) / (end_s - start_s)
            x, y = (1 - t) ** 2 * points[0] + 2 * t * (1 - t) * points[1] + t * t * points[2]
            layer = np.zeros(self._size, np.uint8)
            cv2.circle(layer, (round(float(x)), round(float(y))), radius, light, -1)
            luma = _u8(cv2.add(luma, cv2.blur(layer, (radius | 1, radius | 1))))
        return luma


class Infrared(Effect):
    """The filter falls: a flash, then a picture of other greys, lit from the camera; and back to day."""

    def __init__(self, setting: Setting) -> None:
        xs, ys = _grid(setting)
        middle = np.exp(-(((xs / setting.width_px - 0.5) / 0.5) ** 2 + ((ys / setting.height_px - 0.6) / 0.5) ** 2))
        size = (setting.width_px, setting.height_px)
        self._lamp: Plane | None = _full((0.45 + 0.5 * middle).astype(np.float32), size)
        self._on_s = setting.rng.uniform(3.0, 6.0)
        self._off_s = self._on_s + setting.rng.uniform(4.0, 7.0)
        if setting.rng.random() < 0.6:
            self._lamp = None  # most clips of such a camera show no switch

    def air(self, luma: Luma, at_s: float) -> Luma:
        if self._lamp is None:
            return luma
        flash = max(0.0, 1.0 - abs(at_s - self._on_s - 0.15) / 0.25, 1.0 - abs(at_s - self._off_s - 0.15) / 0.25)
        out = luma
        if self._on_s <= at_s < self._off_s:
            out = _lit(out, self._lamp)
        return _lit(out, 1.0 + flash) if flash else out


class Shake(Effect):
    """The pole in the wind: the whole picture moves by up to three pixels."""

    def __init__(self, setting: Setting) -> None:
        rng = setting.rng
        self._clip_s = setting.clip_s
        self._waves = [(int(rng.integers(8, 50)), rng.uniform(0.2, 1.6), rng.uniform(0.1, 0.8)) for _ in range(2)]

    def air(self, luma: Luma, at_s: float) -> Luma:
        envelope = float(np.sin(np.pi * at_s / self._clip_s)) ** 2
        x = y = 0.0
        for turns, across_px, down_px in self._waves:
            swing = envelope * float(np.sin(2 * np.pi * turns * at_s / self._clip_s))
            x, y = x + across_px * swing, y + down_px * swing
        matrix = np.array([[1, 0, x], [0, 1, y]], np.float32)
        return _u8(cv2.warpAffine(luma, matrix, luma.shape[::-1], borderMode=cv2.BORDER_REPLICATE))


class Clock(Effect):
    """Date and time in a corner, with seconds."""

    def __init__(self, setting: Setting) -> None:
        self._start = int(setting.rng.integers(0, 86_400))

    def air(self, luma: Luma, at_s: float) -> Luma:
        second = self._start + int(at_s)
        text = f"25-11-2026 {second // 3600 % 24:02}:{second // 60 % 60:02}:{second % 60:02}"
        for colour, thickness in ((0, 4), (255, 1)):
            cv2.putText(luma, text, (12, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.7, colour, thickness)
        return luma


_MAKERS: Final[dict[Trouble, Callable[[Setting], Effect]]] = {
    Trouble.NOISE: Calm,
    Trouble.RAIN: Rain,
    Trouble.HEADLIGHTS: Headlights,
    Trouble.FLICKER: Flicker,
    Trouble.SWAY: Sway,
    Trouble.CLOUDS: Clouds,
    Trouble.EXPOSURE: Exposure,
    Trouble.INSECTS: Insects,
    Trouble.INFRARED: Infrared,
    Trouble.SHAKE: Shake,
    Trouble.PUMPING: Calm,  # the encoder makes it
    Trouble.CLOCK: Clock,
}


def _moments(setting: Setting, every_s: float, room_s: float) -> list[float]:
    """When something begins: about `every_s` apart, and `room_s` before the clip's end at the latest."""
    count = max(1, int(setting.rng.poisson(setting.clip_s / every_s)))
    return sorted(setting.rng.uniform(0.5, setting.clip_s - room_s, count).tolist())


def _grid(setting: Setting) -> tuple[Plane, Plane]:
    """x and y in pixels at every eighth pixel: light is smooth, and a small field is enough."""
    ys, xs = np.mgrid[0 : setting.height_px : 8, 0 : setting.width_px : 8].astype(np.float32)
    return xs, ys


def _full(field: NDArray[np.float32], size: tuple[int, int]) -> Plane:
    return np.asarray(cv2.resize(field, size, interpolation=cv2.INTER_LINEAR), np.float32)


def _lit(luma: Luma, gain: Plane | float) -> Luma:
    return np.minimum(luma * np.asarray(gain, np.float32), 255).astype(np.uint8)


def _tree(size: tuple[int, int], rng: np.random.Generator) -> tuple[Plane, Plane]:
    """(greys of the leaves, how much each pixel is covered by them 0..1)."""
    tall, wide = size
    greys, cover = np.full(size, 40, np.float32), np.zeros(size, np.float32)
    for _ in range(420):
        angle, reach = rng.uniform(0, 6.28), np.sqrt(rng.random())
        at = (int(wide * (0.5 + 0.36 * reach * np.cos(angle))), int(tall * (0.5 + 0.36 * reach * np.sin(angle))))
        axes = (int(rng.integers(3, 13)), int(rng.integers(2, 6)))
        turn = float(rng.uniform(0, 180))
        cv2.ellipse(greys, at, axes, turn, 0, 360, float(rng.integers(25, 120)), -1)
        cv2.ellipse(cover, at, axes, turn, 0, 360, 1.0, -1)
    return greys, cover


def _u8(image: object) -> Luma:
    return np.asarray(image, np.uint8)
