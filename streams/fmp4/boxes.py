"""Boxes of ISO/IEC 14496-12, written. Sizes are 32-bit: nothing here is ever 4 GiB."""

import struct

IDENTITY_MATRIX = struct.pack("!9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def box(kind: bytes, *parts: bytes) -> bytes:
    """A box with its header (section 4.2)."""
    body = b"".join(parts)
    return struct.pack("!I4s", 8 + len(body), kind) + body


def full(kind: bytes, version: int, flags: int, *parts: bytes) -> bytes:
    """A box with version and flags (section 4.2)."""
    return box(kind, struct.pack("!I", version << 24 | flags), *parts)


def u16(*values: int) -> bytes:
    return struct.pack(f"!{len(values)}H", *values)


def u32(*values: int) -> bytes:
    return struct.pack(f"!{len(values)}I", *values)


def u64(*values: int) -> bytes:
    return struct.pack(f"!{len(values)}Q", *values)


def descriptor(tag: int, body: bytes) -> bytes:
    """An MPEG-4 descriptor (ISO/IEC 14496-1 section 8.3.3) shorter than 128 bytes."""
    if len(body) > 127:
        raise ValueError("descriptor too long")
    return bytes((tag, len(body))) + body
