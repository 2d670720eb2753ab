"""Fragments of many samples, and what finds them again, for files (ISO/IEC 14496-12 sections 8.8.4 to 8.8.12)."""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from streams.fmp4.boxes import box, full, u32, u64

_DEFAULT_BASE_IS_MOOF = 0x020000
_OFFSET_DURATION_SIZE_FLAGS = 0x000701


@dataclass(slots=True)
class Run:
    """Samples of one track in a row. `rows` holds duration, size in bytes and flags of each, one behind the other."""

    track_id: int
    decode_time: int
    rows: list[int]
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a keyframe is: its decode time, the offset of its `moof`, and its number (from 1) in that fragment's picture run."""

    time: int
    moof_offset: int
    sample: int


def fragment_head(sequence: int, runs: Sequence[Run]) -> bytes:
    """`moof`, and the header of the `mdat` behind it, for runs whose data follows in this order."""
    # mfhd 16; traf 8 with tfhd 16, tfdt 20, trun 20 + 12 for each sample.
    size = 8 + 16 + sum(64 + 4 * len(run.rows) for run in runs)
    offset = size + 8
    trafs = []
    for run in runs:
        count = len(run.rows) // 3
        rows = struct.pack(f"!{len(run.rows)}I", *run.rows)
        trafs.append(
            box(
                b"traf",
                full(b"tfhd", 0, _DEFAULT_BASE_IS_MOOF, u32(run.track_id)),
                full(b"tfdt", 1, 0, u64(run.decode_time)),
                full(b"trun", 0, _OFFSET_DURATION_SIZE_FLAGS, u32(count, offset), rows),
            )
        )
        offset += run.size_bytes
    moof = box(b"moof", full(b"mfhd", 0, 0, u32(sequence)), *trafs)
    return moof + struct.pack("!I4s", offset - size, b"mdat")


def random_access(track_id: int, entries: Sequence[Entry]) -> bytes:
    """`mfra` for the end of a file: where the keyframes of one track are."""
    rows = b"".join(
        struct.pack("!QQHHH", entry.time, entry.moof_offset, 1, 1, min(entry.sample, 0xFFFF)) for entry in entries
    )
    # Lengths of the numbers of traf, trun and sample, less one, in two bits each: 1, 1, 1 are two bytes each.
    table = full(b"tfra", 1, 0, u32(track_id, 0b010101, len(entries)), rows)
    return box(b"mfra", table, full(b"mfro", 0, 0, u32(8 + len(table) + 16)))
