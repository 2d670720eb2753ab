"""Checking a package that nobody is trusted to have left alone: by the public certificate and nothing else, offline.

First that the manifest is what the system signed; then each file that it names, byte for byte; then that nothing else lies there.
"""

import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from streams.types.extraction import BLOCK_BYTES
from streams.types.segment_file import NotASegment, check_file, read_head
from vms.extraction.manifest import (
    LARGEST,
    MANIFEST,
    SIGNATURE,
    BadManifest,
    Manifest,
    PackedCopy,
    PackedSegment,
    read_signed,
)
from vms.extraction.package_files import FolderFiles, PackageFiles, ZipFiles
from vms.recordings.files import NoSuchFile
from vms.recordings.reading import check_identity
from vms.recordings.verifying import Damage, Finding

_BROKEN_ARCHIVE = (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError)


@dataclass(slots=True)
class PackageReport:
    """`damaged_before`: segments that were damaged already when they were extracted, and are as they were then."""

    findings: list[Finding] = field(default_factory=list)
    manifest: Manifest | None = None
    segments: int = 0
    copies: int = 0
    gaps: int = 0
    damaged_before: int = 0


def verify_package(path: Path, certificate: bytes) -> PackageReport:
    """A folder or a ZIP file. Raises `OSError` when `path` cannot be read at all."""
    report = PackageReport()
    if path.is_dir():
        _check(FolderFiles(path), path, certificate, report)
        return report
    try:
        with zipfile.ZipFile(path) as archive:
            _check(ZipFiles(archive), path, certificate, report)
    except zipfile.BadZipFile as error:
        size = path.stat().st_size
        report.findings.append(Finding(path, Damage.BYTES, f"the archive is damaged: {error}", (0, size)))
    return report


def _check(files: PackageFiles, root: Path, certificate: bytes, report: PackageReport) -> None:
    try:
        manifest, beside = read_signed(_small(files, MANIFEST), _small(files, SIGNATURE), certificate)
    except BadManifest as error:
        report.findings.append(Finding(root / MANIFEST, Damage.SEAL, str(error)))
        return
    report.manifest = manifest
    for name, sha256 in sorted(beside.items()):
        _beside(files, root, name, sha256, report)
    for segment in manifest.segments:
        with _opened(files, root, segment.path, report) as file:
            if file is not None:
                _segment(file, root / segment.path, segment, report)
    for one in manifest.copies:
        with _opened(files, root, one.path, report) as file:
            if file is not None:
                _copy(file, root / one.path, one, report)
    report.gaps = sum(len(camera.gaps) for camera in manifest.cameras)
    _strangers(files, root, manifest, {MANIFEST, SIGNATURE, *beside}, report)


def _segment(file: BinaryIO, path: Path, packed: PackedSegment, report: PackageReport) -> None:
    checked = check_file(file, packed.sha256)
    if checked.sha256 == packed.sha256 and checked.size == packed.size_bytes:
        # As it was packed. If it was damaged before, the manifest says so, and nobody has done anything to it since.
        report.segments += 1
        report.damaged_before += bool(packed.recorded_sha256 or checked.wrong)
        return
    detail = f"{checked.size} bytes, packed {packed.size_bytes}" if checked.size != packed.size_bytes else ""
    try:
        check_identity(read_head(file), path.parent.parent.name, path.name)
    except NotASegment as error:
        detail = str(error)
    report.findings.append(Finding(path, Damage.BYTES, detail, checked.wrong or (checked.good_end, checked.size)))


def _copy(file: BinaryIO, path: Path, packed: PackedCopy, report: PackageReport) -> None:
    at = 0
    for number, block in enumerate(iter(lambda: file.read(BLOCK_BYTES), b"")):
        if number >= len(packed.blocks) or hashlib.sha256(block).hexdigest() != packed.blocks[number]:
            report.findings.append(Finding(path, Damage.BYTES, "", (at, at + len(block))))
            return
        at += len(block)
    if at != packed.size_bytes:
        report.findings.append(Finding(path, Damage.BYTES, f"{at} bytes, packed {packed.size_bytes}", (at, at + 1)))
        return
    report.copies += 1


def _beside(files: PackageFiles, root: Path, name: str, sha256: str, report: PackageReport) -> None:
    with _opened(files, root, name, report) as file:
        if file is None:
            return
        content = file.read(LARGEST)
        if hashlib.sha256(content).hexdigest() != sha256:
            report.findings.append(Finding(root / name, Damage.BYTES, "", (0, len(content))))


def _strangers(files: PackageFiles, root: Path, manifest: Manifest, known: set[str], report: PackageReport) -> None:
    left = known | {path for path, _, _ in manifest.files}
    for name in files.names():
        if name in left:
            left.discard(name)  # a second one of the same name is a stranger, too
        else:
            report.findings.append(Finding(root / name, Damage.STRANGE))


@contextmanager
def _opened(files: PackageFiles, root: Path, name: str, report: PackageReport) -> Iterator[BinaryIO | None]:
    """None, with a finding, when it is not there. What the archive itself cannot give any more is a finding, too."""
    try:
        file = files.open(name)
    except NoSuchFile:
        report.findings.append(Finding(root / name, Damage.MISSING))
        yield None
        return
    with file:
        try:
            yield file
        except _BROKEN_ARCHIVE as error:
            place = _place(file)
            report.findings.append(Finding(root / name, Damage.BYTES, str(error)[:200], (place, place + 1)))


def _place(file: BinaryIO) -> int:
    try:
        return file.tell()
    except (OSError, ValueError):
        return 0


def _small(files: PackageFiles, name: str) -> bytes:
    try:
        with files.open(name) as file:
            return file.read(LARGEST)
    except NoSuchFile:
        raise BadManifest(f"{name} is not there") from None
    except _BROKEN_ARCHIVE as error:
        raise BadManifest(f"{name} cannot be read") from error
