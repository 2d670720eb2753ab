from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from sqlmodel import select

from fakes.clock import FakeClock
from fakes.province import AREA_A, SITE_A, add_account, add_camera, build_province
from streams.types.recording import Deletable, DeletableTaken, SegmentsDeleted, VolumeCondition, VolumeState
from vms.cameras.ports import BusUnavailable
from vms.clock import DAY_MS
from vms.db.engine import Database
from vms.db.tables import DoomedRow
from vms.recordings.changes import ChangeKind, Changes, NewChange
from vms.recordings.index import RecordingIndex, Segment
from vms.recordings.locks import LockKind, Locks, NewLock
from vms.recordings.ports import ListHolder
from vms.recordings.retaining import Retention, Round, VolumeLimit
from vms.recordings.retention import Reason
from vms.recordings.spans import Span

HOUR_MS = 3_600_000


@dataclass
class FakeVolume:
    """Deletes whatever it is asked to, but what `stuck` names."""

    deleted: list[str] = field(default_factory=list)
    stuck: set[str] = field(default_factory=set)
    away: bool = False
    free_bytes: int = 100
    on_delete: list[object] = field(default_factory=list)

    def states(self) -> Sequence[VolumeState]:
        return [VolumeState(volume="v1", condition=VolumeCondition.OK, total_bytes=100_000, free_bytes=self.free_bytes)]

    answers_within_s = 3.0

    def holders(self) -> Sequence[ListHolder]:
        return []

    async def may_delete(self, holder: ListHolder, deletable: Deletable) -> DeletableTaken:
        raise AssertionError((holder, deletable))

    async def delete(self, volume: str, paths: Sequence[str]) -> SegmentsDeleted:
        if self.away:
            raise BusUnavailable
        assert volume == "v1"
        gone = tuple(path for path in paths if path not in self.stuck)
        self.deleted += gone
        return SegmentsDeleted(deleted=gone, failed=tuple(self.stuck & set(paths)), freed_bytes=100 * len(gone))


class NoLists:
    """No worker deletes by itself."""

    async def withdraw(self, span: Span | None = None) -> int:
        del span
        return 0


