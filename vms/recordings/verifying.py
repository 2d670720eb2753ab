"""Checking footage that nobody is trusted to have left alone, by the public certificate and nothing else: no database, no settings.

What is given may be a file, a day, a camera or a whole volume, also copied elsewhere: each folder is judged by the seal that lies in it.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import BinaryIO

from streams.types.recording import path_parts
from streams.types.segment_file import NotASegment, check_file, read_head
from vms.recordings.files import OWN_FOLDER, SEAL, NoSuchFile, open_regular
from vms.recordings.reading import check_identity
from vms.recordings.seal import LARGEST_SEAL, BadSeal, DaySeal, SealedSegment, read_seal


class Damage(StrEnum):
    BYTES = "bytes"
    MISPLACED = "misplaced"
    MISSING = "missing"
    STRANGE = "strange"
    SEAL = "seal"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that is not as it was written. `wrong`: the first range of bytes [from, to) that is not."""

    path: Path
    damage: Damage
    detail: str = ""
    wrong: tuple[int, int] | None = None

    def sentence(self) -> str:
        """In Vietnamese and English, for a person at a terminal."""
        vi, en = _SENTENCES[self.damage]
        where = f" {self.wrong[0]}–{self.wrong[1] - 1}" if self.wrong else ""
        detail = f" ({self.detail})" if self.detail else ""
        return f"{self.path}: {vi}{where} · {en}{where}{detail}"


_SENTENCES = {
    Damage.BYTES: ("sai từ byte", "first wrong bytes"),
    Damage.MISPLACED: ("không nằm đúng chỗ đã ghi", "is not where it was written"),
    Damage.MISSING: ("có trong niêm phong nhưng không có tệp", "is sealed, and is not there"),
    Damage.STRANGE: ("không có trong niêm phong", "is not in the seal"),
    Damage.SEAL: ("niêm phong không đúng", "the seal is not good"),
}


@dataclass(slots=True)
class Report:
    """`sealed` and `unsealed`: how many segments are whole, with and without a seal over them; `deleted`: that retention took since."""

    findings: list[Finding] = field(default_factory=list)
    sealed: int = 0
    unsealed: int = 0
    deleted: int = 0
    gaps: int = 0
    seals: int = 0


def verify_path(path: Path, certificate: bytes) -> Report:
    """Raises `OSError` when `path` cannot be read at all."""
    report = Report()
    if path.is_dir():
        for folder in _folders(path):
            _folder(folder, certificate, report, None)
    else:
        _folder(path.parent, certificate, report, path.name)
    return report


def _folder(folder: Path, certificate: bytes, report: Report, only: str | None) -> None:
    there = sorted((entry.name for entry in folder.iterdir()), key=os.fsencode)
    names = [name for name in there if name == only] if only is not None else there
    if only is not None and not names:
        raise FileNotFoundError(2, "No such file", str(folder / only))
    try:
        seal = _seal(folder, certificate)
    except BadSeal as error:
        report.findings.append(Finding(folder / SEAL, Damage.SEAL, str(error)))
        seal = None
    if seal is not None:
        report.seals += 1
        report.gaps += len(seal.gaps)
        report.deleted += len(seal.deleted)
        _check_folder_name(folder, seal, report)
        missing = [one.name for one in seal.segments if one.name not in there] if only is None else []
        report.findings += [Finding(folder / name, Damage.MISSING) for name in missing]
    for name in names:
        if name.endswith(".mp4"):
            _segment(folder, name, seal, report)


def _check_folder_name(folder: Path, seal: DaySeal, report: Report) -> None:
    """A day's folder that was given another's name. One that was copied out under a name of its own is judged by its seal alone."""
    said = (_camera_of(folder), folder.name)
    if said[0] and said != (seal.camera_id, seal.day):
        report.findings.append(Finding(folder, Damage.MISPLACED, f"camera {seal.camera_id}, day {seal.day}"))


def _segment(folder: Path, name: str, seal: DaySeal | None, report: Report) -> None:
    path = folder / name
    sealed = seal.named(name) if seal is not None else None
    try:
        with open_regular(folder, name) as file:
            if seal is not None and sealed is None:
                report.findings.append(Finding(path, Damage.STRANGE, _own_name(file)))
                return
            wrong, detail = _wrong(file, sealed)
            if wrong is not None:
                report.findings.append(Finding(path, Damage.BYTES, detail, wrong))
                return
            camera_id = seal.camera_id if seal is not None else _camera_of(folder)
            check_identity(read_head(file), camera_id, name)
    except NotASegment as error:
        report.findings.append(Finding(path, Damage.MISPLACED, str(error)))
        return
    except NoSuchFile:
        report.findings.append(Finding(path, Damage.STRANGE, "not a regular file"))
        return
    if sealed is not None:
        report.sealed += 1
    else:
        report.unsealed += 1


def _wrong(file: BinaryIO, sealed: SealedSegment | None) -> tuple[tuple[int, int] | None, str]:
    """The first range that is not as it was written, and what else can be said of the whole file."""
    checked = check_file(file, sealed.sha256 if sealed else "")
    if checked.wrong is None:
        return None, ""
    if sealed is not None and (own := _own_name(file)) not in ("", sealed.name):
        return (0, checked.size), f"another segment: {own}"
    if sealed is not None and checked.size != sealed.size_bytes:
        return checked.wrong, f"{checked.size} bytes, sealed {sealed.size_bytes}"
    return checked.wrong, ""


def _own_name(file: BinaryIO) -> str:
    """What the file calls itself, as far as it can be believed."""
    try:
        head = read_head(file)
    except NotASegment:
        return ""
    return f"{head.start_ms}-{head.stream.value}.mp4"


def _camera_of(folder: Path) -> str:
    """The camera that a folder of a volume says; empty for a folder that is none of a volume."""
    return folder.parent.name if path_parts(f"{folder.parent.name}/{folder.name}/0-main.mp4") else ""


def _seal(folder: Path, certificate: bytes) -> DaySeal | None:
    try:
        with open_regular(folder, SEAL) as file:
            return read_seal(file.read(LARGEST_SEAL), certificate)
    except NoSuchFile:
        if os.path.lexists(folder / SEAL):
            raise BadSeal("the seal is not a regular file") from None
        return None


def _folders(path: Path) -> Iterator[Path]:
    """`path` and every folder below; no link is followed."""
    for folder, below, files in os.walk(path):
        below[:] = sorted(name for name in below if name != OWN_FOLDER)
        if any(name.endswith((".mp4", SEAL)) for name in files):
            yield Path(folder)
