"""Segments that follow each other as one progressive MP4, its index at the front: no picture is coded anew unless something is blurred."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av

from streams.types.extraction import Region
from streams.types.segment_file import read_head

if TYPE_CHECKING:
    from streams.extract.blurring import Blurrer

_TIME_BASE = Fraction(1, 90_000)
_PLAYED = frozenset({"aac", "opus", "mp3"})
"""Sound that players know in MP4; telephone sound (G.711) is coded anew as AAC."""
_SOUND_HZ = 48_000


class CannotBePlayed(Exception):
    """One sentence."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A segment's file, whole, and when its first picture was taken."""

    file: Path
    start_ns: int


def piece(file: Path) -> Piece:
    """Raises `NotASegment`."""
    with file.open("rb") as handle:
        return Piece(file, read_head(handle).start_ns)


def format_of(file: Path) -> tuple[object, ...]:
    """What must be the same in two segments for them to share a file: codec, size, parameters. Raises `CannotBePlayed`."""
    try:
        with av.open(str(file)) as container:
            picture = container.streams.video[0].codec_context
            sound = [one.codec_context.name for one in container.streams.audio]
            return picture.name, picture.width, picture.height, bytes(picture.extradata or b""), tuple(sound)
    except (av.FFmpegError, IndexError, ValueError) as error:
        raise CannotBePlayed(str(error)[:200]) from error


def write(pieces: Sequence[Piece], target: Path, blurred: Sequence[Region] = ()) -> bool:
    """All of them in one file, by their capture times. Returns whether there is sound. Raises `CannotBePlayed` and `OSError`."""
    try:
        with av.open(str(target), "w", format="mp4", options={"movflags": "+faststart"}) as out:
            writer = _Writer(out, pieces[0], blurred)
            for one in pieces:
                writer.take(one)
            writer.end()
            return writer.sounds
    except OSError as error:
        # FFmpeg's errors are `OSError`s where the system has a number for them: a full disk stays one.
        if isinstance(error, av.FFmpegError) and error.errno is not None and error.errno < 0:
            raise CannotBePlayed(str(error)[:200]) from error
        raise
    except (av.FFmpegError, IndexError, ValueError) as error:
        raise CannotBePlayed(str(error)[:200]) from error


@dataclass(slots=True)
class _Track:
    """`last` is the newest decode time, in `base`: players refuse files in which they do not grow."""

    out: Any
    last: int = -1
    encoder: Any = None
    resampler: Any = None
    base: Fraction = field(default=_TIME_BASE)


class _Writer:
    def __init__(self, out: Any, first: Piece, blurred: Sequence[Region]) -> None:
        self._out = out
        self._start_ns = first.start_ns
        self._blurrer: Blurrer | None = None
        with av.open(str(first.file)) as container:
            picture = container.streams.video[0]
            if blurred:
                from streams.extract.blurring import Blurrer  # noqa: PLC0415 OpenCV, which most extractions do without

                self._blurrer = Blurrer(out, picture.codec_context, blurred)
                self._video = _Track(self._blurrer.out)
            else:
                self._video = _Track(out.add_stream_from_template(picture))
            self._audio = self._sound_track(container.streams.audio[0]) if container.streams.audio else None
        self.sounds = self._audio is not None

    def take(self, one: Piece) -> None:
        ahead_ns = one.start_ns - self._start_ns
        with av.open(str(one.file)) as container:
            picture = container.streams.video[0]
            wanted = [picture, *(container.streams.audio[:1] if self._audio else ())]
            for packet in container.demux(wanted):
                if packet.dts is None or packet.size == 0:
                    continue
                if packet.stream is picture:
                    self._picture(packet, ahead_ns)
                elif self._audio is not None:
                    self._sound(self._audio, packet, ahead_ns)
            if self._blurrer is not None:
                self._blurrer.drain(picture, ahead_ns)

    def end(self) -> None:
        if self._blurrer is not None:
            self._blurrer.end()
        if self._audio is not None and self._audio.encoder is not None:
            for frame in self._audio.resampler.resample(None):
                self._coded_sound(self._audio, frame)
            self._out.mux(self._audio.out.encode(None))

    def _picture(self, packet: Any, ahead_ns: int) -> None:
        if self._blurrer is not None:
            self._blurrer.take(packet, ahead_ns)
            return
        _place(packet, self._video, ahead_ns)
        self._out.mux(packet)

    def _sound_track(self, sound: Any) -> _Track:
        if sound.codec_context.name in _PLAYED:
            return _Track(self._out.add_stream_from_template(sound))
        out = self._out.add_stream("aac", rate=_SOUND_HZ)
        out.layout = "mono"
        resampler = av.AudioResampler(format="fltp", layout="mono", rate=_SOUND_HZ, frame_size=1024)
        return _Track(out, encoder=out.codec_context, resampler=resampler)

    def _sound(self, track: _Track, packet: Any, ahead_ns: int) -> None:
        if track.encoder is None:
            _place(packet, track, ahead_ns)
            self._out.mux(packet)
            return
        ahead = ahead_ns * packet.time_base.denominator // (1_000_000_000 * packet.time_base.numerator)
        for frame in packet.decode():
            frame.pts = (frame.pts or 0) + ahead
            for part in track.resampler.resample(frame):
                self._coded_sound(track, part)

    def _coded_sound(self, track: _Track, frame: Any) -> None:
        if frame.pts is not None and frame.pts <= track.last:
            frame.pts = track.last + 1
        track.last = frame.pts if frame.pts is not None else track.last
        self._out.mux(track.out.encode(frame))


def _place(packet: Any, track: _Track, ahead_ns: int) -> None:
    """At its capture time, counted from the beginning of the file."""
    base = packet.time_base
    ahead = ahead_ns * base.denominator // (1_000_000_000 * base.numerator)
    lag = (packet.pts if packet.pts is not None else packet.dts) - packet.dts
    packet.dts = max(packet.dts + ahead, track.last + 1)
    packet.pts = packet.dts + lag
    track.last = packet.dts
    packet.stream = track.out
