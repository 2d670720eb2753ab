import asyncio

import pytest

from fakes.api_browser import Browser
from fakes.clock import FakeClock
from fakes.control_ports import JPEG, FakePorts
from fakes.province import AREA_A, AREA_B, POLICE, SITE_B, add_account, add_camera
from fakes.segments import FakeRecorder
from fakes.signed_in import SignInAs
from streams.types.bus import AlarmEvent, AlarmKind, AlarmPhase
from vms.access import Role
from vms.cameras.ports import BusUnavailable
from vms.cameras.restricting import Wanted
from vms.clock import DAY_MS
from vms.recordings.locks import locked_spans
from vms.recordings.news import RecordingNews
from vms.recordings.spans import Span
from web.services import Services

HOUR_MS = 3_600_000


@pytest.fixture
async def camera(control: Services, people: SignInAs, clock: FakeClock) -> str:
    """Recorded for 4 s an hour ago."""
    del people  # it built the province
    camera_id = await add_camera(control.db, 1)
    recorder = FakeRecorder(control.settings.data_dir / "v1", camera_id, clock() - HOUR_MS)
    for closed in recorder.write(1):
        await RecordingNews(control.db).closed(closed)
    return camera_id


async def _locked(control: Services) -> dict[str, list[Span]]:
    async with control.db.session() as session:
        return {camera: sorted(spans) for camera, spans in (await locked_spans(session)).items()}


def _body(camera: str, at_ms: int, **more: object) -> dict[str, object]:
    part = {"camera_id": camera, "from_ms": at_ms - 60_000, "to_ms": at_ms + 60_000}
    return {"title": "Va chạm", "parts": [part], "pictures": [{"camera_id": camera, "at_ms": at_ms}], **more}


async def _open(browser: Browser, camera: str, at_ms: int, **more: object) -> dict[str, object]:
    answer = await browser.post("/api/incidents", _body(camera, at_ms, **more))
    assert answer.status == 201, answer.body
    return dict(answer.body["incident"])


async def test_an_incident_locks_its_footage_keeps_its_picture_and_stands_in_the_duty_log(
    control: Services, people: SignInAs, camera: str, clock: FakeClock
) -> None:
    officer = await people(Role.DUTY_OFFICER, AREA_A)
    at_ms = clock() - HOUR_MS + 1_000
    opened = await _open(officer, camera, at_ms, note="Hai xe máy, không có người bị thương")
    assert opened["number"] == "1/2026"
    assert opened["state"] == "open"
    assert await _locked(control) == {camera: [Span(at_ms - 60_000, at_ms + 60_000)]}
    url = f"/api/incidents/{opened['id']}"
    detail = (await officer.get(url)).body
    assert [(part["camera"]["number"], part["locked"]) for part in detail["parts"]] == [(1, True)]
    picture = await officer.get(f"{url}/pictures/{detail['pictures'][0]['id']}")
    assert (picture.status, picture.body) == (200, JPEG)
    log = (await officer.get(f"/api/duty-log?from_ms={clock() - DAY_MS}&to_ms={clock() + 1}")).body
    assert [(line["kind"], line["text"], line["incident_number"]) for line in log] == [
        ("opened", "Hai xe máy, không có người bị thương", "1/2026")
    ]


async def test_closing_takes_an_outcome_keeps_the_lock_and_lets_nothing_be_added_until_it_is_open_again(
    control: Services, people: SignInAs, camera: str, clock: FakeClock
) -> None:
    officer, commander = await people(Role.DUTY_OFFICER, AREA_A), await people(Role.DUTY_COMMANDER, AREA_A)
    opened = await _open(officer, camera, clock() - HOUR_MS)
    url = f"/api/incidents/{opened['id']}"
    part = {"camera_id": camera, "from_ms": clock() - 20_000, "to_ms": clock() - 10_000}
    clock.advance(minutes=1)
    assert (await commander.post(f"{url}/close", {"text": "   "})).code == "bad_request"
    closed = await commander.post(f"{url}/close", {"text": "Đã giải quyết"})
    assert (closed.status, closed.body["state"]) == (200, "closed")
    assert (await commander.post(f"{url}/close", {"text": "Lần nữa"})).code == "conflict"
    refused = await officer.post(f"{url}/parts", part)
    assert (refused.status, refused.body["detail"]) == (409, "incident_state")
    assert len((await _locked(control))[camera]) == 1
    clock.advance(minutes=1)
    assert (await officer.post(f"{url}/notes", {"text": "Bị hại gửi đơn"})).status == 200
    clock.advance(minutes=1)
    assert (await officer.post(f"{url}/reopen", {"text": "Có tình tiết mới"})).body["state"] == "open"
    clock.advance(minutes=1)
    assert (await officer.post(f"{url}/parts", part)).status == 200
    assert len((await _locked(control))[camera]) == 2
    entries = (await officer.get(url)).body["entries"]
    assert [entry["kind"] for entry in entries] == ["opened", "closed", "note", "reopened", "part"]


