"""The gap ledger. Pure: what should be there by the plan, less what is there, each part of the rest with the cause that is known of it.

What is signed into the chain of files goes before what a worker said early, and that before what control saw from outside; what
nobody says anything about is UNKNOWN, and shown so: a gap without a cause is worse news than one with.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from enum import StrEnum

from streams.types.camera import ScheduleSpan
from streams.types.recording import GapCause
from vms.clock import day_begins_ms, local_day
from vms.recordings.spans import Span, joined, within, without

EDGE_MS = 10_000
SLACK_MS = 1500
"""Two files that are no further apart belong together: a camera at one picture a second leaves no gap between two of them."""


class Source(StrEnum):
    """Who knows a cause, the most trusted first."""

    CHAIN = "chain"
    """The head of the segment behind the gap."""
    WORKER = "worker"
    """The early word of the worker that reads the camera."""
    CONTROL = "control"
    """What control itself saw."""
    NOBODY = "nobody"


_TRUST = list(Source)


@dataclass(frozen=True, slots=True)
class Planned:
    """What held from one moment to another. `schedule` None: all the time; empty: nothing is owed (on motion, never)."""

    span: Span
    schedule: Sequence[ScheduleSpan] | None


@dataclass(frozen=True, slots=True)
class Gap:
    """`fault` is what the camera's source said; `by` the account, for what somebody stopped."""

    start_ms: int
    end_ms: int
    cause: GapCause
    source: Source = Source.NOBODY
    fault: str = ""
    by: str = ""
    recovered: bool = False
    """What was missing was fetched later from the camera's own card: it is there now, and was not there then."""

    @property
    def span(self) -> Span:
        return Span(self.start_ms, self.end_ms)


def owed(plans: Iterable[Planned], window: Span) -> list[Span]:
    """When something must be recorded."""
    return joined(span for plan in plans for span in _owed(plan, plan.span.cut(window)))


def gaps(owed_spans: Iterable[Span], recorded: Iterable[Span], known: Iterable[Gap]) -> list[Gap]:
    """Every stretch that is owed and not recorded, with its cause; in order, apart, complete.

    `known` may overlap: the more trusted word goes first, then the earlier one. Where a trusted word is that nothing was to be
    recorded (PLAN: the worker learned of the plan a moment later than we wrote it down), nothing is owed.
    """
    rest = without(owed_spans, joined(recorded, SLACK_MS))
    found: list[Gap] = []
    for one in sorted(known, key=lambda gap: (_TRUST.index(gap.source), gap.start_ms, gap.end_ms)):
        if one.cause is not GapCause.PLAN:
            found += [replace(one, start_ms=span.start_ms, end_ms=span.end_ms) for span in within(rest, one.span)]
        rest = without(rest, [one.span])
    found += [Gap(span.start_ms, span.end_ms, GapCause.UNKNOWN) for span in rest]
    return _smoothed(sorted(found, key=lambda gap: gap.start_ms))


def recovered(found: Iterable[Gap], from_card: Sequence[Span]) -> list[Gap]:
    """The same gaps, in parts where some of one was fetched later. What is shorter than `SLACK_MS` stays with its neighbour."""
    parts: list[Gap] = []
    for gap in found:
        filled = [span for span in within(from_card, gap.span) if span.length_ms > SLACK_MS]
        parts += [replace(gap, start_ms=one.start_ms, end_ms=one.end_ms, recovered=True) for one in filled]
        parts += [replace(gap, start_ms=one.start_ms, end_ms=one.end_ms) for one in without([gap.span], filled)]
    return sorted(parts, key=lambda gap: gap.start_ms)


def _smoothed(found: list[Gap]) -> list[Gap]:
    """A crumb without a cause beside a gap with one is the edge of it: a fault is noticed a moment after it began."""
    out: list[Gap] = []
    for gap in found:
        last = out[-1] if out and out[-1].end_ms == gap.start_ms else None
        if last is not None and _is_edge(gap, last):
            out[-1] = replace(last, end_ms=gap.end_ms)
        elif last is not None and _is_edge(last, gap):
            out[-1] = replace(gap, start_ms=last.start_ms)
        elif last is not None and replace(last, start_ms=gap.start_ms, end_ms=gap.end_ms) == gap:
            out[-1] = replace(last, end_ms=gap.end_ms)
        else:
            out.append(gap)
    return out


def _is_edge(crumb: Gap, beside: Gap) -> bool:
    return crumb.cause is GapCause.UNKNOWN and beside.cause is not GapCause.UNKNOWN and crumb.span.length_ms <= EDGE_MS


def _owed(plan: Planned, span: Span) -> Iterator[Span]:
    if span.end_ms <= span.start_ms:
        return
    if plan.schedule is None:
        yield span
        return
    spans = [one for one in plan.schedule if not one.motion]
    day, last = local_day(span.start_ms), local_day(span.end_ms)
    while spans and day <= last:
        midnight_ms = day_begins_ms(day)
        for one in spans:
            if day.isoweekday() in one.weekdays:
                yield Span(midnight_ms + one.from_min * 60_000, midnight_ms + one.to_min * 60_000).cut(span)
        day += timedelta(days=1)
