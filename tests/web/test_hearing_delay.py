"""A hearing with a delay: how it is planned, what observers are told of it, and what the court drops before they see it."""

import pytest

from fakes.clock import FakeClock
from fakes.control_ports import FakePorts
from fakes.hearings import Courtroom, court
from fakes.province import AREA_A, camera_state
from fakes.signed_in import SignInAs
from streams.types.camera import DelayFault, DelayState
from streams.types.gate import Audience, Dropped
from vms.access import Role
from vms.db.engine import Database
from vms.papers.wording import span
from web.services import Services


@pytest.fixture
def database(any_database: Database) -> Database:
    """SQLite and PostgreSQL."""
    return any_database


@pytest.fixture
async def room(control: Services, people: SignInAs) -> Courtroom:
    return await court(control, people)


async def test_the_delay_is_planned_goes_to_the_gates_and_is_fixed_once_the_hearing_has_begun(
    room: Courtroom, ports: FakePorts
) -> None:
    for wrong in (-1, 1801):
        assert (await room.clerk.post("/api/hearings", await room.plan(delay_s=wrong))).status == 400
    hearing = await room.schedule(delay_s=600)
    plan = {**await room.plan(delay_s=300), "version": await room.version(hearing)}
    assert (await room.clerk.send("PUT", f"/api/hearings/{hearing}", plan)).status == 200
    await room.begun(hearing)
    gate = ports.gates.standing[room.bench]
    assert (gate.delay_ms, gate.dropped, Audience.OBSERVERS in gate.audiences) == (300_000, (), True)
    plan["version"] = await room.version(hearing)
    assert (await room.clerk.send("PUT", f"/api/hearings/{hearing}", {**plan, "delay_s": 0})).status == 409
    read = await room.read(hearing, room.prosecutor)
    assert (read["delay_s"], read["since_ms"], read["dumps"]) == (300, gate.since_ms, False)


async def test_the_clerk_and_the_judge_drop_what_was_not_seen_and_nobody_else_does(
    room: Courtroom, ports: FakePorts, clock: FakeClock, people: SignInAs
) -> None:
    hearing = await room.schedule(delay_s=600)
    path = f"/api/hearings/{hearing}/dump"
    assert (await room.clerk.post(path, {"seconds": 30})).body["detail"] == "not_now"
    await room.begun(hearing)
    clock.advance(minutes=5)
    assert (await room.read(hearing))["dumps"] is True
    now_ms = clock()
    dumped = await room.judge.post(path, {"seconds": 30})
    assert (dumped.status, dumped.body["confirmed"]) == (200, True)
    span = {"from_ms": now_ms - 30_000, "to_ms": now_ms}
    assert dumped.body["hearing"]["dropped"] == [span]
    assert ports.gates.standing[room.accused].dropped == (Dropped(**span),)
    assert Audience.OBSERVERS in ports.gates.standing[room.accused].audiences
    clock.advance(minutes=1)
    assert (await room.clerk.post(path, {})).status == 200
    since_ms = ports.gates.standing[room.bench].since_ms
    assert ports.gates.standing[room.bench].dropped == (Dropped(from_ms=since_ms, to_ms=clock()),)
    officer = await people(Role.DUTY_OFFICER, AREA_A)
    assert [(await who.post(path, {})).status for who in (room.prosecutor, room.councillor, officer)] == [404] * 3
    marks = (await room.clerk.get(f"/api/hearings/{hearing}/timeline")).body
    facts = [mark["facts"] for mark in marks if mark["act"] == "dump"]
    assert facts[0] == {"from_ms": str(now_ms - 30_000), "to_ms": str(now_ms)}
    assert len(facts) == 2
    assert all(mark["confirmed_ms"] for mark in marks if mark["act"] == "dump")


async def test_what_closes_the_hearing_forgets_the_dumps_of_before(
    room: Courtroom, ports: FakePorts, clock: FakeClock
) -> None:
    hearing = await room.schedule(delay_s=60)
    await room.begun(hearing)
    path = f"/api/hearings/{hearing}/dump"
    assert (await room.clerk.post(path, {})).status == 200
    await room.act(hearing, "close_doors")
    assert (await room.clerk.post(path, {})).status == 409
    await room.act(hearing, "open_doors", room.judge)
    gate = ports.gates.standing[room.bench]
    assert (gate.dropped, gate.delay_ms, gate.since_ms) == ((), 60_000, clock())


async def test_without_a_delay_nothing_can_be_dropped(room: Courtroom) -> None:
    hearing = await room.schedule()
    await room.begun(hearing)
    assert (await room.read(hearing))["dumps"] is False
    assert (await room.judge.post(f"/api/hearings/{hearing}/dump", {})).status == 409


async def test_the_court_reads_why_observers_see_nothing_and_observers_do_not(
    room: Courtroom, ports: FakePorts
) -> None:
    hearing = await room.schedule(delay_s=60)
    await room.begun(hearing)
    assert (await room.read(hearing))["delay_fault"] is None
    state = camera_state(room.bench).model_copy(update={"delay": DelayState(held_ms=0, bytes=0, fault=DelayFault.FULL)})
    ports.live.states[room.bench] = state
    assert (await room.read(hearing))["delay_fault"] == "full"
    assert (await room.read(hearing, room.prosecutor))["delay_fault"] is None


async def test_a_note_bears_the_stage_that_its_writer_saw(room: Courtroom, clock: FakeClock) -> None:
    hearing = await room.schedule(delay_s=300)
    await room.begun(hearing)
    clock.advance(minutes=1)
    version = await room.version(hearing)
    assert (
        await room.clerk.post(f"/api/hearings/{hearing}/stage", {"version": version, "stage": "questioning"})
    ).status == 200

    async def noted() -> str | None:
        return (await room.prosecutor.post(f"/api/hearings/{hearing}/notes", {"kind": "mark"})).body["stage"]

    clock.advance(minutes=4)
    assert await noted() == "opening"
    clock.advance(minutes=1)
    assert await noted() == "questioning"


async def test_the_paper_says_from_when_to_when_nothing_was_shown(room: Courtroom, clock: FakeClock) -> None:
    hearing = await room.schedule(delay_s=600)
    await room.begun(hearing)
    clock.advance(minutes=5)
    await room.clerk.post(f"/api/hearings/{hearing}/dump", {"seconds": 90})
    answer = await room.clerk.get(f"/api/hearings/{hearing}/papers/timeline.csv")
    assert answer.status == 200
    seen_from, seen_to = span(clock() - 90_000, clock()).split("–")
    text = answer.body.decode("utf-8-sig")
    assert "Bỏ phần chưa phát" in text
    assert seen_from in text
    assert seen_to in text
