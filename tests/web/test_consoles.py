import pytest

from fakes.api_browser import Browser
from fakes.clock import FakeClock
from fakes.control import KeptJournal
from fakes.control_ports import FakePorts
from fakes.province import AREA_A, AREA_B, SITE_A, SITE_B, SITE_COURT, add_camera, camera_state
from fakes.signed_in import SignInAs
from streams.types.bus import AlarmEvent, AlarmKind, AlarmPhase
from vms.access import Role
from vms.cameras.notices import AlarmMoved, WallMoved
from vms.db.engine import Database
from web.feed import Feed
from web.services import Services
from web.wire import AlarmMessage, Tick, TreeChanged

OFFER = "v=0\r\n"
SDP = {"Content-Type": "application/sdp"}


def _body(*tiles: str | None, address: str = "127.0.0.1", unit_id: str = AREA_A) -> dict[str, object]:
    wall = {"size": 4, "tiles": list(tiles)}
    return {"name": "Tường trung tâm", "unit_id": unit_id, "address": address, "wall": wall}


@pytest.fixture
def database(any_database: Database) -> Database:
    """SQLite and PostgreSQL: what is decided by a condition in SQL must be decided by both."""
    return any_database


@pytest.fixture
async def cameras(control: Services, people: SignInAs) -> list[str]:
    return [await add_camera(control.db, number, SITE_A) for number in (1, 2, 3)]


@pytest.fixture
async def commander(people: SignInAs, cameras: list[str]) -> Browser:
    return await people(Role.DUTY_COMMANDER, AREA_A)


async def _enrol(console: Browser, token: str) -> None:
    answer = await console.post("/api/console", {"token": token})
    assert answer.status == 200, answer.body
    console.csrf = answer.body["csrf"]


async def test_a_console_shows_its_wall_and_nothing_else(
    commander: Browser, browser: Browser, cameras: list[str]
) -> None:
    created = await commander.post("/api/consoles", _body(cameras[0], None, cameras[1]))
    assert (created.status, created.body["console"]["state"]) == (201, "waiting")
    await _enrol(browser, created.body["token"])
    me = (await browser.get("/api/session")).body
    assert (me["console"], me["roles"], me["name"]) == (True, ["wall_console"], "Tường trung tâm")
    assert (await browser.get("/api/console/wall")).body == {"size": 4, "tiles": [cameras[0], None, cameras[1], None]}
    tree = (await browser.get("/api/tree")).body
    assert [camera["id"] for camera in tree["cameras"]] == cameras[:2]
    opened = await browser.send("POST", f"/api/cameras/{cameras[1]}/whep", data=OFFER, headers=SDP)
    assert opened.status == 201
    assert (await browser.send("DELETE", opened.headers["Location"])).status == 200
    # A camera of the same unit that is not on the wall is no more there than one that does not exist.
    assert (await browser.send("POST", f"/api/cameras/{cameras[2]}/whep", data=OFFER, headers=SDP)).status == 404
    assert (await browser.get(f"/api/cameras/{cameras[0]}")).status == 404
    for path in ("/api/layouts", "/api/sites", "/api/accounts", "/api/sessions", "/api/session/stream-logins"):
        assert (await browser.get(path)).status == 403, path


async def test_a_console_never_times_out_and_survives_the_browser(
    commander: Browser, browser: Browser, cameras: list[str], clock: FakeClock
) -> None:
    created = (await commander.post("/api/consoles", _body(cameras[0]))).body
    await _enrol(browser, created["token"])
    clock.advance(hours=24 * 90)
    assert (await browser.get("/api/console/wall")).status == 200


