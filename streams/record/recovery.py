"""Open segments that nobody writes any more: cut behind the last whole fragment, closed, named as whole (docs/adr/0025)."""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final, Protocol

import structlog

from streams.fmp4.fragments import Entry
from streams.fmp4.init import SOUND_TRACK, TIMESCALE, VIDEO_TRACK
from streams.record.disk import Disk
from streams.record.muxing import tail_bytes
from streams.types.recording import OPEN_SUFFIX, Gap, SegmentClosed, SegmentEnd, SegmentHead, SegmentTail
from streams.types.segment_file import NotASegment, is_closed, read_box, read_head, read_tail, scan_checks

log = structlog.get_logger(__name__)

_NOT_SYNC: Final = 0x10000


class Reporter(Protocol):
    """Who hears of recovered segments."""

    def note(self, closed: SegmentClosed) -> None:
        """Before it is durable: into the journal. Raises `OSError`."""

    def tell(self, closed: SegmentClosed) -> None:
        """It is whole and durable."""


@dataclass(frozen=True, slots=True)
class Recovered:
    """`closed` None: nothing was in it, the file is gone, and `gaps` of its head are to be carried on."""

    closed: SegmentClosed | None
    gaps: tuple[Gap, ...] = ()


@dataclass(frozen=True, slots=True)
class Mended:
    """Whole again, but not durable yet, and not named so. `descriptor` holds its lock."""

    path: str
    descriptor: int
    closed: SegmentClosed


def recover(disk: Disk, volume: str, path: str, reporter: Reporter) -> Recovered | None:
    """Close the segment `path`, whose file still has the suffix. None when somebody else is writing it. Raises `OSError`."""
    mended = mend(disk, volume, path)
    if isinstance(mended, Mended):
        finish(disk, [mended], reporter)
        return Recovered(mended.closed)
    return mended


def finish(disk: Disk, mended: Sequence[Mended], reporter: Reporter) -> None:
    """One round for all of them, then their names. Raises `OSError`; what is not named then is found again next time."""
    try:
        for segment in mended:
            reporter.note(segment.closed)
        disk.sync()
        for segment in mended:
            disk.rename(segment.path + OPEN_SUFFIX, segment.path)
            reporter.tell(segment.closed)
    finally:
        for segment in mended:
            disk.close(segment.descriptor)


def mend(disk: Disk, volume: str, path: str) -> Mended | Recovered | None:
    """Cut the torn end off and write a tail. A file without a fragment is removed. None when somebody else writes it. Raises `OSError`."""
    descriptor = disk.reopen(path + OPEN_SUFFIX)
    if descriptor is None:
        return None
    try:
        found = _mend(disk, volume, path, descriptor)
    except BaseException:
        disk.close(descriptor)
        raise
    if isinstance(found, Recovered):
        disk.close(descriptor)
        return found
    return Mended(path, descriptor, found)


def _mend(disk: Disk, volume: str, path: str, descriptor: int) -> SegmentClosed | Recovered:
    with disk.read(path + OPEN_SUFFIX) as file:
        try:
            head = read_head(file)
        except NotASegment:
            disk.remove(path + OPEN_SUFFIX)
            return Recovered(None)
        scan = scan_checks(file)
        if scan.fragments == 0:
            disk.remove(path + OPEN_SUFFIX)
            return Recovered(None, head.gaps)
        size = file.seek(0, 2)
        if is_closed(file, scan.good_end):
            tail = read_tail(file)
            file.seek(scan.good_end)
            end = file.read()
        else:
            survey = _survey(file, scan.good_end, head)
            tail, end = survey.tail, tail_bytes(survey.tail, survey.entries)
            disk.cut(descriptor, scan.good_end)
            disk.write(descriptor, end)
    scan.good_hash.update(end)
    whole = scan.good_end + len(end)
    log.info("segment_recovered", path=path, bytes=whole, torn_bytes=size - scan.good_end)
    return closed_report(head, tail, volume=volume, path=path, size=whole, sha256=scan.good_hash.hexdigest())


def facts(file: BinaryIO, volume: str, path: str, *, sha256: str) -> SegmentClosed:
    """What a closed segment says of itself. Raises `NotASegment`."""
    head, tail = read_head(file), read_tail(file)
    return closed_report(head, tail, volume=volume, path=path, size=file.seek(0, 2), sha256=sha256)


def closed_report(
    head: SegmentHead, tail: SegmentTail, *, volume: str, path: str, size: int, sha256: str
) -> SegmentClosed:
    return SegmentClosed(
        camera_id=head.camera_id,
        stream=head.stream,
        volume=volume,
        path=path,
        start_ms=head.start_ms,
        end_ms=tail.end_ms,
        bytes=size,
        sha256=sha256,
        previous_path=head.previous_path,
        previous_sha256=head.previous_sha256,
        pictures=tail.pictures,
        sound_frames=tail.sound_frames,
        codec=head.codec,
        sound=head.sound,
        width_px=head.width_px,
        height_px=head.height_px,
        clock_offset_ms=head.clock_offset_ms,
        worker_id=head.worker_id,
        ended=tail.ended,
        gaps=head.gaps,
        from_card=head.from_card,
    )


def pictures_of(file: BinaryIO) -> Iterator[tuple[int, int]]:
    """(decode time in ticks of 90 kHz, size in bytes) of each picture of a whole segment, from its boxes alone."""
    size, at = file.seek(0, 2), 0
    while (box := read_box(file, at, size)) is not None:
        if box.kind == b"moof":
            file.seek(box.start)
            for track, time, rows in _runs(file.read(box.size)):
                ticks = time
                for duration, length, _ in rows if track == VIDEO_TRACK else ():
                    yield ticks, length
                    ticks += duration
        at = box.end


@dataclass(frozen=True, slots=True)
class _Survey:
    tail: SegmentTail
    entries: list[Entry]


def _survey(file: BinaryIO, end: int, head: SegmentHead) -> _Survey:
    """Count what the fragments hold, and find their keyframes."""
    entries: list[Entry] = []
    pictures = sound_frames = at = end_time = 0
    while at < end and (box := read_box(file, at, end)) is not None:
        if box.kind == b"moof":
            file.seek(box.start)
            for track, time, rows in _runs(file.read(box.size)):
                if track == SOUND_TRACK:
                    sound_frames += len(rows)
                elif track == VIDEO_TRACK:
                    pictures += len(rows)
                    end_time = time
                    for number, (duration, _size, flags) in enumerate(rows, 1):
                        if not flags & _NOT_SYNC:
                            entries.append(Entry(end_time, box.start, number))
                        end_time += duration
        at = box.end
    end_ns = head.start_ns + end_time * 1_000_000_000 // TIMESCALE
    tail = SegmentTail(end_ns=end_ns, pictures=pictures, sound_frames=sound_frames, ended=SegmentEnd.RECOVERED)
    return _Survey(tail, entries)


def _runs(moof: bytes) -> list[tuple[int, int, list[tuple[int, int, int]]]]:
    """(track, decode time, rows) of each run in a `moof` as `fragment_head` makes it; its bytes were checked before."""
    runs = []
    at = 8 + 16
    while at + 64 <= len(moof):
        (size,) = struct.unpack_from("!I", moof, at)
        (track,) = struct.unpack_from("!I", moof, at + 20)
        (time,) = struct.unpack_from("!Q", moof, at + 36)
        (count,) = struct.unpack_from("!I", moof, at + 56)
        rows = [struct.unpack_from("!III", moof, at + 64 + 12 * row) for row in range(count)]
        runs.append((track, time, rows))
        at += size
    return runs
