"""H.264 headers: what a splice must read and write (ITU-T H.264 §7.3.2, §7.3.3). Pure; knows nothing of strips or cameras.

Only what the simulator's own encoder settings give: baseline tools, one slice, frame pictures, picture order count type 2.
"""

from dataclasses import dataclass

from streams.simulate import bits as b
from streams.simulate.bits import BitReader, Bits

NAL_SLICE = 1
NAL_IDR = 5
NAL_SPS = 7
NAL_PPS = 8
SLICE_P = 0
SLICE_I = 2
_HEADER_BYTES = 64
_NO_FILTER = 1
_NO_FILTER_ACROSS_SLICES = 2


@dataclass(frozen=True, slots=True)
class Coding:
    """What the slice headers of one stream need from its parameter sets."""

    frame_num_bits: int
    init_qp: int


@dataclass(frozen=True, slots=True)
class Slice:
    """A coded slice taken apart. `filter` is the deblocking part of the header, `data` the macroblocks."""

    idr: bool
    slice_type: int
    frame_num: int
    idr_pic_id: int
    ref_count: Bits
    marking: Bits
    qp_delta: int
    filter: Bits
    data: Bits


@dataclass(frozen=True, slots=True)
class Geometry:
    """Size of a picture and its rate. Heights that are no multiple of 16 are cropped at the bottom (even only)."""

    width_px: int
    height_px: int
    fps: int

    @property
    def columns(self) -> int:
        return self.width_px // 16

    @property
    def rows(self) -> int:
        return (self.height_px + 15) // 16


def nal_type(nal: bytes) -> int:
    return nal[0] & 0x1F


def _rbsp_head(nal: bytes) -> Bits:
    head = b.unescape(nal[1 : 1 + _HEADER_BYTES])
    return Bits(int.from_bytes(head, "big"), len(head) * 8)


def read_coding(sps: bytes, pps: bytes) -> Coding:
    """Raises ValueError for parameter sets of a stream that cannot be spliced."""
    reader = BitReader(_rbsp_head(sps))
    profile = reader.u(8)
    reader.u(16)
    reader.ue()
    if profile not in (66, 77, 88):
        raise ValueError(f"profile {profile} cannot be spliced")
    frame_num_bits = reader.ue() + 4
    if reader.ue() != 2:
        raise ValueError("picture order count type is not 2")
    if reader.ue() != 1:
        raise ValueError("more than one reference picture")
    return Coding(frame_num_bits, _read_pps(pps))


def _read_pps(pps: bytes) -> int:
    reader = BitReader(_rbsp_head(pps))
    reader.ue()
    reader.ue()
    if reader.u(1):
        raise ValueError("CABAC cannot be spliced")
    reader.u(1)
    if reader.ue():
        raise ValueError("slice groups cannot be spliced")
    reader.ue()
    reader.ue()
    if reader.u(1) or reader.u(2):
        raise ValueError("weighted prediction cannot be spliced")
    init_qp = reader.se() + 26
    reader.se()
    reader.se()
    if not reader.u(1):
        raise ValueError("slices do not control the deblocking filter")
    return init_qp


def build_sps(geometry: Geometry, coding: Coding) -> bytes:
    """A constrained-baseline SPS (§7.3.2.1.1) with timing, no reordering and `coding`'s frame number width."""
    crop_rows = (geometry.rows * 16 - geometry.height_px) // 2
    macroblocks_per_s = geometry.columns * geometry.rows * geometry.fps
    frame = geometry.columns * geometry.rows
    body = b.join(
        b.u(8, 66), b.u(8, 0xC0), b.u(8, _level(frame, macroblocks_per_s)), b.ue(0),
        b.ue(coding.frame_num_bits - 4), b.ue(2), b.ue(1), b.u(1, 0),
        b.ue(geometry.columns - 1), b.ue(geometry.rows - 1), b.u(1, 1), b.u(1, 1),
        b.u(1, 1), b.ue(0), b.ue(0), b.ue(0), b.ue(crop_rows),
        b.u(1, 1), _vui(geometry.fps),
    )  # fmt: skip
    return b"\x67" + b.escape(b.close(body))


