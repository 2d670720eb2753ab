"""RTP payloads of pictures and sound, RTP headers and RTCP sender reports. Pure.

RFC 6184 (H.264: STAP-A, FU-A), RFC 7798 (H.265: AP, FU), RFC 3640 (AAC-hbr), RFC 3550 (headers, SR, SDES, BYE).
"""

import struct
from collections.abc import Sequence
from typing import Final

from streams.types.media import Codec

PAYLOAD_BYTES: Final = 1400
HEADER: Final = struct.Struct("!BBHII")
"""RTP: 0x80, marker and payload type, sequence number, timestamp, SSRC."""
FRAMED: Final = struct.Struct("!cBHBBHII")
"""The same with RTSP's interleaving in front (RFC 2326 §10.12): b"$", channel, size of header and payload."""
_REPORT: Final = struct.Struct("!BBHIIIIII")
_NTP_OFFSET_S: Final = 2_208_988_800


def payloads(codec: Codec, nals: Sequence[bytes]) -> list[bytes]:
    """The RTP payloads of consecutive NAL units: small ones share a packet, large ones are cut."""
    out: list[bytes] = []
    small: list[bytes] = []
    room = 0
    for nal in nals:
        size = len(nal) + 2
        if small and room + size > PAYLOAD_BYTES:
            out.append(_aggregate(codec, small))
            small, room = [], 0
        if size > PAYLOAD_BYTES - 4:
            out.extend(_fragments(codec, nal))
        else:
            small.append(nal)
            room += size
    if small:
        out.append(_aggregate(codec, small))
    return out


def _aggregate(codec: Codec, nals: list[bytes]) -> bytes:
    if len(nals) == 1:
        return nals[0]
    header = _h264_aggregation_header(nals) if codec is Codec.H264 else bytes((48 << 1, 1))
    return header + b"".join(len(nal).to_bytes(2, "big") + nal for nal in nals)


def _h264_aggregation_header(nals: list[bytes]) -> bytes:
    return bytes((max(nal[0] & 0x60 for nal in nals) | 24,))


def _fragments(codec: Codec, nal: bytes) -> list[bytes]:
    if codec is Codec.H264:
        indicator, kind, body = bytes((nal[0] & 0xE0 | 28,)), nal[0] & 0x1F, nal[1:]
    else:
        indicator, kind, body = bytes((nal[0] & 0x81 | 49 << 1, nal[1])), nal[0] >> 1 & 0x3F, nal[2:]
    room = PAYLOAD_BYTES - len(indicator) - 1
    pieces = [body[at : at + room] for at in range(0, len(body), room)]
    last = len(pieces) - 1
    return [
        indicator + bytes((kind | (0x80 if i == 0 else 0) | (0x40 if i == last else 0),)) + piece
        for i, piece in enumerate(pieces)
    ]


def aac_payload(frame: bytes) -> bytes:
    """One AAC frame in mode AAC-hbr: one 16-bit AU header (13 bits of size, 3 bits of index)."""
    return struct.pack("!HH", 16, len(frame) << 3) + frame


def sender_report(ssrc: int, clock_ns: int, timestamp: int, packets: int, octets: int) -> bytes:
    """SR with an empty SDES CNAME: `timestamp` is the RTP time at `clock_ns` (UTC of the camera's clock)."""
    seconds, nanos = divmod(clock_ns, 1_000_000_000)
    report = _REPORT.pack(
        0x80, 200, 6, ssrc, (seconds + _NTP_OFFSET_S) & 0xFFFFFFFF, (nanos << 32) // 1_000_000_000,
        timestamp & 0xFFFFFFFF, packets & 0xFFFFFFFF, octets & 0xFFFFFFFF,
    )  # fmt: skip
    name = b"\x01\x06camera"
    return report + struct.pack("!BBHI", 0x81, 202, 1 + (len(name) + 4) // 4, ssrc) + name + bytes(4)


def bye(ssrc: int) -> bytes:
    return struct.pack("!BBHI", 0x81, 203, 1, ssrc)


def nal_units(codec: Codec, packets: Sequence[bytes]) -> list[bytes]:
    """The NAL units in the payloads of one picture, as `payloads` made them."""
    out: list[bytes] = []
    head = 1 if codec is Codec.H264 else 2
    for packet in packets:
        kind = packet[0] & 0x1F if codec is Codec.H264 else packet[0] >> 1 & 0x3F
        if kind == (24 if codec is Codec.H264 else 48):
            out.extend(_split(packet[head:]))
        elif kind == (28 if codec is Codec.H264 else 49):
            flags, body = packet[head], packet[head + 1 :]
            if flags & 0x80:
                out.append(_unfragmented_header(codec, packet, flags))
            out[-1] += body
        else:
            out.append(packet)
    return out


def _unfragmented_header(codec: Codec, packet: bytes, flags: int) -> bytes:
    if codec is Codec.H264:
        return bytes((packet[0] & 0xE0 | flags & 0x1F,))
    return bytes((packet[0] & 0x81 | (flags & 0x3F) << 1, packet[1]))


def _split(body: bytes) -> list[bytes]:
    out, at = [], 0
    while at + 2 <= len(body):
        size = int.from_bytes(body[at : at + 2], "big")
        out.append(body[at + 2 : at + 2 + size])
        at += 2 + size
    return out
