import asyncio
import io
import wave
from base64 import b64decode, b64encode
from dataclasses import dataclass

import pytest
from sqlmodel import col, select

from fakes.clock import FakeClock
from fakes.control_ports import FakePorts
from fakes.hearings import CHECKLIST, COUNCIL, PROCURACY, Courtroom, account_id, court
from fakes.province import AREA_A, COURT, Seen, camera_state
from fakes.signed_in import SignInAs, sign_in_again
from streams.types.bus import RefusalCode
from streams.types.camera import CameraState
from streams.types.gate import Audience
from streams.types.sound import SoundHeard, SoundLevel
from vms.access import Role
from vms.cameras.notices import HearingMoved
from vms.cameras.ports import BusRefused
from vms.db.engine import Database
from vms.db.tables import AcceptanceRow, HearingRow
from vms.hearings.ports import Watched
from web.feed import Feed
from web.services import Services
from web.wire import HearingMessage

BOTH = (Audience.COURT, Audience.OBSERVERS)


@pytest.fixture
def database(any_database: Database) -> Database:
    """SQLite and PostgreSQL: one winner on both."""
    return any_database


@pytest.fixture
async def room(control: Services, people: SignInAs) -> Courtroom:
    return await court(control, people)


async def test_scheduling_waits_until_every_point_that_excludes_observation_is_answered(room: Courtroom) -> None:
    for point in CHECKLIST:
        rest = {one: answer for one, answer in CHECKLIST.items() if one != point}
        answer = await room.clerk.post("/api/hearings", await room.plan(checklist=rest))
        assert (answer.status, answer.code, answer.body["field"]) == (400, "bad_request", f"checklist.{point}")
    hearing = await room.schedule(checklist={**CHECKLIST, "juvenile": True})
    read = await room.read(hearing)
    assert read["flags"] == ["minor"]
    assert read["parties"] == [{"role": "bị cáo", "name": "L.V.N."}]
    assert read["warnings"] == []


async def test_an_unusual_case_number_is_kept_with_a_warning(room: Courtroom) -> None:
    read = await room.read(await room.schedule(case_number="Số 5, vụ cũ"))
    assert (read["case_number"], read["warnings"]) == ("Số 5, vụ cũ", ["case_number"])


async def test_a_courtroom_shows_nothing_to_anybody_without_a_hearing_that_shows_it(
    room: Courtroom, people: SignInAs
) -> None:
    officer = await people(Role.DUTY_OFFICER, AREA_A)
    for who in (room.clerk, room.judge, room.chair, room.prosecutor, officer):
        assert await room.watch(who) == 404
    hearing = await room.schedule()
    assert (await room.order(hearing)).status == 200
    await room.accept(hearing, room.prosecutor)
    assert await room.watch(room.clerk) == 404
    await room.act(hearing, "check_room")
    assert [await room.watch(who) for who in (room.clerk, room.judge, room.prosecutor, officer)] == [201, 201, 404, 404]


async def test_an_observer_sees_what_the_order_names_once_the_warning_is_accepted(
    room: Courtroom, ports: FakePorts, clock: FakeClock
) -> None:
    hearing = await room.schedule()
    ends_ms = clock() + 300_000
    assert (await room.order(hearing, angles=["bench"], valid_to_ms=ends_ms)).status == 200
    for act in ("check_room", "await_bench", "begin"):
        await room.act(hearing, act)
    assert await room.watch(room.prosecutor) == 404
    assert (await room.accept(hearing, room.prosecutor)).status == 204
    assert await room.watch(room.prosecutor) == 201
    assert ports.views.requests[-1].audience is Audience.OBSERVERS
    assert await room.watch(room.prosecutor, room.accused) == 404
    assert await room.watch(room.councillor) == 404
    assert (await room.prosecutor.get(f"/api/cameras/{room.bench}/snapshot.jpg")).status == 404
    assert [one["id"] for one in (await room.prosecutor.get("/api/hearings")).body] == [hearing]
    assert (await room.councillor.get("/api/hearings")).body == []
    assert [one["kind"] for one in (await room.read(hearing, room.prosecutor))["angles"]] == ["bench"]
    clock.advance(minutes=5)
    assert await room.watch(room.prosecutor) == 404
    assert await room.watch(room.clerk) == 201


