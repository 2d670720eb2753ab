from fakes.api_browser import Browser
from fakes.authenticator import enrol
from fakes.clock import FakeClock
from fakes.control import PASSWORD
from fakes.province import AREA_A, AREA_B
from fakes.signed_in import SignInAs
from vms.access import Role
from web.services import Services


async def test_a_login_is_made_shown_once_listed_and_deleted(people: SignInAs) -> None:
    officer = await people(Role.DUTY_OFFICER, AREA_A)
    created = await officer.post("/api/session/stream-logins", {"label": "Đầu giải mã phòng họp"})
    assert created.status == 201
    assert len(created.body["secret"]) == 20
    listed = (await officer.get("/api/session/stream-logins")).body
    assert listed["address"] == ""
    (login,) = listed["logins"]
    assert (login["label"], login["used_ms"]) == ("Đầu giải mã phòng họp", None)
    assert "secret" not in login
    path = f"/api/session/stream-logins/{login['id']}"
    other = await people(Role.DUTY_OFFICER, AREA_B)
    assert (await other.send("DELETE", path)).status == 404
    assert (await officer.send("DELETE", path)).status == 204
    assert (await officer.send("DELETE", path)).status == 404


async def test_a_label_is_needed(people: SignInAs) -> None:
    officer = await people(Role.DUTY_OFFICER, AREA_A)
    assert (await officer.post("/api/session/stream-logins", {"label": ""})).status == 400


async def test_a_session_that_has_not_given_its_code_makes_no_login_and_one_that_has_makes_one_that_opens(
    administrator: Browser, control: Services, clock: FakeClock
) -> None:
    path, body = "/api/session/stream-logins", {"label": "VLC"}
    telephone, _ = await enrol(administrator, clock)
    clock.advance(minutes=2)
    assert (await administrator.send("DELETE", "/api/session")).status == 204
    await administrator.sign_in("quantri", PASSWORD)
    waiting = await administrator.post(path, body)
    assert (waiting.status, waiting.code) == (403, "code_needed")
    assert (await administrator.post("/api/session/totp", {"code": telephone.code()})).status == 200
    created = await administrator.post(path, body)
    assert created.status == 201
    assert created.body["login"]["expires_ms"] == clock() + 90 * 86_400_000
    assert await control.stream_logins.holder(created.body["login"]["username"]) is not None
