"""A place for recordings: its disk, its writer, and the keeper that makes durable, looks after space and recovers.

Threads: `_keep` and everything marked "keeper" run in the keeper's thread, the rest on the event loop.
"""

import errno
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import structlog

from streams.record.degrade import Degrade, Space, suspended
from streams.record.disk import Disk
from streams.record.journal import FOLDER, Journal
from streams.record.orders import Link, Order, Piece
from streams.record.recovery import recover
from streams.record.writer import Abandoned, Finishing, Writer
from streams.types.recording import (
    Deletable,
    DeletableTaken,
    SegmentClosed,
    SegmentDeleted,
    VolumeCondition,
    VolumeState,
    path_parts,
)

log = structlog.get_logger(__name__)

MARKER: Final = f"{FOLDER}/volume"
_QUEUE_BYTES: Final = 256 << 20
_ROUND_S: Final = 1.0
_PROBE_EVERY_S: Final = 5.0
_BEHIND_BYTES: Final = 128 << 20
_BEHIND_S: Final = 10.0
_HUNG_S: Final = 30.0
_DELETED_AT_ONCE: Final = 200
_MOST_RESERVED: Final = 256 << 20
_USABLE: Final = frozenset({VolumeCondition.OK, VolumeCondition.NEARLY_FULL, VolumeCondition.SLOW})


@dataclass(frozen=True, slots=True)
class Events:
    """What a volume tells, always on the event loop."""

    closed: Callable[[SegmentClosed, Callable[[], None]], None]
    """A report, and what to call when the bus has acknowledged it."""
    deleted: Callable[[SegmentDeleted], None]
    failed: Callable[[Link], None]
    """A segment could not be written any further."""
    post: Callable[..., object]
    """`loop.call_soon_threadsafe`"""


