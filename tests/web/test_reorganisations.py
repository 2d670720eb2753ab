import pytest

from fakes.api_browser import Browser
from fakes.province import AREA_A, AREA_B, POLICE, SITE_A, add_camera
from fakes.signed_in import SignInAs
from vms.access import Role
from web.services import Services


async def test_a_reorganisation_is_tried_looked_at_and_applied_by_another(
    control: Services, administrator: Browser, people: SignInAs
) -> None:
    first = administrator
    root = await control.organisation.ensure_root()
    await add_camera(control.db, 1)
    await people(Role.DUTY_OFFICER, AREA_A)
    files = (await first.get("/api/organisation/files")).body["files"]
    files["sites.csv"] = files["sites.csv"].replace(f"{SITE_A},Điểm {SITE_A},,{AREA_A}", f"{SITE_A},Điểm,,{AREA_B}")
    created = await first.post("/api/reorganisations", {"note": "NQ 1661", "files": files})
    assert created.status == 201
    proposal = created.body["proposal"]
    assert proposal["mine"]
    assert [(effect["login"], effect["lost"]) for effect in proposal["effects"] if effect["lost"]] == [
        (f"duty_officer.{AREA_A}", 1)
    ]
    path = f"/api/reorganisations/{proposal['id']}"
    assert (await first.get(path)).body["state"] == "proposed"
    refused = await first.post(f"{path}/apply")
    assert (refused.status, refused.body["detail"]) == (409, "own")
    second = await people(Role.SECURITY_ADMINISTRATOR, root)
    assert (await second.post(f"{path}/apply")).body["state"] == "applied"
    assert (await second.post(f"{path}/reject")).body["detail"] == "decided"
    assert [row["state"] for row in (await first.get("/api/reorganisations")).body] == ["applied"]


async def test_every_wrong_line_is_told_and_nothing_is_proposed(control: Services, people: SignInAs) -> None:
    administrator = await people(Role.SECURITY_ADMINISTRATOR, await control.organisation.ensure_root())
    header = "key,kind,name,name_en,valid_from,valid_to,successor\n"
    answer = await administrator.post(
        "/api/reorganisations", {"files": {"units.csv": f"{header}a,police,A,,soon,,\nb,police,,,,,\n"}}
    )
    assert answer.body == {
        "problems": [
            {"file": "units.csv", "line": 2, "code": "bad_date", "value": "soon"},
            {"file": "units.csv", "line": 3, "code": "no_name", "value": ""},
        ],
        "proposal": None,
    }
    assert (await administrator.get("/api/reorganisations")).body == []


@pytest.mark.parametrize("path", ["/api/organisation/files", "/api/reorganisations"])
async def test_who_administers_a_part_does_not_reorganise_the_whole(people: SignInAs, path: str) -> None:
    administrator = await people(Role.SECURITY_ADMINISTRATOR, POLICE)
    assert (await administrator.get(path)).status == 404
