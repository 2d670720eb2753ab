"""The beginning of a movie that consists of fragments (ISO/IEC 14496-12 section 8.8)."""

from streams.fmp4.boxes import IDENTITY_MATRIX, box, full, u16, u32
from streams.fmp4.entries import VideoSets, sound_entry, video_entry
from streams.types.media import Track

VIDEO_TRACK, SOUND_TRACK = 1, 2
TIMESCALE = 90_000


def initialisation(sets: VideoSets, video: Track, sound: Track | None) -> bytes:
    """`ftyp` and `moov` of a movie of fragments: one picture track (time scale 90,000), one of sound (its own clock rate) or none."""
    tracks = [_track(VIDEO_TRACK, TIMESCALE, video_entry(sets, video), video)]
    extends = [full(b"trex", 0, 0, u32(VIDEO_TRACK, 1, 0, 0, 0))]
    if sound is not None:
        tracks.append(_track(SOUND_TRACK, sound.clock_rate_hz, sound_entry(sound), sound))
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
