"""What is shut out is never sent, on no transport, not later either: judged by the capture times inside the bytes that were received."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fakes.gated_room import CAMERA, FORMATS, GatedRoom, Watching, picture, sound
from fakes.imprints import view_id
from streams.delay import DelayFolder
from streams.gating import GUARD_NS, Door, GateBoard
from streams.hub import Hub
from streams.relay import Relay
from streams.types.bus import RefusalCode, Refused, SnapshotRequest, ViewRenew
from streams.types.camera import CameraSpec, DelayFault, MotionSpec, RecordingMode, RecordingPlan, StreamSpec
from streams.types.gate import Audience, Gate
from streams.types.media import AccessUnit, StreamKind
from streams.types.tap import TapFormat

START_NS = 1_795_000_000_000_000_000
STEP_NS = 80_000_000
COURT, OBSERVERS, ANYONE = Audience.COURT, Audience.OBSERVERS, Audience.ANYONE


@asynccontextmanager
async def gated_room(delay_ms: int = 0, path: Path | None = None) -> AsyncIterator[GatedRoom]:
    relay = await Relay.open("127.0.0.1")
    folder = None if path is None else DelayFolder(path, 100_000_000)
    if folder is not None:
        folder.open()
    room = GatedRoom(relay, START_NS, delay_ms, folder)
    await room.taps.listen("127.0.0.1")
    try:
        yield room
    finally:
        await room.close()
        await relay.close()
        if folder is not None:
            folder.close()


def play(room: GatedRoom, pictures: int, *, late_ns: int = 0) -> list[int]:
    """So many pictures and sounds as time goes on, the first a keyframe; when each was captured."""
    captured = []
    for number in range(pictures):
        room.now_ns += STEP_NS
        at_ns = room.now_ns - late_ns
        room.show(picture(at_ns, keyframe=number == 0, arrival_ns=room.now_ns))
        room.show(sound(at_ns + 1, arrival_ns=room.now_ns))
        captured.append(at_ns)
    return captured


def wait(room: GatedRoom) -> None:
    """Until what arrives was captured after the opening for certain."""
    room.now_ns += GUARD_NS


class Kept:
    def __init__(self) -> None:
        self.units: list[AccessUnit] = []

    def deliver(self, unit: AccessUnit) -> None:
        self.units.append(unit)


async def everybody(room: GatedRoom, audience: Audience) -> list[Watching]:
    return [await room.browse(audience), *[await room.tap(one, audience) for one in FORMATS]]


async def refused(room: GatedRoom, audience: Audience) -> list[RefusalCode]:
    codes = []
    for ask in (lambda: room.browse(audience), *(lambda one=one: room.tap(one, audience) for one in FORMATS)):
        with pytest.raises(Refused) as error:
            await ask()
        codes.append(error.value.code)
    return codes


async def test_a_gated_camera_shows_nothing_until_a_gate_says_so() -> None:
    async with gated_room() as room:
        play(room, 3)
        for audience in Audience:
            assert set(await refused(room, audience)) == {RefusalCode.CLOSED}
            with pytest.raises(Refused):
                await room.desk.snapshot(SnapshotRequest(camera_id=CAMERA, audience=audience))


async def test_a_gate_lets_its_audiences_through_and_nobody_else() -> None:
    async with gated_room() as room:
        room.set(COURT)
        wait(room)
        captured = play(room, 4)
        assert set(await refused(room, OBSERVERS)) == set(await refused(room, ANYONE)) == {RefusalCode.CLOSED}
        seen = await everybody(room, COURT)
        for one in seen:
            await room.until_seen(one, captured)


async def test_every_observer_s_pictures_name_their_own_view_on_every_way_and_nobody_else_s_do() -> None:
    async with gated_room() as room:
        room.set(COURT, OBSERVERS)
        wait(room)
        captured = play(room, 4)
        observers, court = await everybody(room, OBSERVERS), await everybody(room, COURT)
        for one in (*observers, *court):
            await room.until_seen(one, captured)
        assert [one.named for one in observers] == [{view_id(number)} for number in (1, 2, 3)]
        assert [one.named for one in court] == [set()] * 3


async def test_an_observer_without_an_imprint_sees_nothing() -> None:
    async with gated_room() as room:
        room.set(COURT, OBSERVERS)
        wait(room)
        play(room, 4)
        room.imprints = False
        assert set(await refused(room, OBSERVERS)) == {RefusalCode.CLOSED}


async def test_closing_ends_every_view_at_once_and_says_why() -> None:
    async with gated_room() as room:
        room.set(COURT, OBSERVERS)
        wait(room)
        before = play(room, 3)
        seen = [*await everybody(room, OBSERVERS), *await everybody(room, COURT)]
        room.set()
        after = play(room, 6)
        await room.settle()
        for one in seen:
            assert not set(one.seen) & set(after)
            assert set(one.seen) <= {at for first in before for at in (first, first + 1)}
        said = [room.desk._news.get_nowait()[1].ended for _ in range(room.desk._news.qsize())]
        assert said == ["hearing"] * 6
        assert (await room.desk.renew(ViewRenew(view_ids=tuple(one.view_id for one in seen)))).unknown == tuple(
            one.view_id for one in seen
        )


async def test_who_keeps_the_right_keeps_the_picture_when_others_are_shut_out() -> None:
    async with gated_room() as room:
        room.set(COURT, OBSERVERS)
        wait(room)
        play(room, 3)
        court, observers = await room.tap(TapFormat.RTP, COURT), await room.tap(TapFormat.RTP, OBSERVERS)
        room.set(COURT)
        after = play(room, 3)
        await room.until_seen(court, after)
        await room.settle()
        assert not set(after) & set(observers.seen)


async def test_what_was_captured_while_it_was_closed_is_not_sent_after_it_was_opened_again() -> None:
    async with gated_room() as room:
        room.set(OBSERVERS)
        wait(room)
        play(room, 3)
        room.set()
        secret = play(room, 5)
        room.set(OBSERVERS)
        # Pictures that follow on what was captured in the closed part, then late ones from it, then a keyframe.
        for _ in range(4):
            room.now_ns += STEP_NS
            room.show(picture(room.now_ns, keyframe=False))
        wait(room)
        secret += play(room, 4, late_ns=20 * STEP_NS)
        with pytest.raises(Refused) as error:
            await room.tap(TapFormat.RTP, OBSERVERS)
        assert error.value.code is RefusalCode.NO_PICTURE
        captured = play(room, 4)
        seen = await everybody(room, OBSERVERS)
        await room.settle()
        for one in seen:
            await room.until_seen(one, captured)
            assert not set(one.seen) & {at + more for at in secret for more in (0, 1)}


async def test_an_older_order_that_comes_late_opens_nothing() -> None:
    async with gated_room() as room:
        room.set(OBSERVERS)
        opened = room.epoch
        room.set()
        room.set(OBSERVERS, epoch=opened)
        play(room, 2)
        assert not room.board.lets(CAMERA, OBSERVERS)
        room.set(OBSERVERS, epoch=0)
        assert set(await refused(room, OBSERVERS)) == {RefusalCode.CLOSED}


async def test_a_gate_that_nobody_vouches_for_any_more_is_closed() -> None:
    async with gated_room() as room:
        room.set(COURT, OBSERVERS)
        room.board.forget(CAMERA)
        assert not any(room.board.lets(CAMERA, audience) for audience in Audience)


async def test_a_snapshot_that_is_decoded_while_the_gate_closes_is_not_given() -> None:
    async with gated_room() as room:
        room.set(COURT)
        wait(room)
        play(room, 2)
        decoding, go_on = asyncio.Event(), asyncio.Event()

        async def decode(*_: object) -> bytes:
            decoding.set()
            await go_on.wait()
            return b"jpeg"

        room.desk._decode = decode
        asked = asyncio.create_task(room.desk.snapshot(SnapshotRequest(camera_id=CAMERA, audience=COURT)))
        await decoding.wait()
        room.set()
        go_on.set()
        with pytest.raises(Refused):
            await asked


def test_whatever_is_planned_a_gated_camera_is_not_recorded_and_takes_no_pictures_of_motion() -> None:
    plan = RecordingPlan(mode=RecordingMode.CONTINUOUS)
    streams = (StreamSpec(kind=StreamKind.SUB, url="rtsp://127.0.0.1/sub"),)
    spec = CameraSpec(camera_id=CAMERA, number=1, streams=streams, gated=True, recording=plan, motion=MotionSpec())
    again = CameraSpec.model_validate_json(spec.model_dump_json())
    for one in (spec, again):
        assert one.recording.mode is RecordingMode.NEVER
        assert not one.motion.enabled
    assert CameraSpec(camera_id=CAMERA, number=1, streams=streams, recording=plan).recording == plan


# --- with a delay


async def later(room: GatedRoom, seconds: float, shown: list[int] | None = None) -> list[int]:
    """Time passes; with pictures and sounds when a list for them is given."""
    captured = [] if shown is None else shown
    for number in range(int(seconds * 1_000_000_000 / STEP_NS)):
        room.now_ns += STEP_NS
        if shown is not None:
            room.show(picture(room.now_ns, keyframe=number % 10 == 0))
            room.show(sound(room.now_ns + 1, arrival_ns=room.now_ns))
            captured.append(room.now_ns)
        await room.tick()
    return captured


async def test_observers_see_and_hear_all_of_it_later_while_the_court_sees_it_now(tmp_path: Path) -> None:
    async with gated_room(20_000, tmp_path) as room:
        room.set(COURT, OBSERVERS)
        wait(room)
        shown = await later(room, 5, [])
        court = await everybody(room, COURT)
        assert room.camera.keyframe(OBSERVERS) == ()
        await later(room, 16, shown)
        observers = await everybody(room, OBSERVERS)
        await later(room, 15, shown)
        for one in court:
            await room.until_seen(one, shown[-100:])
        for one in observers:
            expected = [at for at in shown if at + 20_000_000_000 <= room.now_ns]
            await room.until_seen(one, expected[20:])
            assert max(one.seen) <= room.now_ns - 20_000_000_000
        # The simulated browser and MP4 take no G.711.
        await room.until_seen(observers[-1], [at + 1 for at in expected[20:-1]])
        delay = room.camera._delays._folder
        assert delay is not None
        assert delay.used_bytes, "it waits on disk"


async def test_closing_with_a_delay_throws_away_what_was_not_seen_yet(tmp_path: Path) -> None:
    async with gated_room(DELAY_MS, tmp_path) as room:
        room.set(COURT, OBSERVERS)
        wait(room)
        shown = await later(room, 6, [])
        seen = await everybody(room, OBSERVERS)
        for one in seen:
            await room.until_seen(one, [room.camera.keyframe(OBSERVERS)[0].capture_ns])
        room.set(COURT)
        closed_ns = room.now_ns
        secret = await later(room, 6, [])
        room.set(COURT, OBSERVERS)
        wait(room)
        again = await later(room, 6, [])
        anew = await everybody(room, OBSERVERS)
        await later(room, 1)
        await room.settle()
        for one in seen:
            assert max(one.seen) <= closed_ns - DELAY_MS * 1_000_000
        for one in anew:
            assert one.seen
            assert not set(one.seen) & {at + more for at in shown + secret for more in (0, 1)}
            assert set(one.seen) <= {at + more for at in again for more in (0, 1)}


async def test_a_dump_ends_the_views_where_it_begins_and_shows_what_came_after_it(tmp_path: Path) -> None:
    async with gated_room(10_000, tmp_path) as room:
        room.set(OBSERVERS)
        wait(room)
        shown = await later(room, 15, [])
        seen = await everybody(room, OBSERVERS)
        dumped_ns = room.now_ns
        room.dump(3)
        after = await later(room, 6, [])
        assert all(view in room.desk._held for view in [one.view_id for one in seen]), "not seen yet, and seen on"
        await later(room, 1.5, after)
        assert not room.desk._held, "here the picture would stand still"
        await later(room, 5.5, after)
        anew = await everybody(room, OBSERVERS)
        await later(room, 1)
        await room.settle()
        dropped = {at + more for at in shown if at >= dumped_ns - 3_000_000_000 for more in (0, 1)}
        for one in seen:
            assert not set(one.seen) & dropped
            assert max(one.seen) >= dumped_ns - 3_500_000_000
        for one in anew:
            assert one.seen
            assert min(one.seen) > dumped_ns


async def test_another_delay_begins_anew(tmp_path: Path) -> None:
    async with gated_room(DELAY_MS, tmp_path) as room:
        room.set(OBSERVERS)
        wait(room)
        await later(room, 6, [])
        await everybody(room, OBSERVERS)
        room.delay_ms = 1_000
        room._epoch += 1
        room._tell((OBSERVERS,), room.epoch, room._since_ms)
        assert not room.desk._held
        assert room.camera.keyframe(OBSERVERS) == ()


async def test_a_worker_without_a_folder_shows_nothing_with_a_delay() -> None:
    async with gated_room(DELAY_MS) as room:
        room.set(COURT, OBSERVERS)
        wait(room)
        await later(room, 8, [])
        assert room.camera.keyframe(COURT)
        assert room.camera.keyframe(OBSERVERS) == ()
        delay = room.camera._delays.state()
        assert delay is not None
        assert delay.fault is DelayFault.FAILED


async def test_a_disk_that_is_full_ends_the_views_and_the_court_sees_on(tmp_path: Path) -> None:
    async with gated_room(20_000, tmp_path) as room:
        room.set(COURT, OBSERVERS)
        wait(room)
        shown = await later(room, 25, [])
        observers, court = await everybody(room, OBSERVERS), await everybody(room, COURT)
        folder = room.camera._delays._folder
        assert folder is not None
        folder._quota_bytes = 0
        await later(room, 4, shown)
        assert {view for view, held in room.desk._held.items() if held.audience is OBSERVERS} == set()
        for one in court:
            await room.until_seen(one, shown[-20:])
        await room.settle()
        for one in observers:
            assert max(one.seen, default=0) <= room.now_ns - 20_000_000_000


# --- over random courses of events

gates = st.sets(st.sampled_from([COURT, OBSERVERS]))
events = st.one_of(
    st.tuples(st.just("gate"), gates),
    st.tuples(st.just("stale"), gates),
    st.tuples(st.just("forget"), st.none()),
    st.tuples(st.just("picture"), st.booleans()),
    st.tuples(st.just("late"), st.integers(1, 40)),
    st.tuples(st.just("pause"), st.integers(1, 20)),
    st.tuples(st.just("join"), st.tuples(st.sampled_from(["webrtc", *FORMATS]), st.sampled_from(Audience))),
    st.tuples(st.just("lost"), st.none()),
)
with_a_delay = st.one_of(
    events,
    st.tuples(st.just("picture"), st.booleans()),
    st.tuples(st.just("dump"), st.floats(0, 6)),
    st.tuples(st.just("pause"), st.integers(20, 60)),
    st.tuples(st.just("open"), st.none()),
)
DELAY_MS = 4_000


class Model:
    """What may be seen: by audience, the moments since which it is open, or None."""

    def __init__(self, delay_ns: int = 0) -> None:
        self.delay_ns = delay_ns
        self._shown = 0
        self.open_since: dict[Audience, int] = {}
        self.allowed: dict[int, set[Audience]] = {}

    def gate(self, audiences: set[Audience], now_ns: int) -> None:
        for audience in list(self.open_since):
            if audience not in audiences:
                del self.open_since[audience]
        for audience in audiences:
            self.open_since.setdefault(audience, now_ns)

    def unlike_any(self, at_ns: int) -> int:
        """A time of capture that no other picture has."""
        self._shown += 1
        return at_ns + self._shown

    def captured(self, at_ns: int, now_ns: int) -> None:
        """At most these may ever receive what was captured then: it arrives now, and what is shut out now never gets it."""
        self.allowed[at_ns] = {audience for audience, since in self.open_since.items() if since <= at_ns}

    def dumped(self, from_ns: int, now_ns: int) -> None:
        """What was captured since then and is too young to have been seen is for no observer."""
        for at_ns, audiences in self.allowed.items():
            if at_ns >= from_ns and at_ns + self.delay_ns > now_ns:
                audiences.discard(OBSERVERS)


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(events, min_size=5, max_size=60))
# A picture that came late lies in the cache behind a keyframe that may be shown.
@example([("gate", {COURT}), ("pause", 11), ("picture", True), ("late", 15), ("join", ("webrtc", COURT))])
def test_over_random_courses_nobody_receives_what_was_captured_while_they_were_shut_out(
    course: list[tuple[str, object]],
) -> None:
    asyncio.run(run(course))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(with_a_delay, min_size=20, max_size=90))
def test_with_a_delay_observers_receive_neither_that_nor_what_was_dumped_nor_anything_too_young(
    tmp_path: Path, course: list[tuple[str, object]]
) -> None:
    asyncio.run(run(course, DELAY_MS, tmp_path))


async def run(course: list[tuple[str, object]], delay_ms: int = 0, path: Path | None = None) -> None:
    model, seen = Model(delay_ms * 1_000_000), []
    async with gated_room(delay_ms, path) as room:
        for kind, what in course:
            await one_event(room, model, seen, kind, what)
        await room.settle()
        for watching in seen:
            for at_ns in watching.seen:
                assert watching.audience in model.allowed[at_ns], (watching.audience, at_ns - START_NS)
                assert at_ns >= watching.since_ns, "of an opening before the one that it joined in"


async def one_event(room: GatedRoom, model: Model, seen: list[Watching], kind: str, what: object) -> None:
    room.now_ns += STEP_NS
    match kind:
        case "gate":
            room.set(*what)
            model.gate(what, -(-room.now_ns // 1_000_000) * 1_000_000)
        case "open":
            # Long enough for a delay to pass: an opening, and pictures.
            room.set(COURT, OBSERVERS)
            model.gate({COURT, OBSERVERS}, -(-room.now_ns // 1_000_000) * 1_000_000)
            wait(room)
            for number in range(70):
                room.now_ns += STEP_NS
                show(room, model, room.now_ns, keyframe=number % 8 == 0)
                await room.tick()
        case "stale":
            room.set(*what, epoch=0)
        case "forget":
            room.forget()
            model.gate(set(), room.now_ns)
        case "picture" | "late":
            at_ns = room.now_ns - (what * STEP_NS if kind == "late" else 0)
            show(room, model, at_ns, keyframe=what is True)
        case "dump":
            room.dump(what)
            model.dumped(room.now_ns - int(what * 1000) * 1_000_000, room.now_ns)
        case "pause":
            for _ in range(what):
                room.now_ns += STEP_NS
                await room.tick()
        case "join":
            await join(room, model, seen, *what)
        case "lost":
            # A lease that ends: whatever ran is over.
            for watching in seen:
                room.desk._end(watching.view_id, "lease_expired")
    if room.delay_ms:
        await room.tick()
        await received(room, seen)


def show(room: GatedRoom, model: Model, captured_ns: int, *, keyframe: bool) -> None:
    at_ns = model.unlike_any(captured_ns)
    for unit in (picture(at_ns, keyframe=keyframe, arrival_ns=room.now_ns), sound(at_ns, room.now_ns)):
        model.captured(at_ns, room.now_ns)
        room.show(unit)


async def received(room: GatedRoom, seen: list[Watching]) -> None:
    """What came so far is old enough."""
    for _ in range(3):
        await asyncio.sleep(0)
    for watching in seen:
        if watching.audience is OBSERVERS and watching.seen:
            assert max(watching.seen) + room.delay_ms * 1_000_000 <= room.now_ns


async def join(room: GatedRoom, model: Model, seen: list[Watching], how: str, audience: Audience) -> None:
    # Nothing is captured while a join waits for its keyframe: only those that begin at once are of interest here.
    if not room.camera.keyframe(audience):
        return
    try:
        watching = await (room.browse(audience) if how == "webrtc" else room.tap(how, audience))
    except Refused:
        return
    watching.since_ns = model.open_since[audience]
    seen.append(watching)


@given(st.lists(st.tuples(gates, st.lists(st.tuples(st.booleans(), st.integers(0, 30)), max_size=8)), max_size=12))
def test_a_door_begins_with_a_keyframe_that_was_captured_after_it_was_opened(
    course: list[tuple[set[Audience], list[tuple[bool, int]]]],
) -> None:
    now = [START_NS]
    board = GateBoard(lambda _camera, _audiences: 0, lambda: now[0])
    hub = Hub("room")
    door, kept = Door(hub, CAMERA, OBSERVERS, board), Kept()
    door.attach(kept)
    opened_ns: int | None = None
    for epoch, (audiences, pictures) in enumerate(course, start=1):
        now[0] += STEP_NS
        was_open = opened_ns is not None
        board.learn(Gate(camera_id=CAMERA, audiences=tuple(audiences), epoch=epoch))
        opened_ns = (opened_ns if was_open else now[0]) if OBSERVERS in audiences else None
        begun = was_open and bool(kept.units)
        kept.units = kept.units if begun and opened_ns else []
        for keyframe, late in pictures:
            now[0] += STEP_NS
            at_ns = now[0] - late * STEP_NS
            hub.on_unit(picture(at_ns, keyframe=keyframe, arrival_ns=now[0]))
        if opened_ns is None:
            assert not kept.units
            assert door.cached() == ()
            assert door.newest is None
        else:
            assert all(unit.capture_ns >= opened_ns for unit in kept.units)
            assert not kept.units or kept.units[0].keyframe
            assert all(unit.capture_ns >= opened_ns for unit in door.cached()[:1])
