"""From a simulated camera's card to whole segments on a volume: nothing beside the gap, nothing twice, each picture at its time."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from fakes.recordings import CAMERA, FAST, Studio, left_open, studio
from fakes.simulated import LOGIN, NUMBER, one_camera
from streams.simulate import strip
from streams.simulate.faults import Fault
from streams.types.bus import RefusalCode, Refused
from streams.types.camera import RecordingMode, RecordingPlan, StreamSpec
from streams.types.media import StreamKind
from streams.types.recording import Backfill, BackfillPhase, BackfillState
from streams.types.segment_file import check_file, read_head
from streams.worker.backfill_desk import MOST_WAITING, BackfillDesk, Storing

PLAN = RecordingPlan(mode=RecordingMode.CONTINUOUS)
SKEW_S = 90
JOB = "job-00000001"
PREVIOUS = f"{CAMERA}/2026-11-25/1-main.mp4"


@contextlib.asynccontextmanager
async def working(made: Studio, find: Callable[[str], Storing | None]) -> AsyncIterator[BackfillDesk]:
    desk = BackfillDesk(made.volumes, find, FAST)
    work = asyncio.create_task(desk.run())
    try:
        yield desk
    finally:
        work.cancel()
        await asyncio.gather(work, return_exceptions=True)


def storing(url: str, offset_ms: int | None = SKEW_S * 1000) -> Storing:
    return Storing(LOGIN, (StreamSpec(kind=StreamKind.MAIN, url=url),), PLAN, offset_ms)


async def ended(desk: BackfillDesk, job: Backfill) -> BackfillState:
    while (  # noqa: ASYNC110 as control does: it asks again
        state := await desk.wanted(job)
    ).phase in {BackfillPhase.WAITING, BackfillPhase.RUNNING}:
        await asyncio.sleep(0.02)
    return state


def wanted(url: str, from_ms: int, to_ms: int, job_id: str = JOB) -> Backfill:
    return Backfill(
        job_id=job_id,
        begin=True,
        camera_id=CAMERA,
        url=url,
        from_ms=from_ms,
        to_ms=to_ms,
        previous_path=PREVIOUS,
        previous_sha256="ab" * 32,
    )


def strip_errors_ms(path: Path, start_ms: int) -> list[float]:
    with av.open(str(path)) as container:
        errors = []
        for frame in container.decode(video=0):
            read = strip.decode(np.asarray(frame.to_ndarray(format="gray")))
            assert read is not None
            assert frame.time is not None
            at_ms = start_ms + frame.time * 1000
            errors.append(at_ms - strip.full_time_ms(read.capture_ms, int(at_ms)))
        return errors


async def test_a_gap_is_filled_up_to_one_gop_with_nothing_beside_it_and_each_picture_at_its_time(
    tmp_path: Path, loops: Path
) -> None:
    async with one_camera(loops, 0, card=True) as (simulator, url), studio(tmp_path) as made:
        simulator.faults.set([NUMBER], Fault.CLOCK_SKEW, float(SKEW_S))
        from_ms = time.time_ns() // 1_000_000 - 60_000
        job = wanted(url.replace("/main", "/card/main"), from_ms, from_ms + 12_345)
        async with working(made, lambda _: storing(url)) as desk:
            assert (await desk.wanted(job)).phase is BackfillPhase.WAITING
            state = await ended(desk, job)
            assert await desk.wanted(job) == state
    found = made.told.closed
    assert state.phase is BackfillPhase.DONE
    assert state.written_to_ms == found[-1].end_ms
    assert state.pictures == sum(one.pictures for one in found) > 140
    assert all(one.from_card for one in found)
    assert found[0].previous_path == PREVIOUS
    assert 0 <= found[0].start_ms - from_ms <= 4000
    assert found[-1].end_ms <= from_ms + 12_345
    assert from_ms + 12_345 - found[-1].end_ms < 70
    for before, after in pairwise(found):
        assert before.end_ms == after.start_ms
        assert (after.previous_path, after.previous_sha256) == (before.path, before.sha256)
    for one in found:
        with made.path(one).open("rb") as file:
            assert check_file(file, one.sha256).wrong is None
            head = read_head(file)
        assert head.from_card
        assert head.clock_offset_ms == SKEW_S * 1000
        assert max(map(abs, strip_errors_ms(made.path(one), one.start_ms))) <= 2


async def test_a_login_goes_to_no_other_host_and_of_a_foreign_camera_nothing_is_fetched(tmp_path: Path) -> None:
    async with studio(tmp_path) as made, working(made, lambda _: storing("rtsp://127.0.0.1/main")) as desk:
        for url in ("rtsp://192.0.2.9/card", "http://127.0.0.1/card", "rtsp://u:p@127.0.0.1/card"):
            with pytest.raises(Refused) as caught:
                await desk.wanted(wanted(url, 0, 1000))
            assert caught.value.code is RefusalCode.NO_STREAM
        nobodys = BackfillDesk(made.volumes, lambda _: None, FAST)
        with pytest.raises(Refused) as caught:
            await nobodys.wanted(wanted("rtsp://127.0.0.1/card", 0, 1000))
        assert caught.value.code is RefusalCode.NOT_OWNER
        unmeasured = BackfillDesk(made.volumes, lambda _: storing("rtsp://127.0.0.1/main", None), FAST)
        with pytest.raises(Refused) as caught:
            await unmeasured.wanted(wanted("rtsp://127.0.0.1/card", 0, 1000))
        assert caught.value.code is RefusalCode.NO_PICTURE


async def test_a_job_that_a_worker_does_not_know_is_begun_only_when_that_is_asked_for(tmp_path: Path) -> None:
    async with studio(tmp_path) as made:
        desk = BackfillDesk(made.volumes, lambda _: storing("rtsp://127.0.0.1/main"), FAST)
        job = wanted("rtsp://127.0.0.1/card", 0, 1000)
        with pytest.raises(Refused) as caught:
            await desk.wanted(job.model_copy(update={"begin": False}))
        assert caught.value.code is RefusalCode.NOT_FOUND
        await desk.wanted(job)
        assert (await desk.wanted(job.model_copy(update={"begin": False}))).phase is BackfillPhase.WAITING


async def test_a_card_that_cannot_be_read_is_told_and_leaves_no_file(tmp_path: Path, loops: Path) -> None:
    async with one_camera(loops, 0) as (_, url), studio(tmp_path) as made:
        job = wanted(url.replace("/main", "/card/main"), 0, 1000)
        async with working(made, lambda _: storing(url)) as desk:
            state = await ended(desk, job)
    assert state.phase is BackfillPhase.FAILED
    assert "404" in state.detail
    assert not made.told.closed
    assert not left_open(tmp_path)


async def test_more_than_a_few_at_once_have_to_wait(tmp_path: Path) -> None:
    async with studio(tmp_path) as made:
        desk = BackfillDesk(made.volumes, lambda _: storing("rtsp://127.0.0.1/main"), FAST)
        for number in range(MOST_WAITING):
            await desk.wanted(wanted("rtsp://127.0.0.1/card", 0, 1000, f"job-{number:08}"))
        with pytest.raises(Refused) as caught:
            await desk.wanted(wanted("rtsp://127.0.0.1/card", 0, 1000, "job-too-many"))
        assert caught.value.code is RefusalCode.FULL
