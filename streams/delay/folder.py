"""Where delay lines keep what waits: one private folder for each worker, bounded, encrypted with a key that only this process has.

Nothing in it outlives its use: a file is deleted when it is read, all of them when the worker ends, and what a crash has left when the
next one starts; until then nobody has the key.
"""

import asyncio
import os
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from streams.types.camera import DelayFault

log = structlog.get_logger(__name__)

_TAG_BYTES = 16
_THREADS = 1
"""One: what is deleted was written before, in this order."""


class LineStopped(Exception):
    """What was to wait cannot: the line shows nothing until it has begun anew."""

    def __init__(self, fault: DelayFault, detail: str) -> None:
        super().__init__(detail)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Blob:
    """Something that waits on disk."""

    number: int
    size_bytes: int


class DelayFolder:
    """Lives on one event loop; the disk is spoken to by a thread of its own.

    `quota_bytes` is for all lines together. `keep_free_bytes` of the disk are left to others, whatever the quota says.
    """

    def __init__(self, path: Path, quota_bytes: int, keep_free_bytes: int = 0) -> None:
        self._path = path
        self._quota_bytes = quota_bytes
        self._keep_free_bytes = keep_free_bytes
        self._cipher = AESGCM(AESGCM.generate_key(128))
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="delay")
        self._number = 0
        self._usable = False
        self.used_bytes = 0

    def open(self) -> None:
        """Make the folder ours alone, and delete what an earlier process has left there. One that cannot be had is no reason not to start:
        then nothing is shown with a delay.
        """
        try:
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._path.chmod(0o700)
            self._purge()
            self._usable = True
        except OSError:
            log.exception("delay_folder_unusable", path=str(self._path))

    def close(self) -> None:
        """Nothing is left when this returns."""
        self._usable = False
        self._threads.shutdown(wait=True, cancel_futures=True)
        try:
            self._purge()
        except OSError as error:
            log.warning("delay_folder_not_emptied", path=str(self._path), error=error.strerror)

    async def put(self, data: bytes) -> Blob:
        """Raises `LineStopped`."""
        size_bytes = len(data) + _TAG_BYTES
        if not self._usable:
            raise LineStopped(DelayFault.FAILED, "there is no folder for delayed pictures")
        if self.used_bytes + size_bytes > self._quota_bytes:
            raise LineStopped(DelayFault.FULL, "the quota for delayed pictures is used up")
        self._number += 1
        blob = Blob(self._number, size_bytes)
        self.used_bytes += size_bytes
        try:
            await asyncio.get_running_loop().run_in_executor(self._threads, self._write, blob, data)
        except OSError as error:
            self.drop(blob)
            raise LineStopped(DelayFault.FULL, error.strerror or "not written") from error
        except BaseException:
            self.drop(blob)
            raise
        return blob

    async def take(self, blob: Blob) -> bytes:
        """Read it and delete it. Raises `LineStopped`."""
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, self._read, blob)
        except (OSError, InvalidTag) as error:
            raise LineStopped(DelayFault.FAILED, f"{type(error).__name__}: {error}") from error
        finally:
            self.drop(blob)

    def drop(self, blob: Blob) -> None:
        """Delete it, soon. Once for each blob."""
        self.used_bytes -= blob.size_bytes
        try:
            self._threads.submit(self._where(blob).unlink, missing_ok=True)
        except RuntimeError:
            return  # closed: everything is deleted at once

    def _where(self, blob: Blob) -> Path:
        return self._path / f"{blob.number}.part"

    def _write(self, blob: Blob, data: bytes) -> None:
        if shutil.disk_usage(self._path).free - blob.size_bytes < self._keep_free_bytes:
            raise OSError(28, "the disk is almost full")
        sealed = self._cipher.encrypt(_nonce(blob), data, None)
        descriptor = os.open(self._where(blob), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(sealed)

    def _read(self, blob: Blob) -> bytes:
        return self._cipher.decrypt(_nonce(blob), self._where(blob).read_bytes(), None)

    def _purge(self) -> None:
        for left in self._path.iterdir():
            if left.is_dir() and not left.is_symlink():
                shutil.rmtree(left)
            else:
                left.unlink(missing_ok=True)


def _nonce(blob: Blob) -> bytes:
    """Never the same twice under one key: blobs are numbered once in the life of a process."""
    return blob.number.to_bytes(12, "big")
