"""When movement is an alarm: starts after a minimum duration, ends after a pause, remembers its peak. Pure."""

from dataclasses import dataclass, replace

from streams.motion.detector import Seen

PAUSE_S = 2.0
"""Movement that stops for less than this is the same episode: a person behind a post is one alarm, not two."""
LONGEST_S = 300.0
"""An episode that does not end is cut, so that an alarm list shows that it goes on."""


@dataclass(frozen=True, slots=True)
class Episode:
    """One alarm in the making; times in seconds of capture."""

    start_s: float
    last_s: float
    peak_s: float
    peak_share: float
    zone: str
    announced: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """What one observation changed: at most one start, one end, one new peak."""

    started: Episode | None = None
    ended: Episode | None = None
    peaked: bool = False


class Episodes:
    """Feeds on observations in order of time."""

    def __init__(self, min_duration_s: float) -> None:
        self._min_duration_s = min_duration_s
        self._current: Episode | None = None
        self._ended_s = float("-inf")

    @property
    def current(self) -> Episode | None:
        """The announced episode that goes on, or None."""
        return self._current if self._current and self._current.announced else None

    def see(self, seen: Seen, at_s: float) -> Step:
        ended = self._ended(at_s)
        if not seen.moving:
            return Step(ended=ended)
        before = self._current
        if before is None:
            start_s = at_s if seen.since_s is None else max(min(seen.since_s, at_s), self._ended_s)
            self._current = Episode(start_s, at_s, at_s, seen.share, seen.zone)
        else:
            self._current = replace(before, last_s=max(before.last_s, at_s))
        peaked = before is None or seen.share > before.peak_share
        if peaked:
            self._current = replace(self._current, peak_s=at_s, peak_share=seen.share, zone=seen.zone)
        return Step(started=self._announce(), ended=ended, peaked=peaked)

    def tick(self, at_s: float) -> Step:
        """Time passed without an observation (the gate is closed)."""
        return Step(ended=self._ended(at_s))

    def _announce(self) -> Episode | None:
        current = self._current
        if current is None or current.announced or current.last_s - current.start_s < self._min_duration_s:
            return None
        self._current = replace(current, announced=True)
        return self._current

    def _ended(self, at_s: float) -> Episode | None:
        current = self._current
        if current is None:
            return None
        over = (
            at_s - current.last_s > PAUSE_S
            or current.last_s - current.start_s > LONGEST_S
            or at_s < current.last_s - 60
        )
        if not over:
            return None
        self._current = None
        self._ended_s = current.last_s if at_s >= current.last_s else float("-inf")
        return current if current.announced else None
