"""The fragments of one segment's file: where they lie and when they play. Reads the heads of boxes, never the footage."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO

from streams.types.recording import SegmentHead
from streams.types.segment_file import HEAD_UUID, NotASegment, read_head
from vms.recordings.moof import Run, read_moof
from vms.recordings.mp4 import LARGEST_HEAD, BadMp4, Header, TrackHead, read_header, read_moov

_WINDOW = 4096
"""A check, a `moof` of half a second and the header behind it fit into this."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """`moof` and `mdat`. Times are capture times, UTC in ns; those of the picture, or of the sound when there is no picture."""

    moof: bytes
    runs: list[Run]
    mdat_at: int
    mdat_size: int
    start_ns: int
    end_ns: int
    keyframe: bool


@dataclass(frozen=True, slots=True)
class Opening:
    """What stands before the fragments."""

    head: SegmentHead
    moov: bytes
    tracks: Mapping[int, TrackHead]
    ends_at: int

    @property
    def codecs(self) -> str:
        """The `codecs` parameter of the media type: of what browsers can play at all."""
        return ",".join(track.codec for track in self.tracks.values() if track.codec)

    @property
    def playable(self) -> frozenset[int]:
        return frozenset(track.id for track in self.tracks.values() if track.codec)


class _Window:
    """Bytes of a file by place, read in pieces."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self.size = file.seek(0, 2)
        self._at = 0
        self._bytes = b""

    def read(self, at: int, size: int) -> bytes:
        if not self._at <= at <= at + size <= self._at + len(self._bytes):
            self._file.seek(at)
            self._at, self._bytes = at, self._file.read(max(size, _WINDOW))
        return self._bytes[at - self._at : at - self._at + size]

    def header(self, at: int) -> Header:
        return read_header(self.read(at, min(24, self.size - at)), self.size - at)


def read_opening(file: BinaryIO) -> Opening:
    """Raises `NotASegment` and `BadMp4`."""
    head = read_head(file)
    window, at, moov = _Window(file), 0, b""
    while True:
        header = window.header(at)
        if header.size > LARGEST_HEAD:
            raise BadMp4("there are no fragments")
        if header.kind == b"moov":
            moov = window.read(at, header.size)
        at += header.size
        if header.kind == b"uuid" and window.read(at - header.size + 8, 16) == HEAD_UUID:
            break
    if not moov:
        raise NotASegment("there is no moov")
    return Opening(head, moov, read_moov(moov), at)


def fragments(file: BinaryIO, opening: Opening) -> Iterator[Fragment]:
    """In the order of the file. What is torn off at the end is left out."""
    window, at = _Window(file), opening.ends_at
    while at < window.size:
        try:
            header = window.header(at)
            if header.kind == b"moof":
                if header.size > LARGEST_HEAD:
                    return
                moof = window.read(at, header.size)
                behind = window.header(at + header.size)
                if behind.kind != b"mdat":
                    return
                found = _fragment(moof, at + header.size, behind.size, opening)
                if found is not None:
                    yield found
                at += header.size + behind.size
            else:
                at += header.size
        except BadMp4:
            return


def _fragment(moof: bytes, mdat_at: int, mdat_size: int, opening: Opening) -> Fragment | None:
    runs = read_moof(moof, opening.tracks)
    timed = [run for run in runs if run.track_id in opening.tracks]
    if not timed:
        return None
    pictures = [run for run in timed if opening.tracks[run.track_id].video]
    run = (pictures or timed)[0]
    scale = opening.tracks[run.track_id].timescale
    start_ns = opening.head.start_ns + run.decode_time * 1_000_000_000 // scale
    end_ns = opening.head.start_ns + (run.decode_time + run.duration) * 1_000_000_000 // scale
    return Fragment(moof, runs, mdat_at, mdat_size, start_ns, end_ns, bool(pictures) and run.keyframe)
