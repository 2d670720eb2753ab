"""A hearing is recorded for a purpose only, while observers may see it, by the court alone; nothing else of it is ever shown."""

from typing import Any

import pytest
from sqlmodel import col, select

from fakes.api_browser import Answer
from fakes.clock import FakeClock
from fakes.control_ports import FakePorts
from fakes.hearings import Courtroom, court
from fakes.province import AREA_A, SITE_A
from fakes.segments import FakeRecorder
from fakes.signed_in import SignInAs
from streams.types.gate import Audience
from vms.access import Role
from vms.db.engine import Database
from vms.db.tables import Angle, Camera
from vms.recordings.news import RecordingNews
from vms.recordings.spans import Span
from web.services import Services

SECOND_MS = 1000


@pytest.fixture
def database(any_database: Database) -> Database:
    return any_database


@pytest.fixture
async def room(control: Services, people: SignInAs) -> Courtroom:
    return await court(control, people)


async def record(room: Courtroom, hearing: str, purpose: str = "review", **more: object) -> Any:
    body = {"version": await room.version(hearing), "purpose": purpose, **more}
    return await room.clerk.send("PUT", f"/api/hearings/{hearing}/recording", body)


async def stop(room: Courtroom, hearing: str) -> Any:
    version = await room.version(hearing)
    return await room.judge.send("DELETE", f"/api/hearings/{hearing}/recording?version={version}")


def recorded(ports: FakePorts, room: Courtroom) -> bool:
    letting = [Audience.RECORDER in ports.gates.standing[camera].audiences for camera in (room.bench, room.accused)]
    assert len(set(letting)) == 1
    return letting[0]


async def test_the_court_starts_and_stops_it_for_a_purpose_and_each_act_is_a_mark(
    room: Courtroom, ports: FakePorts, clock: FakeClock
) -> None:
    hearing = await room.schedule()
    await room.begun(hearing)
    assert not recorded(ports, room)
    answer = await record(room, hearing, reason="Theo đề nghị của VKS")
    assert answer.status == 200, answer.body
    assert recorded(ports, room)
    began_ms = clock()
    clock.advance(minutes=5)
    assert (await stop(room, hearing)).status == 200
    assert not recorded(ports, room)
    read = await room.read(hearing)
    (one,) = read["recordings"]
    assert (one["purpose"]["code"], one["from_ms"], one["to_ms"]) == ("review", began_ms, clock())
    assert (one["begun_by"], one["ended_by"]) != ("", "")
    assert read["recording_purpose"] is None
    marks = (await room.clerk.get(f"/api/hearings/{hearing}/timeline")).body
    assert [mark["act"] for mark in marks][-2:] == ["record", "record_stop"]
    assert marks[-2]["facts"] == {"purpose": "Rút kinh nghiệm", "reason": "Theo đề nghị của VKS"}


@pytest.mark.parametrize("closing", ["close_doors", "deliberate", "take_break", "suspend_technical", "cut", "flag"])
async def test_whatever_observers_may_not_see_is_not_recorded_and_recording_goes_on_with_what_they_see(
    room: Courtroom, ports: FakePorts, clock: FakeClock, closing: str
) -> None:
    hearing = await room.schedule()
    await room.begun(hearing)
    await record(room, hearing)
    clock.advance(minutes=1)
    back = {
        "close_doors": "open_doors",
        "deliberate": "back_to_questioning",
        "take_break": "resume",
        "suspend_technical": "resume",
        "cut": "restore",
    }
    if closing == "flag":
        body = {"version": await room.version(hearing), "flags": ["minor"]}
        assert (await room.clerk.send("PUT", f"/api/hearings/{hearing}/flags", body)).status == 200
    elif closing == "cut":
        assert (await room.judge.post(f"/api/hearings/{hearing}/cut", {})).status == 200
    else:
        assert (await room.act(hearing, closing)).status == 200
    assert not recorded(ports, room)
    assert (await room.read(hearing))["recordings"][0]["to_ms"] == clock()
    clock.advance(minutes=1)
    if closing == "flag":
        body = {"version": await room.version(hearing), "flags": []}
        assert (await room.judge.send("PUT", f"/api/hearings/{hearing}/flags", body)).status == 200
    else:
        assert (await room.act(hearing, back[closing], room.judge)).status == 200
    assert recorded(ports, room)
    assert [one["to_ms"] is None for one in (await room.read(hearing))["recordings"]] == [False, True]


async def test_the_whole_is_recorded_when_it_is_ordered_before_it_begins_and_ends_with_the_hearing(
    room: Courtroom, ports: FakePorts, clock: FakeClock
) -> None:
    hearing = await room.schedule()
    assert (await record(room, hearing)).code == "conflict"
    await room.act(hearing, "check_room")
    assert (await record(room, hearing)).status == 200
    assert not recorded(ports, room)
    for act in ("await_bench", "begin"):
        await room.act(hearing, act)
    assert recorded(ports, room)
    clock.advance(minutes=9)
    await room.act(hearing, "end", outcome="discontinued")
    assert not recorded(ports, room)
    read = await room.read(hearing)
    assert [(one["from_ms"], one["to_ms"]) for one in read["recordings"]] == [(clock() - 9 * 60_000, clock())]
    assert (read["recording_purpose"], read["purposes"]) == (None, [])
    # Only two people together ever delete it.
    (lock,) = await room.control.recordings.locks.of_camera(room.bench, _around(clock))
    assert (lock.row.kind, lock.row.reference, lock.row.to_ms) == ("hearing", "12/2026/TLST-HS", clock())


