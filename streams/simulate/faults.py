"""What is wrong with which simulated camera, on command. Knows no sockets: devices and streams listen and act.

Faults are keyed by camera number, so that an area is a set of numbers.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Final


class Fault(StrEnum):
    POWER_OFF = "power_off"  # host gone: connections fall silent, new ones time out; value: none
    STALL = "stall"  # RTSP answers, no media
    RESET = "reset"  # all connections are reset, once
    FROZEN = "frozen"  # the same picture again and again, RTP time goes on
    LOOPED = (
        "looped"  # the last pictures again and again with their old strip, RTP time goes on; value: seconds (default 4)
    )
    UNAUTHORIZED = "unauthorized"  # sessions end, every request is answered 401
    CLOCK_SKEW = "clock_skew"  # value: seconds that the camera's clock is ahead; clock in the picture and RTCP follow, the strip does not
    RESOLUTION_CHANGE = "resolution_change"  # new parameter sets in mid-stream
    TIMESTAMP_BACK = "timestamp_back"  # RTP time jumps back once; value: seconds (default 10)
    DRIP = "drip"  # one byte at a time; value: bytes per second (default 200)
    GARBAGE = "garbage"  # junk between and in RTP packets and RTSP answers


ONCE: Final = frozenset({Fault.RESET, Fault.TIMESTAMP_BACK})
"""These happen and are over; `clear` does not undo them."""

_DEFAULTS: Final = {Fault.LOOPED: 4.0, Fault.TIMESTAMP_BACK: 10.0, Fault.DRIP: 200.0}


class Faults:
    """The faults in force. Listeners are called at once, on the caller's thread, which must be the event loop's."""

    def __init__(self) -> None:
        self._active: dict[int, dict[Fault, float]] = {}
        self._listeners: list[Callable[[int, Fault, float | None], None]] = []

    def listen(self, listener: Callable[[int, Fault, float | None], None]) -> None:
        """Call `listener(number, fault, value)` whenever a fault begins (or changes its value), with None when it ends."""
        self._listeners.append(listener)

    def set(self, numbers: Iterable[int], fault: Fault, value: float | None = None) -> None:
        """Begin a fault on these cameras. `value` is in the fault's own unit; None means its default."""
        chosen = _DEFAULTS.get(fault, 1.0) if value is None else value
        for number in numbers:
            if fault not in ONCE:
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

    def value(self, number: int, fault: Fault) -> float | None:
        """The value of a fault in force, else None."""
        return self._active.get(number, {}).get(fault)

    def active(self, number: int) -> dict[Fault, float]:
        return dict(self._active.get(number, {}))

    def _tell(self, number: int, fault: Fault, value: float | None) -> None:
        for listener in self._listeners:
            listener(number, fault, value)