class Volume:
    def __init__(
        self, volume_id: str, disk: Disk, worker_id: str, events: Events, *, make_marker: bool = False
    ) -> None:
        self.volume_id = volume_id
        self.disk = disk
        self._events = events
        self._make_marker = make_marker
        self._journal = Journal(disk, worker_id)
        self._probe = f"{FOLDER}/{worker_id}.probe"
        self._writer = Writer(disk, self._journal, (volume_id, worker_id), self._failed)
        self._keeper = threading.Thread(target=self._keep, name=f"keep {volume_id}", daemon=True)
        self._stopping = threading.Event()
        self._degrade = Degrade()
        self._priorities: dict[str, int] = {}
        self._suspended: frozenset[str] = frozenset()
        self._deletable: deque[str] = deque()
        self._deletable_until_s = 0.0
        self._deletable_version = -1
        # Held while one file is deleted: once a newer list was taken, nothing of the one before goes any more.
        self._deleting = threading.Lock()
        # Written by the keeper (or the writer), read on the event loop.
        self._fault: VolumeCondition | None = VolumeCondition.GONE
        self._detail = "not looked at yet"
        self._space = Space(0, 0)
        self._sync_ms = 0
        self._round_since_s = 0.0
        self._probed_s = 0.0
        self._told_left_over = False
        self._condition = VolumeCondition.GONE
        self._since_ms = time.time_ns() // 1_000_000
        self.dropped_pictures = 0
        self.looked = threading.Event()
        """Set once the keeper has seen the disk for the first time."""

    # --- on the event loop

    def start(self) -> None:
        self._writer.start()
        self._keeper.start()

    def put(self, order: Order) -> bool:
        """False when a piece finds no room: the queue is full, since the disk does not keep up."""
        if isinstance(order, Piece) and self._writer.waiting_bytes + order.size_bytes > _QUEUE_BYTES:
            return False
        self._writer.put(order)
        return True

    @property
    def usable(self) -> bool:
        return self._condition in _USABLE

    @property
    def untroubled(self) -> bool:
        """A disk that is nearly full is one in daily use: whom it suspends then is said by `takes`."""
        return self._condition in {VolumeCondition.OK, VolumeCondition.NEARLY_FULL}

    def takes(self, camera_id: str) -> bool:
        return self.usable and camera_id not in self._suspended

    def want(self, priorities: dict[str, int]) -> None:
        """The recordings that would be here, with their priorities; say it once a second, before `tick`."""
        self._priorities = priorities

    def tick(self) -> None:
        """Once a second: what is true of the volume now, and which recordings it does not take."""
        round_s = time.monotonic() - self._round_since_s if self._round_since_s else 0.0
        behind = self._writer.waiting_bytes > _BEHIND_BYTES or round_s > _BEHIND_S
        self._degrade.see_speed(behind=behind)
        if self._space.total_bytes:
            self._degrade.see_space(self._space)
        condition = self._see(round_s)
        if condition is not self._condition:
            tell = log.info if condition is VolumeCondition.OK else log.warning
            tell("volume_changed", volume=self.volume_id, condition=condition.value, detail=self._detail)
            self._condition, self._since_ms = condition, time.time_ns() // 1_000_000
        self._suspended = suspended(self._priorities, self._degrade.share)

    def _see(self, round_s: float) -> VolumeCondition:
        if round_s > _HUNG_S:
            return VolumeCondition.GONE
        if self._fault is not None:
            return self._fault
        if self._space.free_bytes <= self._space.full_bytes:
            return VolumeCondition.FULL
        if self._degrade.slow:
            return VolumeCondition.SLOW
        return VolumeCondition.NEARLY_FULL if self._space.free_bytes <= self._space.nearly_bytes else VolumeCondition.OK

    def state(self) -> VolumeState:
        return VolumeState(
            volume=self.volume_id,
            condition=self._condition,
            since_ms=self._since_ms,
            detail=self._detail if self._fault is not None else "",
            total_bytes=self._space.total_bytes,
            free_bytes=self._space.free_bytes,
            written_bytes=self._writer.written_bytes,
            recordings=self._writer.open_count,
            suspended=len(self._suspended) if self.usable else len(self._priorities),
            waiting_bytes=max(0, self._writer.waiting_bytes),
            sync_ms=self._sync_ms,
            dropped_pictures=self.dropped_pictures,
            unreported=max(0, self._journal.waiting),
        )

    def may_delete(self, deletable: Deletable) -> DeletableTaken:
        """Replace the list of what may go without asking again, unless a newer one stands. Waits for a file that is being deleted: any
        thread but the event loop's.
        """
        with self._deleting:
            if deletable.version > self._deletable_version:
                self._deletable = deque(deletable.paths)
                self._deletable_version = deletable.version
                self._deletable_until_s = time.monotonic() + deletable.valid_s
            return DeletableTaken(taken=len(self._deletable), version=self._deletable_version)

    def close(self, within_s: float) -> None:
        """Blocks: everything that was put is written, durable and named; or the time is over, and recovery does it next time."""
        self._writer.stop()
        self._writer.join(within_s)
        self._stopping.set()
        self._keeper.join(within_s)
        self._journal.close()

    # --- in the keeper's thread

    def _keep(self) -> None:
        stopping = False
        while not stopping:
            stopping = self._stopping.wait(_ROUND_S if self.looked.is_set() else 0)
            self._round_since_s = time.monotonic()
            try:
                self._round()
            except OSError as error:
                self._note(error)
            except Exception:
                # A bug must not end what makes everybody's recordings durable.
                log.exception("volume_round_failed", volume=self.volume_id)
            self._round_since_s = 0.0
            self.looked.set()

    def _round(self) -> None:
        self._look()
        if self._fault in {VolumeCondition.GONE, VolumeCondition.READ_ONLY}:
            return
        if not self._told_left_over:
            self._told_left_over = True
            for report in self._journal.left_over():
                self.tell(report)
        # First room: on a full disk neither closing nor renaming works.
        self._delete_some()
        self._make_durable()
        self._journal.tidy()
        if self._fault is None:
            self._recover_abandoned()

    def _look(self) -> None:
        """Space, marker, and after a fault whether the disk takes a byte again."""
        try:
            self._check_marker()
            self._space = self.disk.space()
            if self.disk.read_only():
                self._fault, self._detail = VolumeCondition.READ_ONLY, "mounted read-only"
            elif self._fault is not None and time.monotonic() - self._probed_s >= _PROBE_EVERY_S:
                self._probed_s = time.monotonic()
                self._try_it()
                # First what was torn, then what is new: so each segment can name the one before it.
                self._recover_abandoned()
                self._fault, self._detail = None, ""
        except OSError as error:
            self._note(error)

    def _check_marker(self) -> None:
        if self._make_marker and not self.disk.exists(MARKER):
            make_marker(self.disk, self.volume_id)
        with self.disk.read(MARKER) as file:
            said = file.read(64).strip().decode("ascii", "replace")
        if said != self.volume_id:
            raise FileNotFoundError(errno.ENOENT, f"the marker names another volume: {said!r}")

    def _try_it(self) -> None:
        if self.disk.exists(self._probe):
            self.disk.remove(self._probe)
        descriptor = self.disk.create(self._probe)
        try:
            self.disk.write(descriptor, bytes(4096))
        finally:
            self.disk.close(descriptor)
            self.disk.remove(self._probe)

    def _make_durable(self) -> None:
        """One round for everybody. What was closed before it began is whole afterwards, and gets its name."""
        closing = len(self._writer.finishing)
        if not closing and not self._writer.open_count:
            return
        began_s = time.monotonic()
        self.disk.sync()
        self._sync_ms = int((time.monotonic() - began_s) * 1000)
        for _ in range(closing):
            self._finish(self._writer.finishing.popleft())

    def _finish(self, done: Finishing) -> None:
        try:
            self.disk.rename(f"{done.path}.open", done.path)
        except OSError:
            self._writer.abandoned.append(Abandoned(done.path, done.begin))
            raise
        finally:
            self.disk.close(done.descriptor)
        self.tell(done.report)

    def _delete_some(self) -> None:
        """When nearly full: oldest first, only from the list, until it is not any more."""
        space = self._space
        # All cameras of a province together may reserve half of what is free, and nothing when that is little.
        roomy = space.free_bytes > 2 * space.nearly_bytes
        self._writer.most_reserved = min(_MOST_RESERVED, space.free_bytes // 500) if roomy else 0
        for _ in range(_DELETED_AT_ONCE):
            if self._space.free_bytes > self._space.nearly_bytes or not self._delete_oldest():
                return

    def _delete_oldest(self) -> bool:
        """One file; False when nothing may go (any more)."""
        with self._deleting:
            if not self._deletable or time.monotonic() > self._deletable_until_s:
                return False
            path = self._deletable.popleft()
            parts = path_parts(path)
            if parts is None:
                return True
            try:
                freed = self.disk.remove(path)
            except (FileNotFoundError, PermissionError):
                return True
        log.info("segment_deleted_for_space", volume=self.volume_id, path=path)
        deleted = SegmentDeleted(
            camera_id=parts[0], volume=self.volume_id, path=path, at_ms=time.time_ns() // 1_000_000, bytes=freed
        )
        self._events.post(self._events.deleted, deleted)
        self._space = self.disk.space()
        return True

    def _recover_abandoned(self) -> None:
        if self._space.free_bytes <= self._space.full_bytes:
            return
        while self._writer.abandoned:
            lost = self._writer.abandoned[0]
            self._recover(lost)
            self._writer.abandoned.popleft()

    def _recover(self, lost: Abandoned) -> None:
        begin = lost.begin
        if not self.disk.exists(f"{lost.path}.open"):
            return
        recovered = recover(self.disk, self.volume_id, lost.path, self)
        if recovered is not None and recovered.closed is not None:
            begin.link.close(lost.path, recovered.closed.sha256)
        elif recovered is not None:
            begin.link.close(begin.previous.path, begin.previous.sha256)

    # --- any thread but the event loop's: `recovery.Reporter`

    def note(self, closed: SegmentClosed) -> None:
        self._journal.append(closed)

    def tell(self, closed: SegmentClosed) -> None:
        self._events.post(self._events.closed, closed, self._journal.acknowledged)

    # --- what went wrong

    def _note(self, error: OSError) -> None:
        """The writer's or the keeper's: what an error says of the volume."""
        number = error.errno or 0
        if number == 0:
            return
        if number in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
            fault = VolumeCondition.FULL
        elif number == errno.EROFS:
            fault = VolumeCondition.READ_ONLY
        else:
            fault = VolumeCondition.GONE
        if fault is not self._fault:
            log.warning("volume_fault", volume=self.volume_id, fault=fault.value, detail=str(error))
            self._probed_s = time.monotonic()
        self._fault, self._detail = fault, (error.strerror or str(error))[:200]

    def _failed(self, link: Link, error: OSError) -> None:
        self._note(error)
        self._events.post(self._events.failed, link)


def make_marker(disk: Disk, volume_id: str) -> None:
    """Say whose folder this is. Raises `OSError`."""
    try:
        descriptor = disk.create(MARKER)
    except FileExistsError:
        return  # another worker of this machine was first
    try:
        disk.write(descriptor, f"{volume_id}\n".encode())
    finally:
        disk.close(descriptor)
