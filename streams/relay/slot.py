"""One outgoing track of one peer: numbers and encrypts what its feed packetised. One m-line, one SSRC."""

import secrets
import struct
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from streams.relay.packets import Picture
from streams.relay.rtcp import Sent
from streams.relay.srtp import Protection

_HISTORY_PICTURES = 90
_RESENT_PER_S = 600
_REPLAY_EVERY_NS = 1_000_000_000
_HEADER = struct.Struct("!BBHII")


class Outlet(Protocol):
    """Where a slot's packets go: its transport."""

    @property
    def protection(self) -> Protection | None:
        """None until the handshake is done."""

    def send_media(self, packets: Sequence[bytes]) -> bool:
        """False when they were dropped."""


@dataclass(slots=True)
class Counters:
    """Of one slot since it began. `dropped_pictures` never left because the socket was full."""

    packets: int = 0
    payload_bytes: int = 0
    dropped_pictures: int = 0
    resent: int = 0
    replays: int = 0


@dataclass(frozen=True, slots=True)
class _Past:
    first_index: int
    rtp_timestamp: int
    picture: Picture


class Slot:
    """Drops whole pictures up to the next keyframe when the socket is full, so that what is sent stays decodable.

    The RTP timestamp **is** the capture time on our clock in units of the track (video: ms × 90); it only grows.
    """

    def __init__(self, outlet: Outlet, ssrc: int, payload_type: int, clock_rate_hz: int) -> None:
        self.ssrc = ssrc
        self.counters = Counters()
        self._outlet = outlet
        self._payload_type = payload_type
        self._clock_rate_hz = clock_rate_hz
        self._index = secrets.randbits(15)
        self._timestamp = -1
        self._waiting = True
        self._past: deque[_Past] = deque(maxlen=_HISTORY_PICTURES)
        self._resend_budget = _RESENT_PER_S
        self._replayed_ns = 0

    def start(self, gop: Iterable[Picture]) -> None:
        """Send the cached pictures in one burst with their own times; the browser decodes it at once and shows the newest."""
        self._waiting = True
        for picture in gop:
            self.send(picture)

    def wait_for_keyframe(self) -> None:
        """Something is missing in the stream: what comes before the next keyframe cannot be decoded."""
        self._waiting = True

    def send(self, picture: Picture) -> None:
        protection = self._outlet.protection
        if protection is None:
            return
        if self._waiting:
            if picture.video and not picture.keyframe:
                return
            self._waiting = False
        # 90 kHz: ns × 9 / 100,000. Kept as an unbounded integer so that only the header wraps.
        timestamp = picture.capture_ns * (self._clock_rate_hz // 1000) // 1_000_000
        self._timestamp = timestamp = max(timestamp, self._timestamp + 1)
        first_index = self._index + 1
        packets = self._protected(protection, picture, first_index, timestamp)
        self._index += len(packets)
        if picture.video:
            self._past.append(_Past(first_index, timestamp, picture))
        if self._outlet.send_media(packets):
            self.counters.packets += len(packets)
            self.counters.payload_bytes += sum(map(len, picture.payloads))
        else:
            self.counters.dropped_pictures += 1
            self._waiting = picture.video

    def resend(self, seqs: Sequence[int]) -> None:
        """Answer a NACK with the very same packets, a bounded number each second."""
        protection = self._outlet.protection
        if protection is None:
            return
        for seq in seqs:
            found = self._find(seq)
            if found is None or self._resend_budget <= 0:
                continue
            self._resend_budget -= 1
            past, number = found
            packet = self._packet(protection, past.picture, number, past.first_index, past.rtp_timestamp)
            self.counters.resent += self._outlet.send_media([packet])

    def replay(self, gop: Iterable[Picture], now_ns: int) -> None:
        """Answer a wish for a keyframe from the cached GOP, at most once a second."""
        if 0 <= now_ns - self._replayed_ns < _REPLAY_EVERY_NS:
            return
        self._replayed_ns = now_ns
        self.counters.replays += 1
        self.start(gop)

    def each_second(self, now_ns: int) -> Sent:
        """Renew the budget; give what a sender report tells."""
        self._resend_budget = _RESENT_PER_S
        timestamp = now_ns * (self._clock_rate_hz // 1000) // 1_000_000
        return Sent(self.ssrc, timestamp, self.counters.packets, self.counters.payload_bytes)

    def _protected(self, protection: Protection, picture: Picture, first_index: int, timestamp: int) -> list[bytes]:
        protect, pack, ssrc = protection.rtp, _HEADER.pack, self.ssrc
        kind, timestamp, index = self._payload_type, timestamp & 0xFFFFFFFF, first_index
        packets = []
        last = len(picture.payloads) - 1
        for number, payload in enumerate(picture.payloads):
            marked = kind | 0x80 if number == last and picture.video else kind
            header = pack(0x80, marked, index & 0xFFFF, timestamp, ssrc)
            packets.append(protect(header, payload, ssrc, index))
            index += 1
        return packets

    def _packet(self, protection: Protection, picture: Picture, number: int, first_index: int, timestamp: int) -> bytes:
        marked = self._payload_type | (0x80 if number == len(picture.payloads) - 1 else 0)
        index = first_index + number
        header = _HEADER.pack(0x80, marked, index & 0xFFFF, timestamp & 0xFFFFFFFF, self.ssrc)
        return protection.rtp(header, picture.payloads[number], self.ssrc, index)

    def _find(self, seq: int) -> tuple[_Past, int] | None:
        for past in reversed(self._past):
            number = (seq - past.first_index) & 0xFFFF
            if number < len(past.picture.payloads):
                return past, number
        return None