async def test_the_warning_is_accepted_anew_in_each_session_and_recorded_with_device_and_time(
    room: Courtroom, clock: FakeClock
) -> None:
    hearing = await room.schedule()
    await room.begun(hearing)
    assert await room.watch(room.prosecutor) == 201
    elsewhere = await sign_in_again(room.control, room.prosecutor, await account_id(room.prosecutor))
    assert (await room.read(hearing, elsewhere))["accepted"] is False
    assert await room.watch(elsewhere) == 404, "what another session accepted does not count here"
    clock.now_ms += 5_000
    assert (await room.accept(hearing, elsewhere)).status == 204
    assert (await room.accept(hearing, elsewhere)).status == 204
    assert (await room.read(hearing, elsewhere))["accepted"] is True
    assert await room.watch(elsewhere) == 201
    async with room.control.db.session() as session:
        found = (await session.exec(select(AcceptanceRow).order_by(col(AcceptanceRow.at_ms)))).all()
    assert len({row.session_id for row in found}) == len(found) == 2
    assert found[1].at_ms - found[0].at_ms == 5_000
    assert all(row.address == "127.0.0.1" and "aiohttp" in row.agent for row in found)


async def test_an_observer_puts_what_the_order_names_into_slots_and_nothing_else(
    room: Courtroom, people: SignInAs, ports: FakePorts
) -> None:
    hearing = await room.schedule()
    await room.begun(hearing)
    sdp = {"Content-Type": "application/sdp"}
    officer = await people(Role.DUTY_OFFICER, AREA_A)
    filled = {}
    for name, who in (("prosecutor", room.prosecutor), ("councillor", room.councillor), ("officer", officer)):
        opened = await who.send("POST", "/api/carriers/w0", data="v=0\r\n", headers=sdp)
        assert opened.status == 201
        path = f"{opened.headers['Location']}/slots/0"
        filled[name] = (await who.send("PUT", path, {"camera_id": room.bench})).status
    assert filled == {"prosecutor": 200, "councillor": 404, "officer": 404}
    assert [slot.audience for slot in ports.carriers.slots.values()] == [Audience.OBSERVERS]


async def test_observers_learn_nothing_of_a_closed_part_not_even_while_it_pauses(room: Courtroom) -> None:
    hearing = await room.schedule()
    await room.begun(hearing)
    for act in ("close_doors", "take_break"):
        await room.act(hearing, act)
        seen = await room.read(hearing, room.prosecutor)
        assert (seen["title"], seen["stage"], seen["parties"], seen["stages"]) == ("Phiên kín", None, [], [])
    await room.act(hearing, "resume")
    await room.act(hearing, "deliberate")
    assert (await room.read(hearing, room.prosecutor))["title"] == "Phiên kín"


async def test_an_order_may_name_people_and_nobody_else_of_their_body(room: Courtroom, people: SignInAs) -> None:
    leader = await people(Role.PROSECUTORS_LEADER, PROCURACY)
    hearing = await room.schedule()
    named = {"unit_id": PROCURACY, "account_ids": [await account_id(leader)]}
    assert (await room.order(hearing, bodies=[named])).status == 200
    assert (await room.accept(hearing, room.prosecutor)).status == 404
    assert (await room.accept(hearing, leader)).status == 204
    stranger = {"unit_id": PROCURACY, "account_ids": [await account_id(room.councillor)]}
    assert (await room.order(hearing, bodies=[stranger])).status == 404


async def test_the_gate_follows_the_hearing_and_opens_again_by_its_judge_alone(
    room: Courtroom, ports: FakePorts
) -> None:
    hearing = await room.schedule()
    await room.begun(hearing)
    assert ports.gates.standing[room.bench].audiences == BOTH
    answer = await room.act(hearing, "close_doors")
    assert answer.body["confirmed"] is True
    assert ports.gates.standing[room.bench].audiences == ()
    assert await room.watch(room.prosecutor) == await room.watch(room.clerk) == 404
    assert (await room.act(hearing, "open_doors")).body["detail"] == "judge_only"
    assert (await room.act(hearing, "open_doors", room.judge)).status == 200
    assert await room.watch(room.prosecutor) == 201
    await room.act(hearing, "deliberate")
    assert await room.watch(room.prosecutor) == 404
    await room.act(hearing, "pronounce")
    assert await room.watch(room.prosecutor) == 201
    await room.act(hearing, "end")
    assert await room.watch(room.clerk) == 404
    assert ports.gates.standing[room.bench].audiences == ()


