"""Movie fragments (ISO/IEC 14496-12 section 8.8) read, and written again with other decode times. Pure and sans-I/O."""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

from vms.recordings.mp4 import BadMp4, TrackHead, children, read_header, u32

_NOT_SYNC = 0x00010000
_MOST_SAMPLES = 100_000
_TFHD_FIELDS = ((0x01, 8), (0x02, 4), (0x08, 4), (0x10, 4), (0x20, 4))
_DATA_OFFSET, _FIRST_FLAGS, _DURATION, _SIZE, _FLAGS, _COMPOSITION = 0x1, 0x4, 0x100, 0x200, 0x400, 0x800


@dataclass(slots=True)
class Run:
    """One track's part of a fragment, in units of its timescale. Places are in the `moof` box."""

    track_id: int = 0
    decode_time: int = -1
    duration: int = 0
    keyframe: bool = False
    """The first sample can be decoded alone."""
    first_size: int = 0
    """Bytes of the first sample."""
    traf: tuple[int, int] = (0, 0)
    tfdt_at: int = 0
    tfdt_wide: bool = False
    offsets: list[tuple[int, int]] = field(default_factory=list)
    """Where each data offset stands, and its value: from the first byte of `moof` on."""
    defaults: dict[int, int] = field(default_factory=dict)
    samples: int = 0


def read_moof(moof: bytes, tracks: Mapping[int, TrackHead]) -> list[Run]:
    """The runs of a whole `moof` box. Raises `BadMp4`."""
    try:
        header = read_header(moof[:16], len(moof))
        return [
            _run(moof, start, end, tracks)
            for kind, start, end in children(moof, header.head, header.size)
            if kind == b"traf"
        ]
    except (struct.error, IndexError) as error:
        raise BadMp4("moof is damaged") from error


def shifted_moof(moof: bytes, runs: list[Run], decode_times: Mapping[int, int]) -> bytes:
    """The same fragment with other decode times; tracks that `decode_times` does not name are left out."""
    header = read_header(moof[:16], len(moof))
    edited = bytearray(moof)
    dropped = [run.traf for run in runs if run.track_id not in decode_times]
    removed = sum(end - start for start, end in dropped)
    for run in runs:
        if run.track_id not in decode_times:
            continue
        struct.pack_into("!Q" if run.tfdt_wide else "!I", edited, run.tfdt_at, decode_times[run.track_id])
        for place, offset in run.offsets:
            struct.pack_into("!i", edited, place, offset - removed)
    for start, end in reversed(dropped):
        del edited[start:end]
    struct.pack_into("!I" if header.head == 8 else "!Q", edited, 0 if header.head == 8 else 8, len(edited))
    return bytes(edited)


def _run(moof: bytes, start: int, end: int, tracks: Mapping[int, TrackHead]) -> Run:
    run = Run(traf=(start - 8, end))
    for kind, at, to in children(moof, start, end):
        if kind == b"tfhd":
            _tfhd(run, moof, at, tracks)
        elif kind == b"tfdt":
            run.tfdt_wide, run.tfdt_at = moof[at] == 1, at + 4
            run.decode_time = struct.unpack_from("!Q" if run.tfdt_wide else "!I", moof, run.tfdt_at)[0]
        elif kind == b"trun":
            _trun(run, moof, at, to)
    if not run.track_id or run.decode_time < 0:
        raise BadMp4("a run without its track or its time")
    return run


def _tfhd(run: Run, moof: bytes, at: int, tracks: Mapping[int, TrackHead]) -> None:
    flags, run.track_id = u32(moof, at) & 0xFFFFFF, u32(moof, at + 4)
    track = tracks.get(run.track_id)
    run.defaults = {0x08: track.default_duration if track else 0}
    place = at + 8
    for bit, width in _TFHD_FIELDS:
        if flags & bit:
            run.defaults[bit] = u32(moof, place)
            place += width


def _trun(run: Run, moof: bytes, at: int, to: int) -> None:
    flags, count, place = u32(moof, at) & 0xFFFFFF, u32(moof, at + 4), at + 8
    if flags & _DATA_OFFSET:
        run.offsets.append((place, struct.unpack_from("!i", moof, place)[0]))
        place += 4
    first_flags = run.defaults.get(0x20, 0)
    if flags & _FIRST_FLAGS:
        first_flags, place = u32(moof, place), place + 4
    fields = [bit for bit in (_DURATION, _SIZE, _FLAGS, _COMPOSITION) if flags & bit]
    if count > _MOST_SAMPLES or place + 4 * len(fields) * count > to:
        raise BadMp4("a run is longer than its box")
    rows = struct.unpack_from(f"!{len(fields) * count}I", moof, place)
    if not run.samples and count:
        first = dict(zip(fields, rows, strict=False))
        run.first_size = first.get(_SIZE, run.defaults.get(0x10, 0))
        run.keyframe = not ((first_flags if flags & _FIRST_FLAGS else first.get(_FLAGS, first_flags)) & _NOT_SYNC)
    durations = rows[fields.index(_DURATION) :: len(fields)] if flags & _DURATION else ()
    run.duration += sum(durations) if flags & _DURATION else run.defaults.get(0x08, 0) * count
    run.samples += count
