"""What the event loop tells the thread of a volume to write: a segment begins, goes on, ends."""

import threading
from dataclasses import dataclass, field

from streams.fmp4 import VideoSets
from streams.types.media import AccessUnit, StreamKind, Track
from streams.types.recording import Gap, SegmentEnd


class Link:
    """A segment as the next of its camera names it: its path and, once it is closed, its hash. Filled by one thread, read by another."""

    def __init__(self, path: str = "", sha256: str = "", *, closed: bool = False) -> None:
        self.path = path
        self.sha256 = sha256
        self._closed = threading.Event()
        if closed:
            self._closed.set()

    def close(self, path: str, sha256: str) -> None:
        self.path, self.sha256 = path, sha256
        self._closed.set()

    def give_up(self) -> None:
        """Nobody shall wait for its hash: the next segment names its path alone. It may be closed later all the same."""
        self._closed.set()

    def wait(self, timeout_s: float) -> bool:
        """Whether it was closed or given up within that time."""
        return self._closed.wait(timeout_s)


@dataclass(frozen=True, slots=True)
class Format:
    """What must not change within a segment."""

    sets: VideoSets
    video: Track
    sound: Track | None


@dataclass(frozen=True, slots=True, eq=False)
class Begin:
    """A new segment of `camera_id`; `link` will tell its hash to the next, `previous` tells it of the one before."""

    camera_id: str
    stream: StreamKind
    start_ns: int
    format: Format
    link: Link
    previous: Link
    clock_offset_ms: int | None = None
    gaps: tuple[Gap, ...] = ()
    from_card: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """A fragment: pictures and sound in the order in which they came. `next_ns` is when the picture after the last was taken."""

    link: Link
    units: tuple[AccessUnit, ...]
    next_ns: int
    size_bytes: int


@dataclass(frozen=True, slots=True, eq=False)
class End:
    link: Link
    end_ns: int
    ended: SegmentEnd
    dropped_pictures: int = 0
    size_bytes: int = field(default=0, init=False)


Order = Begin | Piece | End
