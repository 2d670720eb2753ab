"""The index made anew from the files alone, all or nothing: for the day on which the database is lost.

The hash of a segment stands in the head of the next one, so only the last of each chain must be read whole.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TypeVar

from sqlalchemy import insert
from sqlmodel import col, delete

from streams.types.segment_file import NotASegment
from vms.db.engine import Database
from vms.db.tables.recordings import GapRow, RecordedDayRow, SegmentRow
from vms.recordings.files import NoSuchFile, Volumes, walk
from vms.recordings.index import Segment, clear, sums_of, values_of
from vms.recordings.ledger import Source
from vms.recordings.reading import ReadSegment, read_segment, sha256_of

_BATCH = 1000
Progress = Callable[[int], None]
RowT = TypeVar("RowT")


@dataclass(slots=True)
class Rebuilt:
    """`skipped`: (volume, path, why) of what is no whole segment of ours."""

    segments: list[Segment] = field(default_factory=list)
    gaps: list[dict[str, object]] = field(default_factory=list)
    skipped: list[tuple[str, str, str]] = field(default_factory=list)


def read_volumes(volumes: Volumes, on_progress: Progress = lambda _count: None) -> Rebuilt:
    """Read every volume of this machine. Raises `OSError` for a volume that cannot be read."""
    rebuilt = Rebuilt()
    read: list[ReadSegment] = []
    for volume in volumes:
        for one in _segments(volumes, volume, rebuilt):
            read.append(one)
            on_progress(len(read))
    told: dict[tuple[str, str], str] = {
        (one.segment.camera_id, one.previous_path): one.previous_sha256 for one in read if one.previous_path
    }
    seen: dict[tuple[str, int, str], str] = {}
    for one in read:
        segment = one.segment
        key = (segment.camera_id, segment.start_ms, segment.stream)
        if key in seen:
            rebuilt.skipped.append((segment.volume, one.path, f"the same segment is on volume {seen[key]}"))
            continue
        seen[key] = segment.volume
        sha256 = bytes.fromhex(told.get((segment.camera_id, one.path), "")) or _hashed(volumes, one)
        rebuilt.segments.append(replace(segment, sha256=sha256))
        rebuilt.gaps += gap_values(one)
    return rebuilt


async def write_index(db: Database, rebuilt: Rebuilt) -> None:
    """Put what was read in place of what the index holds, in one transaction. What only control knows of gaps stays."""
    async with db.transaction() as session:
        await clear(session)
        await session.exec(delete(GapRow).where(col(GapRow.source) == Source.CHAIN.value))
        connection = await session.connection()
        for batch in _batches(rebuilt.segments):
            await connection.execute(insert(SegmentRow), values_of(batch))
        for days in _batches(sums_of(rebuilt.segments)):
            await connection.execute(insert(RecordedDayRow), days)
        for gaps in _batches(_newest(rebuilt.gaps)):
            await connection.execute(insert(GapRow), gaps)


def gap_values(one: ReadSegment) -> list[dict[str, object]]:
    """The gaps before a segment, as rows."""
    return [
        {
            "camera_id": one.segment.camera_id,
            "start_ms": gap.from_ms,
            "source": Source.CHAIN.value,
            "end_ms": gap.to_ms,
            "cause": gap.cause.value,
            "fault": gap.fault.value if gap.fault else "",
            "by": gap.by,
            "at_ms": one.segment.start_ms,
        }
        for gap in one.gaps
        if gap.to_ms > gap.from_ms
    ]


def _segments(volumes: Volumes, volume: str, rebuilt: Rebuilt) -> Iterator[ReadSegment]:
    for found in walk(volumes.folder(volume)):
        if not found.is_segment:
            rebuilt.skipped.append((volume, found.path, "its name is not one of ours"))
            continue
        try:
            with volumes.open(volume, found.path) as file:
                yield read_segment(file, volume, found.path)
        except (NotASegment, NoSuchFile) as error:
            rebuilt.skipped.append((volume, found.path, str(error)))


def _hashed(volumes: Volumes, one: ReadSegment) -> bytes:
    with volumes.open(one.segment.volume, one.path) as file:
        return sha256_of(file)


def _batches(rows: Iterable[RowT]) -> Iterator[list[RowT]]:
    rest = iter(rows)
    while batch := list(islice(rest, _BATCH)):
        yield batch


def _newest(gaps: list[dict[str, object]]) -> list[dict[str, object]]:
    """One row for each key: a later head knows better."""
    by_key: defaultdict[tuple[object, ...], dict[str, object]] = defaultdict(dict)
    for gap in sorted(gaps, key=lambda gap: str(gap["at_ms"])):
        by_key[gap["camera_id"], gap["start_ms"]] = gap
    return list(by_key.values())
