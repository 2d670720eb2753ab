"""The bytes of a segment (docs/adr/0025), read and checked: by the worker after a crash, by whoever verifies footage offline.

    ftyp moov uuid(HEAD) check, then (moof mdat check) for each fragment, then uuid(TAIL) mfra

A check is a `uuid` box of 60 bytes: number of the fragment (0 for the head), and SHA-256 over all bytes of the file before those 32.
So the running hash of the writer is in the file every half second, and a wrong byte is between the last check that is right and the
first that is not. What follows the last check (tail and `mfra`, under 4 KB) only the hash of the whole file covers.

Knows no codec. Reads hostile bytes: sizes are believed only within the file.
"""

import hashlib
import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from pydantic import ValidationError

from streams.types.recording import SegmentHead, SegmentTail

HEAD_UUID: Final = bytes.fromhex("ea4dbb4b1da04c3c980f22408b0da9a6")
CHECK_UUID: Final = bytes.fromhex("2bca9bf6782f452d849d3985bace2a12")
TAIL_UUID: Final = bytes.fromhex("e85de3a7b4f943c588a8a8a79044e4b7")
CHECK_BYTES: Final = 60
_DIGEST_BYTES: Final = 32
_CHECK_START: Final = struct.pack("!I4s16s", CHECK_BYTES, b"uuid", CHECK_UUID)
_CHECK_BODY_BYTES: Final = CHECK_BYTES - _DIGEST_BYTES
_MAX_HEAD_BYTES: Final = 1 << 20
_MAX_TAIL_BYTES: Final = 1 << 16
_CHUNK_BYTES: Final = 1 << 20


class NotASegment(Exception):
    """The file is none of ours, or its head or tail cannot be read. One sentence."""


@dataclass(frozen=True, slots=True)
class Box:
    """A top-level box: where it begins, how long it is, its type (the extended one for `uuid`)."""

    start: int
    size: int
    kind: bytes

    @property
    def end(self) -> int:
        return self.start + self.size


@dataclass(frozen=True, slots=True)
class Checked:
    """What checking a whole file found. `wrong` is the first range of bytes [from, to) that is not as it was written, else None.

    `good_end` is where the last right check ends: a torn file is whole up to there. `sha256` is over all bytes, hexadecimal.
    `fragments` counts those before `good_end`.
    """

    sha256: str
    size: int
    good_end: int
    fragments: int
    wrong: tuple[int, int] | None
    closed: bool
    """A readable tail follows the last check."""


def uuid_box(kind: bytes, body: bytes) -> bytes:
    return struct.pack("!I4s", 24 + len(body), b"uuid") + kind + body


def check_start(number: int) -> bytes:
    """The first 28 bytes of a check: they are hashed, then the digest follows."""
    return _CHECK_START + struct.pack("!I", number)


def read_box(file: BinaryIO, start: int, size: int) -> Box | None:
    """The box at `start` of a file of `size` bytes; None when none fits there (64-bit sizes are none of ours)."""
    file.seek(start)
    header = file.read(24)
    if len(header) < 8:
        return None
    length, kind = struct.unpack("!I4s", header[:8])
    if length < 8 or start + length > size:
        return None
    if kind == b"uuid":
        if length < 24 or len(header) < 24:
            return None
        kind = header[8:24]
    return Box(start, length, kind)


def read_head(file: BinaryIO) -> SegmentHead:
    """Raises `NotASegment`."""
    return _head(file, _size(file))[0]


def read_tail(file: BinaryIO) -> SegmentTail:
    """Found from the end, without reading the footage: `mfro` tells where `mfra` begins, the tail ends there. Raises `NotASegment`."""
    return _tail(file, _size(file))


def check_file(file: BinaryIO, sha256: str = "") -> Checked:
    """Read everything and compare. `sha256` is what is known from elsewhere (the next segment, a manifest, the index), if anything."""
    size = _size(file)
    scan = scan_checks(file)
    closed = not scan.broken and _is_closed(file, scan.good_end, size)
    wrong: tuple[int, int] | None = None
    if not closed:
        wrong = (scan.good_end, _next_check(file, scan.good_end, size))
    whole = scan.good_hash
    _hash(file, whole, scan.good_end, size)
    if closed and sha256 and whole.hexdigest() != sha256:
        # Every check is right: either what follows the last, or a file that was made anew with checks of its own.
        wrong = (scan.good_end, size)
    return Checked(whole.hexdigest(), size, scan.good_end, scan.fragments, wrong, closed)


