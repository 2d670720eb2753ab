"""What in the picture travels. Pure: objects of one picture in, tracks out.

Leaves swing to and fro, rain is somewhere else in every picture, an insect is gone at once; a person or a vehicle gets from one place
to another. So an object counts from when it was followed over several pictures and its centre has moved on, mostly in one direction.
What keeps appearing in a part of the picture without ever getting anywhere sets how large an object must be there.
"""

from dataclasses import dataclass, field
from math import ceil, exp, hypot, log, sqrt

import cv2
import numpy as np
from numpy.typing import NDArray

from streams.motion.background import HEIGHT_CELLS, WIDTH_CELLS

MAX_TRACKS = 48
MIN_HITS = 4
_BY_CHANCE = 1e-8
MIN_AGE_S = 0.3
LOST_AFTER_S = 0.45
LOST_PROVEN_AFTER_S = 1.2
REPROVE_S = 20.0
"""A proven object that gets no further for this long must prove itself again: it may have left, and a tree took its place."""
WARM_UP_S = 10.0
"""At first nobody knows what swings here: an object must travel twice as far."""
BLIND_S = 8.0
"""And for so long nobody knows what is noise: nothing counts."""
WAY_S = 0.33
TREMBLE_CELLS = 0.6
_TREMBLE_SHARE = 0.12
STRAIGHTNESS = 0.7
LEAST_FIT = 0.45
SWING_S, SWING_CELLS = 1.2, 8.0
"""A branch swings one way for less than the one, or less far than the other."""
CLOSE_CELLS, CLOSE_FIT = 288, 0.75
_SINCE_S = 3.0
_DOUBTLESS_S, _DOUBTLESS_CELLS, _DOUBTLESS_FIT = 1.0, 8.0, 0.6
_ALIKE_TIMES = 6
"""What is so many times larger or smaller is another object."""
_UNKNOWN_SPEED_CELLS = 5.0
"""Added to the reach of what was seen once: nobody knows yet how fast it is."""
_TAKEN = 9.0
_CLUTTER_TILE_CELLS = 10
_CLUTTER_S = 40.0
_CLUTTER_TIMES = 3.0
_CLUTTER_RARE = 0.2
_AROUND = np.ones((3, 3), np.uint8)
_CLUTTER_MOST_CELLS = 300.0
"""Two per cent of the picture always counts, when it travels."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A connected object of one picture, in cells. `changed`: how many of its cells changed since the picture before."""

    label: int
    area: int
    left: int
    top: int
    width: int
    height: int
    x: float
    y: float
    changed: int = 0


