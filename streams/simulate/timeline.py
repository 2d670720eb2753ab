"""When each camera takes its pictures, and what is on them. Pure: everything follows from the number and the UTC time.

Picture `k` of a stream is taken at `phase + k / fps` since the epoch, so that main and sub stream, truth and strip agree
without any state. Keyframes are the pictures whose `k` is a multiple of the GOP.
"""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from time import gmtime
from typing import Final

from streams.simulate.catalogue import LoopSpec
from streams.simulate.scenes import BUSY_S, QUIET_S, Kind

_SECOND_NS: Final = 1_000_000_000
_PHASES: Final = 8
_LOCAL_S: Final = 7 * 3600


def phase_ns(number: int, fps: int) -> int:
    """How long after the common grid this camera takes its pictures: one of 8 steps, so that not all send at once."""
    return number % _PHASES * _SECOND_NS // fps // _PHASES


@dataclass(frozen=True, slots=True)
class Grid:
    """The times of a stream's pictures, or of its packets of sound."""

    rate: int
    """units in `per_s` seconds"""
    phase_ns: int
    per_s: int = 1

    def time_ns(self, unit: int) -> int:
        return self.phase_ns + unit * self.per_s * _SECOND_NS // self.rate

    def newest(self, now_ns: int) -> int:
        """The newest unit taken at or before `now_ns`."""
        unit = (now_ns - self.phase_ns) * self.rate // (self.per_s * _SECOND_NS)
        while self.time_ns(unit + 1) <= now_ns:
            unit += 1
        return unit


@lru_cache(maxsize=4096)
def is_busy(number: int, slot: int, activity_percent: int) -> bool:
    """Whether somebody crosses before this camera in slot `slot` (slots of `BUSY_S` seconds since the epoch)."""
    chance = blake2b(f"{number}/{slot}".encode(), digest_size=2).digest()
    return int.from_bytes(chance, "big") % 100 < activity_percent


def loop_position(spec: LoopSpec, number: int, activity_percent: int, picture: int) -> int:
    """Which picture of the loop a camera shows as its picture `picture`."""
    quiet, busy = QUIET_S * spec.fps, BUSY_S * spec.fps
    slot, within = divmod(picture, busy)
    if is_busy(number, slot, activity_percent):
        return quiet + within
    return within % quiet


@lru_cache(maxsize=4096)
def clock_text(number: int, second: int) -> str:
    """The clock in the picture, UTC+7, of always the same length."""
    at = gmtime(second + _LOCAL_S)
    return (
        f"{at.tm_mday:02}/{at.tm_mon:02}/{at.tm_year:04} {at.tm_hour:02}:{at.tm_min:02}:{at.tm_sec:02} CAM{number:04}"
    )


@dataclass(frozen=True, slots=True)
class Truth:
    """Somebody crossed. `path` holds (UTC ms, left, top, width, height) ten times a second, in fractions of the whole picture."""

    camera: int
    kind: Kind
    start_ms: int
    end_ms: int
    path: tuple[tuple[int, float, float, float, float], ...]


def truth(spec: LoopSpec, number: int, activity_percent: int, interval_ms: tuple[int, int]) -> list[Truth]:
    """Who crossed before this camera in a UTC interval. Empty for clips, whose truth nobody knows."""
    start_ms, end_ms = interval_ms
    if spec.clip:
        return []
    slot_ms = BUSY_S * 1000
    phase_ms = phase_ns(number, spec.fps) // 1_000_000
    found = [
        crossing
        for slot in range(start_ms // slot_ms - 1, end_ms // slot_ms + 1)
        if is_busy(number, slot, activity_percent)
        for crossing in _crossings(spec, number, slot * slot_ms + phase_ms)
    ]
    return [item for item in found if item.start_ms < end_ms and item.end_ms > start_ms]


def _crossings(spec: LoopSpec, number: int, slot_start_ms: int) -> list[Truth]:
    aspect = spec.width_px / spec.scene_height_px
    scale, above = spec.scene_height_px / spec.height_px, spec.above_px / spec.height_px
    found = []
    for mover in spec.scene.movers:
        wide = mover.width(aspect)
        path = []
        for tick in range(round(mover.start_s * 10), round(mover.end_s * 10)):
            feet = mover.at(tick / 10)
            if feet is None or not -wide / 2 < feet[0] < 1 + wide / 2:
                continue
            top = above + (feet[1] - mover.height) * scale
            path.append((slot_start_ms + tick * 100, feet[0] - wide / 2, top, wide, mover.height * scale))
        if path:
            found.append(Truth(number, mover.kind, path[0][0], path[-1][0] + 100, tuple(path)))
    return found
