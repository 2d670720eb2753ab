"""RTCP: sender reports in, receiver reports out (RFC 3550 section 6)."""

from dataclasses import dataclass
from struct import Struct

_SENDER_REPORT = 200
_RECEIVER_REPORT = 201
_SOURCE_DESCRIPTION = 202
_NTP_EPOCH_S = 2_208_988_800
_MAX_PACKETS = 16

_HEADER = Struct("!BBH")
_SENDER = Struct("!IIII")
_BLOCK = Struct("!IIIIII")


@dataclass(frozen=True, slots=True)
class SenderReport:
    """`camera_ns`: what the camera's clock said at `rtp_timestamp`, UTC nanoseconds."""

    ssrc: int
    camera_ns: int
    rtp_timestamp: int
    ntp_middle: int
    """The middle 32 bits of the NTP time, which a receiver report echoes."""


def parse_sender_reports(compound: bytes) -> list[SenderReport]:
    """The sender reports of one compound packet; stops quietly at the first thing that is not RTCP."""
    reports: list[SenderReport] = []
    position = 0
    for _ in range(_MAX_PACKETS):
        if position + _HEADER.size > len(compound):
            break
        first, kind, words = _HEADER.unpack_from(compound, position)
        stop = position + 4 + words * 4
        if first >> 6 != 2 or stop > len(compound):
            break
        if kind == _SENDER_REPORT and words >= 6:
            ssrc, seconds, fraction, rtp = _SENDER.unpack_from(compound, position + 4)
            camera_ns = (seconds - _NTP_EPOCH_S) * 1_000_000_000 + (fraction * 1_000_000_000 >> 32)
            reports.append(SenderReport(ssrc, camera_ns, rtp, (seconds & 0xFFFF) << 16 | fraction >> 16))
        position = stop
    return reports


@dataclass(frozen=True, slots=True)
class Reception:
    """What a receiver report tells of one sender. `since_report_ns`: how long ago its last sender report came."""

    ssrc: int
    highest_sequence: int
    lost: int
    lost_of_256: int
    ntp_middle: int = 0
    since_report_ns: int = 0


def build_receiver_report(own_ssrc: int, name: str, reception: Reception) -> bytes:
    """A compound of receiver report and source description; `name` is the CNAME, at most 255 bytes."""
    since = reception.since_report_ns * 65536 // 1_000_000_000 if reception.ntp_middle else 0
    lost = min(max(reception.lost, 0), 0x7FFFFF)
    block = _BLOCK.pack(
        reception.ssrc,
        min(reception.lost_of_256, 255) << 24 | lost,
        reception.highest_sequence & 0xFFFFFFFF,
        0,
        reception.ntp_middle,
        min(since, 0xFFFFFFFF),
    )
    report = _HEADER.pack(0x81, _RECEIVER_REPORT, 7) + own_ssrc.to_bytes(4, "big") + block
    cname = name.encode()[:255]
    items = own_ssrc.to_bytes(4, "big") + bytes((1, len(cname))) + cname + b"\x00"
    items += bytes(-len(items) % 4)
    return report + _HEADER.pack(0x81, _SOURCE_DESCRIPTION, len(items) // 4) + items
