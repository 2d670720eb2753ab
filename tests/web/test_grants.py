import pytest

from fakes.api_browser import Browser
from fakes.clock import START_MS, FakeClock
from fakes.province import AREA_A, AREA_B, COURT, POLICE, SITE_A, add_camera
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
async def security(people: SignInAs) -> Browser:
    return await people(Role.SECURITY_ADMINISTRATOR, POLICE)


async def test_a_role_is_held_in_a_unit_for_a_time(
    security: Browser, people: SignInAs, clock: FakeClock, control: Services
) -> None:
    await add_camera(control.db, 1, SITE_A)
    officer = await people(Role.DUTY_OFFICER, AREA_B)
    account_id = (await officer.get("/api/session")).body["account_id"]
    body = {
        "role": "duty_officer",
        "unit_id": AREA_A,
        "valid_from_ms": START_MS + 60_000,
        "valid_to_ms": START_MS + 120_000,
    }
    given = await security.post(f"/api/accounts/{account_id}/grants", body)
    assert given.status == 201, given.body
    seen = []
    for _ in range(3):
        seen.append(len((await officer.get("/api/tree")).body["cameras"]))
        clock.advance(minutes=1)
    assert seen == [0, 1, 0]
    history = (await security.get(f"/api/accounts/{account_id}")).body["history"]
    assert [(one["unit_id"], one["valid_to_ms"], one["holds"]) for one in history] == [
        (AREA_A, START_MS + 120_000, False),
        (AREA_B, None, True),
    ]
    assert history[0]["granted_by"].startswith("Họ tên")


async def test_a_role_that_is_taken_away_ends_now_and_stays_in_the_history(
    security: Browser, people: SignInAs, clock: FakeClock
) -> None:
    officer = await people(Role.DUTY_OFFICER, AREA_A)
    account_id = (await officer.get("/api/session")).body["account_id"]
    grant_id = (await security.get(f"/api/accounts/{account_id}")).body["history"][0]["id"]
    assert (await officer.get("/api/tree")).status == 200
    ended = await security.send("DELETE", f"/api/accounts/{account_id}/grants/{grant_id}")
    assert [one["valid_to_ms"] for one in ended.body["history"]] == [START_MS]
    assert (await officer.get("/api/tree")).status == 403
    other = "absent-account00"
    assert (await security.send("DELETE", f"/api/accounts/{other}/grants/{grant_id}")).status == 404


async def test_nobody_gives_a_role_to_themself_or_where_they_administer_nothing(
    security: Browser, people: SignInAs
) -> None:
    own = (await security.get("/api/session")).body["account_id"]
    body = {"role": "auditor", "unit_id": AREA_A}
    assert (await security.post(f"/api/accounts/{own}/grants", body)).status == 404
    officer = await people(Role.DUTY_OFFICER, AREA_A)
    account_id = (await officer.get("/api/session")).body["account_id"]
    for role, unit_id in (("duty_officer", COURT), ("duty_officer", "unit-absent-0000"), ("wall_console", AREA_A)):
        answer = await security.post(f"/api/accounts/{account_id}/grants", {"role": role, "unit_id": unit_id})
        assert (answer.status, answer.body["field"]) == (404, "grants")


async def test_duties_that_exclude_each_other_are_not_given_together(security: Browser, people: SignInAs) -> None:
    officer = await people(Role.DUTY_OFFICER, AREA_A)
    path = f"/api/accounts/{(await officer.get('/api/session')).body['account_id']}/grants"
    for role in ("security_administrator", "auditor", "presiding_judge"):
        answer = await security.post(path, {"role": role, "unit_id": AREA_A})
        assert (answer.status, answer.body["detail"]) == (409, f"separation_of_duty:duty_officer:{role}")
    assert (await security.post(path, {"role": "technician", "unit_id": AREA_A})).status == 201
    both = [{"role": role, "unit_id": AREA_A} for role in ("auditor", "duty_officer")]
    answer = await security.post("/api/accounts", {"login": "x", "name": "X", "grants": both})
    assert answer.status == 409


async def test_a_time_that_is_over_or_ends_before_it_begins_is_refused(security: Browser, people: SignInAs) -> None:
    officer = await people(Role.DUTY_OFFICER, AREA_A)
    path = f"/api/accounts/{(await officer.get('/api/session')).body['account_id']}/grants"
    for begin, end in ((START_MS + 5, START_MS + 5), (None, START_MS), (0, START_MS - 1)):
        body = {"role": "duty_officer", "unit_id": AREA_A, "valid_from_ms": begin, "valid_to_ms": end}
        assert (await security.post(path, body)).body["detail"] == "bad_period"
    backdated = {"role": "investigator", "unit_id": AREA_A, "valid_from_ms": 0}
    history = (await security.post(path, backdated)).body["history"]
    assert max(one["valid_from_ms"] for one in history) == START_MS
