"""What a player must know before the first picture: sample entries and codec names (ISO/IEC 14496-15, RFC 6381)."""

from dataclasses import dataclass

from streams.fmp4.boxes import box, descriptor, full, u16, u32
from streams.types.media import AccessUnit, Codec, Track

_H264_SETS = (7, 8)
_H265_SETS = (32, 33, 34)


@dataclass(frozen=True, slots=True)
class VideoSets:
    """The parameter sets of one stream as NAL units, in the order of their types: SPS, PPS or VPS, SPS, PPS."""

    codec: Codec
    by_kind: tuple[tuple[bytes, ...], ...]

    @property
    def sps(self) -> bytes:
        return self.by_kind[0 if self.codec is Codec.H264 else 1][0]


def nal_kind(codec: Codec, nal: bytes | memoryview) -> int:
    return nal[0] & 0x1F if codec is Codec.H264 else nal[0] >> 1 & 0x3F


def is_parameter_set(codec: Codec, nal: bytes) -> bool:
    return nal_kind(codec, nal) in (_H264_SETS if codec is Codec.H264 else _H265_SETS)


def parameter_sets(unit: AccessUnit) -> VideoSets | None:
    """The sets that a keyframe carries; None when they are not all there or too short to be any."""
    kinds = _H264_SETS if unit.codec is Codec.H264 else _H265_SETS
    found: dict[int, list[bytes]] = {kind: [] for kind in kinds}
    for nal in unit.parts:
        if len(nal) > 4 or (nal and nal_kind(unit.codec, nal) == 8):
            sets = found.get(nal_kind(unit.codec, nal))
            if sets is not None and nal not in sets:
                sets.append(nal)
    if not all(found.values()):
        return None
    sets_ = VideoSets(unit.codec, tuple(tuple(found[kind]) for kind in kinds))
    return sets_ if unit.codec is Codec.H264 or len(_plain(sets_.sps)) >= 15 else None


def codecs_of(sets: VideoSets, sound: Track | None) -> str:
    """The `codecs` parameter of the media type, as a player asks for it (RFC 6381; ISO/IEC 14496-15 annex E for H.265)."""
    names = [_h264_name(sets.sps) if sets.codec is Codec.H264 else _h265_name(_plain(sets.sps))]
    if sound is not None:
        names.append(f"mp4a.40.{sound.config[0] >> 3}")
    return ",".join(names)


def video_entry(sets: VideoSets, track: Track) -> bytes:
    """`avc1` or `hvc1`: all parameter sets are here and none in the samples."""
    if sets.codec is Codec.H264:
        kind, configuration = b"avc1", box(b"avcC", _avcc(sets))
    else:
        kind, configuration = b"hvc1", box(b"hvcC", _hvcc(sets))
    return box(
        kind,
        bytes(6) + u16(1),  # data reference 1
        bytes(16),
        u16(track.width_px, track.height_px),
        u32(0x00480000, 0x00480000, 0),  # 72 dpi
        u16(1),  # one picture in each sample
        bytes(32),  # compressor name
        u16(0x0018, 0xFFFF),
        configuration,
    )


def sound_entry(track: Track) -> bytes:
    """`mp4a` for AAC (`config` of the track is its AudioSpecificConfig), `Opus`, `alaw` or `ulaw` for G.711."""
    if track.codec is Codec.AAC:
        decoder = descriptor(4, bytes((0x40, 0x15)) + bytes(3) + u32(0, 0) + descriptor(5, track.config))
        stream = descriptor(3, u16(0) + bytes(1) + decoder + descriptor(6, b"\x02"))
        kind, configuration = b"mp4a", full(b"esds", 0, 0, stream)
    elif track.codec is Codec.OPUS:
        # Encapsulation of Opus in ISO Base Media File Format, section 4.3.2: version, channels, pre-skip, input rate, gain, mapping.
        kind, configuration = (
            b"Opus",
            box(b"dOps", bytes((0, max(track.channels, 1))) + u16(0) + u32(48_000) + bytes(3)),
        )
    else:
        kind, configuration = (b"alaw" if track.codec is Codec.PCMA else b"ulaw"), b""
    return box(
        kind,
        bytes(6) + u16(1),
        bytes(8),
        u16(max(track.channels, 1), 16, 0, 0),
        u32(min(track.clock_rate_hz, 0xFFFF) << 16),
        configuration,
    )


def _avcc(sets: VideoSets) -> bytes:
    sps, pps = sets.by_kind
    first = sps[0]
    body = bytes((1, first[1], first[2], first[3], 0xFF, 0xE0 | len(sps))) + _counted(sps)
    return body + bytes((len(pps),)) + _counted(pps)


def _hvcc(sets: VideoSets) -> bytes:
    plain = _plain(sets.sps)
    layers = (plain[2] >> 1 & 7) + 1
    nested = plain[2] & 1
    head = (
        bytes((1,))
        + plain[3:15]  # general profile, compatibility, constraints, level: as in the SPS, section 7.3.3
        + u16(0xF000)
        + bytes((0xFC, 0xFD, 0xF8, 0xF8))  # parallelism unknown, 4:2:0, 8 bits
        + u16(0)
        + bytes((layers << 3 | nested << 2 | 3, len(sets.by_kind)))
    )
    arrays = (
        bytes((0x80 | kind,)) + u16(len(nals)) + _counted(nals)
        for kind, nals in zip(_H265_SETS, sets.by_kind, strict=True)
    )
    return head + b"".join(arrays)


def _counted(nals: tuple[bytes, ...]) -> bytes:
    return b"".join(u16(len(nal)) + nal for nal in nals)


def _h264_name(sps: bytes) -> str:
    return f"avc1.{sps[1:4].hex().upper()}"


def _h265_name(plain: bytes) -> str:
    space, tier, profile = plain[3] >> 6, plain[3] >> 5 & 1, plain[3] & 31
    compatibility = int(f"{int.from_bytes(plain[4:8], 'big'):032b}"[::-1], 2)
    constraints = plain[8:14].rstrip(b"\x00")
    name = f"hvc1.{('', 'A', 'B', 'C')[space]}{profile}.{compatibility:X}.{'LH'[tier]}{plain[14]}"
    return ".".join([name, *(f"{byte:X}" for byte in constraints)])


def _plain(nal: bytes) -> bytes:
    """The first bytes without emulation prevention."""
    return nal[:64].replace(b"\x00\x00\x03", b"\x00\x00")
