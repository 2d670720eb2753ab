"""Segments on a volume as ADR 25 describes them, with real pictures, small: one fragment for each picture."""

import functools
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from fakes.pictures import coded_loop
from streams.fmp4 import Fragment, Init, Muxer
from streams.types.media import AccessUnit, Codec, StreamKind, Track
from streams.types.recording import (
    Gap,
    SegmentClosed,
    SegmentEnd,
    SegmentHead,
    SegmentTail,
    segment_path,
)
from streams.types.segment_file import HEAD_UUID, TAIL_UUID, check_start, uuid_box

VIDEO = Track(Codec.H264, 90_000, width_px=320, height_px=180)
PICTURES_S = 4.0


@functools.cache
def loop(seconds: float = PICTURES_S) -> tuple[AccessUnit, ...]:
    return tuple(coded_loop(seconds))


@dataclass
class FakeRecorder:
    """Writes the segments of one camera, one after the other. `gap_ms` is between two of them."""

    volume: Path
    camera_id: str
    start_ms: int
    stream: StreamKind = StreamKind.MAIN
    volume_id: str = "v1"
    seconds: float = PICTURES_S
    previous: tuple[str, str] = ("", "")
    from_card: bool = False
    clock_offset_ms: int = 12
    written: list[SegmentClosed] = field(default_factory=list)

    def write(self, count: int = 1, *, gaps: Sequence[Gap] = ()) -> list[SegmentClosed]:
        """The next segments; `gaps` stand before the first of them."""
        if gaps:
            self.start_ms = gaps[-1].to_ms
        fresh = []
        for _ in range(count):
            fresh.append(self._one(tuple(gaps)))
            gaps = ()
        self.written += fresh
        return fresh

    def _one(self, gaps: tuple[Gap, ...]) -> SegmentClosed:
        start_ns = self.start_ms * 1_000_000
        units = [replace(unit, capture_ns=start_ns + unit.capture_ns) for unit in loop(self.seconds)]
        end_ns = start_ns + round(self.seconds * 1e9)
        head = SegmentHead(
            camera_id=self.camera_id,
            worker_id="w0",
            stream=self.stream,
            start_ns=start_ns,
            clock_offset_ms=self.clock_offset_ms,
            from_card=self.from_card,
            codec=Codec.H264,
            width_px=320,
            height_px=180,
            previous_path=self.previous[0],
            previous_sha256=self.previous[1],
            gaps=gaps,
        )
        tail = SegmentTail(end_ns=end_ns, pictures=len(units), sound_frames=0, ended=SegmentEnd.CUT)
        data = segment_bytes(units, head, tail)
        path = segment_path(self.camera_id, self.start_ms, self.stream)
        file = self.volume / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
        closed = SegmentClosed(
            camera_id=self.camera_id,
            stream=self.stream,
            volume=self.volume_id,
            path=path,
            start_ms=self.start_ms,
            end_ms=tail.end_ms,
            bytes=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            previous_path=self.previous[0],
            previous_sha256=self.previous[1],
            pictures=len(units),
            codec=Codec.H264,
            width_px=320,
            height_px=180,
            clock_offset_ms=self.clock_offset_ms,
            worker_id="w0",
            ended=SegmentEnd.CUT,
            gaps=gaps,
            from_card=self.from_card,
        )
        self.previous = (path, closed.sha256)
        self.start_ms = tail.end_ms
        return closed


def segment_bytes(units: Sequence[AccessUnit], head: SegmentHead, tail: SegmentTail) -> bytes:
    muxer = Muxer(head.start_ns)
    pieces = [piece for unit in units for piece in muxer.mux(unit, VIDEO)]
    init = next(piece for piece in pieces if isinstance(piece, Init))
    data = bytearray(init.data + uuid_box(HEAD_UUID, head.model_dump_json(exclude_defaults=True).encode()))
    _check(data, 0)
    for number, piece in enumerate((piece for piece in pieces if isinstance(piece, Fragment)), 1):
        data += piece.data
        _check(data, number)
    data += uuid_box(TAIL_UUID, tail.model_dump_json(exclude_defaults=True).encode())
    data += b"\0\0\0\x18mfra\0\0\0\x10mfro\0\0\0\0\0\0\0\x18"
    return bytes(data)


def _check(data: bytearray, number: int) -> None:
    data += check_start(number)
    data += hashlib.sha256(data).digest()
