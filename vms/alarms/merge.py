"""One alarm out of the events that tell of it, in whatever order and however often they come. Pure."""

from dataclasses import dataclass

from streams.types.bus import AlarmEvent


@dataclass(frozen=True, slots=True)
class Told:
    """What is known of an alarm. Merging is commutative, associative and idempotent, but for which of two equal peaks is kept."""

    start_ms: int
    end_ms: int | None
    peak_ms: int | None
    peak_share: float

    @classmethod
    def by(cls, event: AlarmEvent) -> "Told":
        end_ms = event.end_ms if event.end_ms is None else max(event.end_ms, event.start_ms)
        return cls(event.start_ms, end_ms, event.peak_ms, min(max(event.peak_share, 0.0), 1.0))

    def merged(self, other: "Told") -> "Told":
        ends = [end for end in (self.end_ms, other.end_ms) if end is not None]
        peak = max(self, other, key=lambda told: (told.peak_ms is not None, told.peak_share, told.peak_ms or 0))
        return Told(min(self.start_ms, other.start_ms), max(ends, default=None), peak.peak_ms, peak.peak_share)


def is_better_peak(told: Told, than: Told) -> bool:
    """Whether the picture that came with `told` shows more than the one kept with `than`."""
    return told.peak_ms is not None and (than.peak_ms is None or told.peak_share >= than.peak_share)
