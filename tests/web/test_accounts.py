from dataclasses import dataclass

import pytest

from fakes.api_browser import Browser
from fakes.clock import START_MS
from fakes.control import PASSWORD
from fakes.province import AREA_A, POLICE
from fakes.signed_in import SignInAs
from vms.access import Role
from vms.db.engine import Database
from vms.db.tables import Placement, Unit
from vms.organisation.service import raise_revision
from web.services import Services


@dataclass
class Units:
    root: str
    area: str
    other: str


@pytest.fixture
async def units(administrator: Browser, database: Database, control: Services) -> Units:
    """Two areas below the root."""
    root_id = await control.organisation.ensure_root()
    made = [Unit(key=key, kind="police", name=f"Công an {key}", valid_from_ms=0) for key in ("area", "other")]
    async with database.transaction() as session:
        session.add_all(made)
        await session.flush()
        session.add_all([Placement(child_id=unit.id, parent_id=root_id, valid_from_ms=0) for unit in made])
        await raise_revision(session)
    return Units(root_id, *(unit.id for unit in made))


async def _create(browser: Browser, login: str, *grants: tuple[str, str]) -> tuple[str, str]:
    body = {"login": login, "name": login, "grants": [{"role": role, "unit_id": unit} for role, unit in grants]}
    answer = await browser.post("/api/accounts", body)
    assert answer.status == 201, answer.body
    return answer.body["account"]["id"], answer.body["first_password"]


async def _sign_in(browser: Browser, login: str, first: str) -> None:
    assert (await browser.sign_in(login, first)).status == 200
    browser.csrf = (await browser.post("/api/session/password", {"old": first, "new": PASSWORD})).body["csrf"]


async def test_an_account_is_listed_with_its_roles(administrator: Browser, units: Units) -> None:
    account_id, _ = await _create(administrator, "lan", ("duty_officer", units.area))
    listed = (await administrator.get("/api/accounts")).body
    assert [account["login"] for account in listed] == ["lan", "quantri"]
    assert listed[0] == {
        "id": account_id,
        "login": "lan",
        "name": "lan",
        "locked": False,
        "grants": [
            {
                "role": "duty_officer",
                "unit_id": units.area,
                "unit": "Công an area",
                "valid_from_ms": START_MS,
                "valid_to_ms": None,
            }
        ],
    }


async def test_an_administrator_of_an_area_ends_at_its_border(
    administrator: Browser, browser: Browser, units: Units
) -> None:
    _, first = await _create(administrator, "area", ("security_administrator", units.area))
    foreign_id, _ = await _create(administrator, "foreign", ("duty_officer", units.other))
    both_id, _ = await _create(administrator, "both", ("duty_officer", units.area), ("duty_officer", units.other))
    await _sign_in(browser, "area", first)

    assert [account["login"] for account in (await browser.get("/api/accounts")).body] == ["area"]
    assert [unit["id"] for unit in (await browser.get("/api/units")).body] == [units.area]
    for account_id in (foreign_id, both_id, "absent-absent-absent"):
        for act in ("lock", "unlock", "reset-password"):
            answer = await browser.post(f"/api/accounts/{account_id}/{act}")
            assert (answer.status, answer.body) == (404, {"code": "not_found", "detail": "", "field": ""})
    for unit_id in (units.other, units.root, "absent-absent-absent"):
        grants = [{"role": "duty_officer", "unit_id": unit_id}]
        refused = await browser.post("/api/accounts", {"login": "x", "name": "x", "grants": grants})
        assert (refused.status, refused.code) == (404, "not_found")
    await _create(browser, "own", ("duty_officer", units.area))


async def test_nobody_manages_themself(administrator: Browser) -> None:
    own_id = (await administrator.get("/api/session")).body["account_id"]
    for act in ("lock", "unlock", "reset-password"):
        assert (await administrator.post(f"/api/accounts/{own_id}/{act}")).status == 404


