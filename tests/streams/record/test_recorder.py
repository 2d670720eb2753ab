"""A recorder from hub to files: what is kept, what is missing, and that the ledger says why."""

import asyncio
import hashlib
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from fakes.recordings import CAMERA, NOON_NS, S, Studio, Told, left_open, packets, pictures, studio, until
from streams.record.cutter import Cutter
from streams.record.gaps import Why
from streams.record.orders import Order
from streams.types.camera import FaultKind, Recording, RecordingMode, RecordingPlan, RecordingStop, ScheduleSpan
from streams.types.media import AccessUnit
from streams.types.recording import GapCause, SegmentEnd
from streams.types.segment_file import check_file

ALWAYS = RecordingPlan(mode=RecordingMode.CONTINUOUS)
MOTION = RecordingPlan(mode=RecordingMode.MOTION, pre_roll_s=2, post_roll_s=3)


def ms(after_s: float) -> int:
    return NOON_NS // 1_000_000 + round(after_s * 1000)


def chained(told: Told) -> bool:
    """Each segment names the one before, and its hash."""
    return all(
        (after.previous_path, after.previous_sha256) == (before.path, before.sha256)
        for before, after in pairwise(told.closed)
    )


def tiled(told: Told) -> bool:
    """Segments and the gaps in their heads cover the time without a hole longer than a second."""
    for before, after in pairwise(told.closed):
        at_ms = before.end_ms
        for gap in after.gaps:
            if abs(gap.from_ms - at_ms) > 1000:
                return False
            at_ms = gap.to_ms
        if abs(after.start_ms - at_ms) > 1000:
            return False
    return True


async def test_all_of_a_camera_is_kept_and_chained(tmp_path: Path) -> None:
    units = pictures(NOON_NS, 9)
    async with studio(tmp_path) as made:
        recorder = made.recorder(ALWAYS)
        await recorder.run()
        made.play(units)
        assert recorder.state == (Recording.RUNNING, "main")
        recorder.close()
    told = made.told
    assert len(told.closed) >= 4
    assert chained(told)
    assert told.closed[-1].ended is SegmentEnd.RELEASED
    assert sum(closed.pictures for closed in told.closed) == len(units)
    assert sum(len(packets(made.path(closed))) for closed in told.closed) == len(units)
    for closed in told.closed:
        data = made.path(closed).read_bytes()
        assert (closed.sha256, closed.bytes) == (hashlib.sha256(data).hexdigest(), len(data))
        with made.path(closed).open("rb") as file:
            assert check_file(file, closed.sha256).wrong is None
    assert left_open(tmp_path) == []


async def test_the_cached_pictures_are_the_first(tmp_path: Path) -> None:
    units = pictures(NOON_NS, 2)
    async with studio(tmp_path) as made:
        made.play(units[:20])
        recorder = made.recorder(ALWAYS)
        await recorder.run()
        made.play(units[20:])
        recorder.close()
    assert made.told.closed[0].start_ms == ms(1)
    assert sum(closed.pictures for closed in made.told.closed) == 15


async def test_a_lost_link_is_a_gap_with_its_causes_in_the_head_of_the_next_segment(tmp_path: Path) -> None:
    async with studio(tmp_path) as made:
        recorder = made.recorder(ALWAYS)
        await recorder.run()
        made.play(pictures(NOON_NS, 3))
        made.wait(4)
        assert recorder.state[0] is Recording.WAITING
        made.why = Why(GapCause.LINK, FaultKind.STALLED)
        made.wait(10)
        made.why = Why(GapCause.CAMERA_OFF, FaultKind.UNREACHABLE)
        made.wait(10)
        made.why = Why(GapCause.UNKNOWN)
        made.play(pictures(NOON_NS + 30 * S, 3))
        recorder.close()
    told = made.told
    resumed = next(closed for closed in told.closed if closed.start_ms == ms(30))
    assert [gap.cause for gap in resumed.gaps] == [GapCause.LINK, GapCause.CAMERA_OFF]
    assert abs(resumed.gaps[0].from_ms - ms(3)) <= 1
    assert resumed.gaps[-1].to_ms == ms(30)
    assert resumed.gaps[0].to_ms == resumed.gaps[1].from_ms
    assert resumed.gaps[1].fault is FaultKind.UNREACHABLE
    assert tiled(told)
    assert chained(told)
    # Said as soon as it is known, not only when it is over.
    assert any(gap.to_ms is None and gap.cause is GapCause.LINK for gap in told.gaps)
    assert told.gaps[-1].to_ms == ms(30)


