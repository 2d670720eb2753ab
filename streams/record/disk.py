"""The system calls of a volume, in one place so that tests can have a disk that fails when they say.

Every path is relative to the volume. Folders are opened one by one without following links, so no name leads out of it.
All methods block and raise `OSError`; they are called in the volume's threads.
"""

import contextlib
import ctypes
import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from streams.record.degrade import Space

_FALLOC_KEEP_SIZE: Final = 1
_LIBC: Final = ctypes.CDLL(None, use_errno=True)
_FOLDER: Final = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_MODE: Final = 0o640
_FOLDER_MODE: Final = 0o750


class Disk(Protocol):
    """What a volume needs of its disk."""

    def create(self, path: str) -> int:
        """A new file, and the folders before it; locked, as long as the descriptor is open. FileExistsError when it is there."""

    def reopen(self, path: str) -> int | None:
        """An existing file for reading and writing; None when somebody else holds its lock."""

    def reserve(self, descriptor: int, size: int) -> None:
        """Room for `size` bytes, preferably in a row; the size of the file stays. Does nothing where it cannot be had."""

    def write(self, descriptor: int, data: bytes) -> None:
        """All of it, at the end."""

    def cut(self, descriptor: int, size: int) -> None:
        """Make the file `size` bytes long; what was reserved behind it is free again."""

    def close(self, descriptor: int) -> None: ...

    def rename(self, old: str, new: str) -> None: ...

    def remove(self, path: str) -> int:
        """Gives the size of what is gone. FileNotFoundError; IsADirectoryError or PermissionError for what is no plain file."""

    def exists(self, path: str) -> bool: ...

    def names(self, folder: str) -> list[str]:
        """Sorted; empty for a folder that is not there."""

    def read(self, path: str) -> BinaryIO: ...

    def sync(self) -> None:
        """Everything written so far is durable when this returns."""

    def space(self) -> Space: ...

    def read_only(self) -> bool: ...


class FolderDisk:
    """A folder of a real file system. `may_make`: the folder itself is made when it is missing."""

    def __init__(self, root: Path, *, may_make: bool = False) -> None:
        self.root = root
        self._may_make = may_make

    def create(self, path: str) -> int:
        try:
            return self._create(path)
        except FileNotFoundError:
            # Its folder was empty and removed with the last segment in it, just now.
            return self._create(path)

    def _create(self, path: str) -> int:
        folder, name = os.path.split(path)
        with self._folder(folder, make=True) as parent:
            descriptor = os.open(
                name, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_APPEND | os.O_CLOEXEC, _MODE, dir_fd=parent
            )
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if os.fstat(descriptor).st_nlink == 0:
                raise FileNotFoundError(f"{path} was taken for a torn one")
        except OSError:
            os.close(descriptor)
            raise
        return descriptor

    def reopen(self, path: str) -> int | None:
        folder, name = os.path.split(path)
        with self._folder(folder) as parent:
            descriptor = os.open(name, os.O_RDWR | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                # Whoever held it before us may have renamed or removed it meanwhile.
                if os.stat(name, dir_fd=parent, follow_symlinks=False).st_ino == os.fstat(descriptor).st_ino:
                    return descriptor
            except (BlockingIOError, FileNotFoundError):
                pass
            except OSError:
                os.close(descriptor)
                raise
        os.close(descriptor)
        return None

    def reserve(self, descriptor: int, size: int) -> None:
        _LIBC.fallocate(descriptor, _FALLOC_KEEP_SIZE, ctypes.c_long(0), ctypes.c_long(size))

    def write(self, descriptor: int, data: bytes) -> None:
        written = os.write(descriptor, data)
        if written < len(data):
            rest = memoryview(data)[written:]
            while rest:
                rest = rest[os.write(descriptor, rest) :]

    def cut(self, descriptor: int, size: int) -> None:
        os.ftruncate(descriptor, size)

    def close(self, descriptor: int) -> None:
        os.close(descriptor)

    def rename(self, old: str, new: str) -> None:
        folder, old_name = os.path.split(old)
        with self._folder(folder) as parent:
            os.rename(old_name, new.rpartition("/")[2], src_dir_fd=parent, dst_dir_fd=parent)

    def remove(self, path: str) -> int:
        folder, name = os.path.split(path)
        with self._folder(folder) as parent:
            found = os.stat(name, dir_fd=parent, follow_symlinks=False)
            if not stat.S_ISREG(found.st_mode):
                raise PermissionError(f"{path} is no plain file")
            os.unlink(name, dir_fd=parent)
        # Empty days and cameras go with their last segment; what is not empty refuses by itself.
        with contextlib.suppress(OSError):
            while folder:
                folder, _, name = folder.rpartition("/")
                with self._folder(folder) as parent:
                    os.rmdir(name, dir_fd=parent)
        return found.st_size

    def exists(self, path: str) -> bool:
        folder, name = os.path.split(path)
        try:
            with self._folder(folder) as parent:
                os.stat(name, dir_fd=parent, follow_symlinks=False)
        except (FileNotFoundError, NotADirectoryError):
            return False
        return True

    def names(self, folder: str) -> list[str]:
        try:
            with self._folder(folder) as descriptor:
                return sorted(os.listdir(descriptor))  # noqa: PTH208 by descriptor: the folder was opened without following links
        except (FileNotFoundError, NotADirectoryError):
            return []

    def read(self, path: str) -> BinaryIO:
        folder, name = os.path.split(path)
        with self._folder(folder) as parent:
            return os.fdopen(os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent), "rb")

    def sync(self) -> None:
        with self._folder("") as descriptor:
            if _LIBC.syncfs(descriptor) != 0:
                number = ctypes.get_errno()
                raise OSError(number, os.strerror(number))

    def space(self) -> Space:
        found = os.statvfs(self.root)
        return Space(found.f_blocks * found.f_frsize, found.f_bavail * found.f_frsize)

    def read_only(self) -> bool:
        return bool(os.statvfs(self.root).f_flag & os.ST_RDONLY)

    @contextmanager
    def _folder(self, path: str, *, make: bool = False) -> Iterator[int]:
        """The folder's descriptor. The root itself may be a link: that is the operator's choice."""
        if make and self._may_make:
            self.root.mkdir(_FOLDER_MODE, parents=True, exist_ok=True)
        descriptor = os.open(self.root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for part in filter(None, path.split("/")):
                if part in {".", ".."}:
                    raise PermissionError(f"{path} is no path of ours")
                if make:
                    with contextlib.suppress(FileExistsError):
                        os.mkdir(part, _FOLDER_MODE, dir_fd=descriptor)
                inner = os.open(part, _FOLDER, dir_fd=descriptor)
                os.close(descriptor)
                descriptor = inner
            yield descriptor
        finally:
            os.close(descriptor)
