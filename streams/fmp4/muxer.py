"""Access units in, pieces of one endless MP4 out: an initialisation whenever the codec changes, then one fragment for each unit.

Decode times are capture times (UTC on our clock) counted from `base_ns`, so that whoever shows a picture knows how old it is.
"""

from dataclasses import dataclass

from streams.fmp4.boxes import IDENTITY_MATRIX, box, full, u16, u32, u64
from streams.fmp4.entries import VideoSets, codecs_of, is_parameter_set, parameter_sets, sound_entry, video_entry
from streams.types.media import AccessUnit, Codec, Track

VIDEO_TRACK, SOUND_TRACK = 1, 2
TIMESCALE = 90_000
AAC_FRAME_SAMPLES = 1024
_FIRST_GUESS = TIMESCALE // 15
_LONGEST = TIMESCALE
_SOUND_SLACK_S = 0.06
_KEYFRAME_FLAGS, _PREDICTED_FLAGS = 0x02000000, 0x01010000


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
        self._sound_time = -1
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
                pieces.append(Init(self._init(sets, video), codecs_of(sets, self._sound)))
        if self._sets is None or unit.codec is not self._sets.codec:
            return []
        pieces.append(self._picture(unit))
        return pieces

    def _picture(self, unit: AccessUnit) -> Fragment:
        data = b"".join(
            len(nal).to_bytes(4, "big") + nal for nal in unit.parts if nal and not is_parameter_set(unit.codec, nal)
        )
        before, time = self._decode_time, self._at(unit.capture_ns, TIMESCALE)
        time = max(time, before + 1)
        if before >= 0:
            self._duration = min(time - before, _LONGEST)
        self._decode_time = time
        # The duration of the newest picture is not known yet: the last distance is the best guess, and its decode time is exact.
        flags = _KEYFRAME_FLAGS if unit.keyframe else _PREDICTED_FLAGS
        moof = self._moof(VIDEO_TRACK, time, [(self._duration, len(data))], flags)
        return Fragment(moof + box(b"mdat", data), unit.capture_ns, unit.keyframe, video=True)

    def _mux_sound(self, unit: AccessUnit) -> list[Init | Fragment]:
        sound = self._sound
        if sound is None or unit.codec is not Codec.AAC or self._sets is None:
            return []
        time = self._at(unit.capture_ns, sound.clock_rate_hz)
        # Frames follow each other exactly; the clock of their arrival only corrects when it has wandered off.
        if self._sound_time >= 0 and abs(time - self._sound_time) < _SOUND_SLACK_S * sound.clock_rate_hz:
            time = self._sound_time
        time = max(time, self._sound_time)
        self._sound_time = time + AAC_FRAME_SAMPLES * len(unit.parts)
        samples = [(AAC_FRAME_SAMPLES, len(frame)) for frame in unit.parts]
        moof = self._moof(SOUND_TRACK, time, samples, _KEYFRAME_FLAGS)
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

    def _init(self, sets: VideoSets, video: Track) -> bytes:
        tracks = [_track(VIDEO_TRACK, TIMESCALE, video_entry(sets, video), video)]
        extends = [full(b"trex", 0, 0, u32(VIDEO_TRACK, 1, 0, 0, 0))]
        if self._sound is not None:
            tracks.append(_track(SOUND_TRACK, self._sound.clock_rate_hz, sound_entry(self._sound), self._sound))
            extends.append(full(b"trex", 0, 0, u32(SOUND_TRACK, 1, 0, 0, 0)))
        header = full(
            b"mvhd",
            0,
            0,
            u32(0, 0, TIMESCALE, 0, 0x00010000) + u16(0x0100, 0) + bytes(8),
            IDENTITY_MATRIX + bytes(24) + u32(SOUND_TRACK + 1),
        )
        brand = box(b"ftyp", b"iso6", u32(1), b"iso6", b"mp41", b"dash")
        return brand + box(b"moov", header, *tracks, box(b"mvex", *extends))


def _track(track_id: int, timescale: int, entry: bytes, track: Track) -> bytes:
    video = track.codec.is_video
    width, height = (track.width_px << 16, track.height_px << 16) if video else (0, 0)
    header = full(
        b"tkhd",
        0,
        7,
        u32(0, 0, track_id, 0, 0) + bytes(8) + u16(0, 0, 0 if video else 0x0100, 0),
        IDENTITY_MATRIX + u32(width, height),
    )
    handler, name = (b"vide", b"video\x00") if video else (b"soun", b"sound\x00")
    kind = full(b"vmhd", 0, 1, bytes(8)) if video else full(b"smhd", 0, 0, bytes(4))
    empty = [full(b"stts", 0, 0, u32(0)), full(b"stsc", 0, 0, u32(0)), full(b"stsz", 0, 0, u32(0, 0))]
    table = box(b"stbl", full(b"stsd", 0, 0, u32(1), entry), *empty, full(b"stco", 0, 0, u32(0)))
    here = box(b"dinf", full(b"dref", 0, 0, u32(1), full(b"url ", 0, 1)))
    media = box(
        b"mdia",
        full(b"mdhd", 0, 0, u32(0, 0, timescale, 0) + u16(0x55C4, 0)),  # language: und
        full(b"hdlr", 0, 0, bytes(4) + handler + bytes(12) + name),
        box(b"minf", kind, here, table),
    )
    return box(b"trak", header, media)
