"""How fast a transport may send: a leaky bucket by time. Pure; the clock is handed in."""

BURST_NS = 15_000_000
"""What may be sent ahead of the rate: batches stay large enough for segmentation, and a router's queue stays short."""
DELAY_NS = 1_000_000_000
"""Pictures that would leave later than this are not worth sending."""


class Pacer:
    """`rate_bps` may change at any time. What was sent is a debt that the rate pays off."""

    def __init__(self, rate_bps: int) -> None:
        self._ns_per_byte = 0.0
        self._free_ns = 0.0
        self.rate_bps = rate_bps

    @property
    def rate_bps(self) -> int:
        return self._rate_bps

    @rate_bps.setter
    def rate_bps(self, value: int) -> None:
        self._rate_bps = max(value, 1)
        self._ns_per_byte = 8e9 / self._rate_bps

    def wait_ns(self, now_ns: int) -> int:
        """How long until something may be sent; 0 for now."""
        return max(0, int(self._free_ns - now_ns) - BURST_NS)

    def room_bytes(self, now_ns: int) -> int:
        """How much may be sent now; at least nothing."""
        ahead_ns = BURST_NS - max(0.0, self._free_ns - now_ns)
        return max(0, int(ahead_ns / self._ns_per_byte))

    def take(self, size_bytes: int, now_ns: int) -> bool:
        """Whether so much may be sent now; if so, it counts as sent."""
        free_ns, cost_ns = self._free_ns, size_bytes * self._ns_per_byte
        free_ns = max(free_ns, now_ns)
        if free_ns - now_ns + cost_ns > BURST_NS:
            return False
        self._free_ns = free_ns + cost_ns
        return True

    def sent(self, size_bytes: int, now_ns: int) -> None:
        self._free_ns = max(self._free_ns, now_ns) + size_bytes * self._ns_per_byte

    def delay_ns(self, queued_bytes: int, now_ns: int) -> int:
        """When a byte behind `queued_bytes` would leave, from now."""
        return int(max(0.0, self._free_ns - now_ns) + queued_bytes * self._ns_per_byte)
