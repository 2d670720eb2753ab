import json
import random
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from fakes.clock import FakeClock
from fakes.control_ports import FakeDesired
from fakes.province import SITE_A, add_camera, build_province
from fakes.segments import FakeRecorder
from streams.types.camera import RecordingMode, RecordingPlan
from streams.types.recording import Gap, GapCause, SegmentClosed
from vms.cameras.desired import Desired
from vms.cameras.recording_plans import RecordingPlans
from vms.clock import day_begins_ms, local_day
from vms.db.engine import Database
from vms.recordings.files import SEAL, Volumes
from vms.recordings.index import RecordingIndex
from vms.recordings.news import RecordingNews
from vms.recordings.retention import Stored
from vms.recordings.sealing import DaySealer
from vms.recordings.timeline import Timeline
from vms.recordings.verifying import Damage, Report, verify_path
from vms.secrets.signing import Signer, load_signer

FLIPS = 1000


class Sealed:
    """A camera's day with three segments and a gap, sealed on the next morning."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.db = database
        self.clock = FakeClock()
        self.signer: Signer = load_signer(folder / "keys")
        self.volume = folder / "v1"
        self.index = RecordingIndex(database)
        timeline = Timeline(database, self.index, self.clock)
        self.sealer = DaySealer(
            database, self.index, timeline, Volumes({"v1": self.volume}), signer=self.signer, clock=self.clock
        )
        self.segments: list[SegmentClosed] = []
        self.day = local_day(self.clock())

    async def begin(self) -> "Sealed":
        await build_province(self.db)
        camera = await add_camera(self.db, 1, SITE_A)
        plans = RecordingPlans(self.db, Desired(self.db, FakeDesired()), self.clock)
        await plans.set(camera, RecordingPlan(mode=RecordingMode.CONTINUOUS), "account-1")
        self.recorder = FakeRecorder(self.volume, camera, self.clock(), seconds=1)
        self.recorder.write(2)
        gap = Gap(from_ms=self.recorder.start_ms, to_ms=self.recorder.start_ms + 9_000, cause=GapCause.DISK)
        self.recorder.write(1, gaps=[gap])
        self.segments = self.recorder.written
        for closed in self.segments:
            await RecordingNews(self.db).closed(closed)
        self.next_day_begins_ms = day_begins_ms(self.day + timedelta(days=1))
        self.clock.now_ms = self.next_day_begins_ms + 3_600_000
        assert await self.sealer.seal_due() == 1
        return self

    @property
    def folder(self) -> Path:
        return self.file(0).parent

    def file(self, number: int) -> Path:
        return self.volume / self.segments[number].path

    def verify(self, path: Path | None = None) -> Report:
        return verify_path(path or self.volume, self.signer.certificate)

    def found(self, path: Path | None = None) -> list[tuple[str, Damage]]:
        return [(one.path.name, one.damage) for one in self.verify(path).findings]


@pytest.fixture
async def sealed(database: Database, tmp_path: Path) -> Sealed:
    return await Sealed(database, tmp_path).begin()


async def test_a_day_as_it_was_written_is_whole_wherever_it_is_copied_to(sealed: Sealed, tmp_path: Path) -> None:
    report = sealed.verify()
    assert (report.findings, report.sealed, report.unsealed, report.seals) == ([], 3, 0, 1)
    assert report.gaps == 2  # the one on the disk, and the rest of the day
    copied = tmp_path / "usb" / "hand-over"
    shutil.copytree(sealed.folder, copied)
    assert sealed.found(copied) == []
    assert sealed.found(sealed.file(1)) == []


async def test_every_flipped_byte_is_found_where_it_is(sealed: Sealed) -> None:
    randomly = random.Random(20261125)
    originals = {number: sealed.file(number).read_bytes() for number in range(3)}
    for _ in range(FLIPS):
        number = randomly.randrange(3)
        content = bytearray(originals[number])
        at = randomly.randrange(len(content))
        content[at] ^= 1 << randomly.randrange(8)
        sealed.file(number).write_bytes(content)
        (finding,) = verify_path(sealed.file(number), sealed.signer.certificate).findings
        assert finding.damage is Damage.BYTES
        assert finding.wrong is not None
        assert finding.wrong[0] <= at < finding.wrong[1], (at, finding)
        sealed.file(number).write_bytes(originals[number])
    assert sealed.found() == []


async def test_an_edit_that_keeps_the_size_is_found_within_half_a_second_of_footage(sealed: Sealed) -> None:
    content = bytearray(sealed.file(0).read_bytes())
    at = len(content) // 2
    content[at : at + 64] = bytes(64)
    sealed.file(0).write_bytes(content)
    (finding,) = sealed.verify().findings
    assert finding.wrong is not None
    assert finding.wrong[0] <= at < finding.wrong[1]
    assert finding.wrong[1] - finding.wrong[0] < len(content) / 5
    assert str(finding.wrong[0]) in finding.sentence()


async def test_a_segment_made_anew_with_right_checks_of_its_own_is_not_what_was_sealed(
    sealed: Sealed, tmp_path: Path
) -> None:
    forged = FakeRecorder(tmp_path / "forged", sealed.segments[0].camera_id, sealed.segments[0].start_ms, seconds=2)
    (made,) = forged.write()
    sealed.file(0).write_bytes((tmp_path / "forged" / made.path).read_bytes())
    assert sealed.found() == [(sealed.file(0).name, Damage.BYTES)]


async def test_a_truncated_an_empty_and_a_lengthened_segment_are_found(sealed: Sealed) -> None:
    content = sealed.file(0).read_bytes()
    sealed.file(0).write_bytes(content[:-1])
    sealed.file(1).write_bytes(b"")
    sealed.file(2).write_bytes(sealed.file(2).read_bytes() + b"\0")
    assert sealed.found() == [(sealed.file(number).name, Damage.BYTES) for number in range(3)]


async def test_a_renamed_segment_is_missing_under_its_name_and_strange_under_the_other(sealed: Sealed) -> None:
    sealed.file(0).rename(sealed.folder / "1-main.mp4")
    assert sorted(sealed.found()) == sorted([(sealed.file(0).name, Damage.MISSING), ("1-main.mp4", Damage.STRANGE)])


async def test_two_segments_that_changed_places_are_both_found(sealed: Sealed) -> None:
    first, second = sealed.file(0).read_bytes(), sealed.file(1).read_bytes()
    sealed.file(0).write_bytes(second)
    sealed.file(1).write_bytes(first)
    report = sealed.verify()
    assert [(one.path, one.damage) for one in report.findings] == [
        (sealed.file(0), Damage.BYTES),
        (sealed.file(1), Damage.BYTES),
    ]
    assert "another segment" in report.findings[0].detail


async def test_a_segment_that_was_given_to_another_camera_is_found_with_and_without_a_seal(sealed: Sealed) -> None:
    other = sealed.volume / "camera-bbbb" / sealed.folder.name
    other.mkdir(parents=True)
    shutil.copy(sealed.file(0), other)
    assert sealed.found() == [(sealed.file(0).name, Damage.MISPLACED)]
    shutil.copy(sealed.folder / SEAL, other)
    shutil.copy(sealed.file(1), other)
    shutil.copy(sealed.file(2), other)
    assert sealed.found() == [(sealed.folder.name, Damage.MISPLACED)]


async def test_a_segment_that_is_gone_is_missed_and_one_that_retention_took_is_not(sealed: Sealed) -> None:
    gone = sealed.segments[0]
    sealed.file(0).unlink()
    assert sealed.found() == [(sealed.file(0).name, Damage.MISSING)]
    stored = Stored(gone.camera_id, "main", "v1", gone.start_ms, gone.end_ms, gone.bytes)
    await sealed.index.forget([stored])
    assert await sealed.sealer.seal_due() == 1
    report = sealed.verify()
    assert (report.findings, report.sealed, report.deleted) == ([], 2, 1)
    assert await sealed.sealer.seal_due() == 0


async def test_a_seal_that_was_changed_or_signed_by_another_is_not_believed(sealed: Sealed, tmp_path: Path) -> None:
    file = sealed.folder / SEAL
    whole = json.loads(file.read_text(encoding="utf-8"))
    other = load_signer(tmp_path / "others")
    assert [one.damage for one in verify_path(sealed.folder, other.certificate).findings] == [Damage.SEAL]
    for change in (
        {"camera_id": "camera-bbbb"},
        {"segments": whole["seal"]["segments"][1:]},
        {"gaps": []},
        {"format": 1.0},
        {"more": 1},
    ):
        file.write_text(json.dumps({**whole, "seal": {**whole["seal"], **change}}), encoding="utf-8")
        assert (SEAL, Damage.SEAL) in sealed.found(), change
    for text in (b"", b"{}", b"\xff", b"[" * 100_000, b'{"seal": 1, "signature": "", "certificate": ""}'):
        file.write_bytes(text)
        assert (SEAL, Damage.SEAL) in sealed.found()


async def test_what_is_not_sealed_yet_is_checked_by_its_own_hashes(sealed: Sealed, tmp_path: Path) -> None:
    recorder = FakeRecorder(tmp_path / "today", "camera-cccc", sealed.clock(), seconds=1)
    (closed,) = recorder.write()
    report = verify_path(tmp_path / "today", sealed.signer.certificate)
    assert (report.findings, report.unsealed) == ([], 1)
    file = tmp_path / "today" / closed.path
    content = bytearray(file.read_bytes())
    content[5_000] ^= 1
    file.write_bytes(content)
    assert [one.damage for one in verify_path(tmp_path / "today", sealed.signer.certificate).findings] == [Damage.BYTES]


async def test_a_late_segment_is_sealed_as_soon_as_it_is_told_and_an_unchanged_day_only_once(sealed: Sealed) -> None:
    assert await sealed.sealer.seal_due() == 0
    late = sealed.recorder.write(1)
    await RecordingNews(sealed.db).closed(late[0])
    assert await sealed.sealer.seal_due() == 1
    assert sealed.verify().sealed == 4


async def test_when_nothing_of_a_day_is_left_its_folder_goes_too(sealed: Sealed) -> None:
    for number, one in enumerate(sealed.segments):
        sealed.file(number).unlink()
        await sealed.index.forget([Stored(one.camera_id, "main", "v1", one.start_ms, one.end_ms, one.bytes)])
    await sealed.sealer.seal_due()
    assert list(sealed.volume.iterdir()) == []
    assert await sealed.sealer.seal_due() == 0
