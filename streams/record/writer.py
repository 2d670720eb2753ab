"""The thread of a volume that writes: orders in, bytes on the disk. Knows no event loop, no plan and no free space.

Closing a segment takes two steps: the writer writes its end and the report into the journal; the keeper, once a round has made
both durable, gives it its name (`Finishing`).
"""

import queue
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from streams.record.disk import Disk
from streams.record.journal import Journal
from streams.record.muxing import SegmentMuxer
from streams.record.orders import Begin, End, Link, Order, Piece
from streams.record.recovery import closed_report
from streams.types.recording import OPEN_SUFFIX, SegmentClosed, SegmentHead, SegmentTail, segment_path

log = structlog.get_logger(__name__)

_PREVIOUS_WITHIN_S: Final = 2.0
_FIRST_RESERVE: Final = 4 << 20
_NAMES_TRIED: Final = 100


@dataclass(slots=True, eq=False)
class _Open:
    begin: Begin
    head: SegmentHead
    path: str
    descriptor: int
    muxer: SegmentMuxer


@dataclass(frozen=True, slots=True, eq=False)
class Finishing:
    """Closed, waiting for the round that makes it durable."""

    path: str
    descriptor: int
    report: SegmentClosed
    begin: Begin


@dataclass(frozen=True, slots=True, eq=False)
class Abandoned:
    """Could not be written any further. Its file is cut and closed when the disk takes it again."""

    path: str
    begin: Begin


class Writer:
    """`put` from the event loop; everything else happens in the thread. `failed` is called in the thread."""

    def __init__(
        self, disk: Disk, journal: Journal, who: tuple[str, str], failed: Callable[[Link, OSError], None]
    ) -> None:
        """`who` is (volume id, worker id)."""
        self._disk = disk
        self._journal = journal
        self._volume, self._worker_id = who
        self._failed = failed
        self._queue: queue.SimpleQueue[Order | None] = queue.SimpleQueue()
        self._put_bytes = 0
        self._done_bytes = 0
        self._open: dict[Link, _Open] = {}
        self._last_sizes: dict[str, int] = {}
        self._thread = threading.Thread(target=self._run, name=f"write {self._volume}", daemon=True)
        self.finishing: deque[Finishing] = deque()
        self.abandoned: deque[Abandoned] = deque()
        self.written_bytes = 0
        self.most_reserved = _FIRST_RESERVE
        """What a segment may reserve at most: the keeper follows the free space with it."""

    def start(self) -> None:
        self._thread.start()

    def put(self, order: Order) -> None:
        if isinstance(order, Piece):
            self._put_bytes += order.size_bytes
        self._queue.put(order)

    @property
    def waiting_bytes(self) -> int:
        """Bytes of coded pictures and sound that are not on their way to the disk yet."""
        return self._put_bytes - self._done_bytes

    @property
    def open_count(self) -> int:
        return len(self._open)

    def stop(self) -> None:
        """After what was put before."""
        self._queue.put(None)

    def join(self, timeout_s: float) -> bool:
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (order := self._queue.get()) is not None:
            try:
                self._do(order)
            except OSError as error:
                self._abandon(order.link)
                self._failed(order.link, error)
            except Exception:
                # The border around one camera: a bug that its bytes woke must not end everybody's recording.
                log.exception("segment_not_written", volume=self._volume)
                self._abandon(order.link)
                self._failed(order.link, OSError(0, "internal error"))
            if isinstance(order, Piece):
                self._done_bytes += order.size_bytes

    def _do(self, order: Order) -> None:
        if isinstance(order, Begin):
            self._begin(order)
            return
        segment = self._open.get(order.link)
        if segment is None:
            return  # abandoned before; the event loop hears of it
        if isinstance(order, Piece):
            self._write(segment.descriptor, segment.muxer.fragment(order))
        else:
            self._end(segment, order)

    def _begin(self, begin: Begin) -> None:
        previous = begin.previous
        if previous.path:
            previous.wait(_PREVIOUS_WITHIN_S)
        video, sound = begin.format.video, begin.format.sound
        head = SegmentHead(
            camera_id=begin.camera_id,
            worker_id=self._worker_id,
            stream=begin.stream,
            start_ns=begin.start_ns,
            clock_offset_ms=begin.clock_offset_ms,
            codec=begin.format.sets.codec,
            sound=sound.codec if sound else None,
            width_px=video.width_px,
            height_px=video.height_px,
            previous_path=previous.path,
            previous_sha256=previous.sha256,
            gaps=begin.gaps,
            from_card=begin.from_card,
        )
        head, path, descriptor = self._create(head)
        begin.link.path = path
        muxer = SegmentMuxer(begin)
        self._open[begin.link] = _Open(begin, head, path, descriptor, muxer)
        size = self._last_sizes.get(begin.camera_id, _FIRST_RESERVE)
        reserved = min(size + (size >> 4), self.most_reserved)
        if reserved:
            self._disk.reserve(descriptor, reserved)
        self._write(descriptor, muxer.head(head))

    def _create(self, head: SegmentHead) -> tuple[SegmentHead, str, int]:
        """Of two segments of one camera that begin in the same millisecond the later one begins a millisecond later."""
        path = ""
        for start_ms in range(head.start_ms, head.start_ms + _NAMES_TRIED):
            path = segment_path(head.camera_id, start_ms, head.stream)
            try:
                if not self._disk.exists(path):
                    descriptor = self._disk.create(path + OPEN_SUFFIX)
                    if start_ms != head.start_ms:
                        head = head.model_copy(update={"start_ns": start_ms * 1_000_000})
                    return head, path, descriptor
            except FileExistsError:
                continue
        raise FileExistsError(f"no free name at {path}")

    def _end(self, segment: _Open, end: End) -> None:
        muxer = segment.muxer
        if muxer.pictures == 0:
            # Nothing of it was written: as if it had never begun.
            raise OSError(0, "empty segment")
        self._write(segment.descriptor, muxer.tail(end))
        self._disk.cut(segment.descriptor, muxer.size_bytes)
        tail = SegmentTail(end_ns=end.end_ns, pictures=muxer.pictures, sound_frames=muxer.sound_frames, ended=end.ended)
        report = closed_report(
            segment.head, tail, volume=self._volume, path=segment.path, size=muxer.size_bytes, sha256=muxer.sha256
        )
        self._journal.append(report)
        del self._open[end.link]
        self._last_sizes[segment.begin.camera_id] = muxer.size_bytes
        end.link.close(segment.path, muxer.sha256)
        self.finishing.append(Finishing(segment.path, segment.descriptor, report, segment.begin))

    def _write(self, descriptor: int, data: bytes) -> None:
        self._disk.write(descriptor, data)
        self.written_bytes += len(data)

    def _abandon(self, link: Link) -> None:
        segment = self._open.pop(link, None)
        if segment is not None:
            try:
                self._disk.close(segment.descriptor)
            except OSError as error:
                log.warning("segment_not_closed", path=segment.path, detail=error.strerror)
            link.give_up()
            self.abandoned.append(Abandoned(segment.path, segment.begin))