async def test_locking_ends_the_running_session_and_unlocking_lets_in_again(
    administrator: Browser, browser: Browser, units: Units
) -> None:
    account_id, first = await _create(administrator, "lan", ("duty_officer", units.area))
    await _sign_in(browser, "lan", first)
    assert (await administrator.post(f"/api/accounts/{account_id}/lock")).body["locked"]
    assert (await browser.get("/api/session")).status == 401
    locked = await browser.sign_in("lan", PASSWORD)
    assert (locked.status, locked.code) == (403, "locked")
    assert not (await administrator.post(f"/api/accounts/{account_id}/unlock")).body["locked"]
    assert (await browser.sign_in("lan", PASSWORD)).status == 200


async def test_a_reset_gives_a_new_first_password(administrator: Browser, browser: Browser, units: Units) -> None:
    account_id, first = await _create(administrator, "lan", ("duty_officer", units.area))
    again = (await administrator.post(f"/api/accounts/{account_id}/reset-password")).body["first_password"]
    assert again != first
    assert (await browser.sign_in("lan", first)).code == "wrong_login"
    assert (await browser.sign_in("lan", again)).body["must_change_password"]


@pytest.mark.parametrize(
    ("change", "status", "code", "field"),
    [
        ({"login": "QUANTRI"}, 409, "conflict", "login"),
        ({"login": "a b"}, 400, "bad_request", "login"),
        ({"grants": []}, 400, "bad_request", "grants"),
        ({"name": ""}, 400, "bad_request", "name"),
        ({"surprise": 1}, 400, "bad_request", "surprise"),
        ({"grants": [{"role": "king", "unit_id": "root"}]}, 400, "bad_request", "grants.0.unit_id"),
    ],
)
async def test_a_bad_new_account_is_refused_by_name_of_its_field(
    administrator: Browser, units: Units, change: dict[str, object], status: int, code: str, field: str
) -> None:
    body = {"login": "lan", "name": "Lan", "grants": [{"role": "auditor", "unit_id": units.root}], **change}
    answer = await administrator.post("/api/accounts", body)
    assert (answer.status, answer.code, answer.body["field"]) == (status, code, field)


async def test_a_role_that_does_not_exist_is_not_granted(administrator: Browser, units: Units) -> None:
    grants = [{"role": "king", "unit_id": units.root}]
    answer = await administrator.post("/api/accounts", {"login": "lan", "name": "Lan", "grants": grants})
    assert (answer.status, answer.code, answer.body["field"]) == (404, "not_found", "grants")


async def test_the_eleven_roles_can_be_chosen(administrator: Browser) -> None:
    assert (await administrator.get("/api/roles")).body == [role for role in Role if role is not Role.WALL_CONSOLE]


async def test_a_password_and_no_second_factor_by_the_same_administrator_is_a_conflict_that_says_why(
    people: SignInAs,
) -> None:
    officer = await people(Role.DUTY_OFFICER, AREA_A)
    account_id = (await officer.get("/api/session")).body["account_id"]
    administrator = await people(Role.SECURITY_ADMINISTRATOR, POLICE)
    assert (await administrator.post(f"/api/accounts/{account_id}/reset-password")).status == 200
    refused = await administrator.post(f"/api/accounts/{account_id}/reset-totp")
    assert (refused.status, refused.code, refused.body["detail"]) == (409, "conflict", "second_person")


async def test_the_log_says_which_account_was_created(control: Services, administrator: Browser, units: Units) -> None:
    grants = [{"role": role, "unit_id": units.area} for role in ("technician", "duty_officer")]
    created = await administrator.post("/api/accounts", {"login": "Lan", "name": "Lò Lan", "grants": grants})
    (deed,) = [deed for deed in control.journal.acts if deed.action == "account.manage"]  # type: ignore[attr-defined]
    facts = {name: deed.facts[name] for name in ("account_id", "login", "roles")}
    assert facts == {
        "account_id": created.body["account"]["id"],
        "login": "Lan",
        "roles": "duty_officer, technician",
    }
    assert created.body["first_password"] not in str(deed)