class World:
    """A camera of the standard class (15 to 30 days) with one segment of an hour and 100 bytes at noon of each day."""

    def __init__(self, database: Database) -> None:
        self.db = database
        self.clock = FakeClock()
        self.index = RecordingIndex(database)
        self.volume = FakeVolume(free_bytes=100_000)
        self.locks = Locks(database, self.clock, NoLists())
        self.changes = Changes(database, self.clock, NoLists())
        self.camera = ""
        self.people: list[str] = []

    async def begin(self, days: Sequence[int]) -> "World":
        await build_province(self.db)
        self.camera = await add_camera(self.db, 1, SITE_A)
        self.people = [await add_account(self.db, f"chief-{n}", "duty_commander", AREA_A) for n in range(2)]
        await self.index.add([self.segment(ago) for ago in days])
        return self

    def segment(self, days_ago: int) -> Segment:
        start_ms = self.clock() - days_ago * DAY_MS
        return Segment(self.camera, start_ms, "main", start_ms + HOUR_MS, "v1", 100, bytes(32))

    async def round(self, **limits: int) -> Round:
        limit = VolumeLimit(limits.get("quota", 0), 0.05)
        return await Retention(self.db, self.index, self.volume, {"v1": limit}, self.clock).run_once()

    async def left(self) -> list[int]:
        """How many days old what is left in the index is."""
        found = await self.index.between(self.camera, Span(0, self.clock() + DAY_MS))
        all_of_them = [one for one in await self._all() if one]
        assert {one.start_ms for one in found} <= set(all_of_them)
        return sorted((self.clock() - start_ms) // DAY_MS for start_ms in all_of_them)

    async def _all(self) -> list[int]:
        return [one.start_ms for one in await self.index.ended_before(self.camera, self.clock() + DAY_MS, -1, 1000)]

    async def lock(self, days_ago: int) -> None:
        segment = self.segment(days_ago)
        span = Span(segment.start_ms + 1000, segment.start_ms + 2000)
        await self.locks.place(self.people[0], NewLock(self.camera, span, LockKind.CASE, "12", "Vụ án"))

    async def agree(self, days_ago: int, *, until: int = 0) -> str:
        span = {"from_ms": self.segment(days_ago).start_ms, "to_ms": self.segment(until or days_ago).end_ms}
        new = NewChange(ChangeKind.EARLY, self.camera, span, "7/QĐ", "Không liên quan")
        change = await self.changes.propose(self.people[0], new)
        await self.changes.apply(change.row.id, self.people[1])
        return change.row.id


@pytest.fixture
def world(any_database: Database) -> World:
    return World(any_database)


async def test_what_is_over_its_maximum_is_deleted_and_nothing_else(world: World) -> None:
    await world.begin([40, 31, 29, 16, 1])
    done = await world.round()
    assert (done.deleted, done.freed_bytes, done.failed) == ({Reason.EXPIRED: 2}, 200, 0)
    assert await world.left() == [1, 16, 29]
    assert len(world.volume.deleted) == 2


async def test_a_quota_takes_the_oldest_beyond_their_minimum_and_says_when_it_cannot(world: World) -> None:
    await world.begin([29, 28, 20, 14, 1])
    assert (await world.round(quota=400)).deleted == {Reason.QUOTA: 1}
    assert await world.left() == [1, 14, 20, 28]
    done = await world.round(quota=100)
    assert await world.left() == [1, 14]
    assert done.short == {"v1": 100}


async def test_a_disk_that_is_nearly_full_is_emptied_from_the_old_end(world: World) -> None:
    await world.begin([29, 28, 20, 14, 1])
    world.volume.free_bytes = 4_850  # 5 % of 100,000 are to stay free
    assert (await world.round()).deleted == {Reason.QUOTA: 2}
    assert await world.left() == [1, 14, 20]


async def test_a_lock_keeps_what_it_touches_for_ever(world: World) -> None:
    await world.begin([40, 39, 20])
    await world.lock(40)
    await world.agree(40, until=20)
    done = await world.round(quota=1)
    assert await world.left() == [40]
    assert done.short == {"v1": 99}


async def test_an_early_deletion_that_two_people_agreed_on_is_done_and_minuted(world: World) -> None:
    await world.begin([5, 4, 3])
    await world.lock(4)
    change_id = await world.agree(5, until=4)
    assert (await world.round()).deleted == {Reason.EARLY: 1}
    assert await world.left() == [3, 4]
    row = (await world.changes.get(change_id)).row
    assert row.done_ms == world.clock()
    assert row.minutes == "deleted 1 segments, 100 bytes; kept 1 (locked, or reaching beyond the span)"
    await world.index.add([world.segment(5)])
    assert (await world.round()).deleted == {}  # what was done once is not done again


async def test_what_could_not_be_deleted_is_tried_again_until_it_is_gone(world: World) -> None:
    await world.begin([40, 31])
    world.volume.away = True
    done = await world.round()
    assert (done.deleted, done.failed) == ({}, 2)
    assert await world.left() == []
    world.volume.away = False
    assert (await world.round()).deleted == {Reason.EXPIRED: 2}
    async with world.db.session() as session:
        assert (await session.exec(select(DoomedRow))).all() == []


async def test_a_change_waits_for_what_is_still_to_be_deleted(world: World) -> None:
    await world.begin([5])
    change_id = await world.agree(5)
    world.volume.away = True
    await world.round()
    assert (await world.changes.get(change_id)).row.done_ms is None
    world.volume.away = False
    await world.round()
    assert (await world.changes.get(change_id)).row.done_ms is not None


async def test_a_lock_that_is_placed_while_a_round_runs_wins(world: World) -> None:
    await world.begin([40])
    original = world.index.ended_before

    async def then_locked(*args: object) -> object:
        found = await original(*args)  # type: ignore[arg-type]  # passed on as they came
        if found and not await world.locks.of_camera(world.camera, Span(0, world.clock())):
            await world.lock(40)
        return found

    world.index.ended_before = then_locked  # type: ignore[assignment, method-assign]  # between reading and deciding
    assert (await world.round()).deleted == {}
    assert world.volume.deleted == []
