"""Which recordings go, and which stay whatever happens. Pure.

* What a lock covers is never named, for no reason and by nobody.
* What is older than its maximum goes.
* What is older than its minimum goes when its volume holds more than its quota, the oldest first.
* What two people agreed to delete early goes.
* Everything else stays; a volume that is then still too full is `short`, and somebody must be told.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from vms.clock import DAY_MS
from vms.recordings.spans import Span, joined


class Reason(StrEnum):
    EXPIRED = "expired"
    QUOTA = "quota"
    EARLY = "early"


@dataclass(frozen=True, slots=True)
class Keeping:
    """How long a camera's recordings are kept: `min_days` for sure (but for a decision of two people), `max_days` at most."""

    min_days: int
    max_days: int

    def __post_init__(self) -> None:
        if not 0 <= self.min_days <= self.max_days:
            raise ValueError("min_days must not be more than max_days")


@dataclass(frozen=True, slots=True)
class Stored:
    """One segment, as far as it matters here."""

    camera_id: str
    stream: str
    volume: str
    start_ms: int
    end_ms: int
    size_bytes: int

    @property
    def span(self) -> Span:
        return Span(self.start_ms, max(self.end_ms, self.start_ms + 1))


@dataclass(frozen=True, slots=True)
class Doomed:
    segment: Stored
    reason: Reason


@dataclass(frozen=True, slots=True)
class Wishes:
    """What is wanted at one moment. Cameras without `keeping` have `default`; volumes without a quota have no limit."""

    now_ms: int
    default: Keeping
    keeping: Mapping[str, Keeping] = field(default_factory=dict)
    locks: Mapping[str, Sequence[Span]] = field(default_factory=dict)
    early: Mapping[str, Sequence[Span]] = field(default_factory=dict)
    quota_bytes: Mapping[str, int] = field(default_factory=dict)

    def of(self, camera_id: str) -> Keeping:
        return self.keeping.get(camera_id, self.default)

    def expires_before_ms(self, camera_id: str) -> int:
        """What ended before this moment is older than its maximum."""
        return self.now_ms - self.of(camera_id).max_days * DAY_MS

    @property
    def newest_that_goes_ms(self) -> int:
        """What ends later is younger than every minimum, and no early deletion reaches it."""
        least = min((one.min_days for one in (self.default, *self.keeping.values())), default=0)
        agreed = (span.end_ms for spans in self.early.values() for span in spans)
        return max((self.now_ms - least * DAY_MS, *agreed))

    def may_go(self, segment: Stored) -> bool:
        """Whether anything at all lets it go: it is past its minimum, or two people agreed on it; and no lock touches it."""
        if self.is_locked(segment):
            return False
        old = self.now_ms - segment.end_ms > self.of(segment.camera_id).min_days * DAY_MS
        return old or _covered(segment.span, self.early.get(segment.camera_id, ()))

    def is_locked(self, segment: Stored) -> bool:
        return _touches(segment.span, self.locks.get(segment.camera_id, ()))


class Sweep:
    """One round. Give it segments, for a quota the oldest of each volume first; it names those that go.

    `used_bytes`: what each volume holds before. The same segment given twice is counted once.
    """

    def __init__(self, wishes: Wishes, used_bytes: Mapping[str, int]) -> None:
        self._wishes = wishes
        self._used = dict(used_bytes)
        self._named: set[Stored] = set()

    def over_bytes(self, volume: str) -> int:
        """By how much a volume is over its quota when all that was named is gone."""
        quota = self._wishes.quota_bytes.get(volume)
        return 0 if quota is None else max(0, self._used.get(volume, 0) - quota)

    @property
    def short(self) -> dict[str, int]:
        """The volumes that stay too full, and by how many bytes."""
        return {volume: over for volume in self._used if (over := self.over_bytes(volume))}

    def consider(self, segments: Iterable[Stored]) -> list[Doomed]:
        """Those that go, each once."""
        doomed = []
        for segment in segments:
            reason = None if segment in self._named else self._why(segment)
            if reason is not None:
                self._named.add(segment)
                self._used[segment.volume] = self._used.get(segment.volume, 0) - segment.size_bytes
                doomed.append(Doomed(segment, reason))
        return doomed

    def _why(self, segment: Stored) -> Reason | None:
        wishes = self._wishes
        if wishes.is_locked(segment):
            return None
        keeping = wishes.of(segment.camera_id)
        age_ms = wishes.now_ms - segment.end_ms
        if age_ms > keeping.max_days * DAY_MS:
            return Reason.EXPIRED
        if _covered(segment.span, wishes.early.get(segment.camera_id, ())):
            return Reason.EARLY
        if age_ms > keeping.min_days * DAY_MS and self.over_bytes(segment.volume):
            return Reason.QUOTA
        return None


def _touches(span: Span, others: Sequence[Span]) -> bool:
    return any(other.start_ms < span.end_ms and span.start_ms < other.end_ms for other in others)


def _covered(span: Span, others: Sequence[Span]) -> bool:
    """Whole segments only: what is partly outside of what was agreed on stays."""
    return any(other.start_ms <= span.start_ms and span.end_ms <= other.end_ms for other in joined(others))
