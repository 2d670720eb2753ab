"""RTCP (RFC 3550, RFC 4585, RFC 5104): what receivers tell us, and what we tell them. Pure; what comes is hostile."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_SR, _RR, _SDES, _BYE, _RTPFB, _PSFB = 200, 201, 202, 203, 205, 206
_NACK, _PLI, _FIR, _AFB = 1, 1, 4, 15
_NTP_EPOCH_S = 2_208_988_800
_MOST_BPS = 10**12
MAX_LOST = 512
"""Sequence numbers taken from one packet; a receiver that lost more needs a keyframe, not these."""


@dataclass(frozen=True, slots=True)
class Nack:
    ssrc: int
    seqs: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class KeyframeWanted:
    ssrc: int


@dataclass(frozen=True, slots=True)
class Report:
    """`lost_share` 0..1 since the last report; `jitter` in clock units of the stream.

    `last_sr` is the middle of the NTP time of our last sender report, `since_sr` how long ago it came there, in 1/65536 s.
    """

    ssrc: int
    lost_share: float
    jitter: int
    last_sr: int = 0
    since_sr: int = 0

    def round_trip_ms(self, now_ns: int) -> float | None:
        """None before a sender report came there, and for what cannot be (RFC 3550 section 6.4.1)."""
        if not self.last_sr:
            return None
        trip = (middle_ntp(now_ns) - self.last_sr - self.since_sr) & 0xFFFFFFFF
        return trip * 1000 / 65536 if trip < 60 << 16 else None


@dataclass(frozen=True, slots=True)
class Bandwidth:
    """What the receiver believes that it can receive in all (REMB, draft-alvestrand-rmcat-remb)."""

    bps: int


@dataclass(frozen=True, slots=True)
class Bye:
    pass


Feedback = Nack | KeyframeWanted | Report | Bandwidth | Bye


def parse(packet: bytes) -> Iterator[Feedback]:
    """What a compound packet says. Stops silently at the first thing that does not add up."""
    place = 0
    while place + 4 <= len(packet):
        first, kind, words = struct.unpack_from("!BBH", packet, place)
        end = place + 4 + 4 * words
        if first >> 6 != 2 or end > len(packet):
            return
        yield from _one(first & 0x1F, kind, packet[place + 4 : end])
        place = end


def _one(count: int, kind: int, body: bytes) -> Iterator[Feedback]:
    if kind == _RR:
        yield from _reports(count, body[4:])
    elif kind == _SR:
        yield from _reports(count, body[24:])
    elif kind == _BYE:
        yield Bye()
    elif kind == _RTPFB and count == _NACK and len(body) >= 12:
        yield Nack(int.from_bytes(body[4:8], "big"), tuple(_lost(body[8:])))
    elif kind == _PSFB and count == _PLI and len(body) >= 8:
        yield KeyframeWanted(int.from_bytes(body[4:8], "big"))
    elif kind == _PSFB and count == _FIR and len(body) >= 16:
        yield KeyframeWanted(int.from_bytes(body[8:12], "big"))
    elif kind == _PSFB and count == _AFB and len(body) >= 16 and body[8:12] == b"REMB":
        exponent, mantissa = body[13] >> 2, (body[13] & 3) << 16 | int.from_bytes(body[14:16], "big")
        yield Bandwidth(min(mantissa << exponent, _MOST_BPS))


def _reports(count: int, body: bytes) -> Iterator[Report]:
    for number in range(min(count, len(body) // 24)):
        ssrc, lost, _highest, jitter, last_sr, since_sr = struct.unpack_from("!IIIIII", body, 24 * number)
        yield Report(ssrc, (lost >> 24) / 256, jitter, last_sr, since_sr)


def _lost(body: bytes) -> Iterator[int]:
    found = 0
    for place in range(0, len(body) - 3, 4):
        first, mask = struct.unpack_from("!HH", body, place)
        for seq in (first, *((first + 1 + bit) & 0xFFFF for bit in range(16) if mask >> bit & 1)):
            found += 1
            if found > MAX_LOST:
                return
            yield seq


@dataclass(frozen=True, slots=True)
class Sent:
    """What a sender report counts."""

    ssrc: int
    rtp_timestamp: int
    packets: int
    payload_bytes: int


def sender_report(sent: Sent, now_ns: int) -> bytes:
    """SR and SDES: which RTP timestamp belongs to which time, for lip sync and for who wants to know the delay."""
    seconds, rest_ns = divmod(now_ns, 1_000_000_000)
    report = struct.pack(
        "!BBHIIIIII",
        0x80,
        _SR,
        6,
        sent.ssrc,
        (seconds + _NTP_EPOCH_S) & 0xFFFFFFFF,
        (rest_ns << 32) // 1_000_000_000,
        sent.rtp_timestamp & 0xFFFFFFFF,
        sent.packets & 0xFFFFFFFF,
        sent.payload_bytes & 0xFFFFFFFF,
    )
    return report + _sdes(sent.ssrc)


def middle_ntp(now_ns: int) -> int:
    """The middle 32 bits of the NTP time: 16 of seconds, 16 behind the point."""
    seconds, rest_ns = divmod(now_ns, 1_000_000_000)
    return ((seconds + _NTP_EPOCH_S) << 16 | (rest_ns << 16) // 1_000_000_000) & 0xFFFFFFFF


def goodbye(ssrc: int, reason: str = "") -> bytes:
    """RR without reports, as every compound packet starts with a report, then BYE, with a reason of at most 255 bytes."""
    text = reason.encode()[:255]
    said = bytes((len(text),)) + text if text else b""
    said += bytes(-len(said) % 4)
    bye = struct.pack("!BBHI", 0x81, _BYE, 1 + len(said) // 4, ssrc) + said
    return struct.pack("!BBHI", 0x80, _RR, 1, ssrc) + bye


def _sdes(ssrc: int) -> bytes:
    item = bytes((1, 4)) + b"vong" + b"\x00\x00"
    return struct.pack("!BBHI", 0x81, _SDES, 1 + len(item) // 4, ssrc) + item
