"""Bits of H.264 and H.265 NAL units: Exp-Golomb codes and emulation prevention (ITU-T H.264 §7.3.1, §9.1).

Bit strings are `Bits`: a value and a length, so that joining and shifting whole slices is big-integer arithmetic.
"""

import re
from typing import NamedTuple

_ESCAPED = re.compile(rb"\x00\x00\x03")
_TO_ESCAPE = re.compile(rb"\x00\x00(?=[\x00-\x03])")


class Bits(NamedTuple):
    value: int
    length: int

    def then(self, other: "Bits") -> "Bits":
        return Bits(self.value << other.length | other.value, self.length + other.length)


NONE = Bits(0, 0)


def join(*parts: Bits) -> Bits:
    value = length = 0
    for part in parts:
        value = value << part.length | part.value
        length += part.length
    return Bits(value, length)


def u(length: int, value: int) -> Bits:
    return Bits(value, length)


def ue(value: int) -> Bits:
    return Bits(value + 1, 2 * (value + 1).bit_length() - 1)


def se(value: int) -> Bits:
    return ue(2 * value - 1 if value > 0 else -2 * value)


def close(bits: Bits) -> bytes:
    """RBSP bytes: the stop bit and zero bits up to a whole byte."""
    pad = -(bits.length + 1) % 8
    return ((bits.value << 1 | 1) << pad).to_bytes((bits.length + 1 + pad) // 8, "big")


def escape(rbsp: bytes) -> bytes:
    if b"\x00\x00" not in rbsp:
        return rbsp
    return _TO_ESCAPE.sub(b"\x00\x00\x03", rbsp)


def unescape(payload: bytes) -> bytes:
    return _ESCAPED.sub(b"\x00\x00", payload)


def without_stop_bit(rbsp: bytes) -> Bits:
    """All bits of an RBSP before its stop bit."""
    value = int.from_bytes(rbsp, "big")
    zeros = (value & -value).bit_length()
    return Bits(value >> zeros, len(rbsp) * 8 - zeros)


class BitReader:
    """Reads an RBSP from its start. Raises ValueError when it ends early."""

    def __init__(self, bits: Bits) -> None:
        self._bits = bits
        self.position = 0

    def u(self, length: int) -> int:
        self.position += length
        left = self._bits.length - self.position
        if left < 0:
            raise ValueError("the bits end early")
        return self._bits.value >> left & ((1 << length) - 1)

    def ue(self) -> int:
        zeros = 0
        while not self.u(1):
            zeros += 1
            if zeros > 32:
                raise ValueError("not an Exp-Golomb code")
        return (1 << zeros | self.u(zeros)) - 1 if zeros else 0

    def se(self) -> int:
        code = self.ue()
        return (code + 1) // 2 if code % 2 else -(code // 2)

    def rest(self) -> Bits:
        length = self._bits.length - self.position
        return Bits(self._bits.value & ((1 << length) - 1), length)


def split_annex_b(data: bytes) -> list[bytes]:
    """The NAL units of an Annex B byte stream, without start codes."""
    return [part.rstrip(b"\x00") for part in re.split(rb"\x00\x00\x01", data)[1:]]
