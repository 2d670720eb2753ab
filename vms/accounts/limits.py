"""How often one may be wrong. In memory, bounded, pure but for the clock that is passed in.

Locking an account after n failures lets every stranger who knows a login lock its owner out. So failures are counted per pair of
login and address, and per address over all logins; the pair is what pauses first. A botnet that tries one login from many
addresses is slowed by a third count per login, whose pause spares addresses from which that login signed in before.

Counts end after the pause without further failures; an attempt during a pause is refused unseen and does not lengthen it.
"""

from collections import OrderedDict
from dataclasses import dataclass

from vms.accounts.faults import TooManyAttempts
from vms.settings.model import AccountSettings

_MOST_KEYS = 20_000
"""Of each kind. Beyond that the longest untouched are forgotten; what is paused right now is touched last."""
_LOGIN_FACTOR = 10
"""From everywhere together a login may be wrong ten times as often as from one address."""


@dataclass(slots=True)
class _Count:
    failures: int = 0
    touched_ms: int = 0
    paused_until_ms: int = 0
    paused_ms: int = 0
    """How long: a clock that is set back must not lengthen a pause."""


class Counter:
    """Failures by key, with a pause once there are `limit` of them."""

    def __init__(self, limit: int, pause_ms: int) -> None:
        self._limit = limit
        self._pause_ms = pause_ms
        self._counts: OrderedDict[str, _Count] = OrderedDict()

    def paused_for_ms(self, key: str, at_ms: int) -> int:
        count = self._counts.get(key)
        return 0 if count is None else min(max(0, count.paused_until_ms - at_ms), count.paused_ms)

    def fail(self, key: str, at_ms: int) -> bool:
        """Whether a pause begins with this failure."""
        count = self._counts.setdefault(key, _Count())
        if at_ms - count.touched_ms > self._pause_ms:
            count.failures = 0
        count.failures += 1
        count.touched_ms = at_ms
        if count.failures >= self._limit:
            # Twice as long for every further round, up to a day: guessing on must not pay.
            rounds = min((count.failures - self._limit) // self._limit, 10)
            count.paused_ms = min(self._pause_ms << rounds, 24 * 3_600_000)
            count.paused_until_ms = at_ms + count.paused_ms
        self._counts.move_to_end(key)
        while len(self._counts) > _MOST_KEYS:
            self._counts.popitem(last=False)
        return count.failures >= self._limit

    def take_back(self, key: str) -> None:
        """One failure that was none."""
        if (count := self._counts.get(key)) is None:
            return
        count.failures = max(0, count.failures - 1)
        if count.failures < self._limit:
            count.paused_until_ms = 0

    def forget(self, key: str) -> None:
        self._counts.pop(key, None)


class SignInLimits:
    def __init__(self, settings: AccountSettings) -> None:
        pause_ms = round(settings.pause_min * 60_000)
        self._pairs = Counter(settings.failures_before_pause, pause_ms)
        self._addresses = Counter(settings.address_failures_before_pause, pause_ms)
        self._logins = Counter(settings.failures_before_pause * _LOGIN_FACTOR, pause_ms)
        self._known: OrderedDict[str, None] = OrderedDict()

    def begin(self, login: str, address: str, at_ms: int) -> bool:
        """Count an attempt as a failure until it turns out well: a hundred attempts at once are still a hundred attempts.

        Whether it was the last one before a pause.

        Raises `TooManyAttempts` when this login must not be tried from this address now; such an attempt is not counted.
        """
        self._check(login, address, at_ms)
        pauses = (
            self._pairs.fail(_pair(login, address), at_ms),
            self._addresses.fail(address, at_ms),
            self._logins.fail(login, at_ms),
        )
        return any(pauses)

    def withdraw(self, login: str, address: str) -> None:
        """The attempt was never decided."""
        self._pairs.take_back(_pair(login, address))
        self._addresses.take_back(address)
        self._logins.take_back(login)

    def succeeded(self, login: str, address: str) -> None:
        """Forget this pair's failures. Others' failures stay: one good login must not pay for guessing others."""
        pair = _pair(login, address)
        self.withdraw(login, address)
        self._pairs.forget(pair)
        self._known[pair] = None
        self._known.move_to_end(pair)
        while len(self._known) > _MOST_KEYS:
            self._known.popitem(last=False)

    def _check(self, login: str, address: str, at_ms: int) -> None:
        pair = _pair(login, address)
        waits_ms = [self._pairs.paused_for_ms(pair, at_ms), self._addresses.paused_for_ms(address, at_ms)]
        if pair not in self._known:
            waits_ms.append(self._logins.paused_for_ms(login, at_ms))
        if (wait_ms := max(waits_ms)) > 0:
            raise TooManyAttempts(-(-wait_ms // 1000))


def _pair(login: str, address: str) -> str:
    return f"{address} {login}"
