"""Reports of closed segments that the bus has not acknowledged yet, kept on the volume that the segments are on.

A line for each. Appended in the writer's thread before the round that makes the segment durable; emptied by the keeper's thread
once nothing waits any more. What lines an earlier life of a worker left are told again: reports may come twice, never not at all.
"""

import contextlib
import re
import threading
from typing import Final

import structlog
from pydantic import ValidationError

from streams.record.disk import Disk
from streams.types.recording import SegmentClosed

log = structlog.get_logger(__name__)

FOLDER: Final = ".vong"
_NAME: Final = re.compile(r"[a-z0-9-]{1,40}\.reports")
_MOST_LEFT_BYTES: Final = 256 << 20


class Journal:
    """One worker's journal on one volume."""

    def __init__(self, disk: Disk, worker_id: str) -> None:
        self._disk = disk
        self._path = f"{FOLDER}/{worker_id}.reports"
        self._descriptor: int | None = None
        self._lock = threading.Lock()
        self._added = 0
        """By the volume's threads."""
        self._acknowledged = 0
        """By the event loop, which must never wait for a disk: hence two numbers and no lock."""
        self._grown = False

    @property
    def waiting(self) -> int:
        return self._added - self._acknowledged

    def append(self, report: SegmentClosed) -> None:
        """Raises `OSError`."""
        with self._lock:
            self._disk.write(self._open(), report.model_dump_json(exclude_defaults=True).encode() + b"\n")
            self._added += 1
            self._grown = True

    def acknowledged(self) -> None:
        """One report has reached the bus."""
        self._acknowledged += 1

    def tidy(self) -> None:
        """Empty the file when nothing waits. Raises `OSError`."""
        with self._lock:
            if self.waiting <= 0 and self._grown and self._descriptor is not None:
                self._disk.cut(self._descriptor, 0)
                self._grown = False

    def left_over(self) -> list[SegmentClosed]:
        """What earlier lives (ours, and those of workers that are gone) could not tell, for segments that are whole; told next.

        They wait in our journal from here on. Raises `OSError`.
        """
        found: dict[str, SegmentClosed] = {}
        others = [f"{FOLDER}/{name}" for name in self._disk.names(FOLDER) if _NAME.fullmatch(name)]
        for path in sorted(others, key=lambda path: path == self._path):
            for report in self._read(path):
                found[report.path] = report
        with self._lock:
            self._added += len(found)
            self._grown = self._grown or bool(found)
            self._open()
        return list(found.values())

    def close(self) -> None:
        with self._lock, contextlib.suppress(OSError):
            if self._descriptor is not None:
                self._disk.close(self._descriptor)
        self._descriptor = None

    def _open(self) -> int:
        if self._descriptor is None:
            try:
                self._descriptor = self._disk.create(self._path)
            except FileExistsError:
                self._descriptor = self._disk.reopen(self._path)
            if self._descriptor is None:
                raise BlockingIOError(f"{self._path} is held by another worker of the same name")
        return self._descriptor

    def _read(self, path: str) -> list[SegmentClosed]:
        """Another's journal is taken over when nobody holds it: its lines go into ours, its file goes."""
        held = self._open() if path == self._path else self._disk.reopen(path)
        if held is None:
            return []
        reports = []
        with self._disk.read(path) as file:
            body = file.read(_MOST_LEFT_BYTES)
        for line in body.splitlines():
            try:
                report = SegmentClosed.model_validate_json(line)
            except ValidationError:
                continue  # torn by a crash: its segment is still called open, and is recovered
            if self._disk.exists(report.path):
                reports.append(report)
        if path != self._path:
            self._disk.write(
                self._open(), b"".join(r.model_dump_json(exclude_defaults=True).encode() + b"\n" for r in reports)
            )
            self._disk.sync()
            self._disk.remove(path)
            self._disk.close(held)
        return reports