async def test_a_new_life_goes_on_with_the_chain_and_calls_the_gap_a_restart(tmp_path: Path) -> None:
    async with studio(tmp_path) as made:
        recorder = made.recorder(ALWAYS)
        await recorder.run()
        made.play(pictures(NOON_NS, 3))
        recorder.close()
    last = made.told.closed[-1]
    async with studio(tmp_path) as again:
        again.now_ns = NOON_NS + 8 * S
        recorder = again.recorder(ALWAYS)
        await recorder.run()
        again.play(pictures(NOON_NS + 9 * S, 1))
        recorder.close()
    first = again.told.closed[-1]
    assert (first.previous_path, first.previous_sha256) == (last.path, last.sha256)
    assert [(gap.from_ms, gap.to_ms, gap.cause) for gap in first.gaps] == [
        (last.end_ms, first.start_ms, GapCause.RESTART)
    ]


async def test_what_somebody_stopped_is_theirs_and_the_rest_is_not(tmp_path: Path) -> None:
    async with studio(tmp_path) as made:
        recorder = made.recorder(ALWAYS)
        await recorder.run()
        made.play(pictures(NOON_NS, 3))
        stopped = RecordingStop(from_ms=ms(3), by="account-1")
        recorder.plan = RecordingPlan(mode=RecordingMode.NEVER, stop=stopped)
        recorder.close()
    assert made.told.closed[-1].ended is SegmentEnd.PLAN
    assert (made.told.gaps[-1].cause, made.told.gaps[-1].by) == (GapCause.STOPPED_BY, "account-1")
    async with studio(tmp_path) as again:
        again.now_ns = NOON_NS + 60 * S
        plan = ALWAYS.model_copy(update={"stop": stopped.model_copy(update={"to_ms": ms(60)})})
        recorder = again.recorder(plan)
        await recorder.run()
        again.play(pictures(NOON_NS + 60 * S, 1))
        recorder.close()
    (gap,) = again.told.closed[-1].gaps
    assert (gap.cause, gap.by) == (GapCause.STOPPED_BY, "account-1")
    assert gap.to_ms == ms(60)


async def test_motion_is_kept_from_before_it_began_until_after_it_ended(tmp_path: Path) -> None:
    async with studio(tmp_path) as made:
        made.moving = False
        recorder = made.recorder(MOTION)
        await recorder.run()
        made.play(pictures(NOON_NS, 10))
        assert recorder.state == (Recording.IDLE, "")
        made.moving = True
        recorder.moves()
        assert recorder.state[0] is Recording.RUNNING
        made.play(pictures(NOON_NS + 10 * S, 2))
        made.moving = False
        made.play(pictures(NOON_NS + 12 * S, 10))
        assert recorder.state == (Recording.IDLE, "")
        recorder.close()
    told = made.told
    assert ms(6.9) <= told.closed[0].start_ms <= ms(8)
    assert ms(15) <= told.closed[-1].end_ms <= ms(17)
    assert told.closed[-1].ended is SegmentEnd.PLAN
    assert sum(closed.end_ms - closed.start_ms for closed in told.closed) == pytest.approx(
        told.closed[-1].end_ms - told.closed[0].start_ms, abs=2
    )


async def test_motion_that_begins_again_at_once_leaves_nothing_out(tmp_path: Path) -> None:
    plan = MOTION.model_copy(update={"post_roll_s": 0})
    units = pictures(NOON_NS, 12, gop=60)
    async with studio(tmp_path) as made:
        made.moving = True
        recorder = made.recorder(plan)
        await recorder.run()
        for number, unit in enumerate(units):
            made.moving = number % 40 < 20
            made.play([unit])
        recorder.close()
    kept = sum(closed.pictures for closed in made.told.closed)
    assert kept == len(units)


async def test_without_motion_detection_a_plan_of_motion_keeps_all(tmp_path: Path) -> None:
    async with studio(tmp_path) as made:
        recorder = made.recorder(MOTION)
        await recorder.run()
        made.play(pictures(NOON_NS, 3))
        recorder.close()
    assert sum(closed.pictures for closed in made.told.closed) == 45