@dataclass(frozen=True, slots=True)
class Scan:
    """A file up to where it is right. `good_hash` has seen all bytes before `good_end`. `broken`: a check follows that is wrong."""

    good_end: int
    fragments: int
    good_hash: "hashlib._Hash"
    broken: bool


def scan_checks(file: BinaryIO) -> Scan:
    """Read as far as the checks are right, each byte once."""
    size = _size(file)
    running = hashlib.sha256()
    good_end = number = 0
    for box in _boxes(file, size):
        if box.kind != CHECK_UUID or box.size != CHECK_BYTES:
            continue
        ahead = running.copy()
        _hash(file, ahead, good_end, box.end - _DIGEST_BYTES)
        file.seek(box.start)
        said = file.read(CHECK_BYTES)
        if said[:_CHECK_BODY_BYTES] != check_start(number) or said[_CHECK_BODY_BYTES:] != ahead.digest():
            return Scan(good_end, max(0, number - 1), running, broken=True)
        ahead.update(said[_CHECK_BODY_BYTES:])
        running, good_end, number = ahead, box.end, number + 1
    return Scan(good_end, max(0, number - 1), running, broken=False)


def is_closed(file: BinaryIO, good_end: int) -> bool:
    """Whether a whole tail follows the last check."""
    return _is_closed(file, good_end, _size(file))


def _is_closed(file: BinaryIO, good_end: int, size: int) -> bool:
    box = read_box(file, good_end, size)
    if good_end == 0 or box is None or box.kind != TAIL_UUID:
        return False
    try:
        _tail(file, size)
    except NotASegment:
        return False
    last = read_box(file, box.end, size)
    return last is not None and last.kind == b"mfra" and last.end == size


def _boxes(file: BinaryIO, size: int) -> Iterator[Box]:
    at = 0
    while at < size:
        box = read_box(file, at, size)
        if box is None:
            return
        yield box
        at = box.end


def _next_check(file: BinaryIO, start: int, size: int) -> int:
    """Where the first check behind `start` ends, whatever the sizes of the boxes before it say; else the end of the file."""
    file.seek(start)
    behind, at = b"", start
    while chunk := file.read(_CHUNK_BYTES):
        window = behind + chunk
        found = window.find(_CHECK_START)
        if found >= 0:
            return min(at - len(behind) + found + CHECK_BYTES, size)
        at += len(chunk)
        behind = window[-len(_CHECK_START) :]
    return size


def _head(file: BinaryIO, size: int) -> tuple[SegmentHead, int]:
    at = body_start = 0
    for kind in (b"ftyp", b"moov", HEAD_UUID):
        box = read_box(file, at, size)
        if box is None or box.kind != kind or box.size > _MAX_HEAD_BYTES:
            raise NotASegment(f"there is no {'head' if kind == HEAD_UUID else kind.decode()} at byte {at}")
        at, body_start = box.end, box.start + 24
    file.seek(body_start)
    try:
        return SegmentHead.model_validate_json(file.read(at - body_start)), at
    except ValidationError as error:
        raise NotASegment("the head cannot be read") from error


def _tail(file: BinaryIO, size: int) -> SegmentTail:
    file.seek(max(0, size - _MAX_TAIL_BYTES))
    end = file.read(_MAX_TAIL_BYTES)
    if len(end) < 16 or end[-12:-8] != b"mfro":
        raise NotASegment("the segment is not closed")
    before = len(end) - int.from_bytes(end[-4:], "big")
    found = end.rfind(b"uuid" + TAIL_UUID, 0, max(0, before))
    if found < 4 or found - 4 + int.from_bytes(end[found - 4 : found], "big") != before:
        raise NotASegment("there is no tail")
    try:
        return SegmentTail.model_validate_json(end[found + 20 : before])
    except ValidationError as error:
        raise NotASegment("the tail cannot be read") from error


def _hash(file: BinaryIO, running: "hashlib._Hash", start: int, end: int) -> None:
    file.seek(start)
    while start < end:
        chunk = file.read(min(_CHUNK_BYTES, end - start))
        if not chunk:
            return
        running.update(chunk)
        start += len(chunk)


def _size(file: BinaryIO) -> int:
    return file.seek(0, os.SEEK_END)
