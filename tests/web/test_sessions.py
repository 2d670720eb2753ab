from fakes.api_browser import Browser
from fakes.clock import FakeClock
from fakes.control import PASSWORD
from fakes.province import AREA_A, AREA_B
from fakes.signed_in import SignInAs
from vms.access import Role


async def test_ones_own_sessions_are_listed_and_ended_one_by_one(
    administrator: Browser, browser: Browser, clock: FakeClock
) -> None:
    clock.advance(minutes=1)
    await browser.sign_in("quantri", PASSWORD)
    listed = (await administrator.get("/api/sessions")).body
    assert [one["current"] for one in listed] == [False, True]
    assert (await administrator.send("DELETE", f"/api/sessions/{listed[0]['id']}")).status == 204
    assert (await browser.get("/api/session")).status == 401
    assert len((await administrator.get("/api/sessions")).body) == 1


async def test_changing_the_password_ends_all_other_sessions(administrator: Browser, browser: Browser) -> None:
    await browser.sign_in("quantri", PASSWORD)
    changed = await administrator.post("/api/session/password", {"old": PASSWORD, "new": "Một mật khẩu khác 8"})
    administrator.csrf = changed.body["csrf"]
    assert (await browser.get("/api/session")).status == 401
    assert len((await administrator.get("/api/sessions")).body) == 1


async def test_an_administrator_ends_a_session_of_somebody_in_reach_only(people: SignInAs) -> None:
    security, officer = await people(Role.SECURITY_ADMINISTRATOR, AREA_A), await people(Role.DUTY_OFFICER, AREA_A)
    foreign = await people(Role.DUTY_OFFICER, AREA_B)
    near = (await officer.get("/api/session")).body["account_id"]
    far = (await foreign.get("/api/session")).body["account_id"]
    sessions = (await security.get(f"/api/accounts/{near}/sessions")).body
    assert (await security.get(f"/api/accounts/{far}/sessions")).status == 404
    far_session = (await foreign.get("/api/sessions")).body[0]["id"]
    for path in (
        f"/api/accounts/{far}/sessions/{far_session}",
        f"/api/accounts/{near}/sessions/{far_session}",
        f"/api/sessions/{far_session}",
    ):
        assert (await security.send("DELETE", path)).status == 404, path
    assert (await security.send("DELETE", f"/api/accounts/{near}/sessions/{sessions[0]['id']}")).status == 204
    assert (await officer.get("/api/session")).status == 401
    assert (await foreign.get("/api/session")).status == 200


async def test_setting_the_clock_back_ends_sessions_instead_of_lengthening_them(
    administrator: Browser, clock: FakeClock
) -> None:
    clock.advance(minutes=-4)
    assert (await administrator.get("/api/session")).status == 200
    clock.advance(hours=-3)
    assert (await administrator.get("/api/session")).status == 401
    clock.advance(hours=3)


async def test_a_session_list_shows_no_token(administrator: Browser) -> None:
    cookie = administrator.client.session.cookie_jar.filter_cookies(administrator.client.make_url("/"))["vong"].value
    assert cookie not in str((await administrator.get("/api/sessions")).body)