async def test_an_alarm_becomes_an_incident_with_what_led_to_it_and_its_picture(
    control: Services, people: SignInAs, camera: str, clock: FakeClock
) -> None:
    officer = await people(Role.DUTY_OFFICER, AREA_A)
    start_ms = clock() - 5_000
    picture = "/9j/4AAQ"
    event = AlarmEvent(
        alarm_id="alarm-00001",
        camera_id=camera,
        kind=AlarmKind.MOTION,
        phase=AlarmPhase.START,
        start_ms=start_ms,
        snapshot_base64=picture,
    )
    await control.alarms.apply(event)
    answer = await officer.post("/api/incidents", {"title": "Đột nhập", "alarm_id": "alarm-00001"})
    assert answer.status == 201, answer.body
    assert await _locked(control) == {camera: [Span(start_ms - 60_000, start_ms + 120_000)]}
    await control.alarms.forget(clock() + DAY_MS)
    incident = answer.body["incident"]
    kept = await officer.get(f"/api/incidents/{incident['id']}/pictures/{incident['pictures'][0]['id']}")
    assert kept.status == 200


async def test_nothing_of_it_can_be_opened_with_what_the_person_does_not_see(
    control: Services, people: SignInAs, camera: str, clock: FakeClock
) -> None:
    officer = await people(Role.DUTY_OFFICER, AREA_A)
    foreign = await add_camera(control.db, 9, SITE_B)
    refused = await officer.post("/api/incidents", _body(foreign, clock() - HOUR_MS))
    assert (refused.status, refused.body["field"]) == (404, "camera_id")
    long_ago = await officer.post("/api/incidents", _body(camera, clock() - 8 * DAY_MS))
    assert (long_ago.status, long_ago.code) == (403, "beyond_reach")
    backwards = _body(camera, clock() - HOUR_MS)
    backwards["parts"] = [{"camera_id": camera, "from_ms": clock() - 10, "to_ms": clock() - 20}]
    assert (await officer.post("/api/incidents", backwards)).code == "bad_request"
    assert (await officer.get("/api/incidents")).body == []
    assert await _locked(control) == {}


async def test_a_camera_that_became_sensitive_takes_its_pictures_out_of_the_incident_for_who_may_not_see_it(
    control: Services, people: SignInAs, camera: str, clock: FakeClock
) -> None:
    officer = await people(Role.DUTY_OFFICER, AREA_A)
    opened = await _open(officer, camera, clock() - HOUR_MS + 1_000)
    url = f"/api/incidents/{opened['id']}"
    picture = (await officer.get(url)).body["pictures"][0]["id"]
    account_id = await add_account(control.db, "admin", Role.SECURITY_ADMINISTRATOR, POLICE)
    administrator = await control.cameras.people.person(account_id)
    assert administrator is not None
    await control.cameras.restricting.save(administrator, Wanted("Tạm giữ", AREA_A, True, [camera], []))
    detail = (await officer.get(url)).body
    assert (detail["parts"], detail["pictures"], detail["hidden"]) == ([], [], 2)
    assert (await officer.get(f"{url}/pictures/{picture}")).status == 404


async def test_a_picture_that_cannot_be_had_now_does_not_lose_the_incident(
    control: Services, people: SignInAs, camera: str, clock: FakeClock, ports: FakePorts
) -> None:
    officer = await people(Role.DUTY_OFFICER, AREA_A)
    ports.pictures.refusal = BusUnavailable()
    answer = await officer.post("/api/incidents", _body(camera, clock() - HOUR_MS + 1_000))
    assert (answer.status, answer.body["pictures_failed"]) == (201, 1)
    assert len((await _locked(control))[camera]) == 1


async def test_others_neither_see_an_incident_nor_its_line_in_the_log(
    people: SignInAs, camera: str, clock: FakeClock
) -> None:
    opened = await _open(await people(Role.DUTY_OFFICER, AREA_A), camera, clock() - HOUR_MS)
    stranger = await people(Role.DUTY_COMMANDER, AREA_B)
    assert (await stranger.get("/api/incidents")).body == []
    assert (await stranger.get(f"/api/duty-log?from_ms={clock() - DAY_MS}&to_ms={clock() + 1}")).body == []
    assert (await stranger.get(f"/api/incidents/{opened['id']}")).status == 404
    technician = await people(Role.TECHNICIAN, AREA_A)
    assert (await technician.get("/api/incidents")).code == "forbidden"


async def test_two_that_are_opened_at_once_get_two_numbers(people: SignInAs, camera: str, clock: FakeClock) -> None:
    officer, investigator = await people(Role.DUTY_OFFICER, AREA_A), await people(Role.INVESTIGATOR, AREA_A)
    opened = await asyncio.gather(*(_open(one, camera, clock() - HOUR_MS) for one in (officer, investigator) * 3))
    assert sorted(str(one["number"]) for one in opened) == [f"{number}/2026" for number in range(1, 7)]
