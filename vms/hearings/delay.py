"""The delay of a hearing: what observers have not seen yet, and what of it is dropped before they do. Pure.

Everything that closes a hearing to observers throws away what they have not seen (`streams.delay`); a dump does so with the last seconds
alone, and leaves the hearing open.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from streams.types.gate import MOST_DELAY_MS

MOST_DELAY_S = MOST_DELAY_MS // 1000
MOST_DROPPED = 64
"""So many dumps are told apart; of more, the oldest are one, with all that lies between."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Captured from then to then, UTC."""

    from_ms: int
    to_ms: int


def unseen(now_ms: int, since_ms: int, delay_s: int, seconds: int | None) -> Span:
    """The last `seconds` (None: all) of what observers have not seen yet."""
    longest_ms = delay_s * 1000 if seconds is None else min(seconds, delay_s) * 1000
    return Span(min(now_ms, max(since_ms, now_ms - longest_ms)), now_ms)


def with_span(spans: Iterable[Span], new: Span) -> list[Span]:
    """By time, none touching another, `MOST_DROPPED` at most; covers all that was covered."""
    merged: list[Span] = []
    for span in sorted((*spans, new)):
        if merged and span.from_ms <= merged[-1].to_ms:
            merged[-1] = Span(merged[-1].from_ms, max(merged[-1].to_ms, span.to_ms))
        else:
            merged.append(span)
    return _fewer(merged)


def _fewer(spans: Sequence[Span]) -> list[Span]:
    too_many = len(spans) - MOST_DROPPED
    if too_many <= 0:
        return list(spans)
    return [Span(spans[0].from_ms, spans[too_many].to_ms), *spans[too_many + 1 :]]
