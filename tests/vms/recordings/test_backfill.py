"""Which gaps are fetched from cameras' own cards, when again, and what becomes of the ledger, the seal and the index."""

from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import pytest
from sqlmodel import update

from fakes.clock import FakeClock
from fakes.control_ports import FakeDesired, FakeDevices, FakeVault
from fakes.province import SITE_A, add_camera, build_province
from fakes.segments import FakeRecorder
from streams.types.bus import RefusalCode
from streams.types.camera import RecordingMode, RecordingPlan
from streams.types.recording import Backfill, BackfillPhase, BackfillState, Gap, GapCause, GapNoted
from vms.cameras.desired import Desired
from vms.cameras.devices import DeviceFault, DeviceFaultKind
from vms.cameras.logins import Logins
from vms.cameras.ports import BusRefused, BusUnavailable
from vms.cameras.recording_plans import RecordingPlans
from vms.db.engine import Database
from vms.db.tables.cameras import Device
from vms.db.tables.recordings import GapRow
from vms.recordings.backfill import MOST_TRIES, Backfills
from vms.recordings.files import Volumes
from vms.recordings.index import RecordingIndex
from vms.recordings.ledger import Gap as LedgerGap
from vms.recordings.ledger import Source, recovered
from vms.recordings.news import RecordingNews
from vms.recordings.rebuilding import read_volumes, write_index
from vms.recordings.spans import Span
from vms.recordings.timeline import Timeline

XADDR = "http://10.0.0.1/onvif/device_service"
CARD = "rtsp://10.0.0.1/card/main"
DONE = BackfillState(phase=BackfillPhase.DONE)
S = 1000


