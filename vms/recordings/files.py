"""Where segments lie on the volumes of this machine, opened so that no name leads elsewhere.

Nothing is joined to a path that does not look as we write it (`streams.types.recording.SegmentPath`), and no link is followed.
"""

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from streams.types.recording import OPEN_SUFFIX, path_parts

SEAL = "seal.json"
"""The name of a day's seal, beside its segments."""
OWN_FOLDER = ".vong"
"""The workers' own folder on a volume."""


class NoSuchFile(Exception):
    """The volume is not on this machine, or the file is not (any more) on it."""


class Volumes:
    """The volumes that this machine has, by id."""

    def __init__(self, folders: Mapping[str, Path]) -> None:
        self._folders = dict(folders)

    def __iter__(self) -> Iterator[str]:
        return iter(self._folders)

    def __contains__(self, volume: object) -> bool:
        return volume in self._folders

    def folder(self, volume: str) -> Path:
        """Raises `NoSuchFile`."""
        try:
            return self._folders[volume]
        except KeyError:
            raise NoSuchFile(volume) from None

    def open(self, volume: str, path: str) -> BinaryIO:
        """A segment, to read. Raises `NoSuchFile`."""
        if path_parts(path) is None:
            raise NoSuchFile(path)
        return open_regular(self.folder(volume), path)


def open_regular(root: Path, path: str) -> BinaryIO:
    """A regular file below `root`, to read; no part of `path` may be a link. Raises `NoSuchFile`."""
    *folders, name = path.split("/")
    try:
        at = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for folder in folders:
                inner = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=at)
                os.close(at)
                at = inner
            # Without blocking: a pipe with the name of a segment would wait for ever.
            descriptor = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, dir_fd=at)
        finally:
            os.close(at)
    except OSError as error:
        raise NoSuchFile(path) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NoSuchFile(path)
    return os.fdopen(descriptor, "rb")


@dataclass(frozen=True, slots=True)
class Found:
    """What lies in a volume, by its path relative to it: a segment, or something that is none of ours."""

    path: str
    is_segment: bool


def walk(root: Path) -> Iterator[Found]:
    """Everything that lies in a volume, sorted. What is being written, seals and the workers' own folder are left out."""
    for entry in _entries(root):
        if entry.name != OWN_FOLDER:
            yield from _camera(entry)


def _camera(entry: os.DirEntry[str]) -> Iterator[Found]:
    if not entry.is_dir(follow_symlinks=False):
        yield Found(entry.name, is_segment=False)
        return
    for day in _entries(entry.path):
        path = f"{entry.name}/{day.name}"
        if not day.is_dir(follow_symlinks=False):
            yield Found(path, is_segment=False)
            continue
        for file in _entries(day.path):
            if file.name != SEAL and not file.name.endswith(OPEN_SUFFIX):
                name = f"{path}/{file.name}"
                yield Found(name, is_segment=path_parts(name) is not None and file.is_file(follow_symlinks=False))


def _entries(folder: Path | str) -> list[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: os.fsencode(entry.name))
