"""A courtroom's camera is recorded while its gate lets the recorder in, and at no other time: judged by the bytes on the disk."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fakes.gated_room import GatedRoom, picture, stamps
from fakes.recordings import FAST, Studio, studio, until
from streams.gating import GUARD_NS
from streams.record.recorder import Camera, Clocks, Recorder
from streams.relay import Relay
from streams.types.camera import Recording, RecordingMode, RecordingPlan
from streams.types.gate import Audience
from streams.types.segment_file import check_file

START_NS = 1_795_000_000_000_000_000
STEP_NS = 80_000_000
ALWAYS = RecordingPlan(mode=RecordingMode.CONTINUOUS)
SHOWN = (Audience.COURT, Audience.OBSERVERS)
RECORDED = (*SHOWN, Audience.RECORDER)


@asynccontextmanager
async def recorded_room(folder: Path) -> AsyncIterator[tuple[GatedRoom, Studio]]:
    """Somebody has planned to record it day and night."""
    relay = await Relay.open("127.0.0.1")
    async with studio(folder) as made, asyncio.TaskGroup() as group:

        def recorder(camera: Camera, plan: RecordingPlan) -> Recorder:
            clocks = Clocks(lambda: room.now_ns, lambda: room.now_ns / 1e9)
            return Recorder(camera, plan, made.volumes, made.told.gaps.append, rules=FAST, clocks=clocks)

        room = GatedRoom(relay, START_NS, recorder=recorder, recording=ALWAYS)
        room.record_in(group)
        try:
            yield room, made
        finally:
            room.camera._stop_recording()
            await room.close()
            await relay.close()


def play(room: GatedRoom, pictures: int) -> set[int]:
    captured = set()
    for number in range(pictures):
        room.now_ns += STEP_NS
        room.show(picture(room.now_ns, keyframe=number % 5 == 0))
        captured.add(room.now_ns)
    return captured


async def records(room: GatedRoom) -> None:
    """Until the recorder has found where its chain goes on, and nothing that comes may be from before the opening."""
    await until(lambda: room.camera._recorder is not None and room.camera._recorder._cutter is not None)
    room.now_ns += GUARD_NS


def on_disk(made: Studio) -> set[int]:
    found: set[int] = set()
    for closed in made.told.closed:
        data = made.path(closed).read_bytes()
        with made.path(closed).open("rb") as file:
            assert check_file(file, closed.sha256).wrong is None
        found |= set(stamps(data))
    return found


async def test_without_a_gate_for_the_recorder_nothing_is_recorded_whatever_is_planned(tmp_path: Path) -> None:
    async with recorded_room(tmp_path) as (room, made):
        play(room, 20)
        room.set(*SHOWN)
        room.now_ns += GUARD_NS
        play(room, 40)
        assert room.camera.state().recording is Recording.OFF
    assert made.told.closed == []
    assert not list((tmp_path / "main").rglob("*.mp4*"))


async def test_what_was_captured_while_it_was_shut_out_is_in_no_file(tmp_path: Path) -> None:
    wanted: set[int] = set()
    async with recorded_room(tmp_path) as (room, made):
        for shut in ((), SHOWN, ()):
            play(room, 10)
            room.set(*RECORDED)
            await records(room)
            wanted |= play(room, 40)
            room.set(*shut)
            play(room, 20)
            assert room.camera.state().recording is Recording.OFF
            # Opened again for people alone: the recorder stays out.
            room.set(*SHOWN)
            room.now_ns += GUARD_NS
            play(room, 20)
    assert on_disk(made) == wanted


async def test_without_control_nothing_is_recorded_since_a_part_may_have_been_closed(tmp_path: Path) -> None:
    async with recorded_room(tmp_path) as (room, made):
        room.set(*RECORDED)
        await records(room)
        wanted = play(room, 40)
        room.board.hear(heard=False)
        play(room, 40)
        assert room.camera.state().recording is Recording.OFF
        room.board.hear(heard=True)
        await records(room)
        again = play(room, 40)
    assert wanted <= on_disk(made) <= wanted | again
    assert again & on_disk(made)
