"""A small window that puts UDP packets back into order. TCP never needs it."""


class ReorderWindow:
    """Holds packets that came early until the missing ones come, at most `size` packets or `hold_ns` long; then gives up on them."""

    def __init__(self, size: int = 64, hold_ns: int = 80_000_000) -> None:
        self._size = size
        self._hold_ns = hold_ns
        self._next = -1
        self._held: dict[int, bytes] = {}
        self._since_ns = 0

    def push(self, packet: bytes, arrival_ns: int) -> list[bytes]:
        """The packets that are in order now, oldest first."""
        if len(packet) < 12:
            return []
        sequence = packet[2] << 8 | packet[3]
        if self._next < 0 or sequence == self._next:
            ready = [packet]
            self._next = (sequence + 1) & 0xFFFF
            return self._release(ready) if self._held else ready
        ahead = (sequence - self._next) & 0xFFFF
        if ahead >= 0x8000:
            # Late or twice: what waited for it has gone on. A real restart is far away and passes through.
            return [] if 0x10000 - ahead <= self._size else self._restart(packet, sequence)
        if not self._held:
            self._since_ns = arrival_ns
        self._held[sequence] = packet
        if ahead >= self._size or len(self._held) >= self._size or arrival_ns - self._since_ns >= self._hold_ns:
            return self._give_up()
        return []

    def _release(self, ready: list[bytes]) -> list[bytes]:
        while (packet := self._held.pop(self._next, None)) is not None:
            ready.append(packet)
            self._next = (self._next + 1) & 0xFFFF
        return ready

    def _give_up(self) -> list[bytes]:
        order = sorted(self._held, key=lambda sequence: (sequence - self._next) & 0xFFFF)
        ready = [self._held[sequence] for sequence in order]
        self._held.clear()
        self._next = (order[-1] + 1) & 0xFFFF
        return ready

    def _restart(self, packet: bytes, sequence: int) -> list[bytes]:
        ready = [*self._give_up(), packet] if self._held else [packet]
        self._next = (sequence + 1) & 0xFFFF
        return ready
