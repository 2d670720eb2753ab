"""What is wrong with which simulated device, on command. Knows no sockets: devices listen and act.

Faults are keyed by camera number; a device with several channels follows the faults of each of them.
"""

from collections.abc import Callable, Iterable
from enum import IntEnum, StrEnum
from typing import Final


class Fault(StrEnum):
    """The names are those of the media half, so that one command reaches both."""

    POWER_OFF = "power_off"  # no answer of any kind, and no SYN-ACK; subscriptions are lost
    STALL = "stall"  # connections are accepted, nothing is answered
    UNAUTHORIZED = "unauthorized"  # every login is refused with 401
    GARBAGE = "garbage"  # value: a `Garbage`; each in turn by default
    DRIP = "drip"  # value: bytes per second (default 200)
    CLOCK_SKEW = "clock_skew"  # value: seconds ahead (negative: behind)


class Garbage(IntEnum):
    IN_TURN = 0
    BROKEN_XML = 1
    NOT_HTTP = 2
    HUGE_BODY = 3  # 8 MiB of XML
    ENTITY_BOMB = 4
    SHORT_BODY = 5  # fewer bytes than announced, then the end
    DEEP_XML = 6


_DEFAULTS: Final = {Fault.DRIP: 200.0, Fault.GARBAGE: float(Garbage.IN_TURN), Fault.CLOCK_SKEW: 60.0}
_NAMES: Final = frozenset(Fault)
Listener = Callable[[int, Fault, float | None], None]


class Faults:
    """The faults in force. Listeners are called at once, on the caller's thread, which must be the event loop's."""

    def __init__(self) -> None:
        self._active: dict[int, dict[Fault, float]] = {}
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> None:
        """Call `listener(number, fault, value)` when a fault begins or changes its value, with None when it ends."""
        self._listeners.append(listener)

    def set(self, numbers: Iterable[int], fault: Fault, value: float | None = None) -> None:
        """Begin a fault on these cameras. `value` is in the fault's own unit; None means its default."""
        chosen = _DEFAULTS.get(fault, 1.0) if value is None else value
        for number in numbers:
            self._active.setdefault(number, {})[fault] = chosen
            self._tell(number, fault, chosen)

    def clear(self, numbers: Iterable[int], fault: Fault | None = None) -> None:
        """End one fault, or all of them."""
        for number in numbers:
            active = self._active.get(number, {})
            for ended in [fault] if fault is not None else list(active):
                if active.pop(ended, None) is not None:
                    self._tell(number, ended, None)
            if not active:
                self._active.pop(number, None)

    def follow(self, number: int, fault: str, value: float | None) -> None:
        """Do as the media half does: a value begins the fault, None ends it. What ONVIF cannot have is left alone."""
        if fault not in _NAMES:
            return
        # A value for the media half says nothing about which garbage ONVIF should answer with.
        if value is None:
            self.clear([number], Fault(fault))
        else:
            self.set([number], Fault(fault), None if fault == Fault.GARBAGE else value)

    def value(self, numbers: Iterable[int], fault: Fault) -> float | None:
        """The value of a fault in force on any of these cameras, else None."""
        return next((active[fault] for n in numbers if fault in (active := self._active.get(n, {}))), None)

    def _tell(self, number: int, fault: Fault, value: float | None) -> None:
        for listener in self._listeners:
            listener(number, fault, value)
