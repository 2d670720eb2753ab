import pytest

from fakes.api_browser import Browser
from fakes.clock import FakeClock
from fakes.control import PASSWORD
from vms.accounts.hashing import Hasher
from web.services import Services

BODY = {"login": "quantri", "name": "Lò Thị Quản Trị", "password": PASSWORD}


async def test_the_token_of_the_first_start_makes_the_first_administrator(control: Services, browser: Browser) -> None:
    token = await control.accounts.first_start.new_token()
    assert (await browser.get("/api/setup")).body == {"needed": True}
    answer = await browser.post("/api/setup", {"token": token, **BODY})
    assert answer.status == 200
    assert answer.body["roles"] == ["security_administrator", "technician"]
    assert "account.manage" in answer.body["may"]
    assert "camera.register" in answer.body["may"]
    assert "camera.view_live" not in answer.body["may"]
    assert not answer.body["must_change_password"]
    assert (await browser.get("/api/setup")).body == {"needed": False}
    assert (await browser.get("/api/session")).body == answer.body


async def test_the_first_administrator_has_the_new_rights_at_once_though_hashing_takes_time(
    control: Services, browser: Browser, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await control.accounts.first_start.new_token()
    hash_ = Hasher.hash

    async def slow(self: Hasher, password: str) -> str:
        clock.advance(s=0.2)
        return await hash_(self, password)

    monkeypatch.setattr(Hasher, "hash", slow)
    answer = await browser.post("/api/setup", {"token": token, **BODY})
    assert answer.body["roles"] == ["security_administrator", "technician"]


async def test_a_token_dies_with_its_use(control: Services, browser: Browser) -> None:
    token = await control.accounts.first_start.new_token()
    await browser.post("/api/setup", {"token": token, **BODY})
    again = await browser.post("/api/setup", {"token": token, **BODY, "login": "other"})
    assert (again.status, again.code) == (409, "conflict")
    assert await control.accounts.first_start.new_token() is None


async def test_a_wrong_token_creates_nobody_and_is_not_tried_for_ever(
    control: Services, browser: Browser, clock: FakeClock
) -> None:
    token = await control.accounts.first_start.new_token()
    codes = [(await browser.post("/api/setup", {"token": f"guess{n}", **BODY})).code for n in range(25)]
    assert set(codes[:20]) == {"wrong_token"}
    assert set(codes[20:]) == {"too_many"}
    assert (await browser.get("/api/setup")).body == {"needed": True}
    clock.advance(minutes=16)
    assert (await browser.post("/api/setup", {"token": token, **BODY})).status == 200


async def test_a_newer_start_makes_the_older_token_worthless(control: Services, browser: Browser) -> None:
    old = await control.accounts.first_start.new_token()
    await control.accounts.first_start.new_token()
    assert (await browser.post("/api/setup", {"token": old, **BODY})).code == "wrong_token"


async def test_a_weak_password_keeps_the_token_alive(control: Services, browser: Browser) -> None:
    token = await control.accounts.first_start.new_token()
    weak = await browser.post("/api/setup", {"token": token, **BODY, "password": "short"})
    assert (weak.status, weak.code, weak.body["detail"]) == (400, "weak_password", "too_short")
    assert (await browser.post("/api/setup", {"token": token, **BODY})).status == 200