async def test_the_judgment_of_a_closed_hearing_opens_by_an_act_of_its_judge(room: Courtroom) -> None:
    hearing = await room.schedule(flags=["closed"])
    await room.begun(hearing)
    assert await room.watch(room.prosecutor) == await room.watch(room.judge) == 404
    seen = (await room.prosecutor.get("/api/hearings")).body[0]
    assert (seen["title"], seen["case_number"], seen["card"], seen["stage"]) == ("Phiên kín", "", "closed", None)
    await room.act(hearing, "deliberate")
    await room.act(hearing, "pronounce")
    assert await room.watch(room.prosecutor) == 404
    assert (await room.act(hearing, "open_judgment")).status == 403
    assert (await room.act(hearing, "open_judgment", room.judge)).status == 200
    assert await room.watch(room.prosecutor) == 201


async def test_whoever_is_not_the_judge_of_the_hearing_opens_nothing(room: Courtroom) -> None:
    hearing = await room.schedule()
    await room.begun(hearing)
    await room.judge.post(f"/api/hearings/{hearing}/cut", {})
    other = (await room.chair.post(f"/api/hearings/{hearing}/acts", {"version": 99, "act": "restore"})).body
    assert other["detail"] == "judge_only"
    assert await room.watch(room.prosecutor) == 404


async def test_cut_counts_whatever_was_seen_and_is_undone_by_the_judge_alone(room: Courtroom, ports: FakePorts) -> None:
    hearing = await room.schedule()
    await room.begun(hearing)
    cut = await room.judge.post(f"/api/hearings/{hearing}/cut", {"expected_ms": room.control.clock() + 60_000})
    assert (cut.status, cut.body["confirmed"], cut.body["hearing"]["card"]) == (200, True, "cut")
    assert ports.gates.standing[room.accused].audiences == ()
    assert (await room.clerk.post(f"/api/hearings/{hearing}/cut", {})).status == 200
    for act in ("deliberate", "back_to_questioning"):
        await room.act(hearing, act, room.judge)
    assert await room.watch(room.prosecutor) == 404
    assert (await room.act(hearing, "restore")).status == 403
    assert (await room.act(hearing, "restore", room.judge)).status == 200
    assert await room.watch(room.prosecutor) == 201


async def test_of_two_clerks_at_once_one_wins_and_the_other_is_told(room: Courtroom, people: SignInAs) -> None:
    hearing = await room.schedule()
    await room.begun(hearing)
    version = await room.version(hearing)

    async def press(act: str) -> tuple[int, str]:
        answer = await room.clerk.post(f"/api/hearings/{hearing}/acts", {"version": version, "act": act})
        return answer.status, answer.body.get("detail", "")

    answers = sorted(await asyncio.gather(*(press(act) for act in ("deliberate", "take_break", "suspend"))))
    assert [status for status, _ in answers] == [200, 409, 409]
    assert {detail for status, detail in answers if status == 409} == {f"changed:{version + 1}"}


async def test_the_chair_lets_a_body_in_and_out_at_any_time(room: Courtroom) -> None:
    hearing = await room.schedule()
    await room.begun(hearing)
    assert await room.watch(room.prosecutor) == 201
    body = f"/api/hearings/{hearing}/bodies/{PROCURACY}"
    assert (await room.clerk.send("PUT", body, {"on": False})).status == 404
    off = await room.chair.send("PUT", body, {"on": False, "reason": "theo đề nghị"})
    assert off.status == 200
    assert off.body["hearing"]["orders"][0]["bodies"][0]["on"] is False
    assert await room.watch(room.prosecutor) == 404
    assert (await room.prosecutor.get(f"/api/hearings/{hearing}")).status == 404
    assert (await room.chair.send("PUT", body, {"on": True})).status == 200
    assert await room.watch(room.prosecutor) == 201


async def test_only_one_hearing_runs_in_a_courtroom(room: Courtroom) -> None:
    first, second = await room.schedule(), await room.schedule()
    await room.act(first, "check_room")
    answer = await room.act(second, "check_room")
    assert (answer.status, answer.body["detail"]) == (409, "room_busy")
    await room.act(first, "adjourn")
    assert (await room.act(second, "check_room")).status == 200


