"""Decides from the sizes of coded pictures alone whether something may be moving. Pure.

A still scene costs an encoder nearly the same bytes for every predicted picture: sensor noise, no more. Movement costs
more. So the sizes of P pictures are held against their own running statistics, per camera. A single large picture is not
enough (an on-screen clock changes its digits once a second): two of the last three must be large.
"""

from collections import deque
from dataclasses import dataclass, field
from enum import Enum


class Look(Enum):
    """What to do with the picture that was just shown to the gate."""

    SKIP = "skip"
    OPEN = "open"
    """The gate opens: decode from the cached keyframe up to this picture, and go on."""
    DECODE = "decode"
    SAMPLE = "sample"
    """A keyframe while closed: decode it alone. Proves that the gate is not asleep, and keeps the background current."""


@dataclass(slots=True)
class SizeStatistics:
    """Running mean and mean deviation of P-picture sizes in a still scene, in bytes."""

    mean: float = 0.0
    deviation: float = 0.0
    count: int = 0

    def add(self, size: int) -> None:
        """Learn fast at first, then over some ten seconds of pictures."""
        self.count += 1
        weight = max(1.0 / self.count, 1.0 / 128)
        difference = size - self.mean
        self.mean += weight * difference
        self.deviation += weight * (abs(difference) - self.deviation)


@dataclass(frozen=True, slots=True)
class GateSettings:
    """`factor` deviations above the mean open the gate, but at least `least_share` of the mean.

    `linger_s`: stays open this long after the last reason. `sample_every_s`: how often a keyframe is looked at while closed.
    """

    factor: float = 3.0
    least_share: float = 0.12
    linger_s: float = 1.2
    sample_every_s: float = 3.5
    learn_pictures: int = 45

    @classmethod
    def for_sensitivity(cls, sensitivity: int) -> "GateSettings":
        """`sensitivity` 1…100; 100 opens at the slightest growth."""
        share = (100 - sensitivity) / 100
        return cls(factor=2.0 + 2.0 * share, least_share=0.05 + 0.14 * share)


@dataclass(slots=True)
class Gate:
    """One camera's gate. Times are capture times in seconds, only differences matter."""

    settings: GateSettings = field(default_factory=GateSettings)
    still: SizeStatistics = field(default_factory=SizeStatistics)
    _recent: deque[bool] = field(default_factory=lambda: deque(maxlen=3))
    _open_until_s: float | None = None
    _sampled_s: float | None = None

    @property
    def is_open(self) -> bool:
        return self._open_until_s is not None

    def look(self, size: int, at_s: float, *, keyframe: bool) -> Look:
        """Show one picture to the gate: its coded size in bytes and when it was captured."""
        if keyframe:
            return self._keyframe(at_s)
        large = self._is_large(size)
        self._recent.append(large)
        if not large or self.still.count < self.settings.learn_pictures:
            self.still.add(size)
        else:
            # A scene that has become busier for good (rain, a new camera setting) is learned too, but slowly.
            self.still.mean += (size - self.still.mean) / 1500
        if sum(self._recent) >= 2:
            return self._keep_open(at_s)
        return self._closing(at_s)

    def moving(self, at_s: float) -> None:
        """The detector saw movement: the reason to be open stands, whatever the sizes say."""
        if self._open_until_s is not None:
            self._open_until_s = max(self._open_until_s, at_s + self.settings.linger_s)

    def force_open(self, at_s: float) -> None:
        """A sampled keyframe differed from the background: look closer."""
        self._open_until_s = at_s + self.settings.linger_s

    def shut(self) -> None:
        """What was to be decoded could not be: start again from the next reason."""
        self._open_until_s = None
        self._recent.clear()

    def _is_large(self, size: int) -> bool:
        if self.still.count < self.settings.learn_pictures:
            return False
        margin = max(self.settings.factor * self.still.deviation, self.settings.least_share * self.still.mean)
        return size > self.still.mean + margin

    def _keyframe(self, at_s: float) -> Look:
        if self._open_until_s is not None:
            return self._closing(at_s)
        if self._sampled_s is None or not 0 <= at_s - self._sampled_s < self.settings.sample_every_s:
            self._sampled_s = at_s
            return Look.SAMPLE
        return Look.SKIP

    def _keep_open(self, at_s: float) -> Look:
        was_open = self._open_until_s is not None
        self._open_until_s = at_s + self.settings.linger_s
        return Look.DECODE if was_open else Look.OPEN

    def _closing(self, at_s: float) -> Look:
        if self._open_until_s is None:
            return Look.SKIP
        if at_s > self._open_until_s or at_s < self._open_until_s - 10 * self.settings.linger_s:
            self._open_until_s = None
            return Look.SKIP
        return Look.DECODE
