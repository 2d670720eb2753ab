import os
from pathlib import Path

import pytest

from fakes.segments import FakeRecorder
from streams.types.recording import Gap, GapCause
from vms.clock import local_day
from vms.db.engine import Database
from vms.recordings.files import NoSuchFile, Volumes
from vms.recordings.index import RecordingIndex
from vms.recordings.rebuilding import read_volumes, write_index
from vms.recordings.spans import Span

START_MS = 1_795_000_000_000
CAMERA = "camera-aaaa"
ALWAYS = Span(START_MS - 1, START_MS + 3_600_000)


@pytest.fixture
def volume(tmp_path: Path) -> Path:
    folder = tmp_path / "v1"
    folder.mkdir()
    return folder


async def test_the_index_made_from_the_files_alone_is_what_the_recorder_had_told(
    any_database: Database, volume: Path
) -> None:
    recorder = FakeRecorder(volume, CAMERA, START_MS)
    recorder.write(2)
    gap = Gap(from_ms=recorder.start_ms, to_ms=recorder.start_ms + 5_000, cause=GapCause.LINK)
    recorder.write(2, gaps=[gap])
    rebuilt = read_volumes(Volumes({"v1": volume}))
    await write_index(any_database, rebuilt)
    await write_index(any_database, rebuilt)  # again: the same
    index = RecordingIndex(any_database)
    found = await index.between(CAMERA, ALWAYS)
    assert [(one.start_ms, one.end_ms, one.size_bytes, one.sha256.hex(), one.previous.hex()) for one in found] == [
        (one.start_ms, one.end_ms, one.bytes, one.sha256, one.previous_sha256) for one in recorder.written
    ]
    day = local_day(START_MS)
    assert sum(one.segments for one in await index.days(CAMERA, day, local_day(ALWAYS.end_ms))) == 4
    assert rebuilt.skipped == []
    assert [(gap["start_ms"], gap["end_ms"], gap["cause"]) for gap in rebuilt.gaps] == [
        (gap.from_ms, gap.to_ms, "link")
    ]


def test_what_is_no_whole_segment_of_ours_is_skipped_and_named(volume: Path, tmp_path: Path) -> None:
    good, torn, renamed, stolen, zeros = FakeRecorder(volume, CAMERA, START_MS).write(5)
    (volume / torn.path).write_bytes((volume / torn.path).read_bytes()[:-100])
    folder = (volume / good.path).parent
    (volume / renamed.path).rename(folder / f"{renamed.start_ms + 1}-main.mp4")
    other = volume / "camera-bbbb" / folder.name
    other.mkdir(parents=True)
    (volume / stolen.path).rename(other / Path(stolen.path).name)
    (volume / zeros.path).write_bytes(bytes(5000))
    secret = tmp_path / "secret.mp4"
    secret.write_bytes((volume / good.path).read_bytes())
    (folder / f"{START_MS + 99_000}-main.mp4").symlink_to(secret)
    (folder / "\udcff'; DROP TABLE camera; --.mp4").write_bytes(b"")
    os.mkfifo(folder / f"{START_MS + 88_000}-main.mp4")
    (volume / "..evil").mkdir()
    (volume / CAMERA / "not-a-day").write_bytes(b"")
    (volume / "loose").write_bytes(b"")
    (folder / f"{START_MS + 77_000}-main.mp4.open").write_bytes(b"being written")
    (volume / ".vong").mkdir()
    (volume / ".vong" / "volume").write_text("v1", encoding="utf-8")

    rebuilt = read_volumes(Volumes({"v1": volume}))
    assert [(one.camera_id, one.start_ms) for one in rebuilt.segments] == [(CAMERA, START_MS)]
    why = {path: sentence for _, path, sentence in rebuilt.skipped}
    assert why.pop(torn.path) == "the segment is not closed"
    assert "renamed" in why.pop(f"{CAMERA}/{folder.name}/{renamed.start_ms + 1}-main.mp4")
    assert CAMERA in why.pop(f"camera-bbbb/{folder.name}/{stolen.start_ms}-main.mp4")
    assert why.pop(zeros.path) == "there is no ftyp at byte 0"
    assert set(why) == {
        f"{CAMERA}/{folder.name}/{START_MS + 99_000}-main.mp4",
        f"{CAMERA}/{folder.name}/{START_MS + 88_000}-main.mp4",
        f"{CAMERA}/{folder.name}/\udcff'; DROP TABLE camera; --.mp4",
        f"{CAMERA}/not-a-day",
        "loose",
    }


def test_the_same_segment_on_two_volumes_is_counted_once_and_named(volume: Path, tmp_path: Path) -> None:
    (one,) = FakeRecorder(volume, CAMERA, START_MS).write()
    copy = tmp_path / "v2" / one.path
    copy.parent.mkdir(parents=True)
    copy.write_bytes((volume / one.path).read_bytes())
    rebuilt = read_volumes(Volumes({"v1": volume, "v2": tmp_path / "v2"}))
    assert [found.volume for found in rebuilt.segments] == ["v1"]
    assert rebuilt.skipped == [("v2", one.path, "the same segment is on volume v1")]


@pytest.mark.parametrize(
    "path",
    ["../../etc/passwd", "/etc/passwd", "camera-aaaa/2026-11-24/../1-main.mp4", "camera-aaaa/2026-11-24/1-main.mp4\0"],
)
def test_no_name_leads_out_of_the_volume(volume: Path, path: str) -> None:
    with pytest.raises(NoSuchFile):
        Volumes({"v1": volume}).open("v1", path)


def test_a_folder_that_is_a_link_is_not_followed(volume: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    (one,) = FakeRecorder(elsewhere, CAMERA, START_MS).write()
    (volume / CAMERA).symlink_to(elsewhere / CAMERA)
    with pytest.raises(NoSuchFile):
        Volumes({"v1": volume}).open("v1", one.path)
