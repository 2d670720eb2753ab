"""A fan-out as fragmented MP4 for Media Source Extensions: one fragment for each picture, so that nothing waits for the next."""

from collections.abc import Callable, Iterator
from functools import partial

from streams.fmp4 import Fragment, Init, Muxer, with_nal
from streams.imprinting import imprint_nal
from streams.tap.feed import Feed, Piece, sound_track, video_track
from streams.types.imprint import Stamp
from streams.types.media import AccessUnit, Codec, Fanout
from streams.types.tap import TapFrame, TapInfo, TapTrack, frame

SOUNDS = frozenset({Codec.AAC})


class Fmp4Feed(Feed):
    def __init__(
        self,
        fanout: Fanout,
        base_ms: int,
        on_empty: Callable[[Feed], None],
        *,
        sound: bool,
        imprinted: bool = False,
    ) -> None:
        super().__init__(fanout, on_empty)
        said = sound_track(fanout, SOUNDS) if sound else None
        self._muxer = Muxer(base_ms * 1_000_000, said)
        self._init = b""
        self._imprinted = imprinted

    def pieces(self, unit: AccessUnit) -> Iterator[Piece]:
        video = video_track(self._fanout)
        if video is None:
            return
        for piece in self._muxer.mux(unit, video):
            if isinstance(piece, Init):
                self._init = frame(TapFrame.INIT, piece.codecs.encode() + b"\n" + piece.data)
            else:
                imprintable = partial(_imprinted, piece, unit.codec) if self._imprinted and piece.keyframe else None
                yield Piece(frame(TapFrame.DATA, piece.data), piece.keyframe, self._init, imprintable)


def _imprinted(fragment: Fragment, codec: Codec, stamp: Stamp) -> bytes:
    return frame(TapFrame.DATA, with_nal(fragment.data, codec, imprint_nal(stamp, codec, fragment.capture_ns)))


def fmp4_info(fanout: Fanout, base_ms: int) -> TapInfo | None:
    """None before the camera said what it sends."""
    video = video_track(fanout)
    if video is None:
        return None
    sound = sound_track(fanout, SOUNDS)
    return TapInfo(
        base_ms=base_ms,
        video=TapTrack(
            codec=video.codec, clock_rate_hz=video.clock_rate_hz, width_px=video.width_px, height_px=video.height_px
        ),
        sound=None
        if sound is None
        else TapTrack(codec=sound.codec, clock_rate_hz=sound.clock_rate_hz, channels=sound.channels),
    )
