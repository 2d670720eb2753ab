"""The gaps of one camera while they happen. Pure: says what to note, and what goes into the head of the next segment."""

from dataclasses import dataclass
from typing import Final

from streams.types.camera import FaultKind
from streams.types.recording import Gap, GapCause

SHORTEST_MS: Final = 1000
"""A hole that is shorter is the distance of two pictures, or the moment of a change of format."""
MOST_PARTS: Final = 200
"""A gap that changes its cause more often than this keeps its first parts and the last one."""


@dataclass(frozen=True, slots=True)
class Why:
    """Why nothing is recorded now."""

    cause: GapCause
    fault: FaultKind | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Something to say: a part of a gap began (`to_ms` None), or is over."""

    from_ms: int
    to_ms: int | None
    why: Why
    dropped_pictures: int = 0


class GapLedger:
    """Between two segments: `open` at the end of one, `because` whenever the cause may have changed, `close` at the start of the next."""

    def __init__(self) -> None:
        self._done: list[Gap] = []
        self._from_ms: int | None = None
        self._why = Why(GapCause.UNKNOWN)
        self._dropped = 0
        self._told = False

    @property
    def is_open(self) -> bool:
        return self._from_ms is not None

    @property
    def unknown(self) -> bool:
        """A gap is open, and nobody knows why."""
        return self._from_ms is not None and self._why.cause is GapCause.UNKNOWN

    def carry(self, gaps: tuple[Gap, ...]) -> None:
        """Gaps of a segment that was lost before anything was written into it."""
        self._done.extend(gaps)

    def open(self, from_ms: int, why: Why) -> None:
        if self._from_ms is None:
            self._from_ms, self._why, self._dropped, self._told = from_ms, why, 0, False

    def dropped(self, pictures: int) -> None:
        self._dropped += pictures

    def because(self, why: Why, now_ms: int) -> list[Note]:
        """The cause as it is now. UNKNOWN never replaces a cause that is known."""
        if self._from_ms is None:
            return []
        notes: list[Note] = []
        if why != self._why and why.cause is not GapCause.UNKNOWN:
            if self._why.cause is GapCause.UNKNOWN:
                # Only now one knows: it was so from the beginning.
                self._told = False
            elif now_ms - self._from_ms >= SHORTEST_MS:
                if len(self._done) >= MOST_PARTS:
                    return []
                notes += self._finish(now_ms)
                self._from_ms, self._dropped, self._told = now_ms, 0, False
            self._why = why
        if not self._told and now_ms - self._from_ms >= SHORTEST_MS:
            self._told = True
            notes.append(Note(self._from_ms, None, self._why))
        return notes

    def close(self, start_ms: int) -> tuple[tuple[Gap, ...], list[Note]]:
        """A segment begins at `start_ms`: the gaps for its head, in order, up to there; and what there is to say."""
        notes: list[Note] = []
        if self._from_ms is not None:
            if start_ms - self._from_ms >= SHORTEST_MS or self._told or (self._done and start_ms > self._from_ms):
                notes = self._finish(start_ms)
            self._from_ms = None
        gaps = tuple(_within(gap, start_ms) for gap in self._done if gap.from_ms < start_ms)
        self._done = []
        return gaps, notes

    def _finish(self, to_ms: int) -> list[Note]:
        assert self._from_ms is not None
        to_ms = max(to_ms, self._from_ms)
        note = Note(self._from_ms, to_ms, self._why, self._dropped)
        why = self._why
        self._done.append(
            Gap(
                from_ms=note.from_ms,
                to_ms=to_ms,
                cause=why.cause,
                fault=why.fault,
                by=why.by,
                dropped_pictures=self._dropped,
            )
        )
        return [note]


def split_by_stop(gap_from_ms: int, gap_to_ms: int, why: Why, stop: tuple[int, int | None, str] | None) -> list[Note]:
    """A gap that was found at a start, in parts: what lies within the time that somebody had stopped it is theirs.

    `stop` is (from, to or None while it lasts, account).
    """
    if stop is None:
        return [Note(gap_from_ms, gap_to_ms, why)]
    stop_from = min(max(stop[0], gap_from_ms), gap_to_ms)
    stop_to = min(max(stop[1] if stop[1] is not None else gap_to_ms, stop_from), gap_to_ms)
    parts = [
        Note(gap_from_ms, stop_from, why),
        Note(stop_from, stop_to, Why(GapCause.STOPPED_BY, by=stop[2])),
        Note(stop_to, gap_to_ms, why),
    ]
    return [part for part in parts if part.to_ms is not None and part.to_ms > part.from_ms]


def _within(gap: Gap, start_ms: int) -> Gap:
    return gap if gap.to_ms <= start_ms else gap.model_copy(update={"to_ms": start_ms})