@dataclass(slots=True)
class Track:
    blob: Blob
    first_s: float
    seen_s: float
    origin: tuple[float, float]
    anchor: tuple[float, float]
    hits: int = 1
    way: tuple[float, float] = (0.0, 0.0)
    way_s: float = 0.0
    path: float = 0.0
    trembled: float = 0.0
    largest_step: float = 0.0
    fit: float = 0.0
    velocity: tuple[float, float] = (0.0, 0.0)
    largest: int = 0
    proven: bool = False
    was_proven: bool = False
    progress_s: float = 0.0
    active_s: float = 0.0

    def expected(self, at_s: float) -> tuple[float, float]:
        elapsed_s = at_s - self.seen_s
        return self.blob.x + self.velocity[0] * elapsed_s, self.blob.y + self.velocity[1] * elapsed_s

    def follow(self, blob: Blob, at_s: float) -> None:
        elapsed_s = max(at_s - self.seen_s, 1e-3)
        step = (blob.x - self.blob.x, blob.y - self.blob.y)
        length = hypot(*step)
        if at_s - self.way_s >= WAY_S:
            self.path += _distance(self.way, (blob.x, blob.y))
            self.way, self.way_s = (blob.x, blob.y), at_s
        self.trembled += max(0.0, length - max(TREMBLE_CELLS, _TREMBLE_SHARE * sqrt(blob.width * blob.height)))
        if self.hits > 1:
            self.largest_step = max(self.largest_step, length)
            self.fit += (
                0.3 * (_overlap(self.blob, blob, step) - self.fit) if self.hits > 2 else _overlap(self.blob, blob, step)
            )
        share = 1.0 if self.hits == 1 else 0.5
        self.velocity = (
            self.velocity[0] + share * (step[0] / elapsed_s - self.velocity[0]),
            self.velocity[1] + share * (step[1] / elapsed_s - self.velocity[1]),
        )
        self.blob, self.seen_s = blob, at_s
        self.hits += 1
        self.largest = max(self.largest, blob.area)
        if self.hits == 2:
            self.origin = self.anchor = self.way = (blob.x, blob.y)
            self.path, self.trembled, self.way_s = 0.0, 0.0, at_s
        if blob.changed >= max(3, 0.1 * blob.area):
            self.active_s = at_s

    def start_again(self, at_s: float) -> None:
        """What it did so far proves nothing any more."""
        self.origin = self.way = (self.blob.x, self.blob.y)
        self.first_s = self.way_s = at_s
        self.path, self.trembled, self.largest_step, self.largest, self.hits = 0.0, 0.0, 0.0, self.blob.area, 2

    @property
    def straight(self) -> bool:
        """Mostly in one direction. Measured over steps of a third of a second, and over each less what a blob's edges tremble by."""
        way = self.path + _distance(self.way, (self.blob.x, self.blob.y))
        return self.travelled >= STRAIGHTNESS * max(way, self.trembled)

    @property
    def steady(self) -> bool:
        """Of much the same shape all the time, as rain never is; and not there in one leap, as a clock's digits and leaves that meet are.

        Somebody close to the lens comes apart and together again as legs and sleeves match what is behind them: who is large may leap.
        """
        leapt = self.largest_step > 0.6 * self.travelled
        close = self.blob.area >= CLOSE_CELLS and self.hits > MIN_HITS
        return self.fit >= (CLOSE_FIT if leapt and close else LEAST_FIT) and (close or not leapt)

    @property
    def travelled(self) -> float:
        return _distance((self.blob.x, self.blob.y), self.origin)

    @property
    def needed_travel(self) -> float:
        """In cells: a fifth of its own size, so that a hedge must move further than a cat; but not who comes close to the lens."""
        return min(max(2.5, 0.2 * sqrt(self.blob.width * self.blob.height)), 8.0)


@dataclass(slots=True)
class Clutter:
    """For each part of the picture: how often something turned up there in vain of late, and how large it was (cells)."""

    counts: NDArray[np.float32] = field(default_factory=lambda: np.zeros((9, 16), np.float32))
    areas: NDArray[np.float32] = field(default_factory=lambda: np.zeros((9, 16), np.float32))
    _least: list[list[float]] | None = None

    def fade(self, elapsed_s: float) -> None:
        self.counts *= np.float32(exp(-elapsed_s / _CLUTTER_S))
        self._least = None

    def add(self, track: Track) -> None:
        row, column = _tile(track.blob)
        self.counts[row, column] += 1
        self._least = None
        # Rises at once, falls slowly: about the largest of the last dozen.
        known = self.areas[row, column]
        self.areas[row, column] = known + (0.5 if track.largest > known else 0.08) * (track.largest - known)

    def least_area(self, blob: Blob) -> float:
        if self._least is None:
            # Of each part and those around it.
            often = (
                cv2.boxFilter(self.counts, -1, (3, 3), normalize=False, borderType=cv2.BORDER_CONSTANT)
                >= _CLUTTER_TIMES
            )
            largest = cv2.dilate(np.where(self.counts > _CLUTTER_RARE, self.areas, np.float32(0)), _AROUND)
            self._least = np.where(often, np.minimum(1.5 * largest, _CLUTTER_MOST_CELLS), 0.0).tolist()
        row, column = _tile(blob)
        return self._least[row][column]


