"""What a viewer's link carries, and what to show on it: pure decisions from a receiver's own words, once a second.

`Budget` finds how many bits per second may be spent: everything, until loss, a growing round trip or the receiver's estimate speak
against it; then it goes down at once and up again slowly, more slowly after each attempt that failed. `allot` spends a budget.
"""

from collections.abc import Sequence
from dataclasses import dataclass

LOSS_SHARE = 0.10
"""More than radio links lose by themselves: NACK mends what is below."""
HEAVY_LOSS_SHARE = 0.25
QUEUE_MS = 250.0
"""A round trip longer than the shortest seen by this much: a queue stands somewhere on the way."""
FLOOR_BPS = 64_000
HOLD_S = 8.0
LONGEST_HOLD_S = 128.0
SETTLE_S = 3.0
"""After a step down, reports still tell of before."""
RAISE = 1.4
ROOM = 1.2
"""What is wanted must fit with this much to spare before the limit is forgotten."""


@dataclass(frozen=True, slots=True)
class Heard:
    """One second of a transport. `estimate_bps` is the receiver's (REMB), None when it said nothing lately.

    `wanted_bps` is what everything that was asked for would cost.
    """

    sent_bps: int
    wanted_bps: int
    lost_share: float = 0.0
    round_trip_ms: float | None = None
    estimate_bps: int | None = None
    pictures_dropped: bool = False


class Budget:
    """`limit_bps` is None while nothing speaks against all that is wanted."""

    def __init__(self, now_s: float) -> None:
        self.limit_bps: int | None = None
        self._changed_s = now_s
        self._raised_s = now_s - LONGEST_HOLD_S
        self._carried_bps: int | None = None
        """The limit before it was last raised: it carried."""
        self._hold_s = HOLD_S
        self._bad_seconds = 0
        self._shortest_ms: float | None = None

    def second(self, heard: Heard, now_s: float) -> int | None:
        """The limit from now on."""
        trip_ms = heard.round_trip_ms
        if trip_ms is not None:
            self._shortest_ms = trip_ms if self._shortest_ms is None else min(self._shortest_ms, trip_ms)
        if now_s - self._changed_s < SETTLE_S and self.limit_bps is not None:
            return self.limit_bps
        self._bad_seconds = self._bad_seconds + 1 if self._is_bad(heard) else 0
        if self._bad_seconds >= 2 or heard.lost_share >= HEAVY_LOSS_SHARE:
            self._lower(heard, now_s)
        elif self.limit_bps is not None and not self._bad_seconds and now_s - self._changed_s >= self._hold_s:
            self._raise(heard, now_s)
        return self.limit_bps

    def _is_bad(self, heard: Heard) -> bool:
        queued = (
            heard.round_trip_ms is not None
            and self._shortest_ms is not None
            and heard.round_trip_ms > self._shortest_ms + QUEUE_MS
        )
        # Estimates follow what arrives: only one that is clearly below what we send speaks of the link.
        doubted = heard.estimate_bps is not None and heard.estimate_bps < 0.8 * heard.sent_bps
        return heard.lost_share >= LOSS_SHARE or queued or doubted or heard.pictures_dropped

    def _lower(self, heard: Heard, now_s: float) -> None:
        if self._carried_bps is not None and now_s - self._raised_s < 2 * HOLD_S:
            self.limit_bps, self._carried_bps = self._carried_bps, None
            self._hold_s = min(2 * self._hold_s, LONGEST_HOLD_S)
        else:
            self.limit_bps = self._arriving(heard)
            self._hold_s = HOLD_S
        self._changed_s = now_s
        self._bad_seconds = 0

    def _arriving(self, heard: Heard) -> int:
        """What came through, with some room below."""
        arrives_bps = heard.sent_bps * (1 - heard.lost_share)
        if heard.estimate_bps is not None:
            arrives_bps = min(arrives_bps, heard.estimate_bps)
        limit_bps = max(FLOOR_BPS, int(0.85 * arrives_bps))
        return limit_bps if self.limit_bps is None else max(FLOOR_BPS, min(limit_bps, self.limit_bps))

    def _raise(self, heard: Heard, now_s: float) -> None:
        assert self.limit_bps is not None
        self._carried_bps = self.limit_bps
        raised_bps = int(self.limit_bps * RAISE)
        self.limit_bps = None if raised_bps > ROOM * heard.wanted_bps else raised_bps
        self._changed_s = self._raised_s = now_s


def allot(costs: Sequence[Sequence[int]], limit_bps: int | None) -> list[int]:
    """Which rung each view stands on. `costs` are bits per second of its rungs, cheapest first.

    Everyone gets the cheapest; then all are lifted by one rung, in order, as long as it fits; then by the next. A view that does not
    fit does not keep a later, cheaper one from being lifted.
    """
    if limit_bps is None:
        return [len(rungs) - 1 for rungs in costs]
    chosen = [0] * len(costs)
    spent_bps = sum(rungs[0] for rungs in costs)
    for rung in range(1, max(map(len, costs), default=1)):
        for number, rungs in enumerate(costs):
            if chosen[number] != rung - 1 or rung >= len(rungs):
                continue
            more_bps = rungs[rung] - rungs[rung - 1]
            if spent_bps + more_bps <= limit_bps:
                spent_bps += more_bps
                chosen[number] = rung
    return chosen
