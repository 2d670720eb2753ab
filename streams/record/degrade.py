"""How many recordings a volume gives up, and which: lowest priority first, back in the other order. Pure."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_BACK_BELOW: Final = 0.1
_SLOWER: Final = 0.1
_CALM_ROUNDS: Final = 10


@dataclass(frozen=True, slots=True)
class Space:
    """Free bytes of a volume, and where it counts as nearly full and as full: 5 % and 1 %, at most 50 and 10 GB."""

    total_bytes: int
    free_bytes: int

    @property
    def nearly_bytes(self) -> int:
        return min(self.total_bytes // 20, 50 * 10**9)

    @property
    def full_bytes(self) -> int:
        return min(self.total_bytes // 100, 10 * 10**9)


class Degrade:
    """The share of recordings to suspend, from what was seen once a second."""

    def __init__(self) -> None:
        self._for_space = 0.0
        self._for_speed = 0.0
        self._calm = 0

    @property
    def share(self) -> float:
        return max(self._for_space, self._for_speed)

    @property
    def slow(self) -> bool:
        return self._for_speed > 0

    def see_space(self, space: Space) -> None:
        """None above half of what counts as nearly full, all at full, in proportion between; comes back with a margin."""
        begins = (space.nearly_bytes + space.full_bytes) // 2
        span = max(1, begins - space.full_bytes)
        wanted = min(1.0, max(0.0, (begins - space.free_bytes) / span))
        if wanted > self._for_space or wanted < self._for_space - _BACK_BELOW or wanted == 0:
            self._for_space = wanted

    def see_speed(self, *, behind: bool) -> None:
        """A tenth more for each second in which the disk was behind, a tenth less after ten in a row in which it was not."""
        if behind:
            self._calm = 0
            self._for_speed = min(0.9, self._for_speed + _SLOWER)
            return
        self._calm += 1
        if self._calm >= _CALM_ROUNDS:
            self._calm = 0
            self._for_speed = max(0.0, round(self._for_speed - _SLOWER, 3))


def suspended(priorities: Mapping[str, int], share: float) -> frozenset[str]:
    """The ids of the recordings that are given up: `share` of all, lowest priority first, then by id so that it stays the same ones."""
    count = min(len(priorities), math.ceil(share * len(priorities)))
    ordered = sorted(priorities, key=lambda key: (priorities[key], key))
    return frozenset(ordered[:count])
