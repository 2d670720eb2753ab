"""Reports of recordings over a real bus: taken once each, also those that came while control was away, and never stopped by junk."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from fakes.bus import running_bus
from fakes.segments import FakeRecorder
from streams.bus.buckets import make_buckets
from streams.bus.session import Bus, BusAddress, run_session
from streams.types.bus import SUBJECT_SEGMENT, encode
from streams.types.recording import SegmentClosed
from vms.bus.intake import Intake
from vms.clock import local_day
from vms.db.engine import Database
from vms.recordings.index import RecordingIndex
from vms.recordings.news import RecordingNews
from vms.recordings.spans import Span

START_MS = 1_795_000_000_000
CAMERA = "camera-aaaa"
ALWAYS = Span(START_MS - 1, START_MS + 3_600_000)
WITHIN_S = 30.0


async def _publish(address: BusAddress, bodies: list[bytes]) -> None:
    async def send(bus: Bus) -> None:
        for body in bodies:
            await bus.stream.publish(SUBJECT_SEGMENT.format(camera_id=CAMERA), body)

    await run_session(address, send)


async def _taking(address: BusAddress, database: Database, until: Callable[[], Awaitable[bool]]) -> None:
    """Take reports until `until` holds."""
    news, told = RecordingNews(database), asyncio.Event()

    async def apply(report: SegmentClosed) -> None:
        await news.closed(report)
        told.set()

    intake = Intake(SUBJECT_SEGMENT, "control-segments", SegmentClosed, apply)

    async def take(bus: Bus) -> None:
        duty = asyncio.create_task(intake.duty(bus))
        try:
            async with asyncio.timeout(WITHIN_S):
                while not await until():
                    await told.wait()
                    told.clear()
        finally:
            duty.cancel()
            await asyncio.gather(duty, return_exceptions=True)

    await run_session(address, take)


async def test_reports_are_taken_once_each_also_those_that_came_while_nobody_listened(
    database: Database, tmp_path: Path
) -> None:
    recorder = FakeRecorder(tmp_path / "v1", CAMERA, START_MS, seconds=1)
    first, second, third = (encode(closed) for closed in recorder.write(3))
    index = RecordingIndex(database)

    def known(count: int) -> Callable[[], Awaitable[bool]]:
        async def look() -> bool:
            return len(await index.between(CAMERA, ALWAYS)) == count

        return look

    async with running_bus(tmp_path / "bus") as bus:
        await run_session(bus.control, make_buckets)
        await _publish(bus.workers["w0"], [first, b"junk", first, second])
        await _taking(bus.control, database, known(2))
        await _publish(bus.workers["w0"], [second, third])
        await _taking(bus.control, database, known(3))
    found = await index.between(CAMERA, ALWAYS)
    assert [one.sha256.hex() for one in found] == [closed.sha256 for closed in recorder.written]
    today = local_day(START_MS)
    assert [one.segments for one in await index.days(CAMERA, today, today)] == [3]
