"""From the NAL units of one picture to what an `AccessUnit` promises: keyframes that carry their parameter sets, and a true track.

Knows nothing of packets or of time.
"""

from collections.abc import Callable, Iterable

from streams.rtsp.bits import BitReader
from streams.rtsp.sps import Sps, parse_h264_sps, parse_h265_sps
from streams.types.media import Codec, Track

_MAX_SET_BYTES = 4096
_MAX_SETS_OF_A_TYPE = 8


def _unsigned_at(nal: bytes, header_bytes: int) -> int:
    return BitReader(nal[header_bytes : header_bytes + 8]).unsigned()


class CodedVideo:
    """The parameter sets of one H.264 or H.265 track as they stand now, and the pictures that need them.

    Keeps at most 8 sets of each type of at most 4 KiB; more are ignored.
    """

    __slots__ = (
        "_is_h264",
        "_parse",
        "_sets",
        "_sps_kind",
        "changed",
        "track",
    )

    def __init__(self, codec: Codec, clock_rate_hz: int = 90_000) -> None:
        self.track = Track(codec, clock_rate_hz)
        self._is_h264 = codec is Codec.H264
        self._sets: dict[int, dict[int, bytes]] = {kind: {} for kind in ((7, 8) if self._is_h264 else (32, 33, 34))}
        self._sps_kind = 7 if self._is_h264 else 33
        self._parse: Callable[[bytes], Sps] = parse_h264_sps if self._is_h264 else parse_h265_sps
        self.changed = False
        """True when `track` has changed; whoever announced it sets this back."""

    @property
    def complete(self) -> bool:
        return all(self._sets.values())

    def offer(self, sets: Iterable[bytes]) -> None:
        """Take parameter sets that came beside the stream (SDP, container)."""
        for nal in sets:
            if nal:
                kind = self._kind(nal)
                if kind in self._sets:
                    self._remember(kind, nal)

    def picture(self, nals: list[bytes]) -> tuple[tuple[bytes, ...], bool] | None:
        """(NAL units of the picture, whether it is a keyframe), or None when there is no slice in `nals`.

        Delimiters and filler are left out. A picture that claims to be a keyframe while its parameter sets are unknown is none.
        """
        return self._h264(nals) if self._is_h264 else self._h265(nals)

    def _h264(self, nals: list[bytes]) -> tuple[tuple[bytes, ...], bool] | None:
        keyframe = has_slice = False
        parts = []
        seen = 0
        for nal in nals:
            kind = nal[0] & 0x1F if nal else 0
            if 1 <= kind <= 5:
                has_slice = True
                keyframe |= kind == 5
            elif kind in (7, 8):
                self._remember(kind, nal)
                seen |= 1 << kind
            elif kind in (0, 9, 12) or kind > 23:
                continue
            parts.append(nal)
        if not has_slice:
            return None
        return self._with_sets(parts, seen) if keyframe else (tuple(parts), False)

    def _h265(self, nals: list[bytes]) -> tuple[tuple[bytes, ...], bool] | None:
        keyframe = has_slice = False
        parts = []
        seen = 0
        for nal in nals:
            kind = (nal[0] >> 1) & 0x3F if len(nal) > 2 else 63
            if kind < 32:
                has_slice = True
                keyframe |= 16 <= kind <= 23
            elif kind < 35:
                self._remember(kind, nal)
                seen |= 1 << kind
            elif kind in (35, 38) or kind > 40:
                continue
            parts.append(nal)
        if not has_slice:
            return None
        return self._with_sets(parts, seen) if keyframe else (tuple(parts), False)

    def _with_sets(self, parts: list[bytes], seen: int) -> tuple[tuple[bytes, ...], bool]:
        missing: list[bytes] = []
        for kind, known in self._sets.items():
            if not seen & (1 << kind):
                if not known:
                    return tuple(parts), False
                missing.extend(known.values())
        return (*missing, *parts), True

    def _kind(self, nal: bytes) -> int:
        return nal[0] & 0x1F if self._is_h264 else (nal[0] >> 1) & 0x3F

    def _remember(self, kind: int, nal: bytes) -> None:
        known = self._sets[kind]
        if nal in known.values() or len(nal) > _MAX_SET_BYTES:
            return
        try:
            set_id = self._set_id(kind, nal)
        except ValueError:
            return
        if set_id in known or len(known) < _MAX_SETS_OF_A_TYPE:
            known[set_id] = nal
            self.changed = True

    def _set_id(self, kind: int, nal: bytes) -> int:
        if kind == self._sps_kind:
            sps = self._parse(nal)
            self.track = Track(
                self.track.codec, self.track.clock_rate_hz, width_px=sps.width_px, height_px=sps.height_px
            )
            return sps.set_id
        if kind == 32:
            if len(nal) < 3:
                raise ValueError("video parameter set ends early")
            return nal[2] >> 4
        return _unsigned_at(nal, 1 if self._is_h264 else 2)
