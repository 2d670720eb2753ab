import pytest

from fakes.api_browser import Browser
from fakes.province import AREA_A, AREA_B, COURT, POLICE, SITE_A, add_camera
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
    assert not proposal["stale"]
    moved = {"what": "site_moved", "name": "Điểm", "old": f"Đơn vị {AREA_A}", "new": f"Đơn vị {AREA_B}", "day_ms": None}
    assert proposal["changes"] == [moved]
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


async def test_edits_of_units_are_a_reorganisation_like_any_other(control: Services, people: SignInAs) -> None:
    root = await control.organisation.ensure_root()
    first = await people(Role.SECURITY_ADMINISTRATOR, root)
    edits: list[dict[str, str]] = [
        {"do": "create", "key": "area-c", "kind": "area", "name": "Khu vực C", "parent": POLICE, "day": "2027-01-01"},
        {"do": "close", "key": AREA_A, "successor": "area-c", "day": "2027-01-01"},
        {"do": "rename", "key": AREA_B, "name": "Khu vực B", "name_en": "Area B"},
        {"do": "move", "key": AREA_B, "parent": "area-c", "day": "2027-01-01"},
    ]
    proposal = (await first.post("/api/reorganisations", {"note": "", "edits": edits})).body["proposal"]
    assert [(change["what"], change["name"], change["new"]) for change in proposal["changes"]] == [
        ("unit_added", "Khu vực C", f"Đơn vị {POLICE}"),
        ("unit_closed", f"Đơn vị {AREA_A}", "Khu vực C"),
        ("unit_renamed", "Khu vực B", "Khu vực B (Area B)"),
        ("unit_moved", "Khu vực B", "Khu vực C"),
    ]
    wrong = (
        await first.post("/api/reorganisations", {"edits": [{**edits[1], "successor": "", "day": "2027-01-01"}]})
    ).body
    assert wrong["problems"] == [{"file": "edits", "line": 1, "code": "needs_successor", "value": f"Đơn vị {AREA_A}"}]


async def test_sites_and_courtrooms_are_edited_in_the_same_draft(
    control: Services, administrator: Browser, people: SignInAs
) -> None:
    first = administrator
    second = await people(Role.SECURITY_ADMINISTRATOR, await control.organisation.ensure_root())
    site = {
        "do": "site",
        "new": True,
        "key": "toa",
        "name": "Trụ sở Tòa",
        "unit": AREA_A,
        "latitude": 21.3,
        "longitude": 103.9,
    }
    angle = {"kind": "bench", "name": "Hội đồng xét xử", "number": 901, "audio": True}
    room = {
        "do": "courtroom",
        "new": True,
        "key": "phong-9",
        "name": "Phòng 9",
        "court": AREA_B,
        "site": "toa",
        "angles": [angle],
    }
    proposal = (await first.post("/api/reorganisations", {"edits": [site, room]})).body["proposal"]
    assert [(change["what"], change["new"]) for change in proposal["changes"]] == [
        ("site_added", f"Đơn vị {AREA_A}"),
        ("courtroom_added", f"Đơn vị {AREA_B}"),
    ]
    assert (await second.post(f"/api/reorganisations/{proposal['id']}/apply")).status == 200
    outline = (await first.get("/api/organisation")).body
    (made,) = [one for one in outline["sites"] if one["key"] == "toa"]
    assert (made["latitude"], made["courtrooms"]) == (21.3, ["Phòng 9"])
    (built,) = [one for one in outline["courtrooms"] if one["key"] == "phong-9"]
    assert (built["site"], built["angles"]) == ("toa", [{**angle, "channel": 1}])
    again = {"edits": [{**site, "new": False, "longitude": None}, {**room, "new": False, "site": "gone"}]}
    problems = (await first.post("/api/reorganisations", again)).body["problems"]
    assert [(one["line"], one["code"]) for one in problems] == [(1, "bad_coordinate"), (2, "unknown_site")]


async def test_files_or_edits_but_not_both_and_not_neither(control: Services, people: SignInAs) -> None:
    administrator = await people(Role.SECURITY_ADMINISTRATOR, await control.organisation.ensure_root())
    edit = {"do": "rename", "key": AREA_A, "name": "x"}
    for body in ({}, {"files": {"units.csv": ""}, "edits": [edit]}, {"edits": [{**edit, "do": "delete"}]}):
        answer = await administrator.post("/api/reorganisations", body)
        assert (answer.status, answer.code) == (400, "bad_request")


async def test_what_became_stale_says_so_before_anybody_applies_it(control: Services, people: SignInAs) -> None:
    root = await control.organisation.ensure_root()
    first = await people(Role.SECURITY_ADMINISTRATOR, root)
    made = [
        (await first.post("/api/reorganisations", {"edits": [{"do": "rename", "key": AREA_A, "name": name}]})).body
        for name in ("Một", "Hai")
    ]
    second = await people(Role.SECURITY_ADMINISTRATOR, COURT)
    assert (await second.get("/api/reorganisations")).status == 404
    await control.reorganisations.apply(
        made[1]["proposal"]["id"], (await second.get("/api/session")).body["account_id"]
    )
    listed = (await first.get("/api/reorganisations")).body
    assert {row["id"]: row["stale"] for row in listed} == {
        made[0]["proposal"]["id"]: True,
        made[1]["proposal"]["id"]: False,
    }


async def test_the_log_says_which_reorganisation_was_proposed_and_decided(control: Services, people: SignInAs) -> None:
    administrator = await people(Role.SECURITY_ADMINISTRATOR, await control.organisation.ensure_root())
    body = {"note": "NQ 1661", "edits": [{"do": "rename", "key": AREA_A, "name": "x"}]}
    proposal = (await administrator.post("/api/reorganisations", body)).body["proposal"]
    await administrator.post(f"/api/reorganisations/{proposal['id']}/reject")
    told = [deed.facts for deed in control.journal.acts if deed.action == "organisation.manage"]  # type: ignore[attr-defined]
    assert [(facts["proposal_id"], facts["note"]) for facts in told] == [(proposal["id"], "NQ 1661")] * 2
