"""Files copied whole or not at all, at a bounded pace, and hashed while they pass."""

import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from streams.types.extraction import BLOCK_BYTES

_CHUNK_BYTES = 256 * 1024
DRAFT = ".open"
"""What is being written ends so; a file without it is whole, and is not made again after a crash."""


class SourceGone(Exception):
    """A segment that is wanted is not there."""


class NoRoom(Exception):
    """The disk with the package is as full as it may be."""


class Pace:
    """At most so many bytes a second, 0 for no bound; a second's worth may be saved up."""

    def __init__(self, bytes_per_s: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._bytes_per_s = bytes_per_s
        self._clock = clock
        self._ready_s = clock()

    def wait(self, size: int) -> None:
        """Before the next `size` bytes. Sleeps."""
        if not self._bytes_per_s:
            return
        now_s = self._clock()
        self._ready_s = max(self._ready_s, now_s - 1) + size / self._bytes_per_s
        if self._ready_s > now_s:
            time.sleep(self._ready_s - now_s)


def copy(source: tuple[Path, str], target: Path, pace: Pace, passed: Callable[[int], None]) -> str:
    """SHA-256 of what was copied from (folder, path below it), hexadecimal. Raises `SourceGone` and `OSError`.

    A file that is there already is whole: it is read again for its hash, and not written.
    """
    if target.exists():
        return hashed(target, passed)[0]
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = target.with_name(target.name + DRAFT)
    digest = hashlib.sha256()
    with draft.open("wb") as out:
        for chunk in _read(*source):
            pace.wait(len(chunk))
            digest.update(chunk)
            out.write(chunk)
            passed(len(chunk))
        settle(out.fileno())
    draft.replace(target)
    return digest.hexdigest()


def hashed(file: Path, passed: Callable[[int], None] = lambda _size: None) -> tuple[str, tuple[str, ...]]:
    """SHA-256 of the whole and of each block."""
    whole, blocks = hashlib.sha256(), []
    with file.open("rb") as handle:
        while block := handle.read(BLOCK_BYTES):
            whole.update(block)
            blocks.append(hashlib.sha256(block).hexdigest())
            passed(len(block))
    return whole.hexdigest(), tuple(blocks)


def check_room(folder: Path, size: int, keep_free_bytes: int) -> None:
    """Raises `NoRoom` when `size` more bytes would leave less than that."""
    if shutil.disk_usage(folder).free - size < keep_free_bytes:
        raise NoRoom


def settle(descriptor: int) -> None:
    """On the disk to stay, and out of the memory that live pictures need."""
    os.fsync(descriptor)
    os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)


def _read(folder: Path, path: str) -> Iterator[bytes]:
    """No link is followed below the volume."""
    at = folder
    try:
        for part in Path(path).parts:
            at /= part
            if at.is_symlink():
                raise SourceGone(path)
        descriptor = os.open(at, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise SourceGone(path) from error
    with os.fdopen(descriptor, "rb") as handle:
        while chunk := handle.read(_CHUNK_BYTES):
            yield chunk
        os.posix_fadvise(handle.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