def _level(frame_macroblocks: int, macroblocks_per_s: int) -> int:
    """level_idc by table A-1 (frame size and macroblock rate; the bit rates here are far below its limits)."""
    table = ((30, 1620, 40500), (31, 3600, 108000), (32, 5120, 216000), (40, 8192, 245760), (51, 36864, 983040))
    for level, frame, rate in table:
        if frame_macroblocks <= frame and macroblocks_per_s <= rate:
            return level
    raise ValueError("picture too large")


def _vui(fps: int) -> Bits:
    timing = b.join(b.u(1, 1), b.u(32, 1), b.u(32, 2 * fps), b.u(1, 1))
    video_range = b.join(b.u(1, 1), b.u(3, 5), b.u(1, 0), b.u(1, 0))
    restriction = b.join(b.u(1, 1), b.u(1, 1), b.ue(0), b.ue(0), b.ue(10), b.ue(10), b.ue(0), b.ue(1))
    return b.join(b.u(1, 0), b.u(1, 0), video_range, b.u(1, 0), timing, b.u(1, 0), b.u(1, 0), b.u(1, 0), restriction)


def read_slice(nal: bytes, coding: Coding) -> Slice:
    """Take a slice of a one-slice picture apart (§7.3.3). Raises ValueError for what a splice does not know."""
    rbsp = b.without_stop_bit(b.unescape(nal[1:]))
    shown = min(rbsp.length, _HEADER_BYTES * 8)
    reader = BitReader(Bits(rbsp.value >> rbsp.length - shown, shown))
    idr = nal_type(nal) == NAL_IDR
    if reader.ue():
        raise ValueError("more than one slice in a picture")
    slice_type = reader.ue() % 5
    reader.ue()
    frame_num = reader.u(coding.frame_num_bits)
    idr_pic_id = reader.ue() if idr else 0
    ref_count = _read_references(reader, slice_type)
    marking = b.u(2, reader.u(2)) if idr else b.u(1, reader.u(1))
    if not idr and marking.value:
        raise ValueError("adaptive reference marking cannot be spliced")
    qp_delta = reader.se()
    deblock = _read_filter(reader)
    data = Bits(rbsp.value & ((1 << rbsp.length - reader.position) - 1), rbsp.length - reader.position)
    return Slice(idr, slice_type, frame_num, idr_pic_id, ref_count, marking, qp_delta, deblock, data)


def _read_references(reader: BitReader, slice_type: int) -> Bits:
    if slice_type == SLICE_I:
        return b.NONE
    count = b.u(1, 1).then(b.ue(reader.ue())) if reader.u(1) else b.u(1, 0)
    if reader.u(1):
        raise ValueError("reference list modification cannot be spliced")
    return count.then(b.u(1, 0))


def _read_filter(reader: BitReader) -> Bits:
    idc = reader.ue()
    if idc == _NO_FILTER:
        return b.ue(_NO_FILTER)
    return b.join(b.ue(_NO_FILTER_ACROSS_SLICES), b.se(reader.se()), b.se(reader.se()))


def slice_header(like: Slice, slice_type: int, qp_delta: int, deblock: Bits, coding: Coding) -> Bits:
    """Everything of a slice header after first_mb_in_slice, for one more slice in the picture of `like`."""
    references = b.u(2, 0) if slice_type != SLICE_I else b.NONE
    return b.join(
        b.ue(slice_type),
        b.ue(0),
        b.u(coding.frame_num_bits, like.frame_num),
        b.ue(like.idr_pic_id) if like.idr else b.NONE,
        like.ref_count if slice_type == like.slice_type else references,
        like.marking,
        b.se(qp_delta),
        deblock,
    )


def nal_of(like: Slice, body: Bits) -> bytes:
    """The NAL unit of a slice in the picture of `like`."""
    return (b"\x65" if like.idr else b"\x41") + b.escape(b.close(body))


def move_slice(part: Slice, first_mb: int, coding: Coding) -> bytes:
    """The same macroblocks further down in a taller picture: `first_mb` is where they begin."""
    header = slice_header(part, part.slice_type, part.qp_delta, part.filter, coding)
    return nal_of(part, b.join(b.ue(first_mb), header, part.data))
