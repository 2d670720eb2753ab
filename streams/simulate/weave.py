"""A loop ready to be shown by many cameras: each picture's shared scene, and what goes above it for one camera at one time.

Built once per loop, then only read (and its small caches filled).
"""

from dataclasses import replace

from streams.simulate import bits, h264
from streams.simulate.bits import Bits
from streams.simulate.catalogue import LoopSpec
from streams.simulate.encode import Encoded
from streams.simulate.h264_splice import Splicer
from streams.simulate.h265_weave import H265Weave
from streams.simulate.rtp import payloads
from streams.simulate.weave_types import Overlay, Weave
from streams.types.media import Codec

_MAX_TOPS = 1024


class H264Weave:
    """Raises ValueError when the encoder's output cannot be spliced."""

    def __init__(self, spec: LoopSpec, encoded: Encoded) -> None:
        self.spec = spec
        self.codec = Codec.H264
        first = encoded.pictures[0]
        sps, pps = (next(nal for nal in first if h264.nal_type(nal) == kind) for kind in (h264.NAL_SPS, h264.NAL_PPS))
        coding = h264.read_coding(sps, pps)
        geometry = h264.Geometry(spec.width_px, spec.height_px, spec.fps)
        self.parameter_sets = (h264.build_sps(geometry, coding), pps)
        self._splicer = Splicer(geometry, spec.letter_scale, coding)
        self._tops: dict[bytes, Bits] = {}
        self._heads: list[h264.Slice] = []
        self._scenes: list[tuple[bytes, ...]] = []
        for picture in encoded.pictures:
            part = h264.read_slice(_only_slice(picture), coding)
            self._heads.append(replace(part, data=bits.NONE))
            moved = h264.move_slice(part, self._splicer.scene_first_mb, coding)
            self._scenes.append(tuple(payloads(Codec.H264, [moved])))
        if len(self._heads) != spec.pictures or any(h.idr != (not i % spec.gop) for i, h in enumerate(self._heads)):
            raise ValueError("the loop has not the pictures that it should have")
        self._prefixes = [self._splicer.strip_prefix(head) for head in self._heads]
        self._still_clocks = [self._splicer.clock_changes(head, "", "") for head in self._heads]
        predicted = self._heads[1 : spec.gop]
        self._standstills = [self._splicer.standstill(head) for head in predicted]

    def above(self, position: int, overlay: Overlay) -> list[bytes]:
        head = self._heads[position]
        top = self._top(overlay.strip)
        strip = self._splicer.strip_nal(self._prefixes[position], top, overlay.strip, idr=head.idr)
        if head.idr:
            return [*self.parameter_sets, strip, self._splicer.clock_full(head, overlay.text)]
        if overlay.text == overlay.text_before:
            return [strip, self._still_clocks[position]]
        return [strip, self._splicer.clock_changes(head, overlay.text, overlay.text_before)]

    def _top(self, strip: bytes) -> Bits:
        found = self._tops.get(strip[:4])
        if found is None:
            if len(self._tops) >= _MAX_TOPS:
                self._tops.clear()
            found = self._tops[strip[:4]] = self._splicer.strip_top(strip)
        return found

    def scene(self, position: int) -> tuple[bytes, ...]:
        return self._scenes[position]

    def standstill(self, gop_position: int) -> list[bytes]:
        return [self._standstills[gop_position - 1]]


def _only_slice(picture: tuple[bytes, ...]) -> bytes:
    slices = [nal for nal in picture if h264.nal_type(nal) in (h264.NAL_SLICE, h264.NAL_IDR)]
    if len(slices) != 1:
        raise ValueError("a picture has not exactly one slice")
    return slices[0]


def weave(spec: LoopSpec, encoded: Encoded) -> Weave:
    """Raises ValueError when the encoder's output cannot be spliced."""
    return H264Weave(spec, encoded) if spec.codec is Codec.H264 else H265Weave(spec, encoded)
