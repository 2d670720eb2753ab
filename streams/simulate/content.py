"""Which picture a stream shows as its picture `k`: the live one, a frozen one, old ones again, or one of another size. Pure.

A mode always begins with a keyframe, so that a switch never leaves a decoder with wrong references.
"""

from dataclasses import dataclass
from typing import Protocol

from streams.simulate.timeline import loop_position
from streams.simulate.weave_types import Weave


@dataclass(frozen=True, slots=True)
class Shot:
    """What is sent as one picture. `taken` is the picture whose capture time strip and clock show.

    `position` is the place in the loop; None for a picture that only repeats the one before, as `since_key`-th of its GOP.
    """

    weave: Weave
    position: int | None
    taken: int
    keyframe: bool
    since_key: int = 0


class Mode(Protocol):
    def shot(self, k: int) -> Shot: ...


@dataclass(frozen=True, slots=True)
class Live:
    weave: Weave
    number: int
    activity_percent: int

    def shot(self, k: int) -> Shot:
        spec = self.weave.spec
        position = loop_position(spec, self.number, self.activity_percent, k)
        return Shot(self.weave, position, k, keyframe=k % spec.gop == 0)


@dataclass(frozen=True, slots=True)
class Frozen:
    """The keyframe `shown` again at `origin` and after every GOP, standstill between."""

    live: Live
    origin: int
    shown: int

    def shot(self, k: int) -> Shot:
        since = (k - self.origin) % self.live.weave.spec.gop
        if since == 0:
            return self.live.shot(self.shown)
        return Shot(self.live.weave, None, self.shown, keyframe=False, since_key=since)


@dataclass(frozen=True, slots=True)
class Looped:
    """The `span` pictures from keyframe `base` again and again, from `origin` on."""

    live: Live
    origin: int
    base: int
    span: int

    def shot(self, k: int) -> Shot:
        return self.live.shot(self.base + (k - self.origin) % self.span)


@dataclass(frozen=True, slots=True)
class Resized:
    """A loop of another size from its start, with true capture times."""

    weave: Weave
    origin: int

    def shot(self, k: int) -> Shot:
        since = k - self.origin
        spec = self.weave.spec
        return Shot(self.weave, since % spec.pictures, k, keyframe=since % spec.gop == 0)


class Content:
    """The mode in force, and the live mode that returns at the next live keyframe once a fault is over."""

    def __init__(self, live: Live) -> None:
        self.live = live
        self._mode: Mode = live
        self._live_from: int | None = None

    def at(self, k: int) -> Shot:
        """The shot of picture `k`; to be asked for pictures in growing order."""
        if self._live_from is not None and k >= self._live_from:
            self._mode, self._live_from = self.live, None
        return self._mode.shot(k)

    def newest_key(self, k: int) -> int:
        """The newest picture not after `k` that is a keyframe in the mode in force."""
        while not self._mode.shot(k).keyframe:
            k -= 1
        return k

    def live_key(self, k: int) -> int:
        """The newest live keyframe not after `k`."""
        return self._gop_start(k)

    def freeze(self, k: int) -> None:
        """From picture `k` on, show the newest live keyframe."""
        self._switch(Frozen(self.live, k, self._gop_start(k - 1)))

    def repeat(self, k: int, seconds: float) -> None:
        """From picture `k` on, show the last whole GOPs of about this many seconds."""
        spec = self.live.weave.spec
        span = max(1, round(seconds * spec.fps / spec.gop)) * spec.gop
        self._switch(Looped(self.live, k, self._gop_start(k - 1) - span, span))

    def resize(self, k: int, other: Weave) -> None:
        self._switch(Resized(other, k))

    def recover(self, k: int) -> None:
        """Live again from the first live keyframe at or after `k`."""
        gop = self.live.weave.spec.gop
        self._live_from = -(-k // gop) * gop

    def _switch(self, mode: Mode) -> None:
        self._mode, self._live_from = mode, None

    def _gop_start(self, k: int) -> int:
        return k - k % self.live.weave.spec.gop
