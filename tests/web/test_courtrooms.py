from fakes.province import AREA_A, COURT, ROOM, SITE_COURT, add_camera
from fakes.signed_in import SignInAs
from vms.access import Role
from web.services import Services


async def test_courtrooms_are_listed_with_the_pictures_that_have_a_camera(control: Services, people: SignInAs) -> None:
    camera = await add_camera(control.db, 1, SITE_COURT, angle="accused")
    (room,) = (await (await people(Role.COURT_CLERK, COURT)).get("/api/courtrooms")).body
    assert (room["id"], room["court"]) == (ROOM, f"Đơn vị {COURT}")
    assert room["angles"] == [{"kind": "accused", "name": "accused", "camera_id": camera}]


async def test_courtrooms_of_other_courts_are_not_listed(people: SignInAs) -> None:
    assert (await (await people(Role.COURT_CLERK, AREA_A)).get("/api/courtrooms")).body == []
