"""A package to read: a folder, or a ZIP file however it was made. Names are compared, never joined to a path that they choose."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Protocol, cast

from vms.extraction.manifest import MANIFEST, SIGNATURE
from vms.recordings.files import NoSuchFile, open_regular

_LEFT_BY_OTHERS = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})
"""What systems leave in folders and archives that they were used on."""


class PackageFiles(Protocol):
    """Paths with slashes, relative to the package."""

    def names(self) -> list[str]:
        """Every file that is there, sorted."""
        ...

    def open(self, name: str) -> BinaryIO:
        """To read and to seek in. Raises `NoSuchFile`; reading raises `Unreadable` when the archive itself is damaged."""
        ...


class FolderFiles:
    def __init__(self, root: Path) -> None:
        self._root = root

    def names(self) -> list[str]:
        return sorted(name for name in self._all() if not _is_litter(name))

    def open(self, name: str) -> BinaryIO:
        return open_regular(self._root, name)

    def _all(self) -> Iterator[str]:
        for file in self._root.rglob("*"):
            if file.is_symlink() or not file.is_dir():
                yield file.relative_to(self._root).as_posix()


class ZipFiles:
    """Whoever packed it again may have put everything into one more folder, and may have compressed it. Two entries of one name are
    both told of: programs do not agree on which of them they unpack."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        files = [entry for entry in archive.infolist() if not entry.is_dir()]
        tops = [name.removesuffix(MANIFEST) for name in (entry.filename for entry in files) if _is_manifest(name)]
        self._top = min(tops, key=len, default="")
        self._entries: dict[str, zipfile.ZipInfo] = {}
        self._names: list[str] = []
        for entry in files:
            name = entry.filename
            inside = name.removeprefix(self._top) if name.startswith(self._top) else f"../{name}"
            self._names.append(inside)
            self._entries.setdefault(inside, entry)

    def names(self) -> list[str]:
        return sorted(name for name in self._names if not _is_litter(name))

    def open(self, name: str) -> BinaryIO:
        entry = self._entries.get(name)
        if entry is None:
            raise NoSuchFile(name)
        try:
            return cast("BinaryIO", self._archive.open(entry))
        except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
            raise NoSuchFile(name) from error


def is_package(path: Path) -> bool:
    """Whether this is a package of an extraction, and not footage on a volume."""
    if path.is_dir():
        return (path / MANIFEST).exists() and (path / SIGNATURE).exists()
    return path.suffix.lower() == ".zip" or (path.is_file() and zipfile.is_zipfile(path))


def _is_manifest(name: str) -> bool:
    return name == MANIFEST or (name.endswith(f"/{MANIFEST}") and name.count("/") == 1)


def _is_litter(name: str) -> bool:
    return name.startswith(("__MACOSX/", "../__MACOSX/")) or name.rpartition("/")[2] in _LEFT_BY_OTHERS
