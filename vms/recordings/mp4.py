"""Fragmented MP4 (ISO/IEC 14496-12) read as far as control needs it: where fragments lie, when they play, by which codec names.

Pure and sans-I/O. Whatever the bytes are, the answer is a value or `BadMp4`; nothing is ever decoded.
"""

import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

LARGEST_HEAD = 1 << 20
"""`moov` and `moof` beyond this are nobody's: a day of samples in one fragment is far smaller."""
_VIDEO = frozenset({b"avc1", b"avc3", b"hvc1", b"hev1"})


class BadMp4(ValueError):
    """These bytes are not what we write."""


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a box: `size` with the header, which is `head` bytes long."""

    kind: bytes
    size: int
    head: int


def box(kind: bytes, body: bytes) -> bytes:
    return struct.pack("!I4s", 8 + len(body), kind) + body


def u32(data: bytes, at: int) -> int:
    value: int = struct.unpack_from("!I", data, at)[0]
    return value


def read_header(data: bytes, left: int) -> Header:
    """The box that begins with `data` (16 bytes are enough); `left` bytes are left from its beginning on. Raises `BadMp4`."""
    if len(data) < 8:
        raise BadMp4("a box is cut off")
    size, kind = struct.unpack_from("!I4s", data)
    head = 8
    if size == 1:
        if len(data) < 16:
            raise BadMp4("a box is cut off")
        (size,), head = struct.unpack_from("!Q", data, 8), 16
    elif size == 0:
        size = left
    if size < head:
        raise BadMp4("a box is smaller than its header")
    if size > left:
        raise BadMp4("a box is cut off")
    return Header(kind, size, head)


def children(data: bytes, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """(kind, first byte of the body, end) of each box between two places in `data`. Raises `BadMp4`."""
    at = start
    while at < end:
        header = read_header(data[at : at + 16], end - at)
        yield header.kind, at + header.head, at + header.size
        at += header.size


@dataclass(frozen=True, slots=True)
class TrackHead:
    """`codec` as in RFC 6381; empty for one that browsers cannot play (G.711)."""

    id: int
    timescale: int
    video: bool
    codec: str
    default_duration: int = 0


def read_moov(moov: bytes) -> Mapping[int, TrackHead]:
    """The tracks of a whole `moov` box. Raises `BadMp4`."""
    try:
        header = read_header(moov[:16], len(moov))
        tracks: dict[int, TrackHead] = {}
        defaults: dict[int, int] = {}
        for kind, start, end in children(moov, header.head, header.size):
            if kind == b"trak":
                track = _track(moov, start, end)
                tracks[track.id] = track
            elif kind == b"mvex":
                defaults |= {
                    u32(moov, at + 4): u32(moov, at + 12) for sub, at, _ in children(moov, start, end) if sub == b"trex"
                }
        return {
            key: TrackHead(key, one.timescale, one.video, one.codec, defaults.get(key, 0))
            for key, one in tracks.items()
        }
    except (struct.error, IndexError) as error:
        raise BadMp4("moov is damaged") from error


def playable_moov(moov: bytes, keep: frozenset[int]) -> bytes:
    """`moov` with the tracks of `keep` only."""
    header = read_header(moov[:16], len(moov))
    parts = []
    for kind, start, end in children(moov, header.head, header.size):
        body = moov[start:end]
        if kind == b"trak" and _track(moov, start, end).id not in keep:
            continue
        if kind == b"mvex":
            body = b"".join(
                box(sub, moov[at:to])
                for sub, at, to in children(moov, start, end)
                if sub != b"trex" or u32(moov, at + 4) in keep
            )
        parts.append(box(kind, body))
    return box(b"moov", b"".join(parts))


def _track(moov: bytes, start: int, end: int) -> TrackHead:
    track_id, timescale, entry = 0, 0, (b"", 0, 0)
    for kind, at, to in children(moov, start, end):
        if kind == b"tkhd":
            track_id = u32(moov, at + (20 if moov[at] == 1 else 12))
        elif kind == b"mdia":
            for sub, sub_at, sub_to in children(moov, at, to):
                if sub == b"mdhd":
                    timescale = u32(moov, sub_at + (20 if moov[sub_at] == 1 else 12))
                elif sub == b"minf":
                    entry = _entry(moov, sub_at, sub_to) or entry
    if not track_id or not timescale:
        raise BadMp4("a track without its id or its timescale")
    kind, at, to = entry
    return TrackHead(track_id, timescale, kind in _VIDEO, _codec(moov, kind, at, to))


def _entry(moov: bytes, start: int, end: int) -> tuple[bytes, int, int] | None:
    """The first sample entry below `minf`."""
    for kind, at, to in children(moov, start, end):
        if kind == b"stbl":
            for sub, sub_at, sub_to in children(moov, at, to):
                if sub == b"stsd":
                    return next(children(moov, sub_at + 8, sub_to), None)
    return None


def _codec(moov: bytes, kind: bytes, start: int, end: int) -> str:
    if kind in _VIDEO:
        for sub, at, to in children(moov, start + 78, end):
            if sub == b"avcC" and to - at >= 4:
                return f"{kind.decode()}.{moov[at + 1 : at + 4].hex().upper()}"
            if sub == b"hvcC" and to - at >= 13:
                return _h265_name(kind.decode(), moov[at:to])
    if kind == b"mp4a":
        for sub, at, to in children(moov, start + 28, end):
            if sub == b"esds" and (object_type := _audio_object_type(moov[at:to])):
                return f"mp4a.40.{object_type}"
    if kind == b"Opus":
        return "opus"
    return ""


def _h265_name(entry: str, hvcc: bytes) -> str:
    """ISO/IEC 14496-15 annex E."""
    space, tier, profile = hvcc[1] >> 6, hvcc[1] >> 5 & 1, hvcc[1] & 31
    compatibility = int(f"{int.from_bytes(hvcc[2:6], 'big'):032b}"[::-1], 2)
    constraints = hvcc[6:12].rstrip(b"\x00")
    name = f"{entry}.{('', 'A', 'B', 'C')[space]}{profile}.{compatibility:X}.{'LH'[tier]}{hvcc[12]}"
    return ".".join([name, *(f"{byte:X}" for byte in constraints)])


def _audio_object_type(esds: bytes) -> int:
    """The first five bits of the AudioSpecificConfig (ISO/IEC 14496-3 section 1.6.2.1); 0 when there is none."""
    at = esds.find(b"\x05", 12)
    if at < 0:
        return 0
    at += 1
    while at < len(esds) and esds[at] & 0x80:
        at += 1
    return esds[at + 1] >> 3 if at + 1 < len(esds) else 0
