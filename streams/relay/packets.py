"""Coded pictures into RTP payloads, once for all viewers. Pure.

H.264: RFC 6184 (single NAL, STAP-A, FU-A); H.265: RFC 7798 (single NAL, AP, FU). All fragments of a NAL unit but the last have
one size: the kernel can then send the whole run with one call (UDP segmentation).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from streams.types.media import AccessUnit, Codec

MAX_PAYLOAD_BYTES = 1180
"""Fits 1,280 (IPv6 minimum MTU) with IP, UDP, RTP header and the SRTP tag: thin links tunnel."""

MOST_SEGMENTS = 50
MOST_RUN_BYTES = 63_000
"""The kernel takes 64 segments (UDP_MAX_SEGMENTS) and 65,507 bytes."""
_HEADER_ROOM_BYTES = 64

_STAP_A = 24
_FU_A = 28
_AP = 48
_FU = 49


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One access unit as RTP payloads; the last carries the marker. `capture_ns` is UTC on our clock."""

    payloads: tuple[bytes, ...]
    capture_ns: int
    keyframe: bool
    codec: Codec = Codec.H264
    payload_bytes: int = 0
    """Of all payloads together."""
    rtp_timestamp: int | None = None
    """For sound, where samples are counted; pictures follow their capture time."""
    runs: tuple[tuple[int, int], ...] | None = None
    """Which payloads (from, to) the kernel can send with one call: equal sizes, the last may be shorter."""

    @property
    def video(self) -> bool:
        return self.codec.is_video


def packetise(unit: AccessUnit) -> Picture:
    """Raises `ValueError` for a codec that has no payload format here."""
    if unit.codec is Codec.H264:
        payloads = tuple(_h264(unit.parts))
    elif unit.codec is Codec.H265:
        payloads = tuple(_h265(unit.parts))
    elif unit.codec in (Codec.PCMA, Codec.PCMU, Codec.OPUS):
        payloads = tuple(unit.parts)
    else:
        raise ValueError(f"no payload format for {unit.codec}")
    size_bytes = sum(map(len, payloads))
    return Picture(payloads, unit.capture_ns, unit.keyframe, unit.codec, size_bytes, runs=tuple(runs(payloads)))


def runs(packets: Sequence[bytes]) -> Iterator[tuple[int, int]]:
    """The longest runs, in order, that segmentation takes: at most `MOST_SEGMENTS` of equal size; the last may be shorter."""
    start, count = 0, len(packets)
    while start < count:
        size = len(packets[start])
        most = min(start + min(MOST_SEGMENTS, MOST_RUN_BYTES // (size + _HEADER_ROOM_BYTES)), count)
        end = start + 1
        while end < most and len(packets[end]) == size:
            end += 1
        if end < most and len(packets[end]) < size:
            end += 1
        yield start, end
        start = end


def aggregated(nals: Sequence[bytes], codec: Codec) -> Iterator[bytes]:
    """Several NAL units as one payload, one as it is, none as nothing. They must fit."""
    if len(nals) == 1:
        yield nals[0]
    elif nals:
        first = nals[0]
        if codec is Codec.H264:
            header = bytes((max(nal[0] & 0x60 for nal in nals) | _STAP_A,))
        else:
            header = bytes((first[0] & 0x81 | _AP << 1, first[1]))
        yield header + b"".join(len(nal).to_bytes(2, "big") + nal for nal in nals)


def units_of(payload: bytes, codec: Codec) -> list[bytes]:
    """The NAL units of an aggregation that we made."""
    nals, at = [], 1 if codec is Codec.H264 else 2
    while at < len(payload):
        size = int.from_bytes(payload[at : at + 2], "big")
        nals.append(payload[at + 2 : at + 2 + size])
        at += 2 + size
    return nals


def kind_of(payload: bytes, codec: Codec) -> int:
    """The type in the first header of a payload or NAL unit."""
    return payload[0] & 0x1F if codec is Codec.H264 else payload[0] >> 1 & 0x3F


def aggregation_kind(codec: Codec) -> int:
    return _STAP_A if codec is Codec.H264 else _AP


def fragment_kind(payload: bytes, codec: Codec) -> int | None:
    """Of which type of NAL unit a payload is a fragment; None when it is none."""
    if codec is Codec.H264:
        return payload[1] & 0x1F if kind_of(payload, codec) == _FU_A else None
    return payload[2] & 0x3F if kind_of(payload, codec) == _FU else None


def _h264(nals: tuple[bytes, ...]) -> Iterator[bytes]:
    for group in _groups(nals, header_bytes=1):
        if len(group) > 1:
            yield from aggregated(group, Codec.H264)
        elif len(group[0]) <= MAX_PAYLOAD_BYTES:
            yield group[0]
        else:
            nal = group[0]
            indicator = nal[0] & 0x60 | _FU_A
            for first, last, chunk in _fragments(memoryview(nal)[1:], MAX_PAYLOAD_BYTES - 2):
                yield bytes((indicator, first << 7 | last << 6 | nal[0] & 0x1F)) + chunk


def _h265(nals: tuple[bytes, ...]) -> Iterator[bytes]:
    for group in _groups(nals, header_bytes=2):
        if len(group) > 1:
            yield from aggregated(group, Codec.H265)
        elif len(group[0]) <= MAX_PAYLOAD_BYTES:
            yield group[0]
        else:
            nal = group[0]
            header = bytes((nal[0] & 0x81 | _FU << 1, nal[1]))
            kind = nal[0] >> 1 & 0x3F
            for first, last, chunk in _fragments(memoryview(nal)[2:], MAX_PAYLOAD_BYTES - 3):
                yield header + bytes((first << 7 | last << 6 | kind,)) + chunk


def _groups(nals: tuple[bytes, ...], header_bytes: int) -> Iterator[list[bytes]]:
    """Neighbours that fit into one aggregation packet together; a NAL unit too short to have a header is left out."""
    group: list[bytes] = []
    size = header_bytes
    for nal in nals:
        if len(nal) <= header_bytes:
            continue
        if group and size + 2 + len(nal) > MAX_PAYLOAD_BYTES:
            yield group
            group, size = [], header_bytes
        group.append(nal)
        size += 2 + len(nal)
    if group:
        yield group


def _fragments(body: memoryview, most: int) -> Iterator[tuple[bool, bool, bytes]]:
    """(is first, is last, bytes) of equal size but the last."""
    count = -(-len(body) // most)
    size = -(-len(body) // count)
    for number in range(count):
        yield number == 0, number == count - 1, bytes(body[number * size : (number + 1) * size])
