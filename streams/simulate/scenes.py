"""What the simulated cameras look at: places, and who crosses them when.

Pure descriptions. Positions are fractions of the drawn scene (0…1, below strip and clock), times are seconds within one busy pass.
Every loop is a quiet part (nobody, only sensor noise) followed by a busy part; `timeline` decides which of the two a camera shows.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from random import Random
from typing import Final

QUIET_S: Final = 4
BUSY_S: Final = 8
LOOP_S: Final = QUIET_S + BUSY_S


class Place(StrEnum):
    ROAD = "road"
    JUNCTION = "junction"
    MARKET = "market"
    YARD = "yard"
    GATE = "gate"
    CORRIDOR = "corridor"
    PARKING = "parking"
    SQUARE = "square"
    ACCUSED = "accused"
    BENCH = "bench"
    WITNESS = "witness"
    EVIDENCE = "evidence"


class Kind(StrEnum):
    PERSON = "person"
    MOTORBIKE = "motorbike"
    CAR = "car"
    TRUCK = "truck"


COURT: Final = (Place.ACCUSED, Place.BENCH, Place.WITNESS, Place.EVIDENCE)
_ROADS: Final = (Place.ROAD, Place.JUNCTION, Place.SQUARE)
_HEIGHTS: Final = {Kind.PERSON: 0.26, Kind.MOTORBIKE: 0.2, Kind.CAR: 0.17, Kind.TRUCK: 0.3}
_ASPECTS: Final = {Kind.PERSON: 0.42, Kind.MOTORBIKE: 1.2, Kind.CAR: 2.3, Kind.TRUCK: 2.0}


@dataclass(frozen=True, slots=True)
class Mover:
    """Somebody or something that crosses from `start` to `end` (x, y of its feet) between two times of the busy part."""

    kind: Kind
    start_s: float
    end_s: float
    start: tuple[float, float]
    end: tuple[float, float]
    height: float
    """fraction of the scene's height"""
    luma: int
    chroma: tuple[int, int]

    def at(self, busy_s: float) -> tuple[float, float] | None:
        """Where its feet are, or None while it is out of the picture."""
        if not self.start_s <= busy_s < self.end_s:
            return None
        share = (busy_s - self.start_s) / (self.end_s - self.start_s)
        return tuple(a + (b - a) * share for a, b in zip(self.start, self.end, strict=True))  # type: ignore[return-value]  # two

    def width(self, aspect: float) -> float:
        """Its width as a fraction of the scene's width; `aspect` is the scene's width over its height."""
        return self.height * _ASPECTS[self.kind] / aspect


@dataclass(frozen=True, slots=True)
class Scene:
    key: str
    place: Place
    night: bool
    seed: int
    noise: float
    """standard deviation of the sensor noise in luma levels"""
    movers: tuple[Mover, ...]


def _crossing(place: Place, rng: Random, start_s: float) -> Mover:
    court = place in COURT
    if place in _ROADS:
        kind = rng.choice((Kind.MOTORBIKE, Kind.MOTORBIKE, Kind.CAR, Kind.CAR, Kind.TRUCK, Kind.PERSON))
    else:
        kind = (
            rng.choice((Kind.PERSON, Kind.PERSON, Kind.MOTORBIKE)) if place in (Place.YARD, Place.GATE) else Kind.PERSON
        )
    duration = {Kind.PERSON: 4.5, Kind.MOTORBIKE: 2.6, Kind.CAR: 2.4, Kind.TRUCK: 3.2}[kind]
    y = rng.uniform(0.62, 0.94)
    left, right = (-0.2, y), (1.2, y + rng.uniform(-0.04, 0.04))
    start, end = (left, right) if rng.random() < 0.5 else (right, left)
    return Mover(
        kind=kind,
        start_s=start_s,
        end_s=min(BUSY_S - 0.2, start_s + duration),
        start=start,
        end=end,
        height=_HEIGHTS[kind] * (0.6 + 0.6 * y) * (1.5 if court else 1.0),
        luma=rng.choice((40, 60, 175, 200, 215)),
        chroma=(rng.randrange(90, 166), rng.randrange(90, 166)),
    )


def _scene(place: Place, index: int, *, night: bool) -> Scene:
    seed = 1000 * list(Place).index(place) + index
    rng = Random(seed)  # noqa: S311 the same scenes everywhere, nothing secret
    starts = (0.3, 2.4, 4.2) if place in (*_ROADS, Place.MARKET) else (0.6, 3.1)
    movers = tuple(_crossing(place, rng, start) for start in starts)
    return Scene(f"{place}-{index}", place, night, seed, 2.9 if night else 2.3, movers)


@cache
def all_scenes() -> tuple[Scene, ...]:
    """The 24 scenes: every outdoor and indoor place by day and by night, every courtroom angle in two rooms."""
    places = [place for place in Place if place not in COURT]
    outdoors = [_scene(place, index, night=bool(index)) for place in places for index in (0, 1)]
    rooms = [_scene(place, index, night=False) for place in COURT for index in (0, 1)]
    return (*outdoors, *rooms)
