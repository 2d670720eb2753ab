"""Decides from the sizes of coded pictures alone whether something may be moving. Pure.

A still scene costs an encoder nearly the same bytes for every predicted picture: sensor noise, no more. Movement costs more. So the
sizes of P pictures are held against their own running statistics, per camera, in three ways: much more at once is a scene cut; clearly
more, twice in three pictures (an on-screen clock changes its digits only once a second), is movement near by; a little more again
and again (a cumulative sum) is movement far away.

While nothing is known of a camera yet, the gate is open. An encoder that cries wolf is believed less for a while. And while the
gate is closed a keyframe is looked at every few seconds, whatever the sizes say.
"""

from collections import deque
from collections.abc import Collection
from dataclasses import dataclass, field
from enum import Enum

_SIGMA_BY_DEVIATION = 1.25
_MOST_DOUBT = 3.0
_DOUBT_FADES_S = 90.0
_STILL_AFTER_S = 3.0
_QUIETER = 0.6
_FRUITLESS_S = 2.5
"""Open for so long while the detector saw nothing at all: what the pictures cost now is what the still scene costs."""


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

    def add(self, size: int, slowest: float = 1.0 / 128) -> None:
        """Learn fast at first, then over some ten seconds of pictures."""
        self.count += 1
        weight = max(1.0 / self.count, slowest)
        difference = size - self.mean
        self.mean += weight * difference
        self.deviation += weight * (abs(difference) - self.deviation)

    def restart(self, sizes: Collection[int]) -> None:
        """Believe these alone. What was learned of the spread is kept in proportion, if they do not spread more themselves."""
        mean = sum(sizes) / len(sizes)
        spread = sum(abs(size - mean) for size in sizes) / len(sizes)
        self.deviation = max(self.deviation * mean / self.mean, spread)
        self.mean = mean
        self.count = max(self.count, len(sizes))


@dataclass(frozen=True, slots=True)
class GateSettings:
    """`factor` standard deviations above the mean are clearly more, but at least `least_share` of the mean.

    `drift`, `sum_limit`: what a size may exceed the mean by for ever, and the sum of what exceeds it that opens; in deviations.
    `cut_factor`: so many times the mean is a scene cut. `linger_s`: stays open this long after the last reason.
    `sample_every_s`: how often a keyframe is looked at at most while closed. `blind_s`: a gate that saw no keyframe for so long opens.
    """

    factor: float = 3.0
    least_share: float = 0.12
    drift: float = 0.7
    sum_limit: float = 6.0
    cut_factor: float = 4.0
    linger_s: float = 1.2
    sample_every_s: float = 0.9
    blind_s: float = 5.0
    learn_pictures: int = 45

    @classmethod
    def for_sensitivity(cls, sensitivity: int) -> "GateSettings":
        """`sensitivity` 1…100; 100 opens at the slightest growth."""
        share = (100 - sensitivity) / 100
        return cls(factor=2.0 + 2.0 * share, least_share=0.05 + 0.14 * share, sum_limit=4.0 + 4.0 * share)


