from collections.abc import Sequence

import pytest

from fakes.clock import FakeClock
from fakes.province import AREA_A, SITE_A, add_account, add_camera, build_province
from fakes.volume_workers import FakeVolumeWorkers
from streams.types.recording import VolumeCondition, path_parts
from vms.clock import DAY_MS
from vms.db.engine import Database
from vms.recordings.changes import ChangeKind, Changes, NewChange
from vms.recordings.deletable import RENEW_AFTER_S, RENEW_TIGHT_S, VALID_S, DeletableLists
from vms.recordings.index import RecordingIndex, Segment
from vms.recordings.locks import Lock, LockKind, Locks, NewLock
from vms.recordings.spans import Span

HOUR_MS = 3_600_000
RUNS_OUT_MS = round((VALID_S + 3) * 1000)


class World:
    """Two cameras of the standard class (15 to 30 days), each with an hour and 100 bytes a day, on a disk that is nearly full."""

    def __init__(self, database: Database) -> None:
        self.db = database
        self.clock = FakeClock()
        self.workers = FakeVolumeWorkers({"w0": "a", "w1": "a"}, free_bytes=4_000)
        self.workers.condition = VolumeCondition.NEARLY_FULL
        self.begin_anew()
        self.cameras: list[str] = []
        self.people: list[str] = []

    def begin_anew(self) -> None:
        """Control starts: what it had in memory is gone."""
        self.lists = DeletableLists(self.db, self.workers, self.clock)
        self.locks = Locks(self.db, self.clock, self.lists)
        self.changes = Changes(self.db, self.clock, self.lists)

    async def begin(self, days: Sequence[int]) -> "World":
        await build_province(self.db)
        self.cameras = [await add_camera(self.db, n, SITE_A) for n in (1, 2)]
        self.people = [await add_account(self.db, f"chief-{n}", "duty_commander", AREA_A) for n in range(2)]
        await RecordingIndex(self.db).add([self.segment(which, ago) for ago in days for which in (0, 1)])
        await self.lists.renew_due()
        return self

    def segment(self, which: int, days_ago: int) -> Segment:
        start_ms = self.clock() - days_ago * DAY_MS - which
        return Segment(self.cameras[which], start_ms, "main", start_ms + HOUR_MS, "v1", 100, bytes(32))

    async def lock(self, which: int, days_ago: int) -> Lock:
        span = Span(self.segment(which, days_ago).start_ms + 1, self.segment(which, days_ago).end_ms)
        return await self.locks.place(self.people[0], NewLock(self.cameras[which], span, LockKind.CASE, "12", "Vụ án"))

    def listed(self, worker: str) -> list[tuple[int, int]]:
        """(camera, days ago) in the order in which a worker would delete."""
        parts = [path_parts(path) for path in self.workers.lists[worker].paths]
        return [(self.cameras.index(part[0]), (self.clock() - part[2]) // DAY_MS) for part in parts if part is not None]


@pytest.fixture
def world(any_database: Database) -> World:
    return World(any_database)


async def test_workers_may_delete_what_is_past_its_minimum_the_oldest_of_all_cameras_first(world: World) -> None:
    await world.begin([20, 29, 14, 1, 16])
    oldest = [(1, 29), (0, 29), (1, 20), (0, 20), (1, 16), (0, 16)]
    assert world.listed("w0") == world.listed("w1") == oldest


async def test_what_is_locked_is_on_no_list(world: World) -> None:
    await world.begin([29, 20])
    lock = await world.lock(1, 29)
    assert lock.sure_ms == world.clock()
    assert world.listed("w0") == world.listed("w1") == [(0, 29), (1, 20), (0, 20)]


async def test_a_disk_with_room_needs_no_list(world: World) -> None:
    world.workers.free_bytes, world.workers.condition = 50_000, VolumeCondition.OK
    await world.begin([29])
    assert world.workers.lists == {}


async def test_a_list_is_renewed_before_it_runs_out_and_for_a_worker_that_began_anew(world: World) -> None:
    world.workers.free_bytes, world.workers.condition = 10_000, VolumeCondition.OK
    await world.begin([29])
    first = world.workers.lists["w0"].version
    assert await world.lists.renew_due() == 0
    world.workers.incarnations["w0"] = "b"
    assert await world.lists.renew_due() == 2
    second = world.workers.lists["w0"].version
    world.clock.advance(s=RENEW_AFTER_S)
    assert await world.lists.renew_due() == 2
    assert first < second < world.workers.lists["w0"].version


async def test_a_list_that_is_nearly_used_up_is_followed_by_the_next(world: World) -> None:
    await world.begin([29, 20])
    assert await world.lists.renew_due() == 0
    for _ in range(3):
        world.lists.note_deleted("v1")
    assert await world.lists.renew_due() == 2
    assert await world.lists.renew_due() == 0
    world.clock.advance(s=RENEW_TIGHT_S)
    assert await world.lists.renew_due() == 2


@pytest.mark.parametrize("how", ["unreachable", "dead"])
async def test_a_lock_is_called_sure_only_when_the_list_of_a_silent_worker_has_run_out(world: World, how: str) -> None:
    await world.begin([29, 20])
    told_ms = world.clock()
    world.clock.advance(minutes=1)
    if how == "dead":
        del world.workers.incarnations["w1"]
    else:
        world.workers.unreachable.add("w1")
    lock = await world.lock(0, 29)
    assert lock.sure_ms == told_ms + RUNS_OUT_MS
    assert (0, 29) not in world.listed("w0")
    assert (0, 29) in world.listed("w1")
    world.clock.advance(s=2 * RUNS_OUT_MS / 1000)
    assert (await world.lock(1, 29)).sure_ms == world.clock()


async def test_a_lock_on_what_no_list_reaches_is_sure_at_once(world: World) -> None:
    await world.begin([29, 20, 1])
    world.workers.unreachable |= {"w0", "w1"}
    assert (await world.lock(0, 1)).sure_ms == world.clock()


async def test_a_control_process_that_begins_anew_knows_what_a_silent_worker_may_delete(world: World) -> None:
    await world.begin([29, 20])
    world.begin_anew()
    world.workers.incarnations.clear()
    assert (await world.lock(0, 29)).sure_ms == world.clock() + RUNS_OUT_MS
    world.begin_anew()
    world.workers.incarnations |= {"w0": "b", "w1": "b"}  # they began anew: they know no list
    assert (await world.lock(1, 20)).sure_ms == world.clock()


async def test_a_worker_that_took_a_list_and_could_not_say_so_counts_as_one_that_has_it(world: World) -> None:
    world.workers.deaf.add("w1")
    await world.begin([29, 20])
    assert (0, 29) in world.listed("w1")
    assert (await world.lock(0, 29)).sure_ms == world.clock() + RUNS_OUT_MS
    assert (0, 29) not in world.listed("w1")


async def test_what_is_kept_longer_from_now_on_is_taken_off_the_lists(world: World) -> None:
    await world.begin([29, 20])
    wanted = {"class_key": "standard", "min_days": 25, "max_days": None}
    new = NewChange(ChangeKind.CAMERA, world.cameras[0], wanted, "7/QĐ", "Điều tra")
    change = await world.changes.propose(world.people[0], new)
    await world.changes.apply(change.row.id, world.people[1])
    assert world.listed("w0") == [(1, 29), (0, 29), (1, 20)]


async def test_what_two_people_agreed_to_delete_may_go_before_its_minimum(world: World) -> None:
    await world.begin([29, 5])
    young = world.segment(0, 5)
    span = {"from_ms": young.start_ms, "to_ms": young.end_ms}
    new = NewChange(ChangeKind.EARLY, world.cameras[0], span, "7/QĐ", "Không liên quan")
    change = await world.changes.propose(world.people[0], new)
    await world.changes.apply(change.row.id, world.people[1])
    world.clock.advance(s=RENEW_TIGHT_S)
    await world.lists.renew_due()
    assert world.listed("w0") == [(1, 29), (0, 29), (0, 5)]
