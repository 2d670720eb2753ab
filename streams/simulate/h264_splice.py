"""Strip and clock as slices of their own above a shared H.264 scene: no picture is encoded twice.

A spliced picture, from the top (heights in macroblock rows):

    2      strip    one I slice, Intra16x16 macroblocks with at most a DC coefficient
    scale  clock    I_PCM letters; in predicted pictures only those that changed, all else P_Skip
    rest   scene    the encoder's slice with a new header; its own first row is black, so that no motion vector points above it

Slices never predict from each other and no filter crosses their edges, so that the scene decodes bit-exactly as it was encoded.
Pure; one `Splicer` serves all cameras of one loop. Macroblock syntax: ITU-T H.264 §7.3.5, CAVLC §9.2.
"""

from functools import cache

from streams.simulate import bits as b
from streams.simulate.bits import Bits
from streams.simulate.glyphs import cell_samples
from streams.simulate.h264 import SLICE_I, SLICE_P, Coding, Geometry, Slice, nal_of, slice_header
from streams.simulate.strip import BLOCKS_PER_ROW, ROWS

_QP = 51  # quantiser step 14 luma levels for a lone DC: level 16 = black to white
_NO_FILTER = b.ue(1)
_VERTICAL, _HORIZONTAL, _DC = b.ue(1), b.ue(2), b.ue(3)  # mb_type I_16x16_{0,1,2}_0_0
_SAME = b.u(3, 0b111)  # chroma DC, no QP change, no coefficients (nC 0)
_SAME_BESIDE_PCM = b.u(8, 0b11000011)  # the same where the neighbours counted 16 coefficients (nC >= 8)
_CHROMA = bytes((128,)) * 128
_PCM_AGAIN_I = bytes((0x0D, 0x00))  # mb_type 25 and alignment, right after the samples before
_PCM_AGAIN_P = bytes((0x87, 0xC0))  # mb_skip_run 0, mb_type 30 and alignment


def _with_dc(level: int) -> Bits:
    """Chroma DC, no QP change, one DC coefficient of this level (|level| 8…16), coded with nC 0."""
    code = 2 * (abs(level) - 1) + (level < 0) - 2
    coded = b.u(code + 1, 1) if code < 14 else b.u(19, 1 << 4 | code - 14)
    return b.join(b.u(2, 0b11), b.u(6, 0b000101), coded, b.u(1, 1))


def _block(mode: Bits, before: int, bit: int) -> Bits:
    return mode.then(_SAME if before == bit else _with_dc(16 if bit else -16))


@cache
def _byte_blocks(before: int, first_mode: Bits) -> tuple[Bits, ...]:
    """For every byte value, its eight blocks, most significant bit first, after a block of colour `before` (1 is white)."""
    table = []
    for value in range(256):
        colour, mode, out = before, first_mode, b.NONE
        for shift in range(7, -1, -1):
            bit = value >> shift & 1
            out = out.then(_block(mode, colour, bit))
            colour, mode = bit, _HORIZONTAL
        table.append(out)
    return tuple(table)


@cache
def _first_byte(value: int) -> Bits:
    """The magic byte: its first block has no neighbour and is predicted as 128."""
    assert value & 0x80
    rest = _byte_blocks(1, _HORIZONTAL)[value]
    first = _block(_HORIZONTAL, 1, 1)
    tail = Bits(rest.value & ((1 << rest.length - first.length) - 1), rest.length - first.length)
    return b.join(_DC, _with_dc(8), tail)


