import pytest
from sqlmodel import select

from fakes.clock import FakeClock
from fakes.control_ports import FakeDesired, FakeLive
from fakes.province import SITE_A, add_camera, build_province
from streams.types.camera import CameraState, RecordingMode, RecordingPlan
from vms.cameras.desired import Desired
from vms.cameras.recording_plans import RecordingPlans
from vms.db.engine import Database
from vms.db.tables import GapRow
from vms.recordings.witness import Witness


class World:
    def __init__(self, database: Database) -> None:
        self.db = database
        self.clock = FakeClock()
        self.live = FakeLive()
        self.witness = Witness(database, self.live, self.clock)
        self.began_ms = self.clock()

    async def begin(self) -> "World":
        await build_province(self.db)
        self.camera = await add_camera(self.db, 1, SITE_A)
        await add_camera(self.db, 2, SITE_A)  # never recorded: nobody misses it
        self.plans = RecordingPlans(self.db, Desired(self.db, FakeDesired()), self.clock)
        await self.plans.set(self.camera, RecordingPlan(mode=RecordingMode.CONTINUOUS), "account-1")
        self.read()
        return self

    def read(self) -> None:
        self.live.states[self.camera] = CameraState(camera_id=self.camera)

    async def look(self, after_s: float) -> None:
        self.clock.advance(s=after_s)
        await self.witness.look()

    async def gaps(self) -> list[tuple[str, int, int | None, str]]:
        async with self.db.session() as session:
            rows = (await session.exec(select(GapRow).order_by(GapRow.start_ms))).all()  # type: ignore[arg-type]  # a column
        return [
            (row.camera_id, row.start_ms - self.began_ms, row.end_ms and row.end_ms - self.began_ms, row.cause)
            for row in rows
        ]


@pytest.fixture
async def world(database: Database) -> World:
    return await World(database).begin()


async def test_a_camera_that_no_worker_reads_is_a_gap_of_our_own_until_one_does(world: World) -> None:
    await world.look(5)
    assert await world.gaps() == []
    world.live.states.clear()
    await world.look(5)
    await world.look(5)
    assert await world.gaps() == [(world.camera, 10_000, None, "restart")]
    world.read()
    await world.look(5)
    assert await world.gaps() == [(world.camera, 10_000, 20_000, "restart")]


async def test_the_time_in_which_control_was_away_is_a_gap_of_our_own(world: World) -> None:
    await world.look(5)
    await world.look(3_600)
    assert await world.gaps() == [(world.camera, 5_000, 3_605_000, "restart")]


async def test_nobody_misses_a_recording_that_was_stopped(world: World) -> None:
    world.live.states.clear()
    await world.look(5)
    await world.plans.set(world.camera, RecordingPlan(), "account-2")
    await world.look(5)
    assert await world.gaps() == [(world.camera, 5_000, 10_000, "restart")]
