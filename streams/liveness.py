"""Does the picture still change? Judged from the coded bytes alone, without decoding.

A sensor makes noise, and noise costs bits: predicted pictures of a living camera have a size of their own. A frozen picture predicts
itself perfectly, so its predicted pictures shrink to "skip everything", or whole keyframes come again byte for byte. A stream that
never showed noise (a slide from a courtroom's document camera) can prove nothing and is never called frozen.

Pure: one call per picture, a few comparisons each; keyframes are hashed once.
"""

from collections import OrderedDict
from dataclasses import dataclass

from streams.types.media import AccessUnit, Codec

_NS_PER_S = 1_000_000_000
_REMEMBERED_KEYFRAMES = 128
_MIN_HASHED_BYTES = 512


@dataclass(frozen=True, slots=True)
class LivenessRules:
    """`frozen_after_s`: how long every predicted picture must be skip-sized. `warm_up_pictures`: how much history must show noise.

    `noise_factor`: how many times a skip-sized picture the usual one must be before its absence means anything.
    """

    frozen_after_s: float = 2.0
    warm_up_pictures: int = 30
    noise_factor: float = 4.0


def skip_size_bytes(width_px: int, height_px: int, slices: int) -> int:
    """About the largest picture that predicts everything from the last: headers and run lengths, nothing else."""
    blocks = max(width_px * height_px, 320 * 180) // 256
    return 20 * slices + blocks // 32


class LivenessWatch:
    """State of one stream. `frozen` and `looped` are what the last unit left them at."""

    def __init__(self, rules: LivenessRules | None = None) -> None:
        self._rules = rules or LivenessRules()
        self._skip_bytes = skip_size_bytes(640, 360, 1)
        self._size_px = (640, 360)
        self._usual_bytes = 0.0
        self._seen = 0
        self._still_since_ns: int | None = None
        self._keyframes: OrderedDict[int, None] = OrderedDict()
        self._last_keyframe = 0
        self.frozen = False
        self.looped = False

    def resize(self, width_px: int, height_px: int) -> None:
        """The picture size changed: old sizes say nothing about new pictures."""
        if (width_px, height_px) != self._size_px and width_px and height_px:
            self._size_px = (width_px, height_px)
            self.restart()

    def restart(self) -> None:
        """A new session: nothing that was seen before counts."""
        self._usual_bytes = 0.0
        self._seen = 0
        self._still_since_ns = None
        self._keyframes.clear()
        self._last_keyframe = 0
        self.frozen = self.looped = False

    @property
    def noisy(self) -> bool:
        """Whether the stream has shown enough sensor noise for its absence to mean something."""
        return (
            self._seen >= self._rules.warm_up_pictures
            and self._usual_bytes > self._skip_bytes * self._rules.noise_factor
        )

    def on_unit(self, unit: AccessUnit) -> None:
        if unit.keyframe:
            self._on_keyframe(unit)
        elif unit.codec.is_video:
            self._on_predicted(unit)

    def _on_predicted(self, unit: AccessUnit) -> None:
        size_bytes, slices = _slices(unit)
        self._skip_bytes = skip_size_bytes(*self._size_px, slices)
        # A quarter of the usual size is needed as well: at low rates skip-sized and usual lie close together.
        still = size_bytes <= self._skip_bytes and size_bytes * self._rules.noise_factor <= self._usual_bytes
        if not (still and self.noisy):
            self._still_since_ns = None
            self.frozen = False
            self._learn(size_bytes)
        elif self._still_since_ns is None:
            self._still_since_ns = unit.arrival_ns
        elif unit.arrival_ns - self._still_since_ns >= self._rules.frozen_after_s * _NS_PER_S:
            self.frozen = True

    def _learn(self, size_bytes: int) -> None:
        self._seen += 1
        weight = 1 / min(self._seen, 100)
        # A burst of motion must not raise the mark by which stillness is judged later.
        self._usual_bytes += weight * (min(size_bytes, 4 * self._usual_bytes or size_bytes) - self._usual_bytes)

    def _on_keyframe(self, unit: AccessUnit) -> None:
        slices = [part for part in unit.parts if _is_slice(unit.codec, part)]
        if sum(map(len, slices)) < _MIN_HASHED_BYTES:
            return
        mark = hash(tuple(slices))
        if mark == self._last_keyframe:
            self.frozen = self.frozen or self.noisy
            return
        self.looped = mark in self._keyframes and self.noisy
        self._last_keyframe = mark
        self._keyframes[mark] = None
        self._keyframes.move_to_end(mark)
        if len(self._keyframes) > _REMEMBERED_KEYFRAMES:
            self._keyframes.popitem(last=False)


def _is_slice(codec: Codec, nal: bytes) -> bool:
    if codec is Codec.H264:
        return bool(nal) and 1 <= nal[0] & 0x1F <= 5
    return bool(nal) and (nal[0] >> 1) & 0x3F < 32


def _slices(unit: AccessUnit) -> tuple[int, int]:
    """(bytes, number) of a picture's slices: SEI and parameter sets are no picture."""
    parts = unit.parts
    if len(parts) == 1:
        return len(parts[0]), 1
    sizes = [len(part) for part in parts if _is_slice(unit.codec, part)]
    return sum(sizes), max(len(sizes), 1)