@dataclass(slots=True)
class Gate:
    """One camera's gate. Times are capture times in seconds, only differences matter."""

    settings: GateSettings = field(default_factory=GateSettings)
    still: SizeStatistics = field(default_factory=SizeStatistics)
    _recent: deque[bool] = field(default_factory=lambda: deque(maxlen=3))
    _quiet: deque[int] = field(default_factory=lambda: deque(maxlen=6))
    _sizes: deque[int] = field(default_factory=lambda: deque(maxlen=30))
    _sum: float = 0.0
    _open_until_s: float | None = None
    _sampled_s: float | None = None
    _moving_s: float | None = None
    _fruitful: bool = True
    _fruit_s: float = 0.0
    _doubt: float = 1.0
    _before_s: float = 0.0

    @property
    def is_open(self) -> bool:
        return self._open_until_s is not None

    @property
    def _learning(self) -> bool:
        return self.still.count < self.settings.learn_pictures

    def look(self, size: int, at_s: float, *, keyframe: bool) -> Look:
        """Show one picture to the gate: its coded size in bytes and when it was captured."""
        self._fade(at_s)
        if keyframe:
            return self._keyframe(at_s)
        if self._learning:
            self.still.add(size)
            return self._closing(at_s)
        self._sizes.append(size)
        if self.is_open and at_s - self._fruit_s > _FRUITLESS_S:
            self._give_up()
            return Look.SKIP
        reason = self._is_reason(size)
        self._learn(size, at_s)
        blind = self._sampled_s is not None and at_s - self._sampled_s > self.settings.blind_s
        return self._keep_open(at_s) if reason or blind else self._closing(at_s)

    def moving(self, at_s: float) -> None:
        """The detector saw movement: the reason to be open stands, whatever the sizes say."""
        self._moving_s = at_s
        self._fruitful, self._doubt = True, 1.0
        self.hold(at_s)

    def hold(self, at_s: float) -> None:
        """Do not close just now."""
        if self._open_until_s is not None:
            self._fruit_s = max(self._fruit_s, at_s)
            self._open_until_s = max(self._open_until_s, at_s + self.settings.linger_s)

    def force_open(self, at_s: float) -> None:
        """A sampled keyframe differed from the background: look closer."""
        self._open_until_s = at_s + self.settings.linger_s
        self._fruit_s = at_s
        self._fruitful = True  # the sizes are not to blame

    def shut(self) -> None:
        """What was to be decoded could not be: start again from the next reason."""
        self._open_until_s = None
        self._recent.clear()
        self._sum = 0.0

    def _give_up(self) -> None:
        self._open_until_s = None
        self._recent.clear()
        self._sum = 0.0
        self.still.restart(self._sizes)
        self._doubt = min(1.25 * self._doubt, _MOST_DOUBT)

    def _is_reason(self, size: int) -> bool:
        mean, settings = self.still.mean, self.settings
        sigma = max(_SIGMA_BY_DEVIATION * self.still.deviation, 0.015 * mean, 1.0)
        margin = max(settings.factor * sigma, settings.least_share * mean) * self._doubt
        self._recent.append(size > mean + margin)
        above = min(max((size - mean) / sigma, -4.0), 4.0)
        limit = settings.sum_limit * self._doubt
        self._sum = min(max(self._sum + above - settings.drift, 0.0), 2 * limit)
        return size > settings.cut_factor * mean or sum(self._recent) >= 2 or self._sum > limit

    def _learn(self, size: int, at_s: float) -> None:
        if self._moving_s is not None and 0 <= at_s - self._moving_s < _STILL_AFTER_S:
            return  # what moves is not the still scene, however long it goes on
        # A scene that became much quieter (a shower ends, an encoder found its rate) counts at once: else all that is left is still.
        if size < _QUIETER * self.still.mean:
            self._quiet.append(size)
            if len(self._quiet) == self._quiet.maxlen:
                self.still.restart(self._quiet)
                self._quiet.clear()
            return
        self._quiet.clear()
        # A scene that has become busier for good (rain, a new camera setting) is learned too, but more slowly.
        self.still.add(size, 1.0 / 600 if self._recent and self._recent[-1] else 1.0 / 128)

    def _keyframe(self, at_s: float) -> Look:
        if self.is_open or self._learning:
            self._sampled_s = at_s
        if self._open_until_s is not None and self._closing(at_s) is Look.DECODE:
            return Look.DECODE
        if self._learning:
            return self._keep_open(at_s)
        if self._sampled_s is None or not 0 <= at_s - self._sampled_s < self.settings.sample_every_s:
            self._sampled_s = at_s
            return Look.SAMPLE
        return Look.SKIP

    def _keep_open(self, at_s: float) -> Look:
        was_open = self._open_until_s is not None
        if not was_open:
            self._fruitful = self._learning
            self._fruit_s = at_s
        self._open_until_s = at_s + self.settings.linger_s
        return Look.DECODE if was_open else Look.OPEN

    def _closing(self, at_s: float) -> Look:
        if self._open_until_s is None:
            return Look.SKIP
        if self._learning:
            return Look.DECODE
        if at_s > self._open_until_s or at_s < self._open_until_s - 10 * self.settings.linger_s:
            self._open_until_s = None
            if not self._fruitful:
                self._doubt = min(1.25 * self._doubt, _MOST_DOUBT)
                self._sum = 0.0
            return Look.SKIP
        return Look.DECODE

    def _fade(self, at_s: float) -> None:
        elapsed_s = min(max(at_s - self._before_s, 0.0), 1.0)
        self._before_s = at_s
        self._doubt += min(elapsed_s / _DOUBT_FADES_S, 1.0) * (1.0 - self._doubt)