async def test_a_revoked_order_ends_what_it_showed(room: Courtroom) -> None:
    hearing = await room.schedule()
    await room.begun(hearing)
    read = await room.read(hearing)
    path = f"/api/hearings/{hearing}/orders/{read['orders'][0]['id']}"
    assert (await room.clerk.send("DELETE", f"{path}?version={read['version'] - 1}")).status == 409
    assert (await room.clerk.send("DELETE", f"{path}?version={read['version']}")).status == 200
    assert await room.watch(room.prosecutor) == 404


async def test_notes_are_ones_own_until_they_are_shared_after_the_hearing(room: Courtroom, people: SignInAs) -> None:
    colleague = await people(Role.PROSECUTORS_LEADER, PROCURACY)
    hearing = await room.schedule()
    await room.begun(hearing)
    assert (await room.order(hearing, COUNCIL)).status == 200
    notes = f"/api/hearings/{hearing}/notes"
    written = await room.prosecutor.post(notes, {"kind": "note", "text": "Xét hỏi kỹ"})
    assert (written.status, written.body["stage"]) == (201, "opening")
    assert (await room.prosecutor.post(f"{notes}/share")).status == 409
    for who in (colleague, room.councillor):
        assert (await who.get(notes)).body == []
    assert (await room.clerk.get(notes)).status == 404
    await room.act(hearing, "end")
    assert (await room.prosecutor.post(f"{notes}/share")).status == 204
    assert [one["text"] for one in (await colleague.get(notes)).body] == ["Xét hỏi kỹ"]
    assert (await room.councillor.get(notes)).body == []


async def test_the_time_line_has_every_act_and_hides_from_observers_what_they_did_not_see(room: Courtroom) -> None:
    hearing = await room.schedule()
    await room.begun(hearing)
    version = await room.version(hearing)
    await room.clerk.post(f"/api/hearings/{hearing}/stage", {"version": version, "stage": "questioning"})
    await room.act(hearing, "close_doors")
    version = await room.version(hearing)
    await room.clerk.post(f"/api/hearings/{hearing}/stage", {"version": version, "stage": "debate"})
    whole = (await room.clerk.get(f"/api/hearings/{hearing}/timeline")).body
    assert [one["number"] for one in whole] == list(range(1, len(whole) + 1))
    assert {"schedule", "order", "check_room", "await_bench", "begin", "stage", "close_doors"} <= {
        one["act"] for one in whole
    }
    seen = (await room.prosecutor.get(f"/api/hearings/{hearing}/timeline")).body
    assert [one["act"] for one in seen if one["act"] == "stage"] == ["stage"]
    assert all(one["confirmed_ms"] for one in whole if one["act"] in ("begin", "close_doors"))


async def test_an_act_that_workers_have_not_confirmed_says_so(room: Courtroom, ports: FakePorts) -> None:
    hearing = await room.schedule()
    await room.begun(hearing)
    ports.gates.away = True
    cut = await room.judge.post(f"/api/hearings/{hearing}/cut", {})
    assert (cut.status, cut.body["confirmed"], cut.body["latest_ms"]) == (200, False, 10_000)


