"""How long to wait before the next attempt. Pure: randomness is passed in."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """First about `first_s`, then `factor` times as long each time, at most `cap_s`; each wait lies in its upper half at random.

    The default brings a returning camera back in ≤ 3 s of waiting while 240 dead ones cost about a hundred attempts a second
    at the very first moment and fewer than that from then on.
    """

    first_s: float = 0.3
    factor: float = 1.8
    cap_s: float = 3.0

    def wait_s(self, failures: int, random: Callable[[], float]) -> float:
        """After `failures` ≥ 1 in a row; `random` gives 0 ≤ x < 1."""
        # 30 doublings are beyond any cap: larger exponents would only overflow.
        full_s = min(self.first_s * self.factor ** min(failures - 1, 30), self.cap_s)
        return full_s * (0.5 + 0.5 * random())
