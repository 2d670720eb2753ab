import io
import random
import subprocess
import zipfile
from pathlib import Path

import pytest

from fakes.extractions import Packed, pack
from vms.extraction import verifying
from vms.extraction.manifest import GUIDE, MANIFEST, SIGNATURE, SUMS
from vms.extraction.package_files import FolderFiles, is_package
from vms.extraction.verifying import PackageReport, verify_package
from vms.extraction.zipping import zipped
from vms.recordings.verifying import Damage
from vms.secrets.signing import load_signer

FLIPS = 1000


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Packed:
    return pack(tmp_path_factory.mktemp("package"), blurred=True)


def _found(report: PackageReport) -> list[tuple[str, Damage]]:
    return [(finding.path.name, finding.damage) for finding in report.findings]


def _verify(packed: Packed, path: Path | None = None) -> PackageReport:
    return verify_package(path or packed.folder, packed.signer.certificate)


def test_a_package_as_it_was_made_is_whole_by_the_certificate_alone(packed: Packed) -> None:
    report = _verify(packed)
    assert report.findings == []
    assert (report.segments, report.copies, report.damaged_before) == (2, 1, 0)
    assert report.manifest is not None
    assert report.manifest.request.approved_by == "Chỉ huy"
    offsets = {one.clock_offset_ms for one in report.manifest.segments}
    assert offsets == {12}


def test_whoever_has_no_vong_checks_it_with_sha256sum(packed: Packed) -> None:
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", SUMS],
        cwd=packed.folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count(": OK") == 4


def test_every_one_of_a_thousand_flips_is_found_in_its_file_and_in_its_place(packed: Packed) -> None:
    """In originals, the copy, the manifest, its signature and what lies beside."""
    chance = random.Random(6)
    names = FolderFiles(packed.folder).names()
    contents = {name: (packed.folder / name).read_bytes() for name in names}
    # Small files as often as large ones: a manifest is as good a place for a forger as footage.
    for number in range(FLIPS):
        name = names[number % len(names)]
        content = bytearray(contents[name])
        at = chance.randrange(len(content))
        content[at] ^= 1 << chance.randrange(8)
        report = PackageReport()
        _flipped(packed, name, bytes(content), report)
        assert report.findings, (name, at)
        first = report.findings[0]
        if name in (MANIFEST, SIGNATURE):
            assert first.damage is Damage.SEAL
        else:
            assert first.path.name == name.rpartition("/")[2]
            assert first.wrong is not None
            assert first.wrong[0] <= at < first.wrong[1], (name, at, first.wrong)


class _Overlaid(FolderFiles):
    """The package with other content of one file."""

    def __init__(self, root: Path, name: str, content: bytes) -> None:
        super().__init__(root)
        self._other = (name, content)

    def open(self, name: str) -> io.BytesIO:  # type: ignore[override]  # bytes that are read like a file
        content = self._other[1] if name == self._other[0] else _cached(self._root / name)
        return io.BytesIO(content)


_CACHE: dict[Path, bytes] = {}


def _cached(file: Path) -> bytes:
    if file not in _CACHE:
        _CACHE[file] = file.read_bytes()
    return _CACHE[file]


def _flipped(packed: Packed, name: str, content: bytes, report: PackageReport) -> None:
    only = _Overlaid(packed.folder, name, content)
    verifying._check(only, packed.folder, packed.signer.certificate, report)


def test_what_was_taken_added_swapped_or_cut_is_named(tmp_path: Path) -> None:
    packed = pack(tmp_path)
    first, second = packed.file(0), packed.file(1)
    one, two = first.read_bytes(), second.read_bytes()
    first.write_bytes(two)
    second.write_bytes(one)
    assert [damage for _, damage in _found(_verify(packed))] == [Damage.BYTES, Damage.BYTES]
    first.write_bytes(one[:-100])
    second.unlink()
    assert _found(_verify(packed)) == [(first.name, Damage.BYTES), (second.name, Damage.MISSING)]
    first.write_bytes(one)
    second.write_bytes(two)
    (packed.folder / "copies" / "more.mp4").write_bytes(b"x")
    assert _found(_verify(packed)) == [("more.mp4", Damage.STRANGE)]


def test_a_package_of_another_system_is_not_believed_even_when_it_is_whole(packed: Packed, tmp_path: Path) -> None:
    stranger = load_signer(tmp_path / "other")
    assert _found(verify_package(packed.folder, stranger.certificate)) == [(MANIFEST, Damage.SEAL)]


def test_footage_that_was_damaged_before_is_told_of_and_is_no_fault_of_the_package(tmp_path: Path) -> None:
    report = _verify(pack(tmp_path, damaged=True))
    assert (report.findings, report.segments, report.damaged_before) == ([], 2, 1)
    assert report.manifest is not None
    assert [bool(one.recorded_sha256) for one in report.manifest.segments] == [False, True]


def test_the_zip_that_is_sent_and_one_that_somebody_packed_again_are_both_whole(packed: Packed, tmp_path: Path) -> None:
    sent = tmp_path / "sent.zip"
    sent.write_bytes(b"".join(zipped(packed.folder, "trich-xuat-7-2026")))
    assert is_package(sent)
    assert (_verify(packed, sent).findings, _verify(packed, sent).segments) == ([], 2)
    unpacked = tmp_path / "unpacked"
    with zipfile.ZipFile(sent) as archive:
        assert archive.testzip() is None
        archive.extractall(unpacked)
    again = tmp_path / "again.zip"
    with zipfile.ZipFile(again, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(unpacked.rglob("*"), reverse=True):
            archive.write(file, file.relative_to(unpacked).as_posix())
        archive.writestr("__MACOSX/._manifest.json", b"left by others")
        archive.writestr("trich-xuat-7-2026/.DS_Store", b"left by others")
    assert _verify(packed, again).findings == []


def test_names_that_lead_elsewhere_and_second_files_of_one_name_are_strangers_and_nothing_is_written(
    packed: Packed, tmp_path: Path
) -> None:
    hostile = tmp_path / "hostile.zip"
    hostile.write_bytes(b"".join(zipped(packed.folder, "p")))
    with zipfile.ZipFile(hostile, "a") as archive:
        archive.writestr("../../etc/cron.d/evil", b"x")
        archive.writestr("/etc/passwd", b"x")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr(f"p/{GUIDE}", b"another")
    found = _found(_verify(packed, hostile))
    assert {damage for _, damage in found} == {Damage.STRANGE}
    assert len(found) == 3
    assert not (tmp_path.parent / "etc").exists()


def test_a_torn_archive_is_said_to_be_torn(packed: Packed, tmp_path: Path) -> None:
    torn = tmp_path / "torn.zip"
    whole = b"".join(zipped(packed.folder, "p"))
    torn.write_bytes(whole[: len(whole) // 2])
    assert [damage for _, damage in _found(_verify(packed, torn))] == [Damage.BYTES]
    flipped = bytearray(whole)
    place = whole.find(b"moof", len(whole) // 4) + 40
    flipped[place] ^= 4
    torn.write_bytes(flipped)
    assert [damage for _, damage in _found(_verify(packed, torn))] == [Damage.BYTES]


def test_no_link_is_followed_into_an_archive(tmp_path: Path) -> None:
    folder = tmp_path / "p"
    (folder / "copies").mkdir(parents=True)
    (folder / "copies" / "a.mp4").write_bytes(b"x")
    (folder / "link").symlink_to("/etc/passwd")
    with zipfile.ZipFile(io.BytesIO(b"".join(zipped(folder, "top")))) as archive:
        assert archive.namelist() == ["top/copies/a.mp4"]
