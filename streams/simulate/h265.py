"""H.265 headers: what it takes to move a slice to another place of a taller picture (ITU-T H.265 §7.3). Pure.

CABAC data begins on a byte and knows nothing of its address, so a slice moves by writing a new header in front of the same bytes.
Only what the simulator's own encoder settings give: CTUs of 16, no SAO, no deblocking, no tiles, no WPP, one slice per picture.
"""

from dataclasses import dataclass
from typing import Final

from streams.simulate import bits as b
from streams.simulate.bits import BitReader, Bits

NAL_TRAIL: Final = 1
NAL_IDR: Final = 20
NAL_VPS, NAL_SPS, NAL_PPS = 32, 33, 34
CTU_PX: Final = 16
SLICE_P: Final = 1
_HEADER_BYTES: Final = 48
_LEVEL: Final = 120  # 4.0: 75 slices, 1080p
_SPS_LEVEL_AT, _VPS_LEVEL_AT = 12, 15


@dataclass(frozen=True, slots=True)
class Coding:
    """What slice headers need from the parameter sets."""

    poc_bits: int
    sao: bool
    temporal_mv: bool
    cabac_init: bool
    chroma_offsets: bool


@dataclass(frozen=True, slots=True)
class Slice:
    """A slice taken apart: `picture` is the part of the header that all slices of a picture share, `own` what follows it."""

    idr: bool
    slice_type: int
    picture: Bits
    own: Bits
    data: bytes


def nal_type(nal: bytes) -> int:
    return nal[0] >> 1 & 0x3F


def _reader(rbsp: bytes) -> BitReader:
    head = rbsp[:_HEADER_BYTES]
    return BitReader(Bits(int.from_bytes(head, "big"), len(head) * 8))


def _skip_to_height(reader: BitReader) -> None:
    if reader.u(4) + reader.u(3) or not reader.u(1):
        raise ValueError("sub-layers cannot be spliced")
    reader.u(96)
    reader.ue()
    if reader.ue() != 1:
        raise ValueError("not 4:2:0")
    reader.ue()


def read_coding(sps: bytes, pps: bytes) -> Coding:
    """Raises ValueError for parameter sets of a stream that cannot be spliced."""
    reader = _reader(b.unescape(sps[2:]))
    _skip_to_height(reader)
    reader.ue()
    if reader.u(1):
        for _ in range(4):
            reader.ue()
    reader.ue()
    reader.ue()
    poc_bits = reader.ue() + 4
    reader.u(1)
    for _ in range(3):
        reader.ue()
    log2_ctu = reader.ue() + 3 + reader.ue()
    if 1 << log2_ctu != CTU_PX:
        raise ValueError("CTUs are not of 16 px")
    for _ in range(4):
        reader.ue()
    if reader.u(1):
        raise ValueError("scaling lists cannot be spliced")
    reader.u(1)
    sao = bool(reader.u(1))
    if reader.u(1) or reader.ue() or reader.u(1):
        raise ValueError("PCM, reference picture sets or long-term references in the SPS")
    temporal_mv = bool(reader.u(1))
    cabac_init, chroma_offsets = _read_pps(pps)
    return Coding(poc_bits, sao, temporal_mv, cabac_init, chroma_offsets)


def _read_pps(pps: bytes) -> tuple[bool, bool]:
    reader = _reader(b.unescape(pps[2:]))
    reader.ue()
    reader.ue()
    if reader.u(1) or reader.u(1) or reader.u(3):
        raise ValueError("dependent slices, output flags or extra header bits")
    reader.u(1)
    cabac_init = bool(reader.u(1))
    reader.ue()
    reader.ue()
    reader.se()
    reader.u(2)
    if reader.u(1):
        reader.ue()
    reader.se()
    reader.se()
    chroma_offsets = bool(reader.u(1))
    if reader.u(2) or reader.u(1) or reader.u(2):
        raise ValueError("weights, lossless blocks, tiles or WPP")
    reader.u(1)
    if not reader.u(1) or reader.u(1) or not reader.u(1):
        raise ValueError("the deblocking filter is not off in the PPS")
    if reader.u(1) or reader.u(1):
        raise ValueError("scaling lists or list modification")
    return cabac_init, chroma_offsets


