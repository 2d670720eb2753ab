import pytest

from fakes.api_browser import Browser
from fakes.clock import START_MS, FakeClock
from fakes.province import AREA_A, AREA_B, ROOT, SITE_A, SITE_B, add_camera
from fakes.signed_in import SignInAs
from vms.access import Role
from vms.db.engine import Database
from web.services import Services

DAY_MS = 86_400_000


@pytest.fixture
def database(any_database: Database) -> Database:
    """SQLite and PostgreSQL: what is decided by a condition in SQL must be decided by both."""
    return any_database


@pytest.fixture
async def camera(control: Services, people: SignInAs) -> str:
    return await add_camera(control.db, 1, SITE_A)


@pytest.fixture
async def security(people: SignInAs, camera: str) -> Browser:
    return await people(Role.SECURITY_ADMINISTRATOR, AREA_A)


def _body(camera: str, *rules: dict[str, object], sensitive: bool = True) -> dict[str, object]:
    return {
        "name": "Nhà khách",
        "unit_id": AREA_A,
        "sensitive": sensitive,
        "camera_ids": [camera],
        "rules": list(rules),
    }


async def _watch(browser: Browser, camera: str) -> int:
    headers = {"Content-Type": "application/sdp"}
    return (await browser.send("POST", f"/api/cameras/{camera}/whep", data="v=0\r\n", headers=headers)).status


async def test_a_sensitive_camera_is_listed_and_shown_to_nobody_but_those_it_is_allowed_to(
    security: Browser, people: SignInAs, camera: str
) -> None:
    officer, commander = await people(Role.DUTY_OFFICER, AREA_A), await people(Role.DUTY_COMMANDER, AREA_A)
    assert await _watch(officer, camera) == 201
    allow = {"role": "duty_commander", "allow": True, "reason": "Quyết định 12"}
    saved = await security.post("/api/restrictions", _body(camera, allow))
    assert saved.status == 201, saved.body
    assert await _watch(officer, camera) == 404
    assert await _watch(commander, camera) == 201
    assert (await officer.get(f"/api/cameras/{camera}/snapshot.jpg")).status == 404
    listed = (await officer.get("/api/tree")).body["cameras"]
    assert [(one["id"], one["can_view"]) for one in listed] == [(camera, False)]
    assert (await security.send("DELETE", f"/api/restrictions/{saved.body['id']}")).status == 204
    assert await _watch(officer, camera) == 201


async def test_what_is_forbidden_is_not_even_listed(security: Browser, people: SignInAs, camera: str) -> None:
    officer = await people(Role.DUTY_OFFICER, AREA_A)
    own = (await officer.get("/api/session")).body["account_id"]
    forbid = {"account_id": own, "allow": False}
    assert (await security.post("/api/restrictions", _body(camera, forbid, sensitive=False))).status == 201
    assert (await officer.get("/api/tree")).body["cameras"] == []
    assert (await officer.get(f"/api/cameras/{camera}")).status == 404
    assert await _watch(officer, camera) == 404


async def test_a_rule_ends_by_itself(security: Browser, people: SignInAs, camera: str, clock: FakeClock) -> None:
    officer = await people(Role.DUTY_OFFICER, AREA_A)
    allow = {"role": "duty_officer", "allow": True, "valid_to_ms": START_MS + 60_000}
    await security.post("/api/restrictions", _body(camera, allow))
    assert await _watch(officer, camera) == 201
    clock.advance(minutes=1)
    assert await _watch(officer, camera) == 404


async def test_a_running_view_ends_when_its_camera_becomes_sensitive(
    security: Browser, people: SignInAs, camera: str, control: Services
) -> None:
    officer = await people(Role.DUTY_OFFICER, AREA_A)
    account_id = (await officer.get("/api/session")).body["account_id"]
    person = await control.cameras.people.person(account_id)
    assert person is not None
    await security.post("/api/restrictions", _body(camera))
    assert camera in await control.cameras.catalogue.ids(await control.cameras.people.sight(account_id, "camera.list"))
    assert not await control.cameras.catalogue.ids(await control.cameras.people.sight(account_id, "camera.view_live"))


async def test_whoever_administers_one_area_restricts_nothing_elsewhere_and_opens_nothing_to_themself(
    security: Browser, control: Services, camera: str
) -> None:
    foreign = await add_camera(control.db, 2, SITE_B)
    assert (await security.post("/api/restrictions", _body(foreign))).body["field"] == "camera_ids"
    for unit_id in (AREA_B, ROOT):
        answer = await security.post("/api/restrictions", {**_body(camera), "unit_id": unit_id})
        assert (answer.status, answer.body["field"]) == (404, "unit_id")
    own = (await security.get("/api/session")).body["account_id"]
    for rule in ({"account_id": own, "allow": True}, {"role": "security_administrator", "allow": True}):
        answer = await security.post("/api/restrictions", _body(camera, rule))
        assert (answer.status, answer.body["field"]) == (404, "rules.0")


@pytest.mark.parametrize(
    "rule",
    [
        {"allow": True},
        {"allow": True, "role": "duty_officer", "account_id": "account-absent0"},
        {"allow": True, "account_id": "account-absent0"},
        {"allow": True, "account_id": "duty_officer"},
        {"allow": True, "role": "king"},
        {"allow": True, "role": "duty_officer", "valid_from_ms": 5, "valid_to_ms": 5},
    ],
)
async def test_a_rule_about_nobody_is_refused_and_nothing_is_stored(
    security: Browser, camera: str, rule: dict[str, object]
) -> None:
    answer = await security.post("/api/restrictions", _body(camera, rule))
    assert answer.status == 400
    assert (await security.get("/api/restrictions")).body == []


async def test_whoever_restricts_sees_names_and_no_pictures(security: Browser, camera: str) -> None:
    listed = (await security.get("/api/restrictions/cameras")).body
    assert [one["id"] for one in listed] == [camera]
    assert (await security.get(f"/api/cameras/{camera}/snapshot.jpg")).status == 404
