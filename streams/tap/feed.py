"""One fan-out, made into bytes once for all the taps that show it."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from streams.types.imprint import Stamp
from streams.types.media import AccessUnit, Codec, Fanout, Track

_MOST_CACHED_BYTES = 8 << 20
_MOST_CACHED = 1200


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A whole frame of the tap. A viewer may begin, or go on after a hole, at one that `starts`; `first` must come before it.

    `imprintable` gives the frame with one viewer's imprint in it instead; None where there is nothing to imprint.
    """

    data: bytes
    starts: bool = False
    first: bytes = b""
    imprintable: Callable[[Stamp], bytes] | None = None


class Outlet(Protocol):
    """A connection that shows the feed."""

    def offer(self, piece: Piece) -> None:
        """Write or drop; never blocks."""

    def hole(self) -> None:
        """Something is missing in the stream: wait for a piece that starts."""

    def end(self, reason: str) -> None: ...


class Feed(ABC):
    """A hub reader that exists as long as an outlet shows its fan-out. Drops nothing itself; outlets do.

    Keeps the pieces since the newest start (at most 8 MiB), so that an outlet begins at once.
    """

    def __init__(self, fanout: Fanout, on_empty: Callable[["Feed"], None]) -> None:
        self._fanout = fanout
        self._on_empty = on_empty
        self._outlets: list[Outlet] = []
        self._cache: list[Piece] = []
        self._cached_bytes = 0

    @abstractmethod
    def pieces(self, unit: AccessUnit) -> Iterator[Piece]:
        """What this unit becomes."""

    def attach(self, outlet: Outlet) -> None:
        """Show the fan-out in `outlet`: what is cached at once, then live."""
        if not self._outlets:
            self._fanout.attach(self, replay=True)
        for piece in self._cache:
            outlet.offer(piece)
        self._outlets.append(outlet)

    def detach(self, outlet: Outlet) -> None:
        if outlet in self._outlets:
            self._outlets.remove(outlet)
            if not self._outlets:
                self._fanout.detach(self)
                self._forget()
                self._on_empty(self)

    def deliver(self, unit: AccessUnit) -> None:
        if unit.discontinuity and unit.codec.is_video and not unit.keyframe:
            self._forget()
            for outlet in tuple(self._outlets):
                outlet.hole()
        for piece in self.pieces(unit):
            self._remember(piece)
            for outlet in tuple(self._outlets):
                outlet.offer(piece)

    def _remember(self, piece: Piece) -> None:
        if piece.starts:
            self._forget()
        elif not self._cache:
            return
        self._cache.append(piece)
        self._cached_bytes += len(piece.data)
        if self._cached_bytes > _MOST_CACHED_BYTES or len(self._cache) > _MOST_CACHED:
            self._forget()

    def _forget(self) -> None:
        self._cache.clear()
        self._cached_bytes = 0


def video_track(fanout: Fanout) -> Track | None:
    return next((track for track in fanout.tracks if track.codec.is_video), None)


def sound_track(fanout: Fanout, codecs: frozenset[Codec]) -> Track | None:
    """The first sound track of one of these codecs; AAC only with its configuration."""
    wanted = (track for track in fanout.tracks if track.codec in codecs)
    return next((track for track in wanted if track.codec is not Codec.AAC or len(track.config) >= 2), None)