async def test_what_was_stolen_is_refused_elsewhere_and_told_once(
    commander: Browser, browser: Browser, cameras: list[str], control: Services, clock: FakeClock
) -> None:
    journal = control.journal
    assert isinstance(journal, KeptJournal)
    created = (await commander.post("/api/consoles", _body(cameras[0], address="10.20.30.40"))).body
    for _ in range(3):
        assert (await browser.post("/api/console", {"token": created["token"]})).code == "wrong_token"
    assert journal.actions().count("console.misused") == 1
    enrolled = await control.accounts.consoles.enrol(created["token"], "10.20.30.40")
    assert await control.accounts.consoles.session(enrolled.secret, "10.20.30.40") is not None
    clock.advance(hours=1)
    # The cookie of the workstation in another browser.
    browser.client.session.cookie_jar.update_cookies({"vong-console": enrolled.secret}, browser.client.make_url("/"))
    for _ in range(5):
        assert (await browser.get("/api/console/wall")).status == 401
    told = [deed for deed in journal.acts if deed.action == "console.misused"]
    assert [deed.facts["what"] for deed in told] == ["token", "secret"]
    assert told[1].actor.address == "127.0.0.1"
    assert told[1].object_id == created["console"]["id"]


async def test_a_token_is_good_for_one_enrolment_within_a_day(
    commander: Browser, browser: Browser, cameras: list[str], clock: FakeClock
) -> None:
    first = (await commander.post("/api/consoles", _body(cameras[0]))).body
    await _enrol(browser, first["token"])
    assert (await browser.post("/api/console", {"token": first["token"]})).code == "wrong_token"
    second = (await commander.post("/api/consoles", _body(cameras[0]))).body
    clock.advance(hours=24)
    assert (await browser.post("/api/console", {"token": second["token"]})).code == "wrong_token"


async def test_guessing_tokens_pauses(browser: Browser) -> None:
    statuses = [(await browser.post("/api/console", {"token": f"guess{number}"})).status for number in range(30)]
    assert statuses == [403] * 20 + [429] * 10


async def test_a_revoked_console_is_dark_at_once(
    commander: Browser, browser: Browser, cameras: list[str], control: Services
) -> None:
    created = (await commander.post("/api/consoles", _body(cameras[0]))).body
    console_id = created["console"]["id"]
    await _enrol(browser, created["token"])
    assert await control.accounts.door.still_signed_in(console_id)
    assert (await commander.post(f"/api/consoles/{console_id}/revoke")).body["state"] == "revoked"
    assert (await browser.get("/api/console/wall")).status == 401
    assert not await control.accounts.door.still_signed_in(console_id)
    assert await control.cameras.people.person(console_id) is None


async def test_a_changed_wall_takes_the_right_to_what_left_it(
    commander: Browser, browser: Browser, cameras: list[str]
) -> None:
    created = (await commander.post("/api/consoles", _body(cameras[0]))).body
    await _enrol(browser, created["token"])
    path = f"/api/consoles/{created['console']['id']}/wall"
    assert (await commander.send("PUT", path, {"size": 1, "tiles": [cameras[2]]})).status == 200
    assert (await browser.send("POST", f"/api/cameras/{cameras[0]}/whep", data=OFFER, headers=SDP)).status == 404
    assert (await browser.send("POST", f"/api/cameras/{cameras[2]}/whep", data=OFFER, headers=SDP)).status == 201


async def test_a_console_is_told_that_its_wall_was_hung_anew_and_no_other_is(
    commander: Browser, browser: Browser, cameras: list[str], control: Services
) -> None:
    created = [(await commander.post("/api/consoles", _body(*cameras))).body for _ in range(2)]
    mine, other = [one["console"]["id"] for one in created]
    await _enrol(browser, created[0]["token"])
    feeds = [Feed(control, console_id, console_id) for console_id in (mine, other)]
    with (
        control.cameras.notices.subscribe(feeds[0].wants) as told,
        control.cameras.notices.subscribe(feeds[1].wants) as spared,
    ):
        # The same cameras in another order: the rights of the console are what they were.
        wall = {"size": 4, "tiles": [*reversed(cameras)]}
        assert (await commander.send("PUT", f"/api/consoles/{mine}/wall", wall)).status == 200
        assert told.take() == [WallMoved(mine)]
        assert spared.take() == []
    assert TreeChanged() in await feeds[0].messages([WallMoved(mine)])


