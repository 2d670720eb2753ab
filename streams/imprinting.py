"""An imprint as a NAL unit, and where it goes: before the first coded slice of a keyframe, behind its parameter sets. Pure."""

from typing import Final

from streams.types.imprint import BODY_BYTES, IMPRINT_UUID, Stamp
from streams.types.media import Codec

_USER_DATA_UNREGISTERED: Final = 5
_H264_SEI: Final = b"\x06"
_H265_PREFIX_SEI: Final = b"\x4e\x01"
_TRAILING: Final = b"\x80"
IMPRINT_BYTES: Final = 4 + len(IMPRINT_UUID) + BODY_BYTES
"""Of the NAL unit, about: emulation prevention may add a few."""


def imprint_nal(stamp: Stamp, codec: Codec, capture_ns: int) -> bytes:
    """The whole NAL unit, without start code. `capture_ns` is UTC on our clock."""
    message = stamp.message(capture_ns // 1_000_000)
    header = _H264_SEI if codec is Codec.H264 else _H265_PREFIX_SEI
    return header + escaped(bytes((_USER_DATA_UNREGISTERED, len(message))) + message + _TRAILING)


def is_slice(codec: Codec, kind: int) -> bool:
    """Whether a NAL unit of this type holds coded picture (VCL: H.264 table 7-1, H.265 table 7-1)."""
    return 1 <= kind <= 5 if codec is Codec.H264 else kind < 32


def escaped(payload: bytes) -> bytes:
    """With emulation prevention (H.264 and H.265 section 7.3.1.1): 3 goes in before what would look like a start code."""
    if b"\x00\x00" not in payload:
        return payload
    out, zeros = bytearray(), 0
    for byte in payload:
        if zeros >= 2 and byte <= 3:
            out.append(3)
            zeros = 0
        out.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(out)
