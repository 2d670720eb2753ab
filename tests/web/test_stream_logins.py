from fakes.province import AREA_A, AREA_B
from fakes.signed_in import SignInAs
from vms.access import Role


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
