"""A stretch of a recording as a browser's Media Source Extensions take it: an initialisation, then fragments from a keyframe on.

The pictures are those of the files, byte for byte; only decode times are written anew, counted from one moment that the player chose,
so that segments follow each other on its timeline without a seam and gaps stay gaps. Nothing is decoded.

Everything here blocks: run it in a thread.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from streams.types.media import StreamKind
from streams.types.recording import segment_path
from streams.types.segment_file import NotASegment
from vms.recordings.files import NoSuchFile, Volumes
from vms.recordings.fragments import Fragment, Opening, fragments, read_opening
from vms.recordings.index import Segment
from vms.recordings.ledger import SLACK_MS
from vms.recordings.moof import shifted_moof
from vms.recordings.mp4 import BadMp4, box, playable_moov
from vms.recordings.spans import Span

MOST_BYTES = 48 << 20
_PIECE_BYTES = 1 << 20
_FTYP = box(b"ftyp", b"iso6\0\0\0\1iso6mp41dash")


class NothingToPlay(Exception):
    """There is no whole picture to begin with."""


class RecordedElsewhere(Exception):
    """The files are on a volume that this machine does not have."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Pictures from `from_ms` on (from the keyframe before it), at least `length_ms` of them unless they end before.

    `base_ms` is the player's zero; it must not be later than the keyframe. Nothing that was captured outside of `within` is sent.
    """

    from_ms: int
    length_ms: int
    base_ms: int
    sound: bool = True
    within: Span | None = None


@dataclass(frozen=True, slots=True)
class _Piece:
    """Bytes as they are, or (`size`) bytes of a file behind them."""

    data: bytes
    volume: str = ""
    path: str = ""
    at: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True)
class Stretch:
    """`next_ms`: where to go on, at a keyframe or behind a gap. `paths`: the files that it is from."""

    codecs: str
    start_ms: int
    end_ms: int
    next_ms: int
    size_bytes: int
    paths: tuple[str, ...]
    _pieces: tuple[_Piece, ...]

    def read(self, volumes: Volumes) -> Iterator[bytes]:
        """The bytes, at most a MiB at a time. Raises `NoSuchFile` when a file goes meanwhile."""
        path, file = "", None
        try:
            for piece in self._pieces:
                yield piece.data
                if piece.size and piece.path != path:
                    if file is not None:
                        file.close()
                    path, file = piece.path, volumes.open(piece.volume, piece.path)
                at, left = piece.at, piece.size
                while left and file is not None:
                    file.seek(at)
                    data = file.read(min(left, _PIECE_BYTES))
                    if not data:
                        raise NoSuchFile(piece.path)
                    yield data
                    at, left = at + len(data), left - len(data)
        finally:
            if file is not None:
                file.close()


def stretch(volumes: Volumes, segments: Sequence[Segment], wanted: Wanted) -> Stretch:
    """What to send. `segments`: those of one stream that touch the time from `from_ms` on, in order.

    Ends before a gap, and where other codecs begin. Raises `NothingToPlay`, `RecordedElsewhere`.
    """
    builder = _Builder(wanted)
    for segment in segments:
        if builder.done or builder.breaks(segment):
            break
        if segment.volume not in volumes:
            if builder.pieces:
                break
            raise RecordedElsewhere(segment.volume)
        path = segment_path(segment.camera_id, segment.start_ms, StreamKind(segment.stream))
        try:
            with volumes.open(segment.volume, path) as file:
                opening = read_opening(file)
                if not builder.enter(segment, path, opening):
                    break
                for fragment in fragments(file, opening):
                    builder.take(fragment)
                    if builder.done:
                        break
        except (NoSuchFile, NotASegment, BadMp4):
            # Gone by retention since the index was read, or damaged: what is whole around it can still be seen.
            continue
    return builder.built()


class _Builder:
    def __init__(self, wanted: Wanted) -> None:
        self._wanted = wanted
        self._until_ns = (wanted.from_ms + wanted.length_ms) * 1_000_000
        self._waiting: list[tuple[_Piece, ...]] = []
        self._waiting_start_ns = 0
        self._opening: Opening | None = None
        self._segment: Segment | None = None
        self._path = ""
        self._init = b""
        self._sent_init = b""
        self._codecs = ""
        self._size = 0
        self._start_ns = self._end_ns = 0
        self._next_ms: int | None = None
        self._paths: list[str] = []
        self.pieces: list[_Piece] = []

    @property
    def done(self) -> bool:
        return self._next_ms is not None

    def breaks(self, segment: Segment) -> bool:
        """Whether there is a gap before this segment."""
        if self.pieces and segment.start_ms * 1_000_000 - self._end_ns > SLACK_MS * 1_000_000:
            self._next_ms = segment.start_ms
            return True
        return False

    def enter(self, segment: Segment, path: str, opening: Opening) -> bool:
        """False when its codecs are others than those before."""
        keep = (
            opening.playable
            if self._wanted.sound
            else frozenset(one for one in opening.playable if opening.tracks[one].video)
        )
        codecs = ",".join(opening.tracks[one].codec for one in sorted(keep))
        if self.pieces and codecs != self._codecs:
            self._next_ms = segment.start_ms
            return False
        self._codecs = codecs
        self._opening, self._segment, self._path = opening, segment, path
        self._init = _FTYP + playable_moov(opening.moov, keep)
        self._keep = keep
        self._waiting = []
        return True

    def take(self, fragment: Fragment) -> None:
        limits = self._wanted.within
        if limits is not None and fragment.start_ns < limits.start_ms * 1_000_000:
            return
        if limits is not None and fragment.end_ns > limits.end_ms * 1_000_000:
            self._next_ms = limits.end_ms
            return
        if not self.pieces:
            if fragment.keyframe:
                self._waiting, self._waiting_start_ns = [self._written(fragment)], fragment.start_ns
            elif self._waiting:
                self._waiting.append(self._written(fragment))
            if self._waiting and fragment.end_ns > self._wanted.from_ms * 1_000_000:
                self._start_ns = self._waiting_start_ns
                self._until_ns = max(self._until_ns, self._start_ns + self._wanted.length_ms * 1_000_000)
                for pieces in self._waiting:
                    self._send(pieces)
                self._end_ns = fragment.end_ns
            return
        if fragment.keyframe and (fragment.start_ns >= self._until_ns or self._size >= MOST_BYTES):
            self._next_ms = _up(fragment.start_ns)
            return
        self._send(self._written(fragment))
        self._end_ns = max(self._end_ns, fragment.end_ns)

    def built(self) -> Stretch:
        if not self.pieces:
            raise NothingToPlay
        return Stretch(
            codecs=self._codecs,
            start_ms=self._start_ns // 1_000_000,
            end_ms=self._end_ns // 1_000_000,
            next_ms=_up(self._end_ns) if self._next_ms is None else self._next_ms,
            size_bytes=self._size,
            paths=tuple(self._paths),
            _pieces=tuple(self.pieces),
        )

    def _send(self, pieces: tuple[_Piece, ...]) -> None:
        if self._init != self._sent_init:
            self._sent_init = self._init
            pieces = (_Piece(self._init), *pieces)
        if self._path not in self._paths:
            self._paths.append(self._path)
        self.pieces += pieces
        self._size += sum(len(piece.data) + piece.size for piece in pieces)

    def _written(self, fragment: Fragment) -> tuple[_Piece, ...]:
        opening, segment = self._opening, self._segment
        assert opening is not None, "entered"
        assert segment is not None, "entered"
        shift_ns = opening.head.start_ns - self._wanted.base_ms * 1_000_000
        if shift_ns < 0:
            raise NothingToPlay
        times = {
            run.track_id: run.decode_time + shift_ns * opening.tracks[run.track_id].timescale // 1_000_000_000
            for run in fragment.runs
            if run.track_id in self._keep
        }
        if not times:
            return ()
        moof = shifted_moof(fragment.moof, fragment.runs, times)
        return (_Piece(moof, segment.volume, self._path, fragment.mdat_at, fragment.mdat_size),)


def _up(at_ns: int) -> int:
    return -(-at_ns // 1_000_000)