async def test_a_hearing_that_runs_past_midnight_stays_on_the_list(room: Courtroom, clock: FakeClock) -> None:
    hearing = await room.schedule()
    await room.begun(hearing)
    tomorrow = (clock() // 86_400_000 + 2) * 86_400_000
    listed = (await room.clerk.get(f"/api/hearings?from_ms={tomorrow}&to_ms={tomorrow + 1}")).body
    assert [one["id"] for one in listed] == [hearing]


async def test_choices_name_the_courts_judges_and_the_observing_bodies(room: Courtroom) -> None:
    choices = (await room.clerk.get("/api/hearing-choices")).body
    assert [one["court_id"] for one in choices["courts"]] == [COURT]
    assert [one["id"] for one in choices["courts"][0]["judges"]] == [await account_id(room.judge)]
    assert {body["unit_id"] for body in choices["bodies"]} == {PROCURACY, COUNCIL}


@dataclass(frozen=True)
class View:
    view_id: str
    camera_id: str
    account_id: str
    session_id: str
    began_ms: int
    audience: Audience
    address: str = "10.9.8.7"


async def test_the_register_says_who_watched_from_when_to_when_and_who_watches_now(
    room: Courtroom, ports: FakePorts, clock: FakeClock
) -> None:
    hearing = await room.schedule()
    await room.begun(hearing)
    who, attendance = await account_id(room.prosecutor), room.control.hearings.attendance
    views = [View(f"view-{n}", room.bench, who, "session", clock() + n * 60_000, Audience.OBSERVERS) for n in range(2)]
    await attendance.write_begin(views[0])
    await attendance.write_end(views[0], clock() + 10_000)
    clock.advance(minutes=1)
    await attendance.write_begin(views[1])
    ports.gates.watched = [Watched(views[1].view_id, room.bench, who, "session", clock(), observer=True)]
    (line,) = (await room.clerk.get(f"/api/hearings/{hearing}/attendance")).body
    assert (line["unit"], line["to_ms"], line["angles"]) == (f"Đơn vị {PROCURACY}", None, ["bench"])
    assert line["address"] == "10.9.8.7", "of a player without a session"
    assert line["gaps"] == [{"from_ms": views[0].began_ms + 10_000, "to_ms": views[1].began_ms}]
    assert line["accepted_ms"]
    (now,) = (await room.judge.get(f"/api/hearings/{hearing}/watchers")).body
    assert (now["account_id"], now["observer"], now["angles"]) == (who, True, ["bench"])
    assert (await room.read(hearing))["watchers"] == 1
    for path in ("attendance", "watchers"):
        assert (await room.prosecutor.get(f"/api/hearings/{hearing}/{path}")).status == 404
    ports.gates.watched = []
    assert (await room.clerk.get(f"/api/hearings/{hearing}/watchers")).body == []


async def test_a_page_hears_of_the_hearings_that_its_person_may_see_and_of_no_other(room: Courtroom) -> None:
    hearing = await room.schedule()
    await room.begun(hearing)
    notice = HearingMoved(hearing, 9, "closed", None)
    told = {}
    for name, who in (("clerk", room.clerk), ("prosecutor", room.prosecutor), ("councillor", room.councillor)):
        account = await account_id(who)
        session_id = (await room.control.accounts.running.of(account))[0].id
        messages = await Feed(room.control, account, session_id).messages([notice])
        told[name] = [(one.hearing_id, one.card) for one in messages if isinstance(one, HearingMessage)]
    assert told == {"clerk": [(hearing, "closed")], "prosecutor": [(hearing, "closed")], "councillor": []}


async def test_a_cut_that_is_pressed_again_asks_again_whether_it_stands(room: Courtroom, ports: FakePorts) -> None:
    hearing = await room.schedule()
    await room.begun(hearing)
    ports.gates.away = True
    assert (await room.judge.post(f"/api/hearings/{hearing}/cut", {})).body["confirmed"] is False
    before = ports.gates.standing[room.bench].epoch
    assert (await room.judge.post(f"/api/hearings/{hearing}/cut", {})).body["confirmed"] is False
    ports.gates.away = False
    assert (await room.judge.post(f"/api/hearings/{hearing}/cut", {})).body["confirmed"] is True
    assert ports.gates.standing[room.bench].epoch > before


async def test_a_cut_does_not_wait_for_who_is_writing_to_the_database(room: Courtroom, ports: FakePorts) -> None:
    hearing = await room.schedule()
    await room.begun(hearing)
    async with room.control.db.transaction() as session:
        # Whoever writes: the same row on PostgreSQL, anything on SQLite.
        await session.get(HearingRow, hearing, with_for_update=True)
        pressed = asyncio.create_task(room.judge.post(f"/api/hearings/{hearing}/cut", {}))
        async with asyncio.timeout(5):
            while ports.gates.standing[room.bench].audiences:  # noqa: ASYNC110 the gate has no event here
                await asyncio.sleep(0.01)
        assert not pressed.done()
    assert (await pressed).body["hearing"]["card"] == "cut"
    assert ports.gates.standing[room.bench].epoch % 2 == 0


async def test_a_flag_closes_at_once_and_is_taken_away_by_the_judge_alone(room: Courtroom, ports: FakePorts) -> None:
    hearing = await room.schedule()
    await room.begun(hearing)
    path = f"/api/hearings/{hearing}/flags"
    flagged = await room.clerk.send("PUT", path, {"version": await room.version(hearing), "flags": ["minor"]})
    assert (flagged.status, ports.gates.standing[room.bench].audiences) == (200, ())
    bare = {"version": await room.version(hearing), "flags": []}
    assert (await room.clerk.send("PUT", path, bare)).body["detail"] == "judge_only"
    assert (await room.judge.send("PUT", path, bare)).status == 200
    assert ports.gates.standing[room.bench].audiences == BOTH


LOUD = SoundLevel(rms_dbfs=-31.2, peak_dbfs=-9.1)
HUM = SoundLevel(rms_dbfs=-71.0, peak_dbfs=-58.4)


async def test_a_room_check_looks_and_listens_and_is_kept(room: Courtroom, ports: FakePorts) -> None:
    hearing = await room.schedule()
    checks = f"/api/hearings/{hearing}/room-checks"
    ports.ears.refusal = BusRefused(RefusalCode.CLOSED)
    silent = await room.clerk.post(checks)
    assert (silent.status, silent.body["passed"]) == (201, False)
    assert {row["problem"] for row in silent.body["rows"]} >= {"no_camera", "silent", "no_carrier"}
    ports.ears.refusal, ports.ears.heard = None, SoundHeard(whole=LOUD)
    ports.live.states = {camera: _live(camera, room.control.clock()) for camera in (room.bench, room.accused)}
    checked = (await room.clerk.post(checks)).body
    rows = {row["kind"]: row for row in checked["rows"] if row["angle"] == "bench"}
    assert {kind: row["ok"] for kind, row in rows.items()} == {
        "picture": True,
        "sound": True,
        "clock": True,
        "path": True,
    }
    assert rows["sound"]["value"] == "RMS -31 dBFS, max -9 dBFS"
    assert ports.ears.requests == [(room.bench, 2_000, Audience.COURT, False)], "measured, and nothing kept"
    assert {one["id"] for one in (await room.judge.get(checks)).body} == {checked["id"], silent.body["id"]}


async def test_a_microphone_that_only_hums_does_not_pass(room: Courtroom, ports: FakePorts) -> None:
    hearing = await room.schedule()
    ports.ears.heard = SoundHeard(whole=HUM)
    checked = (await room.clerk.post(f"/api/hearings/{hearing}/room-checks")).body
    sound = next(row for row in checked["rows"] if row["kind"] == "sound")
    assert (sound["ok"], sound["problem"], sound["value"]) == (False, "too_quiet", "RMS -71 dBFS, max -58 dBFS")


async def test_a_microphone_is_listened_to_only_while_the_room_is_checked(room: Courtroom, ports: FakePorts) -> None:
    hearing = await room.schedule()
    path = f"/api/hearings/{hearing}/sound-checks"
    samples = b64encode(b"\x01\x00" * 800).decode()
    ports.ears.heard = SoundHeard(steps=(LOUD,), whole=LOUD, pcm_base64=samples)
    asked = {"angle": "bench"}
    assert (await room.clerk.post(path, asked)).body["detail"] == "not_now"
    assert (await room.act(hearing, "check_room")).status == 200
    heard = await room.clerk.post(path, asked)
    assert (heard.status, heard.body["ok"], len(heard.body["steps"])) == (200, True, 1)
    with wave.open(io.BytesIO(b64decode(heard.body["wav_base64"]))) as sound:
        assert (sound.getnchannels(), sound.getsampwidth(), sound.getframerate()) == (1, 2, 16_000)
        assert sound.readframes(sound.getnframes()) == b"\x01\x00" * 800
    assert (await room.clerk.post(path, {"angle": "accused"})).status == 404, "it has no microphone"
    assert (await room.order(hearing)).status == 200
    assert (await room.prosecutor.post(path, asked)).status == 404
    ports.ears.refusal = BusRefused(RefusalCode.CLOSED)
    assert (await room.clerk.post(path, asked)).body["code"] == "hearing_closed"
    ports.ears.refusal = None
    for act in ("await_bench", "begin"):
        assert (await room.act(hearing, act)).status == 200
    assert (await room.clerk.post(path, asked)).body["detail"] == "not_now"
    assert [one for one in ports.ears.requests if one[3]] == [(room.bench, 5_000, Audience.COURT, True)]


def _live(camera_id: str, now_ms: int) -> CameraState:
    state = camera_state(camera_id, Seen(newest_capture_ms=now_ms - 100))
    return state.model_copy(update={"streams": (state.streams[0].model_copy(update={"clock_offset_ms": 3}),)})