class Tracks:
    """`least_area` in cells: smaller objects never count."""

    def __init__(self, least_area: float) -> None:
        self._least_area = least_area
        self._tracks: list[Track] = []
        self._at_s: float | None = None
        self._began_s = 0.0
        self.clutter = Clutter()

    def clear(self) -> None:
        self._tracks.clear()

    def see(self, blobs: list[Blob], at_s: float) -> list[Track]:
        """The proven tracks that are in this picture."""
        if self._at_s is None:
            self._began_s = self._at_s = at_s
        elapsed_s = at_s - self._at_s
        if not 0 <= elapsed_s <= 60:
            self.clear()
            elapsed_s = 0.0
        self._at_s = at_s
        self.clutter.fade(elapsed_s)
        free = self._follow(blobs, at_s)
        self._drop(at_s)
        room = MAX_TRACKS - len(self._tracks)
        self._tracks += [
            Track(blob, at_s, at_s, (blob.x, blob.y), (blob.x, blob.y), largest=blob.area) for blob in free[:room]
        ]
        for track in self._tracks:
            self._prove(track, at_s, blobs)
        return [track for track in self._tracks if track.proven and track.seen_s == at_s]

    def promising(self, at_s: float) -> bool:
        """Whether something in this picture may yet prove itself, given more pictures."""
        return any(
            not track.proven
            and track.seen_s == at_s
            and track.hits >= MIN_HITS - 1
            and track.fit >= LEAST_FIT
            and self._is_large(track)
            for track in self._tracks
        )

    def worth_a_look(self, blob: Blob) -> bool:
        """Large enough that it may be somebody, judged from one picture alone."""
        return blob.area >= max(0.7 * self._least_area, self.clutter.least_area(blob))

    def _is_large(self, track: Track) -> bool:
        return track.largest >= self._least_area and track.largest >= self.clutter.least_area(track.blob)

    def _is_beyond_doubt(self, track: Track, at_s: float) -> bool:
        """What went so far, so straight and for so long in one shape counts even where larger things turn up in vain."""
        return (
            track.largest >= self._least_area
            and at_s - track.first_s >= _DOUBTLESS_S
            and track.travelled >= _DOUBTLESS_CELLS
            and track.fit >= _DOUBTLESS_FIT
        )

    def _follow(self, blobs: list[Blob], at_s: float) -> list[Blob]:
        """Gives each track the nearest blob that is where it should be; the blobs that are left over."""
        if not blobs or not self._tracks:
            return blobs
        self._tracks.sort(key=lambda track: (not track.proven, -track.hits))
        misfits = _misfits(self._tracks, blobs, at_s)
        free = dict(enumerate(blobs))
        for track, misfit in zip(self._tracks, misfits, strict=True):
            best = int(misfit.argmin())
            if misfit[best] <= 1.0:
                track.follow(free.pop(best), at_s)
                misfits[:, best] = _TAKEN
        return list(free.values())

    def _drop(self, at_s: float) -> None:
        kept = []
        for track in self._tracks:
            if at_s - track.seen_s <= (LOST_PROVEN_AFTER_S if track.proven else LOST_AFTER_S):
                kept.append(track)
            elif not track.was_proven:
                self.clutter.add(track)
        self._tracks = kept

    def _prove(self, track: Track, at_s: float, blobs: list[Blob]) -> None:
        here = (track.blob.x, track.blob.y)
        if track.proven:
            if _distance(here, track.anchor) >= track.needed_travel:
                track.anchor, track.progress_s = here, at_s
            elif at_s - track.progress_s > REPROVE_S:
                track.proven = False
                track.start_again(at_s)
            return
        if at_s - self._began_s < BLIND_S:
            return
        needed_hits = _needed_hits(track.blob, blobs)
        if track.hits < needed_hits or at_s - track.first_s < MIN_AGE_S:
            return
        needed = track.needed_travel * (2 if at_s - self._began_s < WARM_UP_S else 1)
        beyond_a_swing = at_s - track.first_s >= SWING_S or track.travelled >= SWING_CELLS
        large = self._is_large(track) or (needed_hits == MIN_HITS and self._is_beyond_doubt(track, at_s))
        if large and track.steady and track.straight and beyond_a_swing and track.travelled >= needed:
            track.proven = track.was_proven = True
            track.first_s = max(track.first_s, at_s - _SINCE_S)
            track.anchor, track.progress_s, track.active_s = here, at_s, at_s
        elif at_s - track.first_s > 4.0:
            # It had its time. From here on it counts as what turns up in vain, and starts again.
            if at_s - track.active_s < 1.0 and not track.was_proven:
                self.clutter.add(track)
            track.start_again(at_s)


