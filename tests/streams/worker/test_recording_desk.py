"""What control may ask about recordings, and what it may not."""

import hashlib
from pathlib import Path

import pytest
from pydantic import ValidationError

from fakes.recordings import CAMERA, NOON_NS, Studio, pictures, studio
from streams.types.bus import RefusalCode, Refused
from streams.types.camera import RecordingMode, RecordingPlan
from streams.types.recording import Deletable, DeleteSegments, ListSegments
from streams.worker.recording_desk import RecordingDesk


async def recorded(made: Studio) -> RecordingDesk:
    recorder = made.recorder(RecordingPlan(mode=RecordingMode.CONTINUOUS))
    await recorder.run()
    made.play(pictures(NOON_NS, 9))
    recorder.close()
    return RecordingDesk(made.volumes)


async def test_what_is_listed_is_what_was_told_page_by_page(tmp_path: Path) -> None:
    async with studio(tmp_path) as made:
        await recorded(made)
    async with studio(tmp_path) as later:
        desk = RecordingDesk(later.volumes)
        cameras = await desk.list(ListSegments(volume="main"))
        assert (cameras.camera_ids, cameras.more) == ((CAMERA,), False)
        found, after = [], ""
        while True:
            page = await desk.list(ListSegments(volume="main", camera_id=CAMERA, after=after, limit=2, hashed=True))
            found += page.segments
            if not page.more:
                break
            after = page.segments[-1].path
        assert found == made.told.closed
        plain = await desk.list(ListSegments(volume="main", camera_id=CAMERA))
        assert {segment.sha256 for segment in plain.segments} == {""}


async def test_a_file_that_is_no_segment_is_named(tmp_path: Path) -> None:
    async with studio(tmp_path) as made:
        desk = RecordingDesk(made.volumes)
        junk = tmp_path / "main" / CAMERA / "2026-11-25" / "1-main.mp4"
        junk.parent.mkdir(parents=True)
        junk.write_bytes(b"junk")
        (junk.parent / "notes.txt").write_text("not ours")
        page = await desk.list(ListSegments(volume="main", camera_id=CAMERA))
        assert page.unreadable == (f"{CAMERA}/2026-11-25/1-main.mp4",)


async def test_deleting_says_what_went_and_what_was_not_there(tmp_path: Path) -> None:
    async with studio(tmp_path) as made:
        await recorded(made)
    first, *rest = made.told.closed
    async with studio(tmp_path) as later:
        desk = RecordingDesk(later.volumes)
        gone = await desk.delete(DeleteSegments(volume="main", paths=(first.path,)))
        assert (gone.deleted, gone.freed_bytes) == ((first.path,), first.bytes)
        assert not made.path(first).exists()
        again = await desk.delete(DeleteSegments(volume="main", paths=(first.path,)))
        assert again.absent == (first.path,)
        await desk.delete(DeleteSegments(volume="main", paths=tuple(one.path for one in rest)))
        assert [path.name for path in (tmp_path / "main").iterdir()] == [".vong"]


@pytest.mark.parametrize(
    "path",
    [
        "../../etc/passwd",
        f"{CAMERA}/2026-11-25/../../../x",
        f"{CAMERA}/2026-11-25/1-main.mp4.open",
        f"/{CAMERA}/2026-11-25/1-main.mp4",
        ".vong/volume",
        f"{CAMERA}/2026-11-25/1-main.mp4\n",
    ],
)
def test_a_path_of_any_other_form_cannot_be_asked_for(path: str) -> None:
    with pytest.raises(ValidationError):
        DeleteSegments(volume="main", paths=(path,))
    with pytest.raises(ValidationError):
        Deletable(volume="main", version=1, paths=(path,))


async def test_a_link_is_never_followed(tmp_path: Path) -> None:
    async with studio(tmp_path) as made:
        outside = tmp_path / "outside" / "2026-11-25"
        outside.mkdir(parents=True)
        victim = outside / "1-main.mp4"
        victim.write_bytes(b"x")
        (tmp_path / "main" / CAMERA).symlink_to(tmp_path / "outside")
        gone = await RecordingDesk(made.volumes).delete(
            DeleteSegments(volume="main", paths=(f"{CAMERA}/2026-11-25/1-main.mp4",))
        )
        assert gone.deleted == ()
        assert victim.exists()


async def test_a_volume_of_another_worker_is_refused(tmp_path: Path) -> None:
    async with studio(tmp_path) as made:
        desk = RecordingDesk(made.volumes)
        with pytest.raises(Refused) as refused:
            await desk.delete(DeleteSegments(volume="other", paths=()))
        assert refused.value.code is RefusalCode.NOT_FOUND


async def test_the_hash_that_is_listed_is_what_sha256sum_prints(tmp_path: Path) -> None:
    async with studio(tmp_path) as made:
        await recorded(made)
    for closed in made.told.closed:
        assert closed.sha256 == hashlib.sha256(made.path(closed).read_bytes()).hexdigest()
