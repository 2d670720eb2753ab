"""What waits to leave on one transport, in order, no faster than its pacer allows. Knows no sockets and no loop."""

from collections import deque
from typing import Protocol

from streams.relay.pacer import DELAY_NS, Pacer
from streams.relay.packets import Picture

LEAST_RUN = 8
"""Packets that leave together even where the rate allows fewer: smaller runs cost more than they spare."""
_HEADER_BYTES = 60
"""IP, UDP, RTP, extensions and tag of a packet on the wire."""


class Emitter(Protocol):
    """A slot."""

    def emit(self, picture: Picture, first: int, end: int, now_ns: int) -> None:
        """Send the payloads `first`..`end` of a picture."""


def wire_bytes(picture: Picture) -> int:
    return picture.payload_bytes + _HEADER_BYTES * len(picture.payloads)


class SendQueue:
    """Sound passes by pictures; a picture that has begun to leave is finished before the next begins."""

    def __init__(self, pacer: Pacer) -> None:
        self.pacer = pacer
        self._waiting: deque[tuple[Emitter, Picture, int]] = deque()
        self._waiting_bytes = 0

    @property
    def waiting(self) -> int:
        """Pictures that have not left whole."""
        return len(self._waiting)

    def submit(self, slot: Emitter, picture: Picture, now_ns: int) -> bool:
        """Send it now when nothing waits and the rate allows, else queue it; false when it would leave too late."""
        payloads, pacer = len(picture.payloads), self.pacer
        size = picture.payload_bytes + _HEADER_BYTES * payloads
        if not self._waiting and pacer.take(size, now_ns):
            slot.emit(picture, 0, payloads, now_ns)
            return True
        if not picture.video:
            pacer.sent(size, now_ns)
            slot.emit(picture, 0, payloads, now_ns)
            return True
        if self._waiting and pacer.delay_ns(self._waiting_bytes, now_ns) > DELAY_NS:
            return False
        self._waiting.append((slot, picture, 0))
        self._waiting_bytes += size
        self.flush(now_ns)
        return True

    def flush(self, now_ns: int) -> int | None:
        """Send what the rate allows. How long until more may leave, in ns; None when nothing waits."""
        waiting, pacer = self._waiting, self.pacer
        while waiting:
            wait_ns = pacer.wait_ns(now_ns)
            if wait_ns > 0:
                return wait_ns
            slot, picture, first = waiting.popleft()
            count = len(picture.payloads)
            size_each = max(1, wire_bytes(picture) // count)
            run = max(LEAST_RUN, pacer.room_bytes(now_ns) // size_each)
            end = min(count, first + run)
            sent_bytes = size_each * (end - first)
            pacer.sent(sent_bytes, now_ns)
            self._waiting_bytes -= sent_bytes if end < count else wire_bytes(picture) - size_each * first
            if end < count:
                waiting.appendleft((slot, picture, end))
            slot.emit(picture, first, end, now_ns)
        return None

    def withdraw(self, slot: Emitter) -> None:
        """Nothing that waits for `slot` leaves any more."""
        if any(found is slot for found, _, _ in self._waiting):
            self._waiting = deque(item for item in self._waiting if item[0] is not slot)
            self._waiting_bytes = sum(
                wire_bytes(picture) - max(1, wire_bytes(picture) // len(picture.payloads)) * first
                for _, picture, first in self._waiting
            )