def taller_sps(sps: bytes, height_px: int) -> bytes:
    """The same SPS for a picture of another height (a multiple of 8) and level 4."""
    rbsp = bytearray(b.unescape(sps[2:]))
    rbsp[_SPS_LEVEL_AT] = _LEVEL
    whole = b.without_stop_bit(bytes(rbsp))
    reader = BitReader(whole)
    _skip_to_height(reader)
    before = Bits(whole.value >> whole.length - reader.position, reader.position)
    reader.ue()
    return sps[:2] + b.escape(b.close(b.join(before, b.ue(height_px), reader.rest())))


def levelled_vps(vps: bytes) -> bytes:
    rbsp = bytearray(b.unescape(vps[2:]))
    rbsp[_VPS_LEVEL_AT] = _LEVEL
    return vps[:2] + b.escape(bytes(rbsp))


def read_slice(nal: bytes, coding: Coding) -> Slice:
    """Take the only slice of a picture apart (§7.3.6.1). Raises ValueError for what a splice does not know."""
    rbsp = b.unescape(nal[2:])
    reader = _reader(rbsp)
    idr = nal_type(nal) == NAL_IDR
    if not reader.u(1):
        raise ValueError("more than one slice in a picture")
    if idr:
        reader.u(1)
    reader.ue()
    slice_type = reader.ue()
    picture = b.NONE if idr else _read_picture_part(reader, rbsp, coding)
    start = reader.position
    _read_own(reader, slice_type, coding)
    own = _cut(rbsp, start, reader.position)
    if not reader.u(1):
        raise ValueError("the slice header ends elsewhere")
    return Slice(idr, slice_type, picture, own, rbsp[-(-reader.position // 8) :])


def _cut(rbsp: bytes, start: int, end: int) -> Bits:
    head = Bits(int.from_bytes(rbsp[:_HEADER_BYTES], "big"), len(rbsp[:_HEADER_BYTES]) * 8)
    return Bits(head.value >> head.length - end & ((1 << end - start) - 1), end - start)


def _read_picture_part(reader: BitReader, rbsp: bytes, coding: Coding) -> Bits:
    start = reader.position
    reader.u(coding.poc_bits)
    if reader.u(1):
        raise ValueError("reference picture set from the SPS")
    for _ in range(reader.ue() + reader.ue()):
        reader.ue()
        reader.u(1)
    if coding.temporal_mv:
        reader.u(1)
    return _cut(rbsp, start, reader.position)


def _read_own(reader: BitReader, slice_type: int, coding: Coding) -> None:
    if coding.sao and reader.u(2):
        raise ValueError("SAO would cross the slices")
    if slice_type == SLICE_P:
        if reader.u(1):
            reader.ue()
        if coding.cabac_init:
            reader.u(1)
        reader.ue()
    reader.se()
    if coding.chroma_offsets:
        reader.se()
        reader.se()


class Placer:
    """Writes slices into pictures of `columns` × `rows` CTUs."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns = columns
        self._address_bits = (columns * rows - 1).bit_length()

    def place(self, part: Slice, address: int, like: Slice) -> bytes:
        """The NAL unit of `part` at CTU `address` in the picture of `like`."""
        first = b.u(1, 0 if address else 1)
        prior = b.u(1, 0) if like.idr else b.NONE
        where = b.u(self._address_bits, address) if address else b.NONE
        header = b.join(first, prior, b.ue(0), where, b.ue(part.slice_type), like.picture, part.own)
        return (b"\x28\x01" if like.idr else b"\x02\x01") + b.escape(b.close(header) + part.data)
