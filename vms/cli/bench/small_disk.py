"""A small disk of its own for a benchmark: a tmpfs that can be filled to the last byte, made read-only and taken away while it is used.

Needs root; says so in one sentence where it may not.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from streams.record.degrade import Space
from streams.record.volume import MARKER
from vms.cli.faults import CannotRun

_CHUNK: Final = 64 << 10


class MayNotMount(CannotRun):
    """No disk for us here. One sentence."""


class SmallDisk:
    """A volume at `folder`. What takes its room lies beside the recordings and is no segment."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._ballast = folder / ".vong" / "ballast"

    def space(self) -> Space:
        found = os.statvfs(self.folder)
        return Space(found.f_blocks * found.f_frsize, found.f_bavail * found.f_frsize)

    def leave(self, free_bytes: int) -> None:
        """Take room until so much is free; never gives any back."""
        taken = self._ballast.stat().st_size if self._ballast.exists() else 0
        more = self.space().free_bytes - free_bytes
        if more >= _CHUNK or (free_bytes == 0 and more > 0):
            with self._ballast.open("ab") as file:
                try:
                    os.posix_fallocate(file.fileno(), taken, more)
                except OSError:
                    return  # somebody was faster: it is full

    def give_back(self) -> None:
        self._ballast.unlink(missing_ok=True)

    @contextmanager
    def read_only(self) -> Iterator[None]:
        """The same files, mounted read-only over themselves: what an operating system does to a disk with errors."""
        _told("mount", "--bind", str(self.folder), str(self.folder))
        try:
            _told("mount", "-o", "remount,ro,bind", str(self.folder))
            yield
        finally:
            _told("umount", "-l", str(self.folder))

    @contextmanager
    def gone(self) -> Iterator[None]:
        """An empty file system in its place, as a mount point has when its disk is not there."""
        _told("mount", "-t", "tmpfs", "-o", "size=1m", "empty", str(self.folder))
        try:
            yield
        finally:
            _told("umount", "-l", str(self.folder))


@contextmanager
def small_disk(folder: Path, volume_id: str, size_bytes: int) -> Iterator[SmallDisk]:
    """Mounted at `folder`, with the marker of a volume. Raises `MayNotMount`."""
    if os.geteuid() != 0 or shutil.which("mount") is None:
        raise MayNotMount("A full disk is tried on a tmpfs of its own: that needs root and mount.")
    folder.mkdir(parents=True, exist_ok=True)
    _told("mount", "-t", "tmpfs", "-o", f"size={size_bytes}", "vong", str(folder))
    try:
        marker = folder / MARKER
        marker.parent.mkdir()
        marker.write_text(f"{volume_id}\n", encoding="ascii")
        yield SmallDisk(folder)
    finally:
        _told("umount", "-l", str(folder))


def _told(*words: str) -> None:
    """Raises `MayNotMount`."""
    done = subprocess.run(words, capture_output=True, text=True, check=False)  # noqa: S603 fixed words and our own folder
    if done.returncode != 0:
        raise MayNotMount(f"{words[0]}: {done.stderr.strip()[:200]}")
