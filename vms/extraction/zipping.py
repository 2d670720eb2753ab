"""A package as one ZIP file, made while it is sent: stored, never compressed (footage does not get smaller), of any size."""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from typing_extensions import Buffer

_CHUNK_BYTES = 1 << 20
_DATE = (1980, 1, 1, 0, 0, 0)
"""The same bytes whenever it is asked for."""


class _Pipe(io.RawIOBase):
    """What `zipfile` writes to: what was written since the last look. It cannot be sought in, so sizes follow the data."""

    def __init__(self) -> None:
        self._waiting = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: Buffer) -> int:
        added = bytes(data)
        self._waiting += added
        return len(added)

    def take(self) -> bytes:
        taken, self._waiting = bytes(self._waiting), bytearray()
        return taken


def zipped(folder: Path, top: str) -> Iterator[bytes]:
    """Every file of the folder, below the folder `top` in the archive. Blocks: each step in a thread. Raises `OSError`."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for file in sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()):
            entry = zipfile.ZipInfo(f"{top}/{file.relative_to(folder).as_posix()}", _DATE)
            entry.external_attr = 0o600 << 16
            with file.open("rb") as source, archive.open(entry, "w", force_zip64=True) as target:
                while chunk := source.read(_CHUNK_BYTES):
                    target.write(chunk)
                    yield pipe.take()
        yield pipe.take()
    yield pipe.take()