async def test_outside_of_the_schedule_nothing_is_kept_and_the_plan_is_why(tmp_path: Path) -> None:
    span = ScheduleSpan(from_min=0, to_min=720)
    async with studio(tmp_path) as made:
        made.now_ns = NOON_NS - 3 * S
        recorder = made.recorder(RecordingPlan(mode=RecordingMode.SCHEDULE, schedule=(span,)))
        await recorder.run()
        made.play(pictures(NOON_NS - 3 * S, 8))
        recorder.close()
    assert ms(0) <= made.told.closed[-1].end_ms <= ms(2)
    assert made.told.closed[-1].ended is SegmentEnd.PLAN
    assert made.told.gaps[-1].cause is GapCause.PLAN


async def test_deliver_is_harmless_before_the_chain_is_known(tmp_path: Path) -> None:
    async with studio(tmp_path) as made:
        recorder = made.recorder(ALWAYS)
        for unit in pictures(NOON_NS, 1):
            recorder.deliver(unit)
        assert recorder.state[0] is not Recording.RUNNING
        recorder.close()
    assert made.told.closed == []


async def test_two_cameras_do_not_know_each_other(tmp_path: Path) -> None:
    async with studio(tmp_path) as made:
        one, two = made.recorder(ALWAYS), made.recorder(ALWAYS, "camera-0002")
        await one.run()
        await two.run()
        made.play(pictures(NOON_NS, 5))
        one.close()
        two.close()
    for camera_id in (CAMERA, "camera-0002"):
        own = [closed for closed in made.told.closed if closed.camera_id == camera_id]
        assert chained(Told(own))
        assert sum(closed.pictures for closed in own) == 75


async def test_reports_that_nobody_acknowledged_are_told_again_by_the_next_life(tmp_path: Path) -> None:
    async with studio(tmp_path, acknowledge=False) as made:
        recorder = made.recorder(ALWAYS)
        await recorder.run()
        made.play(pictures(NOON_NS, 5))
        recorder.close()
    assert len(made.told.closed) >= 2
    for worker_id in ("w0", "w1"):  # also when another worker finds them
        async with studio(tmp_path, worker_id=worker_id, acknowledge=False) as again:
            await until(lambda again=again: len(again.told.closed) >= len(made.told.closed))
        assert again.told.closed == made.told.closed
    async with studio(tmp_path, worker_id="w1") as heard:
        journal = tmp_path / "main/.vong/w1.reports"
        await until(lambda: journal.stat().st_size == 0)
    assert heard.told.closed == made.told.closed
    async with studio(tmp_path, worker_id="w1") as silent:
        pass
    assert silent.told.closed == []


async def test_a_unit_that_trips_the_recorder_costs_no_more_than_its_gop(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    units = pictures(NOON_NS, 6)
    taken = Cutter.take

    def trips(cutter: Cutter, unit: AccessUnit) -> Iterator[Order]:
        if unit is units[50]:
            raise ZeroDivisionError
        return taken(cutter, unit)

    monkeypatch.setattr(Cutter, "take", trips)
    async with studio(tmp_path) as made:
        recorder = made.recorder(ALWAYS)
        await recorder.run()
        made.play(units)
        recorder.close()
    told = made.told
    assert sum(closed.pictures for closed in told.closed) >= len(units) - 20
    assert chained(told)
    for closed in told.closed:
        with made.path(closed).open("rb") as file:
            assert check_file(file, closed.sha256).wrong is None


async def test_a_recording_waits_for_a_disk_before_it_says_where_its_chain_goes_on(tmp_path: Path) -> None:
    async with studio(tmp_path) as made:
        recorder = made.recorder(ALWAYS)
        await recorder.run()
        made.play(pictures(NOON_NS, 3))
        recorder.close()
    last = made.told.closed[-1]
    async with studio(tmp_path) as later:
        later.now_ns = NOON_NS + 10 * S
        later.disks["main"].readonly = True
        await until(lambda: not usable(later))
        recorder = later.recorder(ALWAYS)
        beginning = asyncio.create_task(recorder.run())
        await until(lambda: recorder.state == (Recording.SUSPENDED, ""))
        later.disks["main"].readonly = False
        await beginning
        later.play(pictures(NOON_NS + 10 * S, 1))
        recorder.close()
    assert later.told.closed[-1].previous_sha256 == last.sha256


def usable(made: Studio) -> bool:
    made.volumes.tick()
    volume = made.volumes.get("main")
    return volume is not None and volume.usable
