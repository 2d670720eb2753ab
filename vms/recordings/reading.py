"""A segment's file as the index knows it. Reads the beginning and the end, never the footage, unless the hash is asked for."""

import hashlib
from dataclasses import dataclass
from typing import BinaryIO

from streams.types.recording import Gap, SegmentHead
from streams.types.segment_file import NotASegment, read_head, read_tail
from vms.recordings.index import Segment

_CHUNK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class ReadSegment:
    """`segment.sha256` is empty: the next segment's head, or reading everything, tells it."""

    segment: Segment
    path: str
    previous_path: str
    previous_sha256: str
    gaps: tuple[Gap, ...]


def read_segment(file: BinaryIO, volume: str, path: str) -> ReadSegment:
    """Raises `NotASegment`, one sentence: torn, not ours, or not where it was written."""
    head = read_head(file)
    check_place(head, path)
    tail = read_tail(file)
    file.seek(0, 2)
    segment = Segment(
        camera_id=head.camera_id,
        start_ms=head.start_ms,
        stream=head.stream.value,
        end_ms=max(tail.end_ms, head.start_ms),
        volume=volume,
        size_bytes=file.tell(),
        sha256=b"",
        previous=bytes.fromhex(head.previous_sha256),
        clock_offset_ms=head.clock_offset_ms,
        codec=head.codec.value,
        ended=tail.ended.value,
        from_card=head.from_card,
    )
    return ReadSegment(segment, path, head.previous_path, head.previous_sha256, head.gaps)


def check_place(head: SegmentHead, path: str) -> None:
    """Raises `NotASegment` when the file lies under the name of another."""
    camera_id, _, name = path.partition("/")
    check_identity(head, camera_id, name.rpartition("/")[2])


def check_identity(head: SegmentHead, camera_id: str, name: str) -> None:
    """Raises `NotASegment` when this is not the segment that `name` (and `camera_id`, unless empty) says."""
    if camera_id and head.camera_id != camera_id:
        raise NotASegment(f"it belongs to camera {head.camera_id}")
    own = f"{head.start_ms}-{head.stream.value}.mp4"
    if own != name:
        raise NotASegment(f"it was renamed: it is {own}")


def sha256_of(file: BinaryIO) -> bytes:
    """Over all bytes."""
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK_BYTES):
        digest.update(chunk)
    return digest.digest()
