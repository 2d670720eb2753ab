from fakes.province import AREA_A, AREA_B, COURT, POLICE, ROOT, SITE_A, SITE_B, SITE_COURT, add_camera
from fakes.signed_in import SignInAs
from vms.access import Role
from web.services import Services


async def test_the_tree_holds_only_what_the_person_may_see(control: Services, people: SignInAs) -> None:
    for number, site in enumerate((SITE_A, SITE_B, SITE_COURT), start=1):
        await add_camera(control.db, number, site)
    seen = {
        (Role.DUTY_OFFICER, AREA_A): [1],
        (Role.DUTY_OFFICER, ROOT): [1, 2],
        (Role.COURT_CLERK, ROOT): [3],
        (Role.TECHNICIAN, ROOT): [1, 2, 3],
        (Role.TECHNICIAN, AREA_B): [2],
        (Role.AUDITOR, COURT): [3],
    }
    for (role, unit), numbers in seen.items():
        tree = (await (await people(role, unit)).get("/api/tree")).body
        assert [camera["number"] for camera in tree["cameras"]] == numbers, (role, unit)
        assert {node["id"] for node in tree["nodes"] if node["kind"] == "site"} == {
            camera["site_id"] for camera in tree["cameras"]
        }


async def test_units_stand_over_sites_as_far_up_as_the_person_reaches(control: Services, people: SignInAs) -> None:
    await add_camera(control.db, 1)
    nodes = (await (await people(Role.DUTY_OFFICER, POLICE)).get("/api/tree")).body["nodes"]
    assert [(node["id"], node["kind"], node["parent_id"]) for node in nodes] == [
        (POLICE, "unit", None),
        (AREA_A, "unit", POLICE),
        (SITE_A, "site", AREA_A),
    ]


async def test_a_role_without_cameras_gets_no_tree(people: SignInAs) -> None:
    answer = await (await people(Role.SECURITY_ADMINISTRATOR, ROOT)).get("/api/tree")
    assert (answer.status, answer.code) == (403, "forbidden")


async def test_technicians_see_sites_without_cameras_too(people: SignInAs) -> None:
    sites = (await (await people(Role.TECHNICIAN, AREA_B)).get("/api/sites")).body
    assert [(site["id"], site["unit"]) for site in sites] == [(SITE_B, f"Đơn vị {AREA_B}")]