@dataclass
class FakeReaders:
    """Workers that answer what a test says; `begun` are the jobs that they were given."""

    ready: list[str] = field(default_factory=list)
    answer: BackfillState | Exception = field(default_factory=lambda: BackfillState(phase=BackfillPhase.RUNNING))
    begun: list[Backfill] = field(default_factory=list)

    def recording_now(self) -> list[str]:
        return self.ready

    def owner(self, camera_id: str) -> str | None:
        return "w0" if camera_id in self.ready else None

    async def backfill(self, worker_id: str, request: Backfill) -> BackfillState:
        assert worker_id == "w0"
        if request.begin:
            self.begun.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class World:
    def __init__(self, database: Database, volume: Path) -> None:
        self.db = database
        self.volume = volume
        self.clock = FakeClock()
        self.began_ms = self.clock()
        self.news = RecordingNews(database)
        self.index = RecordingIndex(database)
        self.plans = RecordingPlans(database, Desired(database, FakeDesired()), self.clock)
        self.timeline = Timeline(database, self.index, self.clock)
        self.readers = FakeReaders()
        self.devices = FakeDevices(cards={XADDR: CARD})
        self.backfills = self.again()

    def again(self, back_days: int = 7) -> Backfills:
        """As after a restart of control."""
        self.backfills = Backfills(
            self.db,
            self.timeline,
            self.index,
            readers=self.readers,
            devices=self.devices,
            logins=Logins(self.db, FakeVault()),
            clock=self.clock,
            back_days=back_days,
        )
        return self.backfills

    async def begin(self, cause: GapCause = GapCause.LINK, gap_s: int = 12, angle: str | None = None) -> None:
        """A little footage, a gap, and a little more; then it is an hour later."""
        await build_province(self.db)
        self.camera = await add_camera(self.db, 1, SITE_A, angle=angle)
        async with self.db.transaction() as session:
            await session.exec(update(Device).values(xaddr=XADDR))
        await self.plans.set(self.camera, RecordingPlan(mode=RecordingMode.CONTINUOUS), "account-1")
        self.recorder = FakeRecorder(self.volume, self.camera, self.began_ms)
        await self.tell(self.recorder, 2)
        self.gap = Span(self.recorder.start_ms, self.recorder.start_ms + gap_s * S)
        self.previous = self.recorder.previous
        gap = Gap(from_ms=self.gap.start_ms, to_ms=self.gap.end_ms, cause=cause)
        await self.tell(self.recorder, 2, gap)
        self.readers.ready = [self.camera]
        self.clock.advance(hours=1)

    async def tell(self, recorder: FakeRecorder, count: int, *gaps: Gap) -> None:
        for closed in recorder.write(count, gaps=gaps):
            await self.news.closed(closed)

    async def fill(self, after_s: int = 4) -> BackfillState:
        """What a worker does: all but the first GOP of the gap. Gives what it answers then."""
        filler = replace(
            self.recorder,
            start_ms=self.gap.start_ms + after_s * S,
            from_card=True,
            previous=self.previous,
            written=[],
        )
        await self.tell(filler, (self.gap.length_ms // S - after_s) // 4)
        return BackfillState(phase=BackfillPhase.DONE, pictures=9, written_to_ms=filler.start_ms)

    async def look(self, after_s: float = 5) -> int:
        """How many jobs were begun."""
        before = len(self.readers.begun)
        self.clock.advance(s=after_s)
        await self.backfills.look()
        return len(self.readers.begun) - before

    async def ledger(self) -> list[tuple[int, int, str, bool]]:
        found = await self.timeline.gaps(self.camera, Span(self.began_ms, self.recorder.start_ms))
        return [
            (gap.start_ms - self.gap.start_ms, gap.end_ms - self.gap.start_ms, gap.cause.value, gap.recovered)
            for gap in found
        ]


@pytest.fixture
async def world(database: Database, tmp_path: Path) -> World:
    return World(database, tmp_path / "v1")


@pytest.mark.parametrize("cause", [GapCause.LINK, GapCause.RESTART, GapCause.DISK])
async def test_a_gap_that_is_over_is_fetched_exactly_behind_the_segment_before_it(
    world: World, cause: GapCause
) -> None:
    await world.begin(cause)
    assert await world.look() == 1
    (job,) = world.readers.begun
    assert (job.from_ms, job.to_ms) == (world.gap.start_ms, world.gap.end_ms)
    assert (job.previous_path, job.previous_sha256) == world.previous
    assert job.url == CARD
    assert await world.look() == 0


@pytest.mark.parametrize("cause", [GapCause.STOPPED_BY, GapCause.PLAN])
async def test_what_somebody_stopped_or_nobody_wanted_is_never_fetched(world: World, cause: GapCause) -> None:
    await world.begin(cause)
    assert await world.look() == 0


async def test_of_a_court_nothing_is_fetched(world: World) -> None:
    await world.begin(angle="evidence")
    assert await world.look() == 0


async def test_while_the_recording_has_not_gone_on_nothing_is_fetched(world: World) -> None:
    await world.begin()
    world.readers.ready = []
    assert await world.look() == 0
    world.readers.ready = [world.camera]
    assert await world.look() == 1


async def test_a_crumb_and_a_gap_older_than_is_wished_are_left_alone(world: World) -> None:
    await world.begin()
    world.again(back_days=0)
    assert await world.look() == 0
    world.again(back_days=1)
    assert await world.look(after_s=90_000) == 0


async def test_a_filled_gap_stays_in_the_ledger_with_its_cause_and_is_not_fetched_again(
    any_database: Database, tmp_path: Path
) -> None:
    world = World(any_database, tmp_path / "v1")
    await world.begin()
    await world.look()
    world.readers.answer = await world.fill()
    assert await world.look() == 0
    assert await world.ledger() == [(0, 4 * S, "link", False), (4 * S, 12 * S, "link", True)]
    lanes = await world.timeline.lanes(world.camera, Span(world.began_ms, world.recorder.start_ms))
    assert [(span.start_ms, span.end_ms) for span in lanes.from_card] == [
        (world.gap.start_ms + 4 * S, world.gap.end_ms)
    ]
    world.again()
    for _ in range(3):
        assert await world.look(after_s=60) == 0


async def test_a_job_is_followed_until_the_index_knows_what_was_written(world: World) -> None:
    await world.begin()
    await world.look()
    world.readers.answer = BackfillState(phase=BackfillPhase.DONE, pictures=9, written_to_ms=world.gap.end_ms)
    assert [await world.look() for _ in range(3)] == [0, 0, 0]
    await world.fill()
    assert [await world.look() for _ in range(3)] == [0, 0, 0]
    assert len(world.readers.begun) == 1


async def test_what_a_worker_lost_on_its_disk_is_fetched_anew(world: World) -> None:
    await world.begin()
    await world.look()
    world.readers.answer = BackfillState(phase=BackfillPhase.DONE, pictures=9, written_to_ms=world.gap.end_ms)
    await world.look()
    assert await world.look(after_s=700) == 1


async def test_a_half_filled_gap_is_fetched_from_where_it_stands(world: World) -> None:
    await world.begin(gap_s=44)
    await world.look()
    whole, world.gap = world.gap, Span(world.gap.start_ms, world.gap.end_ms - 32 * S)
    world.readers.answer = (await world.fill()).model_copy(update={"phase": BackfillPhase.FAILED})
    assert await world.look() == 1
    job = world.readers.begun[-1]
    assert (job.from_ms, job.to_ms) == (world.gap.end_ms, whole.end_ms)
    assert job.previous_sha256 not in ("", world.previous[1])


async def test_a_card_without_anything_is_tried_a_few_times_ever_more_rarely(world: World) -> None:
    await world.begin()
    world.readers.answer = DONE
    at_s = [second for second in range(0, 2 * 3600, 60) if await world.look(after_s=60)]
    assert len(at_s) == MOST_TRIES
    pauses = [after - before for before, after in pairwise(at_s)]
    assert pauses == sorted(pauses)
    assert pauses[0] >= 60
    assert pauses[-1] > 900


@pytest.mark.parametrize(
    "said", [DeviceFault(DeviceFaultKind.UNREACHABLE), DeviceFault(DeviceFaultKind.AUTHENTICATION), ""]
)
async def test_a_camera_that_does_not_say_where_its_card_is_played_is_not_asked_all_the_time(
    world: World, said: str | DeviceFault
) -> None:
    await world.begin()
    world.devices.cards[XADDR] = said
    assert [await world.look() for _ in range(5)] == [0] * 5
    world.devices.cards[XADDR] = CARD
    assert await world.look(after_s=20) == 0
    assert await world.look(after_s=3600) == 1


async def test_a_clock_that_was_set_while_nobody_watched_makes_its_card_useless(world: World) -> None:
    await world.begin()
    world.recorder.clock_offset_ms = 50_000
    gap = Gap(from_ms=world.recorder.start_ms, to_ms=world.recorder.start_ms + 30 * S, cause=GapCause.LINK)
    await world.tell(world.recorder, 2, gap)
    assert await world.look() == 1, "the gap before is another matter"
    assert world.readers.begun[0].to_ms == world.gap.end_ms


async def test_a_worker_that_does_not_answer_is_waited_for_and_one_that_was_started_anew_is_asked_later(
    world: World,
) -> None:
    await world.begin()
    world.readers.answer = BusUnavailable()
    assert [await world.look() for _ in range(4)] == [1, 0, 0, 0]
    world.readers.answer = BusRefused(RefusalCode.NOT_FOUND)
    assert [await world.look() for _ in range(4)] == [0, 0, 0, 0]
    world.readers.answer = BackfillState(phase=BackfillPhase.RUNNING)
    assert await world.look(after_s=60) == 1


async def test_a_full_worker_is_asked_again_without_counting_it_as_a_try(world: World) -> None:
    await world.begin()
    world.readers.answer = BusRefused(RefusalCode.FULL)
    begun = [await world.look(after_s=20) for _ in range(MOST_TRIES + 2)]
    assert begun == [1] * (MOST_TRIES + 2)


async def test_the_index_made_anew_from_the_files_alone_knows_what_came_from_a_card(world: World) -> None:
    await world.begin()
    await world.look()
    await world.fill()
    before = await world.ledger()
    span = Span(world.began_ms, world.recorder.start_ms)
    segments = await world.index.between(world.camera, span)
    await write_index(world.db, read_volumes(Volumes({"v1": world.volume})))
    assert await world.index.between(world.camera, span) == segments
    assert await world.ledger() == before


async def test_segments_of_the_past_do_not_end_a_gap_that_goes_on(world: World) -> None:
    await world.begin()
    from_ms = world.recorder.start_ms
    await world.news.gap(GapNoted(camera_id=world.camera, at_ms=from_ms, from_ms=from_ms, cause=GapCause.CAMERA_OFF))
    world.gap = Span(from_ms, from_ms + 8 * S)
    await world.fill()
    async with world.db.session() as session:
        row = await session.get(GapRow, (world.camera, from_ms, Source.WORKER.value))
    assert row is not None
    assert row.end_ms is None


def test_a_gap_is_told_in_parts_where_some_of_it_was_fetched() -> None:
    gap = LedgerGap(0, 100 * S, GapCause.LINK, Source.CHAIN)
    parts = recovered([gap], [Span(-5 * S, 10 * S), Span(50 * S, 60 * S), Span(99 * S, 120 * S)])
    assert [(part.start_ms // S, part.end_ms // S, part.recovered) for part in parts] == [
        (0, 10, True),
        (10, 50, False),
        (50, 60, True),
        (60, 100, False),
    ]
    assert {part.cause for part in parts} == {GapCause.LINK}
