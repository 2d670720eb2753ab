"""Stretches of time, from a moment (included) to another (excluded), UTC in ms. Pure.

What takes spans takes them in any order, overlapping and empty ones too; what gives spans gives them sorted, apart and none empty.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple


class Span(NamedTuple):
    start_ms: int
    end_ms: int

    @property
    def length_ms(self) -> int:
        return max(0, self.end_ms - self.start_ms)

    def cut(self, other: "Span") -> "Span":
        """What both have in common; empty (or turned round) when that is nothing."""
        return Span(max(self.start_ms, other.start_ms), min(self.end_ms, other.end_ms))


def joined(spans: Iterable[Span], slack_ms: int = 0) -> list[Span]:
    """All that any of them covers. Two that are no further apart than `slack_ms` are one."""
    out: list[Span] = []
    for span in sorted(span for span in spans if span.end_ms > span.start_ms):
        if out and span.start_ms <= out[-1].end_ms + slack_ms:
            out[-1] = Span(out[-1].start_ms, max(out[-1].end_ms, span.end_ms))
        else:
            out.append(span)
    return out


def within(spans: Iterable[Span], window: Span) -> list[Span]:
    """What `spans` cover of `window`."""
    return joined(span.cut(window) for span in spans)


def without(spans: Iterable[Span], taken: Iterable[Span]) -> list[Span]:
    """What `spans` cover and `taken` do not."""
    gone = joined(taken)
    return [rest for span in joined(spans) for rest in _rest(span, gone)]


def total_ms(spans: Iterable[Span]) -> int:
    """How long all of them together are, each moment counted once."""
    return sum(span.length_ms for span in joined(spans))


def _rest(span: Span, gone: list[Span]) -> Iterator[Span]:
    at_ms = span.start_ms
    for hole in gone:
        if hole.end_ms <= at_ms:
            continue
        if hole.start_ms >= span.end_ms:
            break
        if hole.start_ms > at_ms:
            yield Span(at_ms, hole.start_ms)
        at_ms = hole.end_ms
    if at_ms < span.end_ms:
        yield Span(at_ms, span.end_ms)
