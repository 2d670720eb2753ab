"""Access units in, pieces of one endless MP4 out: an initialisation whenever the codec changes, then one fragment for each unit.

Decode times are capture times (UTC on our clock) counted from `base_ns`, so that whoever shows a picture knows how old it is.
"""

from dataclasses import dataclass

from streams.fmp4.boxes import box, full, u32, u64
from streams.fmp4.entries import VideoSets, codecs_of, parameter_sets
from streams.fmp4.init import SOUND_TRACK, TIMESCALE, VIDEO_TRACK, initialisation
from streams.fmp4.samples import (
    AAC_FRAME_SAMPLES,
    KEYFRAME_FLAGS,
    PREDICTED_FLAGS,
    SoundTimes,
    first_slice,
    picture_sample,
)
from streams.types.media import AccessUnit, Codec, Track

_FIRST_GUESS = TIMESCALE // 15
_LONGEST = TIMESCALE


@dataclass(frozen=True, slots=True, eq=False)
class Init:
    """`ftyp` and `moov`. `codecs` as in RFC 6381. What follows cannot be played with an earlier one."""

    data: bytes
    codecs: str


@dataclass(frozen=True, slots=True, eq=False)
class Fragment:
    """`moof` and `mdat` of one access unit. A player may begin at a video fragment that is a keyframe."""

    data: bytes
    capture_ns: int
    keyframe: bool
    video: bool


class Muxer:
    """State of one output. `sound` is the AAC track that is muxed as well, or None."""

    def __init__(self, base_ns: int, sound: Track | None = None) -> None:
        if sound is not None and (sound.codec is not Codec.AAC or len(sound.config) < 2):
            raise ValueError("only AAC with its configuration can be muxed")
        self._base_ns = base_ns
        self._sound = sound
        self._sets: VideoSets | None = None
        self._sequence = 0
        self._decode_time = -1
        self._sound_times = SoundTimes(sound.clock_rate_hz if sound else 1)
        self._duration = _FIRST_GUESS

    def mux(self, unit: AccessUnit, video: Track) -> list[Init | Fragment]:
        """What this unit becomes: nothing before the first keyframe. `video` tells the picture's size."""
        if not unit.codec.is_video:
            return self._mux_sound(unit)
        pieces: list[Init | Fragment] = []
        if unit.keyframe:
            sets = parameter_sets(unit)
            if sets is None:
                return []
            if sets != self._sets:
                self._sets = sets
                pieces.append(Init(initialisation(sets, video, self._sound), codecs_of(sets, self._sound)))
        if self._sets is None or unit.codec is not self._sets.codec:
            return []
        pieces.append(self._picture(unit))
        return pieces

    def _picture(self, unit: AccessUnit) -> Fragment:
        data = picture_sample(unit)
        before, time = self._decode_time, self._at(unit.capture_ns, TIMESCALE)
        time = max(time, before + 1)
        if before >= 0:
            self._duration = min(time - before, _LONGEST)
        self._decode_time = time
        # The duration of the newest picture is not known yet: the last distance is the best guess, and its decode time is exact.
        flags = KEYFRAME_FLAGS if unit.keyframe else PREDICTED_FLAGS
        moof = self._moof(VIDEO_TRACK, time, [(self._duration, len(data))], flags)
        return Fragment(moof + box(b"mdat", data), unit.capture_ns, unit.keyframe, video=True)

    def _mux_sound(self, unit: AccessUnit) -> list[Init | Fragment]:
        sound = self._sound
        if sound is None or unit.codec is not Codec.AAC or self._sets is None:
            return []
        time = self._sound_times.place(
            self._at(unit.capture_ns, sound.clock_rate_hz), AAC_FRAME_SAMPLES * len(unit.parts)
        )
        samples = [(AAC_FRAME_SAMPLES, len(frame)) for frame in unit.parts]
        moof = self._moof(SOUND_TRACK, time, samples, KEYFRAME_FLAGS)
        data = moof + box(b"mdat", *unit.parts)
        return [Fragment(data, unit.capture_ns, keyframe=False, video=False)]

    def _at(self, capture_ns: int, timescale: int) -> int:
        return max(0, (capture_ns - self._base_ns) * timescale // 1_000_000_000)

    def _moof(self, track_id: int, decode_time: int, samples: list[tuple[int, int]], flags: int) -> bytes:
        """Movie fragment (section 8.8.4) of samples that are given as (duration, size in bytes)."""
        self._sequence += 1
        rows = b"".join(u32(duration, size) for duration, size in samples)
        # mfhd 16, tfhd 20, tfdt 20, trun 20 + 8 for each sample, traf 8, moof 8; the data begins 8 behind, after mdat's header.
        size = 16 + 20 + 20 + 20 + len(rows) + 8 + 8
        return box(
            b"moof",
            full(b"mfhd", 0, 0, u32(self._sequence)),
            box(
                b"traf",
                full(b"tfhd", 0, 0x020020, u32(track_id, flags)),
                full(b"tfdt", 1, 0, u64(decode_time)),
                full(b"trun", 0, 0x000301, u32(len(samples), size + 8), rows),
            ),
        )


def with_nal(fragment: bytes, codec: Codec, nal: bytes) -> bytes:
    """A picture's fragment with one NAL unit more before its first slice. `fragment` is one of ours: a single sample."""
    head = int.from_bytes(fragment[:4], "big")
    sample = memoryview(fragment)[head + 8 :]
    at = first_slice(sample, codec)
    # The size of the sample is the last word of `trun`, which ends `moof`.
    size = len(sample) + 4 + len(nal)
    return b"".join((fragment[: head - 4], u32(size, size + 8), b"mdat", sample[:at], u32(len(nal)), nal, sample[at:]))
