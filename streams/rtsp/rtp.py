"""RTP packets of one stream, gathered into pictures (RFC 3550 section 5).

The hot loop of ingest: 92,000 packets a second at 240 × 4 Mb/s pass here. Hence packets stay the `bytes` that the splitter cut,
one `unpack` reads a header, and nothing is called per packet in the regular case.
"""

from collections.abc import Callable
from struct import Struct

_MAX_PICTURE_BYTES = 8 << 20
_MAX_PICTURE_PACKETS = 16_384
_RESTART_GAP = 3000
_header = Struct("!BBHII").unpack_from

GAP = b""
"""Stands in a picture's packets where at least one was lost."""

OnPicture = Callable[[int, list[bytes], bool], None]
"""(RTP timestamp, packets with a plain 12-byte header or `GAP`, whether packets were lost just before)."""


def plain(packet: bytes) -> bytes | None:
    """The packet without CSRCs, extension and padding, so that its payload starts at 12; None when it is no RTP."""
    first = packet[0]
    if first >> 6 != 2:
        return None
    begin = 12 + 4 * (first & 15)
    end = len(packet)
    if first & 0x10:
        if begin + 4 > end:
            return None
        begin += 4 + 4 * int.from_bytes(packet[begin + 2 : begin + 4], "big")
    if first & 0x20:
        end -= packet[-1]
    return packet[:12] + packet[begin:end] if begin < end else None


class Gatherer:
    """Calls `on_picture` for each complete picture: at the marker bit, or when the timestamp changes.

    Holds one picture of at most 8 MiB; a larger one is dropped as lost.
    """

    __slots__ = (
        "_cycles",
        "_gap",
        "_held_bytes",
        "_marked",
        "_next",
        "_on_picture",
        "_on_restart",
        "_packets",
        "_payload_type",
        "_ssrc",
        "_timestamp",
        "_unmarked",
        "lost",
        "received",
        "trust_marker",
    )

    def __init__(self, payload_type: int, on_picture: OnPicture, on_restart: Callable[[], None]) -> None:
        """`on_restart` is called when the sender began anew (other SSRC), before its first picture."""
        self._payload_type = payload_type
        self._unmarked = bytes((0x80, payload_type))
        self._marked = bytes((0x80, payload_type | 0x80))
        self._on_picture = on_picture
        self._on_restart = on_restart
        self._packets: list[bytes] = []
        self._timestamp = -1
        self._ssrc = -1
        self._next = -1
        self._cycles = 0
        self._gap = False
        self._held_bytes = 0
        self.trust_marker = True
        self.received = 0
        self.lost = 0

    @property
    def ssrc(self) -> int:
        return max(self._ssrc, 0)

    @property
    def highest_sequence(self) -> int:
        """The newest sequence number, extended by the times it wrapped."""
        return self._cycles << 16 | (self._next - 1) & 0xFFFF

    def feed(self, packets: list[bytes]) -> None:
        """Take what one read brought. `packets` may be passed on to `on_picture`, which must not keep it."""
        if not packets or self._packets or self._gap or not self._whole(packets):
            self._each(packets)

    def _whole(self, packets: list[bytes]) -> bool:
        """Take a read that is exactly one regular picture, as nearly all are over TCP. False, and nothing done, for any other.

        What is between first and last is compared bytewise, not unpacked: half the cost for each packet.
        """
        head, last, count = packets[0], packets[-1], len(packets)
        if last[:2] != self._marked or len(head) < 13 or len(last) < 13 or not self.trust_marker:
            return False
        _, _, sequence, timestamp, ssrc = _header(head)
        newest = sequence + count - 1
        if sequence != self._next or ssrc != self._ssrc or newest >= 0xFFFF or last[2] << 8 | last[3] != newest:
            return False
        if count > 1:
            plain_start, same = self._unmarked, head[4:12]
            if last[4:12] != same:
                return False
            for packet in packets[:-1]:
                if packet[:2] != plain_start or packet[4:12] != same or len(packet) < 13:
                    return False
        self.received += count
        self._next = newest + 1
        self._timestamp = timestamp
        self._on_picture(timestamp, packets, False)  # noqa: FBT003 called by position per picture
        return True

    def _each(self, packets: list[bytes]) -> None:  # noqa: C901 one flat loop: calls per packet cost
        payload_type = self._payload_type
        self.received += len(packets)
        for packet in packets:
            if len(packet) < 13:
                continue
            first, second, sequence, timestamp, ssrc = _header(packet)
            if first != 0x80:
                bare = plain(packet)
                if bare is None:
                    continue
                packet = bare  # noqa: PLW2901 the rest of the loop sees regular packets only
            if second & 0x7F != payload_type:
                continue
            if (sequence != self._next or ssrc != self._ssrc) and not self._irregular(sequence, ssrc):
                continue
            if sequence == 0xFFFF:
                self._next = 0
                self._cycles += 1
            else:
                self._next = sequence + 1
            if timestamp != self._timestamp:
                if self._packets:
                    self._finish()
                self._timestamp = timestamp
            self._packets.append(packet)
            if second & 0x80 and self.trust_marker:
                self._finish()
        if self._packets:
            self._bound(packets)

    def _finish(self) -> None:
        packets, gap = self._packets, self._gap
        self._packets = []
        self._gap = False
        self._held_bytes = 0
        self._on_picture(self._timestamp, packets, gap)

    def _irregular(self, sequence: int, ssrc: int) -> bool:
        """A packet that is not the next one. False when it is to be ignored."""
        if ssrc != self._ssrc:
            if self._ssrc >= 0:
                self._restart()
            self._ssrc = ssrc
            return True
        ahead = (sequence - self._next) & 0xFFFF
        if ahead >= 0x8000:
            if 0x10000 - ahead < _RESTART_GAP:
                return False
            self._lose(0)
        else:
            self._lose(ahead if ahead < _RESTART_GAP else 0)
            if sequence < self._next:
                self._cycles += 1
        return True

    def _lose(self, count: int) -> None:
        self.lost += count
        if self._packets:
            self._packets.append(GAP)
        else:
            self._gap = True

    def _restart(self) -> None:
        self._packets = []
        self._held_bytes = 0
        self._timestamp = -1
        self._gap = True
        self._on_restart()

    def _bound(self, batch: list[bytes]) -> None:
        self._held_bytes += sum(map(len, batch))
        if self._held_bytes > _MAX_PICTURE_BYTES or len(self._packets) > _MAX_PICTURE_PACKETS:
            self._packets = [GAP]
            self._held_bytes = 0