def _misfits(tracks: list[Track], blobs: list[Blob], at_s: float) -> NDArray[np.float64]:
    """For each track (row) and blob (column): 0 is where it should be, 1 is just still it."""
    unknown = [_UNKNOWN_SPEED_CELLS if track.hits == 1 else 0.0 for track in tracks]
    then = np.array([(*t.expected(at_s), *_reach(t.blob), t.blob.area) for t in tracks]).T[:, :, None]
    now = np.array([(b.x, b.y, *_reach(b), b.area) for b in blobs]).T[:, None, :]
    across = np.abs(now[0] - then[0]) / (now[2] + then[2] + np.array(unknown)[:, None])
    down = np.abs(now[1] - then[1]) / (now[3] + then[3])
    misfits = np.maximum(across, down)
    misfits[np.maximum(now[4], then[4]) > _ALIKE_TIMES * np.maximum(np.minimum(now[4], then[4]), 1)] = _TAKEN
    return np.asarray(misfits, np.float64)


def _reach(blob: Blob) -> tuple[float, float]:
    """How far from where it should be an object may turn up, in cells; half of it, for the sum of two."""
    return 1.2 + 0.22 * blob.width, 1.2 + 0.22 * blob.height


def _needed_hits(blob: Blob, blobs: list[Blob]) -> int:
    """How often it must be where it should be, so that strangers (drops of rain) hardly ever line up like that by chance."""
    strangers = sum(other.area >= 0.3 * blob.area for other in blobs) - 1
    if strangers < 2:
        return MIN_HITS
    reach_x, reach_y = _reach(blob)
    chance = min(strangers * 16 * reach_x * reach_y / (WIDTH_CELLS * HEIGHT_CELLS), 0.5)
    return 1 + ceil(log(_BY_CHANCE / strangers) / log(chance))


def _overlap(before: Blob, after: Blob, step: tuple[float, float]) -> float:
    """How alike the boxes are (intersection over union) when the step between them is taken off: 1 is the same shape."""
    left, top = before.left + step[0], before.top + step[1]
    wide = min(left + before.width, after.left + after.width) - max(left, after.left)
    tall = min(top + before.height, after.top + after.height) - max(top, after.top)
    if wide <= 0 or tall <= 0:
        return 0.0
    both = wide * tall
    if _at_edge(before) or _at_edge(after):
        # What is just coming in grows from picture to picture.
        return both / min(before.width * before.height, after.width * after.height)
    return both / (before.width * before.height + after.width * after.height - both)


def _at_edge(blob: Blob) -> bool:
    sides = blob.left == 0 or blob.left + blob.width >= WIDTH_CELLS
    return sides or blob.top == 0 or blob.top + blob.height >= HEIGHT_CELLS


def _distance(a: tuple[float, float], b: tuple[float, float]) -> float:
    return hypot(a[0] - b[0], a[1] - b[1])


def _tile(blob: Blob) -> tuple[int, int]:
    return min(int(blob.y) // _CLUTTER_TILE_CELLS, 8), min(int(blob.x) // _CLUTTER_TILE_CELLS, 15)