async def test_a_purpose_outside_of_the_policy_and_people_outside_of_the_court_record_nothing(
    room: Courtroom, ports: FakePorts
) -> None:
    hearing = await room.schedule()
    await room.begun(hearing)
    unknown = await record(room, hearing, "television")
    assert (unknown.status, unknown.body["detail"], unknown.body["field"]) == (400, "unknown_purpose", "purpose")
    body = {"version": await room.version(hearing), "purpose": "review"}
    url = f"/api/hearings/{hearing}/recording"
    assert (await room.prosecutor.send("PUT", url, body)).status in (403, 404)
    assert (await stop(room, hearing)).code == "conflict"
    assert not recorded(ports, room)
    seen = await room.read(hearing, room.prosecutor)
    assert (seen["purposes"], seen["recordings"], seen["recording_purpose"]) == ([], [], None)
    assert [one["code"] for one in (await room.read(hearing))["purposes"]] == ["review", "training"]


async def test_the_time_line_on_paper_says_when_it_was_recorded_and_what_for_to_the_court_alone(
    room: Courtroom, clock: FakeClock
) -> None:
    hearing = await room.schedule()
    await room.begun(hearing)
    await record(room, hearing)
    clock.advance(minutes=2)
    await stop(room, hearing)
    url = f"/api/hearings/{hearing}/papers/timeline.csv"
    paper = _csv(await room.clerk.get(url))
    assert "Mục đích" in paper
    assert "Rút kinh nghiệm" in paper.rpartition("Mục đích")[2]
    assert "Mục đích" not in _csv(await room.prosecutor.get(url))


async def test_a_sealed_part_is_neither_played_nor_pictured_nor_on_the_timeline(
    room: Courtroom, control: Services, clock: FakeClock, people: SignInAs
) -> None:
    """A worker heard late that the doors were closed, and wrote on: 12 s on the disk, 6 of them recorded for a purpose."""
    hearing = await room.schedule()
    await room.begun(hearing)
    begin_ms = clock()
    writer = FakeRecorder(control.settings.data_dir / "v1", room.bench, begin_ms - 2 * SECOND_MS)
    writer.write(3)
    for closed in writer.written:
        await RecordingNews(control.db).closed(closed)
    whole_ms = writer.start_ms - (begin_ms - 2 * SECOND_MS)
    await record(room, hearing)
    clock.advance(s=6)
    await room.act(hearing, "close_doors")
    clock.advance(minutes=1)
    camera, until_ms = f"/api/cameras/{room.bench}", begin_ms + 6 * SECOND_MS
    shown = (await room.judge.get(f"{camera}/timeline?from_ms={begin_ms - 60_000}&to_ms={clock()}")).body
    assert shown["recorded"] == [{"start_ms": begin_ms, "end_ms": until_ms}]
    assert whole_ms > 8 * SECOND_MS
    base = f"base_ms={begin_ms - 3_600_000}"
    played = await room.judge.get(f"{camera}/recorded?from_ms={begin_ms - 1000}&{base}&length_ms=20000")
    assert played.status == 200, played.body
    assert begin_ms <= int(played.headers["X-Start-Ms"]) <= int(played.headers["X-End-Ms"]) <= until_ms
    after = await room.judge.get(f"{camera}/recorded?from_ms={until_ms}&{base}")
    assert after.status == 204
    for at_ms in (begin_ms - 500, until_ms + 500):
        picture = await room.judge.get(f"{camera}/recorded.jpg?at_ms={at_ms}")
        assert (picture.status, picture.code) == (404, "no_picture")
    # Taken out of the courtroom, it is a police camera: what it saw of the hearing stays the court's.
    async with control.db.transaction() as session:
        angle = (await session.exec(select(Angle).where(col(Angle.camera_id) == room.bench))).one()
        angle.camera_id = None
        session.add(angle)
        moved = await session.get_one(Camera, room.bench)
        moved.site_id = SITE_A
        session.add(moved)
    officer = await people(Role.DUTY_OFFICER, AREA_A)
    assert (await officer.get(f"{camera}/recorded?from_ms={begin_ms}&{base}")).status == 204
    shown = (await officer.get(f"{camera}/timeline?from_ms={begin_ms - 60_000}&to_ms={clock()}")).body
    assert all(one["end_ms"] <= begin_ms for one in shown["recorded"])


async def test_what_was_dropped_before_observers_saw_it_is_sealed_in_the_recording(
    room: Courtroom, clock: FakeClock
) -> None:
    hearing = await room.schedule(delay_s=60)
    await room.begun(hearing)
    await record(room, hearing)
    began_ms = clock()
    clock.advance(s=50)
    dropped = await room.judge.post(f"/api/hearings/{hearing}/dump", {"seconds": 10})
    assert dropped.status == 200, dropped.body
    clock.advance(s=20)
    parts = await room.control.recordings.court_parts.open_parts(room.bench, Span(0, clock()), court=True)
    assert parts == [Span(began_ms, began_ms + 40_000), Span(began_ms + 51_000, clock())]


def _csv(answer: Answer) -> str:
    assert answer.status == 200, answer.body
    return answer.body.decode("utf-8-sig") if isinstance(answer.body, bytes) else str(answer.body)


def _around(clock: FakeClock) -> Span:
    return Span(0, clock() + 1)