class Splicer:
    """Makes the slices above the scene for pictures of one geometry. `scale` is the letter size in macroblocks."""

    def __init__(self, geometry: Geometry, scale: int, coding: Coding) -> None:
        self._columns = geometry.columns
        self._all_blocks = geometry.columns * geometry.rows
        self._scale = scale
        self._coding = coding
        blank = self._columns - BLOCKS_PER_ROW
        same = _block(_HORIZONTAL, 0, 0)
        filler = b.join(*[same] * max(0, blank - 1))
        self._tails = tuple(_block(_HORIZONTAL, colour, 0).then(filler) if blank else b.NONE for colour in (0, 1))

    @property
    def scene_first_mb(self) -> int:
        return self._columns * (ROWS + self._scale)

    def strip_top(self, strip: bytes) -> Bits:
        """The upper block row: its four bytes change once in 4.6 hours, so callers may keep it."""
        out, before = _first_byte(strip[0]), strip[0] & 1
        for value in strip[1:4]:
            out = out.then(_byte_blocks(before, _HORIZONTAL)[value])
            before = value & 1
        return out.then(self._tails[before])

    def strip_prefix(self, like: Slice) -> Bits:
        """The header of the strip slice in pictures like this one."""
        delta = _QP - self._coding.init_qp
        return b.ue(0).then(slice_header(like, SLICE_I, delta, _NO_FILTER, self._coding))

    def strip_nal(self, prefix: Bits, top: Bits, strip: bytes, *, idr: bool) -> bytes:
        """The strip slice of one picture of one camera: `prefix` of the picture, `top` of the camera, the strip's eight bytes."""
        horizontal = (_byte_blocks(0, _HORIZONTAL), _byte_blocks(1, _HORIZONTAL))
        value, length = prefix.value << top.length | top.value, prefix.length + top.length
        part = _byte_blocks(1, _VERTICAL)[strip[4]]
        value, length = value << part.length | part.value, length + part.length
        before = strip[4] & 1
        for byte in strip[5:]:
            part = horizontal[before][byte]
            value, length = value << part.length | part.value, length + part.length
            before = byte & 1
        body = Bits(value, length).then(self._tails[before])
        return (b"\x65" if idr else b"\x41") + b.escape(b.close(body))

    def clock_full(self, like: Slice, text: str) -> bytes:
        """The whole clock in I_PCM, as an I slice: for IDR pictures."""
        header = slice_header(like, SLICE_I, 0, _NO_FILTER, self._coding)
        out = b.ue(ROWS * self._columns).then(header)
        blank = self._columns - len(text) * self._scale
        beside, same = _HORIZONTAL.then(_SAME_BESIDE_PCM), _HORIZONTAL.then(_SAME)
        filler = b.join(beside, *[same] * (blank - 1))
        for row in range(self._scale):
            blocks = [block for character in text for block in cell_samples(character, self._scale)[row]]
            out = _append_bytes(_align(out.then(b.ue(25))), _PCM_AGAIN_I.join(block + _CHROMA for block in blocks))
            out = out.then(filler)
        return nal_of(like, out)

    def clock_changes(self, like: Slice, text: str, before: str) -> bytes:
        """Only what changed against the picture before, as a P slice. The same text costs six bytes."""
        header = slice_header(like, SLICE_P, 0, _NO_FILTER, self._coding)
        out = b.ue(ROWS * self._columns).then(header)
        changed = [index for index, (new, old) in enumerate(zip(text, before, strict=True)) if new != old]
        next_mb = 0
        for row in range(self._scale):
            for index in changed:
                at = row * self._columns + index * self._scale
                blocks = cell_samples(text[index], self._scale)[row]
                out = _align(out.then(b.ue(at - next_mb)).then(b.ue(30)))
                out = _append_bytes(out, _PCM_AGAIN_P.join(block + _CHROMA for block in blocks))
                next_mb = at + self._scale
        return nal_of(like, out.then(b.ue(self._columns * self._scale - next_mb)))

    def standstill(self, like: Slice) -> bytes:
        """A whole picture that repeats the one before: what a frozen encoder sends. `like` must be a P slice."""
        header = slice_header(like, SLICE_P, 0, _NO_FILTER, self._coding)
        return nal_of(like, b.join(b.ue(0), header, b.ue(self._all_blocks)))


def _align(bits: Bits) -> Bits:
    pad = -bits.length % 8
    return Bits(bits.value << pad, bits.length + pad)


def _append_bytes(bits: Bits, data: bytes) -> Bits:
    return Bits(bits.value << len(data) * 8 | int.from_bytes(data, "big"), bits.length + len(data) * 8)
