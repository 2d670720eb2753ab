import itertools
from http.cookies import SimpleCookie

from fakes.api_browser import Browser
from fakes.clock import FakeClock
from fakes.control import PASSWORD
from web.services import Services


async def _new_account(administrator: Browser, role: str = "duty_officer", login: str = "trucban") -> str:
    unit_id = (await administrator.get("/api/units")).body[0]["id"]
    grants = [{"role": role, "unit_id": unit_id}]
    answer = await administrator.post("/api/accounts", {"login": login, "name": "Trực ban", "grants": grants})
    assert answer.status == 201
    return str(answer.body["first_password"])


async def test_a_first_password_opens_nothing_but_the_change_of_it(administrator: Browser, browser: Browser) -> None:
    first = await _new_account(administrator, "security_administrator")
    answer = await browser.sign_in("trucban", first)
    assert answer.body["must_change_password"]
    assert (await browser.get("/api/accounts")).code == "password_expired"
    assert (await browser.send("PUT", "/api/session/language", {"language": "en"})).status == 204
    changed = await browser.post("/api/session/password", {"old": first, "new": PASSWORD})
    assert not changed.body["must_change_password"]
    assert changed.body["csrf"] != browser.csrf
    browser.csrf = changed.body["csrf"]
    assert (await browser.get("/api/accounts")).status == 200


async def test_signing_out_ends_the_session_on_the_server(administrator: Browser) -> None:
    cookies = {cookie.key: cookie.value for cookie in administrator.client.session.cookie_jar}
    assert (await administrator.send("DELETE", "/api/session")).status == 204
    assert (await administrator.get("/api/session")).status == 401
    administrator.client.session.cookie_jar.update_cookies(cookies)
    assert (await administrator.get("/api/session")).code == "not_signed_in"


async def test_a_session_that_idled_is_over(administrator: Browser, clock: FakeClock) -> None:
    clock.advance(minutes=15)
    assert (await administrator.get("/api/session")).status == 401


async def test_a_new_sign_in_leaves_no_old_session_behind(
    administrator: Browser, control: Services, clock: FakeClock
) -> None:
    old = next(iter(administrator.client.session.cookie_jar)).value
    clock.advance(s=1)
    assert (await administrator.sign_in("quantri", PASSWORD)).status == 200
    assert await control.accounts.door.session(old) is None


async def test_a_wrong_password_says_no_more_than_that(administrator: Browser, browser: Browser) -> None:
    wrong = await browser.sign_in("quantri", "wrong")
    unknown = await browser.sign_in("nobody", "wrong")
    assert (wrong.status, wrong.body) == (unknown.status, unknown.body)
    assert (wrong.status, wrong.code) == (401, "wrong_login")


async def test_guessing_is_paused_and_says_for_how_long(administrator: Browser, browser: Browser) -> None:
    for number in range(5):
        await browser.sign_in("quantri", f"guess {number}")
    paused = await browser.sign_in("quantri", PASSWORD)
    assert (paused.status, paused.code, paused.headers["Retry-After"]) == (429, "too_many", "900")


async def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(administrator: Browser) -> None:
    answer = await administrator.sign_in("quantri", PASSWORD)
    cookie = SimpleCookie(answer.headers["Set-Cookie"])["vong"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Strict"
    assert cookie["path"] == "/"
    assert not cookie["max-age"]
    assert not cookie["secure"]


async def test_the_language_belongs_to_the_account(administrator: Browser) -> None:
    assert (await administrator.get("/api/session")).body["language"] == "vi"
    await administrator.send("PUT", "/api/session/language", {"language": "en"})
    assert (await administrator.get("/api/session")).body["language"] == "en"
    assert (await administrator.send("PUT", "/api/session/language", {"language": "fr"})).code == "bad_request"


async def test_a_password_is_changed_after_ninety_days_and_before_anything_else(
    administrator: Browser, browser: Browser, clock: FakeClock
) -> None:
    expires_ms = (await administrator.get("/api/session")).body["password_expires_ms"]
    assert expires_ms == clock() + 90 * 86_400_000
    clock.advance(hours=90 * 24)
    assert (await browser.sign_in("quantri", PASSWORD)).body["stage"] == "password"
    assert (await browser.get("/api/accounts")).code == "password_expired"
    changed = await browser.post("/api/session/password", {"old": PASSWORD, "new": "Một mật khẩu khác 8"})
    assert changed.body["stage"] == "open"


async def test_the_last_five_passwords_do_not_come_back(administrator: Browser, clock: FakeClock) -> None:
    used = [PASSWORD, *(f"Mật khẩu thứ {number} đây" for number in "abcdef")]
    for old, new in itertools.pairwise(used):
        clock.advance(s=1)
        answer = await administrator.post("/api/session/password", {"old": old, "new": new})
        assert answer.status == 200, answer.body
        administrator.csrf = answer.body["csrf"]
        # The present one and the four before it.
        for back in used[max(0, used.index(new) - 4) : used.index(new)]:
            refused = await administrator.post("/api/session/password", {"old": new, "new": back})
            assert (refused.code, refused.body["detail"]) == ("weak_password", "used_before")
    again = await administrator.post("/api/session/password", {"old": used[-1], "new": used[-6]})
    assert again.status == 200


async def test_a_password_that_an_administrator_replaced_does_not_come_back_either(
    administrator: Browser, browser: Browser, control: Services
) -> None:
    root = await control.organisation.ensure_root()
    body = {"login": "lan", "name": "Lan", "grants": [{"role": "duty_officer", "unit_id": root}]}
    created = (await administrator.post("/api/accounts", body)).body
    await browser.sign_in("lan", created["first_password"])
    await browser.post("/api/session/password", {"old": created["first_password"], "new": PASSWORD})
    path = f"/api/accounts/{created['account']['id']}/reset-password"
    second = (await administrator.post(path)).body["first_password"]
    assert (await browser.get("/api/session")).status == 401
    await browser.sign_in("lan", second)
    refused = await browser.post("/api/session/password", {"old": second, "new": PASSWORD})
    assert refused.body["detail"] == "used_before"
