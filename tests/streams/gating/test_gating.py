"""What is shut out is never sent, on no transport, not later either: judged by the capture times inside the bytes that were received."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from fakes.gated_room import CAMERA, FORMATS, GatedRoom, Watching, picture, sound
from fakes.imprints import view_id
from streams.gating import GUARD_NS, Door, GateBoard
from streams.hub import Hub
from streams.relay import Relay
from streams.types.bus import RefusalCode, Refused, SnapshotRequest, ViewRenew
from streams.types.camera import CameraSpec, MotionSpec, RecordingMode, RecordingPlan, StreamSpec
from streams.types.gate import Audience, Gate
from streams.types.media import AccessUnit, StreamKind
from streams.types.tap import TapFormat

START_NS = 1_795_000_000_000_000_000
STEP_NS = 80_000_000
COURT, OBSERVERS, ANYONE = Audience.COURT, Audience.OBSERVERS, Audience.ANYONE


@asynccontextmanager
async def gated_room() -> AsyncIterator[GatedRoom]:
    relay = await Relay.open("127.0.0.1")
    room = GatedRoom(relay, START_NS)
    await room.taps.listen("127.0.0.1")
    try:
        yield room
    finally:
        await room.close()
        await relay.close()


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


class Model:
    """What may be seen: by audience, the moments since which it is open, or None."""

    def __init__(self) -> None:
        self.open_since: dict[Audience, int] = {}
        self.allowed: dict[int, set[Audience]] = {}

    def gate(self, audiences: set[Audience], now_ns: int) -> None:
        for audience in list(self.open_since):
            if audience not in audiences:
                del self.open_since[audience]
        for audience in audiences:
            self.open_since.setdefault(audience, now_ns)

    def captured(self, at_ns: int, now_ns: int) -> None:
        """At most these may ever receive what was captured then: it arrives now, and what is shut out now never gets it."""
        self.allowed[at_ns] = {audience for audience, since in self.open_since.items() if since <= at_ns}


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(events, min_size=5, max_size=60))
# A picture that came late lies in the cache behind a keyframe that may be shown.
@example([("gate", {COURT}), ("pause", 11), ("picture", True), ("late", 15), ("join", ("webrtc", COURT))])
def test_over_random_courses_nobody_receives_what_was_captured_while_they_were_shut_out(
    course: list[tuple[str, object]],
) -> None:
    asyncio.run(run(course))


async def run(course: list[tuple[str, object]]) -> None:
    model, seen = Model(), []
    async with gated_room() as room:
        for kind, what in course:
            await one_event(room, model, seen, kind, what)
        await room.settle()
        for watching in seen:
            for at_ns in watching.seen:
                assert watching.audience in model.allowed[at_ns], (watching.audience, at_ns - START_NS)


async def one_event(room: GatedRoom, model: Model, seen: list[Watching], kind: str, what: object) -> None:
    room.now_ns += STEP_NS
    match kind:
        case "gate":
            room.set(*what)
            model.gate(what, -(-room.now_ns // 1_000_000) * 1_000_000)
        case "stale":
            room.set(*what, epoch=0)
        case "forget":
            room.board.forget(CAMERA)
            room._epoch += 1
            model.gate(set(), room.now_ns)
        case "picture" | "late":
            at_ns = room.now_ns - (what * STEP_NS if kind == "late" else 0) + room._views
            for unit in (picture(at_ns, keyframe=what is True, arrival_ns=room.now_ns), sound(at_ns, room.now_ns)):
                model.captured(at_ns, room.now_ns)
                room.show(unit)
        case "pause":
            room.now_ns += what * STEP_NS
        case "join":
            await join(room, seen, *what)
        case "lost":
            # A lease that ends: whatever ran is over.
            for watching in seen:
                room.desk._end(watching.view_id, "lease_expired")


async def join(room: GatedRoom, seen: list[Watching], how: str, audience: Audience) -> None:
    # Nothing is captured while a join waits for its keyframe: only those that begin at once are of interest here.
    if not room.camera.keyframe(audience):
        return
    try:
        seen.append(await (room.browse(audience) if how == "webrtc" else room.tap(how, audience)))
    except Refused:
        return


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
