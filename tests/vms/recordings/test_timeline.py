from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from fakes.clock import FakeClock
from fakes.control_ports import FakeDesired
from fakes.province import SITE_A, add_camera, build_province
from fakes.segments import FakeRecorder
from streams.types.bus import AlarmEvent, AlarmKind, AlarmPhase
from streams.types.camera import FaultKind, RecordingMode, RecordingPlan
from streams.types.recording import Gap, GapCause, GapNoted, SegmentClosed, SegmentDeleted
from vms.alarms.service import Alarms
from vms.cameras.desired import Desired
from vms.cameras.notices import Notices
from vms.cameras.recording_plans import RecordingPlans
from vms.clock import local_day
from vms.db.engine import Database
from vms.organisation import Organisation
from vms.recordings.index import RecordingIndex
from vms.recordings.ledger import Source
from vms.recordings.news import RecordingNews
from vms.recordings.spans import Span
from vms.recordings.timeline import Timeline

CONTINUOUS = RecordingPlan(mode=RecordingMode.CONTINUOUS)


class World:
    """One camera that is recorded from `began_ms` on; an hour later it is now."""

    def __init__(self, database: Database, volume: Path) -> None:
        self.database = database
        self.clock = FakeClock()
        self.began_ms = self.clock()
        self.news = RecordingNews(database)
        self.plans = RecordingPlans(database, Desired(database, FakeDesired()), self.clock)
        self.timeline = Timeline(database, RecordingIndex(database), self.clock)
        self.camera = ""
        self.volume = volume
        self.hour = Span(self.began_ms, self.began_ms + 3_600_000)

    async def begin(self) -> FakeRecorder:
        await build_province(self.database)
        self.camera = await add_camera(self.database, 1, SITE_A)
        await self.plans.set(self.camera, CONTINUOUS, "account-1")
        self.clock.advance(hours=1)
        return FakeRecorder(self.volume, self.camera, self.began_ms)

    async def tell(self, closed: Sequence[SegmentClosed]) -> None:
        for one in closed:
            await self.news.closed(one)

    async def gaps(self) -> list[tuple[int, int, str]]:
        found = await self.timeline.gaps(self.camera, self.hour)
        return [(gap.start_ms - self.began_ms, gap.end_ms - self.began_ms, gap.cause.value) for gap in found]


@pytest.fixture
async def world(any_database: Database, tmp_path: Path) -> World:
    return World(any_database, tmp_path)


TOLD_S = 3_600 - 90


async def test_all_that_is_owed_and_not_there_is_named_and_the_youngest_time_is_not_missing_yet(world: World) -> None:
    await world.begin()
    assert await world.gaps() == [(0, TOLD_S * 1000, "unknown")]


async def test_reports_in_any_order_and_twice_make_the_same_ledger(world: World) -> None:
    recorder = await world.begin()
    first = recorder.write(2)
    lost = Gap(from_ms=recorder.start_ms, to_ms=recorder.start_ms + 60_000, cause=GapCause.LINK, fault=FaultKind.LOST)
    second = recorder.write(2, gaps=[lost])
    early = GapNoted(camera_id=world.camera, at_ms=lost.from_ms + 100, from_ms=lost.from_ms, cause=GapCause.CAMERA_OFF)
    await world.tell([*reversed(second), *second, *first])
    await world.news.gap(early)
    await world.news.gap(early)
    expected = [(8_000, 68_000, "link"), (76_000, TOLD_S * 1000, "unknown")]
    assert await world.gaps() == expected
    lanes = await world.timeline.lanes(world.camera, world.hour)
    assert [(span.start_ms - world.began_ms, span.end_ms - world.began_ms) for span in lanes.recorded] == [
        (0, 8_000),
        (68_000, 76_000),
    ]


