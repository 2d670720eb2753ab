"""Disks that are full, read-only, gone or slow: what is given up, that it is said, and that it comes back by itself."""

import asyncio
import errno
import threading
from itertools import pairwise
from pathlib import Path

import pytest

from fakes.recordings import NOON_NS, S, Studio, left_open, pictures, studio, until
from streams.hub import Hub
from streams.record.degrade import Space
from streams.record.recorder import Recorder
from streams.types.camera import Recording, RecordingMode, RecordingPlan
from streams.types.recording import Deletable, GapCause, SegmentEnd, VolumeCondition
from streams.types.segment_file import check_file

ALWAYS = RecordingPlan(mode=RecordingMode.CONTINUOUS)
ROOMY = Space(10**12, 10**12)
FULL = Space(10**12, 10**9)


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("streams.record.volume._ROUND_S", 0.1)
    monkeypatch.setattr("streams.record.volume._PROBE_EVERY_S", 0.3)


def condition(made: Studio, volume: str = "main") -> VolumeCondition:
    return next(state.condition for state in made.volumes.states() if state.volume == volume)


async def is_now(made: Studio, wanted: VolumeCondition, volume: str = "main") -> None:
    def true() -> bool:
        made.volumes.tick()
        return condition(made, volume) is wanted

    await until(true)


async def all_written(made: Studio) -> None:
    await until(lambda: all(state.waiting_bytes == 0 for state in made.volumes.states()))
    await asyncio.sleep(0)


def whole(made: Studio) -> bool:
    for closed in made.told.closed:
        with made.path(closed).open("rb") as file:
            if check_file(file, closed.sha256).wrong is not None:
                return False
    return True


@pytest.mark.parametrize(
    ("number", "wanted"),
    [
        (errno.ENOSPC, VolumeCondition.FULL),
        (errno.EDQUOT, VolumeCondition.FULL),
        (errno.EROFS, VolumeCondition.READ_ONLY),
        (errno.EIO, VolumeCondition.GONE),
    ],
)
async def test_a_disk_that_fails_is_called_so_and_recording_comes_back_by_itself(
    number: int, wanted: VolumeCondition, tmp_path: Path
) -> None:
    async with studio(tmp_path) as made:
        recorder = made.recorder(ALWAYS)
        await recorder.run()
        made.play(pictures(NOON_NS, 3))
        await all_written(made)
        made.disks["main"].trouble = number
        made.play(pictures(NOON_NS + 3 * S, 2))
        await is_now(made, wanted)
        assert recorder.state[0] is Recording.SUSPENDED
        made.play(pictures(NOON_NS + 5 * S, 3))
        made.disks["main"].trouble = 0
        await is_now(made, VolumeCondition.OK)
        made.play(pictures(NOON_NS + 20 * S, 3))
        recorder.close()
    told = made.told
    resumed = next(closed for closed in told.closed if closed.start_ms == NOON_NS // 10**6 + 20_000)
    assert {gap.cause for gap in resumed.gaps} == {GapCause.DISK}
    assert sum(gap.dropped_pictures for gap in resumed.gaps) > 0
    assert whole(made)
    assert left_open(tmp_path) == []
    assert any(closed.ended is SegmentEnd.RECOVERED for closed in told.closed)
    ordered = sorted(told.closed, key=lambda closed: closed.start_ms)
    assert [closed.previous_path for closed in ordered[1:]] == [closed.path for closed in ordered[:-1]]


async def test_a_real_limit_of_the_kernel_is_met_without_harm(tmp_path: Path) -> None:
    """No file may grow beyond the limit of this process: what was written before stays whole."""
    import resource  # noqa: PLC0415 beside its only use

    async with studio(tmp_path) as made:
        recorder = made.recorder(ALWAYS)
        await recorder.run()
        before = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (150_000, before[1]))
        try:
            made.play(pictures(NOON_NS, 2, gop=60))
            await all_written(made)
            await until(lambda: recorder.state[0] is not Recording.RUNNING)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
        await is_now(made, VolumeCondition.OK)
        await until(lambda: bool(made.told.closed))
        recorder.close()
    assert made.told.closed[0].ended is SegmentEnd.RECOVERED
    assert whole(made)