async def test_nobody_puts_onto_a_wall_what_they_may_not_watch(
    commander: Browser, control: Services, cameras: list[str]
) -> None:
    foreign, court = await add_camera(control.db, 8, SITE_B), await add_camera(control.db, 9, SITE_COURT)
    for tile in (foreign, court, "camera-absent000"):
        answer = await commander.post("/api/consoles", _body(cameras[0], tile))
        assert (answer.status, answer.body["field"]) == (404, "wall.tiles")
    answer = await commander.post("/api/consoles", _body(cameras[0], unit_id=AREA_B))
    assert (answer.status, answer.body["field"]) == (404, "unit_id")
    for address in ("somewhere", "10.0.0.0/8", "127.0.0.1:80"):
        assert (await commander.post("/api/consoles", _body(cameras[0], address=address))).body["field"] == "address"


async def test_whoever_administers_accounts_revokes_consoles_but_gets_no_token(
    commander: Browser, people: SignInAs, cameras: list[str]
) -> None:
    administrator = await people(Role.SECURITY_ADMINISTRATOR, AREA_A)
    created = (await commander.post("/api/consoles", _body(cameras[0]))).body
    assert (await administrator.post("/api/consoles", _body(cameras[0]))).status == 403
    assert [one["id"] for one in (await administrator.get("/api/consoles")).body] == [created["console"]["id"]]
    path = f"/api/consoles/{created['console']['id']}"
    assert (await administrator.send("PUT", f"{path}/wall", {"size": 1, "tiles": []})).status == 404
    assert (await administrator.post(f"{path}/revoke")).status == 200


async def test_the_cookie_of_a_console_cannot_be_read_or_sent_by_other_sites(
    commander: Browser, browser: Browser, cameras: list[str]
) -> None:
    created = (await commander.post("/api/consoles", _body(cameras[0]))).body
    answer = await browser.post("/api/console", {"token": created["token"]})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    assert created["token"] not in cookie
    browser.csrf = ""
    refused = await browser.send("POST", f"/api/cameras/{cameras[0]}/whep", data=OFFER, headers=SDP)
    assert (refused.status, refused.body["detail"]) == (403, "csrf")


async def test_the_events_of_a_console_are_those_of_its_wall(
    commander: Browser, browser: Browser, cameras: list[str], control: Services, ports: FakePorts, clock: FakeClock
) -> None:
    ports.live.states = {camera: camera_state(camera) for camera in cameras}
    created = (await commander.post("/api/consoles", _body(cameras[1]))).body
    await _enrol(browser, created["token"])
    console_id = created["console"]["id"]
    feed = Feed(control, console_id, console_id)
    (tick,) = await feed.messages([])
    assert isinstance(tick, Tick)
    assert [truth.camera_id for truth in tick.cameras] == [cameras[1]]
    for camera in cameras:
        event = AlarmEvent(
            alarm_id=f"alarm-{camera}", camera_id=camera, kind=AlarmKind.MOTION, phase=AlarmPhase.START, start_ms=1
        )
        await control.alarms.apply(event)
    heard = await feed.messages([AlarmMoved(f"alarm-{camera}", camera) for camera in cameras])
    assert [one.alarm.camera_id for one in heard if isinstance(one, AlarmMessage)] == [cameras[1]]
    listed = (await browser.get("/api/alarms")).body["alarms"]
    assert [one["camera_id"] for one in listed] == [cameras[1]]
    assert (await browser.post(f"/api/alarms/alarm-{cameras[1]}/acknowledge")).status == 404
    await commander.post(f"/api/consoles/{console_id}/revoke")
    clock.advance(s=1)
    assert [one.type for one in await feed.messages([])] == ["signed_out"]