async def test_a_gap_that_goes_on_is_shown_up_to_now_and_its_newest_cause_counts(world: World) -> None:
    recorder = await world.begin()
    await world.tell(recorder.write(1))
    from_ms = recorder.start_ms
    newest = GapNoted(camera_id=world.camera, at_ms=from_ms + 5_000, from_ms=from_ms, cause=GapCause.REFUSED)
    await world.news.gap(newest)
    await world.news.gap(newest.model_copy(update={"at_ms": from_ms + 1_000, "cause": GapCause.LINK}))
    assert await world.gaps() == [(4_000, 3_600_000, "refused")]


async def test_the_next_segment_ends_a_gap_whose_end_was_never_told(world: World) -> None:
    recorder = await world.begin()
    await world.tell(recorder.write(1))
    noted = GapNoted(camera_id=world.camera, at_ms=recorder.start_ms, from_ms=recorder.start_ms, cause=GapCause.DISK)
    await world.news.gap(noted)
    recorder.start_ms += 30_000
    await world.tell(recorder.write(1))
    assert (await world.gaps())[0] == (4_000, 34_000, "disk")


async def test_whoever_stopped_the_recording_is_the_cause(world: World) -> None:
    recorder = await world.begin()
    await world.tell(recorder.write(1))
    world.clock.now_ms = recorder.start_ms
    await world.plans.set(world.camera, RecordingPlan(), "account-2")
    world.clock.advance(minutes=10)
    await world.plans.set(world.camera, CONTINUOUS, "account-3")
    world.clock.now_ms = world.hour.end_ms
    gap, rest = await world.timeline.gaps(world.camera, world.hour)
    assert (gap.cause, gap.by, gap.source, gap.span.length_ms) == (
        GapCause.STOPPED_BY,
        "account-2",
        Source.CONTROL,
        600_000,
    )
    assert rest.cause is GapCause.UNKNOWN


async def test_what_a_worker_deleted_by_itself_is_no_longer_recorded(world: World) -> None:
    recorder = await world.begin()
    closed = recorder.write(2)
    await world.tell(closed)
    report = SegmentDeleted(
        camera_id=world.camera, volume="v1", path=closed[0].path, at_ms=world.clock(), bytes=closed[0].bytes
    )
    await world.news.deleted(report)
    await world.news.deleted(report)
    lanes = await world.timeline.lanes(world.camera, world.hour)
    assert [span.length_ms for span in lanes.recorded] == [4_000]


async def test_a_month_says_of_each_day_what_is_there_and_what_is_missing(world: World) -> None:
    recorder = await world.begin()
    await world.tell(recorder.write(5))
    today = local_day(world.began_ms)
    yesterday, now, tomorrow = await world.timeline.days(
        world.camera, today - timedelta(days=1), today + timedelta(days=1)
    )
    assert (yesterday.owed_ms, yesterday.recorded_ms, tomorrow.owed_ms) == (0, 0, 0)
    assert (now.recorded_ms, now.owed_ms, now.missing_ms) == (20_000, TOLD_S * 1000, TOLD_S * 1000 - 20_000)
    assert now.size_bytes == sum(one.bytes for one in recorder.written)


async def test_alarms_of_the_span_are_a_lane(world: World) -> None:
    await world.begin()
    alarms = Alarms(world.database, Organisation(world.database, world.clock), Notices(), world.clock)
    for number, (start_ms, end_ms) in enumerate([(-20_000, -10_000), (-20_000, 5_000), (60_000, None)]):
        await alarms.apply(
            AlarmEvent(
                alarm_id=f"alarm-00000{number}",
                camera_id=world.camera,
                kind=AlarmKind.MOTION,
                phase=AlarmPhase.END if end_ms else AlarmPhase.START,
                start_ms=world.began_ms + start_ms,
                end_ms=None if end_ms is None else world.began_ms + end_ms,
            )
        )
    lanes = await world.timeline.lanes(world.camera, world.hour)
    assert [mark.id for mark in lanes.alarms] == ["alarm-000001", "alarm-000002"]
    assert not lanes.more_alarms