async def test_an_empty_mount_point_is_gone_and_nothing_is_written_into_it(tmp_path: Path) -> None:
    async with studio(tmp_path) as made:
        marker = tmp_path / "main/.vong/volume"
        marker.unlink()
        await is_now(made, VolumeCondition.GONE)
        recorder = made.recorder(ALWAYS)
        beginning = asyncio.create_task(recorder.run())
        made.play(pictures(NOON_NS, 2))
        assert recorder.state[0] is Recording.SUSPENDED
        assert [path.name for path in (tmp_path / "main").iterdir()] == [".vong"]
        marker.write_text("main\n")
        await is_now(made, VolumeCondition.OK)
        await beginning
        recorder.close()
    # Once it is back: from the pictures that the hub still has.
    assert [closed.start_ms for closed in made.told.closed] == [NOON_NS // 1_000_000 + 1000]


async def test_another_volumes_marker_is_not_ours(tmp_path: Path) -> None:
    async with studio(tmp_path) as made:
        (tmp_path / "main/.vong/volume").write_text("other\n")
        await is_now(made, VolumeCondition.GONE)
        assert "other" in made.volumes.states()[0].detail


async def test_the_next_volume_takes_over_and_the_first_one_takes_back(tmp_path: Path) -> None:
    async with studio(tmp_path, ("first", "second")) as made:
        recorder = made.recorder(ALWAYS.model_copy(update={"volumes": ("first", "second")}))
        await recorder.run()
        made.play(pictures(NOON_NS, 3))
        assert recorder.state == (Recording.RUNNING, "first")
        made.disks["first"].readonly = True
        await is_now(made, VolumeCondition.READ_ONLY, "first")
        made.play(pictures(NOON_NS + 3 * S, 3))
        assert recorder.state == (Recording.RUNNING, "second")
        made.disks["first"].readonly = False
        await is_now(made, VolumeCondition.OK, "first")
        made.play(pictures(NOON_NS + 6 * S, 3))
        assert recorder.state == (Recording.RUNNING, "first")
        recorder.close()
    ordered = sorted(made.told.closed, key=lambda closed: closed.start_ms)
    assert {closed.volume for closed in ordered} == {"first", "second"}
    assert any(closed.ended is SegmentEnd.VOLUME for closed in ordered)
    for before, after in pairwise(ordered):
        assert after.previous_path == before.path
        assert after.previous_sha256 in {before.sha256, ""}
        if before.ended is SegmentEnd.VOLUME:
            assert after.previous_sha256 == before.sha256
    assert whole(made)


async def test_the_lowest_priority_goes_first_and_comes_back_last(tmp_path: Path) -> None:
    async with studio(tmp_path) as made:
        hubs = [Hub() for _ in range(10)]
        recorders = [
            made.recorder(ALWAYS.model_copy(update={"priority": 10 * n + 5}), f"camera-{n:04}", hub)
            for n, hub in enumerate(hubs)
        ]
        for recorder in recorders:
            await recorder.run()
        feed(made, hubs, 0)
        assert running(recorders) == list(range(10))
        disk = made.disks["main"]
        disk.space_now = Space(10**12, ROOMY.nearly_bytes // 2)
        await is_now(made, VolumeCondition.NEARLY_FULL)
        feed(made, hubs, 2)
        left = running(recorders)
        assert 0 < len(left) < 10
        assert left == list(range(10 - len(left), 10))
        disk.space_now = FULL
        await is_now(made, VolumeCondition.FULL)
        feed(made, hubs, 4)
        assert running(recorders) == []
        assert made.volumes.states()[0].suspended == 10
        disk.space_now = ROOMY
        await is_now(made, VolumeCondition.OK)
        feed(made, hubs, 6)
        assert running(recorders) == list(range(10))
        for recorder in recorders:
            recorder.close()
    assert whole(made)


def feed(made: Studio, hubs: list[Hub], after_s: float) -> None:
    units = pictures(NOON_NS + int(after_s * S), 2)
    for unit in units:
        for hub in hubs:
            made.play([unit], hub)
    made.volumes.tick()


def running(recorders: list[Recorder]) -> list[int]:
    return [n for n, recorder in enumerate(recorders) if recorder.state[0] is Recording.RUNNING]


async def test_a_disk_that_hangs_never_holds_up_a_picture_and_its_losses_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("streams.record.volume._QUEUE_BYTES", 200_000)
    async with studio(tmp_path) as made:
        recorder = made.recorder(ALWAYS)
        await recorder.run()
        made.play(pictures(NOON_NS, 1))
        await all_written(made)
        stuck = made.disks["main"].stuck = threading.Event()
        made.play(pictures(NOON_NS + S, 4))  # returns: nothing waits for the disk
        assert made.volumes.states()[0].waiting_bytes <= 200_000
        assert made.volumes.states()[0].dropped_pictures > 0
        stuck.set()
        made.disks["main"].stuck = None
        await all_written(made)
        made.play(pictures(NOON_NS + 5 * S, 3))
        recorder.close()
    ordered = sorted(made.told.closed, key=lambda closed: closed.start_ms)
    assert any(closed.ended is SegmentEnd.DISK for closed in ordered)
    gaps = [gap for closed in ordered for gap in closed.gaps]
    assert {gap.cause for gap in gaps} <= {GapCause.DISK}
    assert whole(made)


async def test_only_what_control_called_deletable_goes_and_only_when_nearly_full(tmp_path: Path) -> None:
    async with studio(tmp_path) as made:
        recorder = made.recorder(ALWAYS)
        await recorder.run()
        made.play(pictures(NOON_NS, 9))
        await until(lambda: len(made.told.closed) >= 3)
        recorder.close()
        first, second, third, *_ = made.told.closed
        volume = made.volumes.get("main")
        assert volume is not None
        volume.may_delete(Deletable(volume="main", version=1, paths=(first.path, second.path), valid_s=60))
        rounds = made.disks["main"].syncs
        await until(lambda: made.path(first).exists() and made.disks["main"].syncs >= rounds)
        made.disks["main"].space_now = Space(10**12, ROOMY.nearly_bytes - 1)
        await until(lambda: len(made.told.deleted) == 2)
        assert [gone.path for gone in made.told.deleted] == [first.path, second.path]
        assert made.path(third).exists()
        assert not made.path(first).exists()


async def test_an_older_list_never_brings_back_what_a_newer_one_left_out(tmp_path: Path) -> None:
    async with studio(tmp_path) as made:
        recorder = made.recorder(ALWAYS)
        await recorder.run()
        made.play(pictures(NOON_NS, 9))
        await until(lambda: len(made.told.closed) >= 3)
        recorder.close()
        first, second, *_ = made.told.closed
        volume = made.volumes.get("main")
        assert volume is not None
        newer = volume.may_delete(Deletable(volume="main", version=7, paths=(second.path,), valid_s=60))
        older = volume.may_delete(Deletable(volume="main", version=6, paths=(first.path, second.path), valid_s=60))
        assert (newer.version, older.version, older.taken) == (7, 7, 1)
        made.disks["main"].space_now = Space(10**12, ROOMY.nearly_bytes - 1)
        await until(lambda: len(made.told.deleted) == 1)
        assert [gone.path for gone in made.told.deleted] == [second.path]
        assert made.path(first).exists()


async def test_a_list_that_has_run_out_deletes_nothing(tmp_path: Path) -> None:
    async with studio(tmp_path) as made:
        recorder = made.recorder(ALWAYS)
        await recorder.run()
        made.play(pictures(NOON_NS, 5))
        await until(lambda: len(made.told.closed) >= 1)
        volume = made.volumes.get("main")
        assert volume is not None
        volume.may_delete(Deletable(volume="main", version=1, paths=(made.told.closed[0].path,), valid_s=1e-6))
        made.disks["main"].space_now = Space(10**12, ROOMY.nearly_bytes - 1)
        await is_now(made, VolumeCondition.NEARLY_FULL)
        syncs = made.disks["main"].syncs
        made.play(pictures(NOON_NS + 5 * S, 1))
        await until(lambda: made.disks["main"].syncs > syncs + 1)
        recorder.close()
    assert made.told.deleted == []
    assert made.path(made.told.closed[0]).exists()


async def test_what_was_reserved_and_not_used_is_given_back(tmp_path: Path) -> None:
    async with studio(tmp_path) as made:
        recorder = made.recorder(ALWAYS)
        await recorder.run()
        made.play(pictures(NOON_NS, 3))
        recorder.close()
    for closed in made.told.closed:
        used = made.path(closed).stat().st_blocks * 512
        assert used <= closed.bytes + 64 * 1024
