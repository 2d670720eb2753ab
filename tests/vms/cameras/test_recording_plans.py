import pytest

from fakes.clock import FakeClock
from fakes.control_ports import FakeDesired
from fakes.province import SITE_A, add_camera, build_province
from streams.types.camera import RecordingMode, RecordingPlan, RecordingStop, ScheduleSpan
from streams.types.media import StreamKind
from vms.cameras.desired import Desired
from vms.cameras.planned import stops
from vms.cameras.recording_plans import RecordingPlans
from vms.db.engine import Database

CONTINUOUS = RecordingPlan(mode=RecordingMode.CONTINUOUS, stream=StreamKind.SUB, volumes=("v1",))


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def bus() -> FakeDesired:
    return FakeDesired()


@pytest.fixture
async def camera(any_database: Database) -> str:
    await build_province(any_database)
    return await add_camera(any_database, 1, SITE_A)


@pytest.fixture
def plans(any_database: Database, clock: FakeClock, bus: FakeDesired) -> RecordingPlans:
    return RecordingPlans(any_database, Desired(any_database, bus), clock)


async def test_a_camera_that_nobody_planned_for_is_never_recorded(plans: RecordingPlans, camera: str) -> None:
    assert (await plans.of_camera(camera)).mode is RecordingMode.NEVER


async def test_workers_are_told_of_a_new_plan_and_of_the_class_priority(
    plans: RecordingPlans, camera: str, bus: FakeDesired
) -> None:
    assert await plans.set(camera, CONTINUOUS, "account-1")
    told = bus.specs[camera]
    assert told.recording == CONTINUOUS.model_copy(update={"priority": 50})
    revision = told.revision
    await plans.set(camera, CONTINUOUS, "account-1")
    assert bus.specs[camera].revision == revision
    assert len(await plans.history(camera)) == 1


async def test_whoever_stops_a_recording_is_told_to_the_workers_and_stays_in_the_history(
    plans: RecordingPlans, camera: str, bus: FakeDesired, clock: FakeClock
) -> None:
    began_ms = clock()
    await plans.set(camera, RecordingPlan(), "account-0")  # never recorded yet: nobody stopped anything
    clock.advance(s=1)
    await plans.set(camera, CONTINUOUS, "account-1")
    clock.advance(s=1)
    await plans.set(camera, RecordingPlan(), "account-2")
    stopped = RecordingStop(from_ms=began_ms + 2_000, by="account-2")
    assert bus.specs[camera].recording.stop == stopped
    clock.advance(s=1)
    await plans.set(camera, CONTINUOUS, "account-3")
    ended = stopped.model_copy(update={"to_ms": began_ms + 3_000})
    assert bus.specs[camera].recording.stop == ended
    history = await plans.history(camera)
    assert stops(history) == [ended]
    assert [(row.valid_from_ms - began_ms, row.valid_to_ms and row.valid_to_ms - began_ms) for row in history] == [
        (0, 1_000),
        (1_000, 2_000),
        (2_000, 3_000),
        (3_000, None),
    ]


async def test_a_clock_that_went_back_does_not_turn_plans_round(
    plans: RecordingPlans, camera: str, clock: FakeClock
) -> None:
    await plans.set(camera, CONTINUOUS, "account-1")
    clock.advance(s=-60)
    schedule = RecordingPlan(mode=RecordingMode.SCHEDULE, schedule=(ScheduleSpan(to_min=480),))
    await plans.set(camera, schedule, "account-1")
    before, after = await plans.history(camera)
    assert before.valid_from_ms < after.valid_from_ms == before.valid_to_ms
    assert (await plans.of_camera(camera)).schedule == schedule.schedule


async def test_a_camera_that_is_gone_gets_no_plan(plans: RecordingPlans, camera: str) -> None:
    assert not await plans.set("camera-of-nobody", CONTINUOUS, "account-1")
