"""Draws a scene as I420 pictures: a background once, then noise and movers for every picture.

Knows no codec. The top `SPACER_PX` rows stay plain black: the splice above relies on it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from streams.simulate.scenes import BUSY_S, COURT, QUIET_S, Kind, Mover, Place, Scene
from streams.simulate.strip import BLACK_LUMA

SPACER_PX: Final = 16
_WHITE: Final = (215, 215, 215)


@dataclass(frozen=True, slots=True)
class Canvas:
    """Size of the drawn scene (spacer included; even numbers) and its rate."""

    width_px: int
    height_px: int
    fps: int


class Planes:
    """Views of the three planes of one I420 buffer (3H/2 × W)."""

    def __init__(self, buffer: NDArray[np.uint8], canvas: Canvas) -> None:
        height, width = canvas.height_px, canvas.width_px
        self.buffer = buffer
        self.y = buffer[:height]
        chroma = buffer[height:].reshape(2, height // 2, width // 2)
        self.u, self.v = chroma[0], chroma[1]

    def box(self, edges: tuple[float, float, float, float], luma: int, chroma: tuple[int, int]) -> None:
        """`edges` are left, top, right and bottom in pixels."""
        left, top, right, bottom = map(round, edges)
        corner, opposite = (left, top), (right - 1, bottom - 1)
        cv2.rectangle(self.y, corner, opposite, luma, -1)
        half = (corner[0] // 2, corner[1] // 2), (opposite[0] // 2, opposite[1] // 2)
        cv2.rectangle(self.u, *half, chroma[0], -1)
        cv2.rectangle(self.v, *half, chroma[1], -1)

    def disc(self, centre: tuple[float, float], radius: float, luma: int, chroma: tuple[int, int]) -> None:
        x, y = centre
        cv2.circle(self.y, (round(x), round(y)), max(1, round(radius)), luma, -1)
        half = (round(x / 2), round(y / 2)), max(1, round(radius / 2))
        cv2.circle(self.u, *half, chroma[0], -1)
        cv2.circle(self.v, *half, chroma[1], -1)


def pictures(scene: Scene, canvas: Canvas) -> Iterator[NDArray[np.uint8]]:
    """The pictures of one loop, quiet part first. Each is one I420 buffer that is reused for the next."""
    background = background_of(scene, canvas)
    rng = np.random.default_rng(scene.seed)
    grain_size = (canvas.height_px + 256, canvas.width_px + 512)
    grain = grain_of(grain_size, rng, scene.noise)
    planes = Planes(background.copy(), canvas)
    for index in range((QUIET_S + BUSY_S) * canvas.fps):
        np.copyto(planes.buffer, background)
        busy_s = index / canvas.fps - QUIET_S
        for mover in scene.movers:
            place = mover.at(busy_s)
            if place is not None:
                draw_mover(planes, canvas, mover, place, busy_s)
        down, right = int(rng.integers(256)), int(rng.integers(512))
        noise = grain[down : down + canvas.height_px, right : right + canvas.width_px]
        cv2.add(planes.y, noise, dst=planes.y, dtype=cv2.CV_8U)
        planes.y[:SPACER_PX] = BLACK_LUMA
        planes.u[: SPACER_PX // 2] = 128
        planes.v[: SPACER_PX // 2] = 128
        yield planes.buffer


def grain_of(size: tuple[int, int], rng: np.random.Generator, deviation: float) -> NDArray[np.int16]:
    """Noise as a camera's own denoiser leaves it: coarse enough that no encoder swallows it whole."""
    height, width = size
    coarse = cv2.resize(rng.standard_normal((height // 4, width // 4), np.float32), (width, height))
    return np.asarray(np.rint(coarse * deviation + rng.standard_normal(size, np.float32)), np.int16)


def draw_mover(planes: Planes, canvas: Canvas, mover: Mover, feet: tuple[float, float], busy_s: float) -> None:
    tall = mover.height * canvas.height_px
    wide = mover.width(canvas.width_px / canvas.height_px) * canvas.width_px
    x, y = feet[0] * canvas.width_px, feet[1] * canvas.height_px
    if mover.kind is Kind.PERSON:
        _draw_person(planes, (x, y), tall, mover, busy_s)
    elif mover.kind is Kind.MOTORBIKE:
        _draw_motorbike(planes, (x, y), (wide, tall), mover)
    else:
        _draw_vehicle(planes, (x, y), (wide, tall), mover)


def _draw_person(planes: Planes, feet: tuple[float, float], tall: float, mover: Mover, busy_s: float) -> None:
    x, y = feet
    swing = np.sin(busy_s * 9.0) * tall * 0.1
    for side in (-1, 1):
        leg = x + side * swing
        planes.box((leg - tall * 0.06, y - tall * 0.45, leg + tall * 0.06, y), 45, (128, 128))
    planes.box((x - tall * 0.14, y - tall * 0.82, x + tall * 0.14, y - tall * 0.4), mover.luma, mover.chroma)
    planes.disc((x, y - tall * 0.9), tall * 0.09, 150, (115, 145))


def _draw_motorbike(planes: Planes, feet: tuple[float, float], size: tuple[float, float], mover: Mover) -> None:
    (x, y), (wide, tall) = feet, size
    for side in (-1, 1):
        planes.disc((x + side * wide * 0.34, y - tall * 0.16), tall * 0.16, 30, (128, 128))
    planes.box((x - wide * 0.36, y - tall * 0.42, x + wide * 0.36, y - tall * 0.18), mover.luma, mover.chroma)
    planes.box(
        (x - wide * 0.12, y - tall * 0.82, x + wide * 0.12, y - tall * 0.38), 235 - mover.luma, mover.chroma[::-1]
    )
    planes.disc((x, y - tall * 0.88), tall * 0.12, 200, (128, 128))


def _draw_vehicle(planes: Planes, feet: tuple[float, float], size: tuple[float, float], mover: Mover) -> None:
    (x, y), (wide, tall) = feet, size
    top = 1.0 if mover.kind is Kind.TRUCK else 0.62
    planes.box((x - wide / 2, y - tall * top, x + wide / 2, y - tall * 0.14), mover.luma, mover.chroma)
    if mover.kind is Kind.CAR:
        planes.box((x - wide * 0.28, y - tall, x + wide * 0.28, y - tall * 0.6), mover.luma, mover.chroma)
        planes.box((x - wide * 0.22, y - tall * 0.92, x + wide * 0.22, y - tall * 0.66), 60, (140, 120))
    for side in (-1, 1):
        planes.disc((x + side * wide * 0.32, y - tall * 0.14), tall * 0.14, 30, (128, 128))


def background_of(scene: Scene, canvas: Canvas) -> NDArray[np.uint8]:
    """The still picture behind everything, as one I420 buffer."""
    size = (canvas.width_px, canvas.height_px)
    rng = np.random.default_rng(scene.seed + 7)
    picture = _court(scene, size, rng) if scene.place in COURT else _outside(scene, size, rng)
    texture = cv2.resize(rng.normal(0, 6, (24, 40)).astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    fine = cv2.resize(rng.normal(0, 7, (120, 200)).astype(np.float32), size, interpolation=cv2.INTER_CUBIC)
    lit = picture.astype(np.float32) + (texture + fine)[:, :, None]
    if scene.night:
        lit = lit * 0.3 * _lamps(size, rng)[:, :, None]
    bgr = np.clip(lit, 0, 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(bgr, cv2.COLOR_BGR2YUV_I420), np.uint8)


def _lamps(size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    """How much brighter lamps make each pixel at night: 1 far away, about 3 below a lamp."""
    width, height = size
    ys, xs = np.mgrid[0:height, 0:width].astype(np.float32)
    light = np.ones((height, width), np.float32)
    for _ in range(3):
        x, y = rng.uniform(0, width), rng.uniform(0.4, 0.9) * height
        light += 2.0 * np.exp(-((xs - x) ** 2 + (ys - y) ** 2) / (2 * (0.2 * height) ** 2))
    return light


def _outside(scene: Scene, size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.uint8]:
    width, height = size
    picture = np.zeros((height, width, 3), np.uint8)
    horizon = round(height * (0.38 if scene.place is not Place.CORRIDOR else 0.3))
    picture[:horizon] = (205, 190, 170) if scene.place is not Place.CORRIDOR else (150, 165, 170)
    picture[horizon:] = {Place.MARKET: (110, 125, 140), Place.YARD: (95, 120, 110)}.get(scene.place, (105, 105, 108))
    left = 0
    while left < width:
        wide, top = int(rng.integers(width // 12, width // 5)), int(rng.integers(height // 12, horizon))
        grey = int(rng.integers(110, 190))
        colour = tuple(int(grey + c) for c in rng.integers(-28, 28, 3))
        cv2.rectangle(picture, (left, top), (left + wide, horizon), colour, -1)
        _windows(picture, (left, top, left + wide, horizon), height // 24)
        left += wide
    _ground(picture, scene.place, horizon)
    return picture


def _windows(picture: NDArray[np.uint8], box: tuple[int, int, int, int], step: int) -> None:
    left, top, right, bottom = box
    for y in range(top + step // 2, bottom - step, 2 * step):
        for x in range(left + step // 2, right - step, 2 * step):
            cv2.rectangle(picture, (x, y), (x + step, y + step), (90, 80, 70), -1)


def _ground(picture: NDArray[np.uint8], place: Place, horizon: int) -> None:
    if place in (Place.ROAD, Place.JUNCTION, Place.SQUARE):
        _markings(picture, horizon, crossing=place is Place.JUNCTION)
    height, width = picture.shape[:2]
    if place is Place.PARKING:
        for x in range(0, width, width // 9):
            cv2.line(picture, (x, horizon), (x - width // 12, (horizon + height) // 2), _WHITE, 2)
    if place is Place.MARKET:
        for x in range(0, width, width // 6):
            cv2.rectangle(
                picture, (x + 6, horizon), (x + width // 8, horizon + height // 8), (60, 90 + x % 97, 170), -1
            )
    if place is Place.GATE:
        for x in range(width // 4, 3 * width // 4, width // 40):
            cv2.line(picture, (x, horizon - height // 10), (x, horizon + height // 7), (50, 60, 60), 2)


def _markings(picture: NDArray[np.uint8], horizon: int, *, crossing: bool) -> None:
    height, width = picture.shape[:2]
    middle = (horizon + height) // 2
    for x in range(0, width, width // 8):
        cv2.rectangle(picture, (x, middle), (x + width // 16, middle + height // 90 + 1), _WHITE, -1)
    if crossing:
        for x in range(width // 3, 2 * width // 3, width // 24):
            cv2.rectangle(picture, (x, middle + height // 12), (x + width // 48, height - 4), _WHITE, -1)


def _court(scene: Scene, size: tuple[int, int], rng: np.random.Generator) -> NDArray[np.uint8]:
    width, height = size
    picture = np.zeros((height, width, 3), np.uint8)
    picture[:] = (120, 150, 175) if scene.seed % 2 else (140, 150, 150)
    picture[round(height * 0.72) :] = (70, 85, 110)
    wood, dark = (45, 80, 130), (35, 40, 60)
    seats = {Place.ACCUSED: 2, Place.BENCH: 5, Place.WITNESS: 1, Place.EVIDENCE: 0}[scene.place]
    top = round(height * 0.55)
    for seat in range(seats):
        x = round(width * (seat + 1) / (seats + 1))
        tall = round(height * 0.3)
        cv2.rectangle(picture, (x - tall // 4, top - tall // 2), (x + tall // 4, top), dark, -1)
        skin = (int(rng.integers(110, 150)), 160, 200)
        cv2.circle(picture, (x, top - round(tall * 0.62)), tall // 7, skin, -1)
    cv2.rectangle(picture, (width // 10, top), (width - width // 10, round(height * 0.74)), wood, -1)
    if scene.place is Place.EVIDENCE:
        cv2.rectangle(picture, (width // 4, height // 6), (3 * width // 4, round(height * 0.6)), (225, 230, 230), -1)
        for y in range(height // 5, round(height * 0.55), height // 18):
            cv2.line(
                picture, (width // 3, y), (width // 3 + int(rng.integers(width // 8, width // 3)), y), (60, 60, 60), 2
            )
    return picture
