from collections.abc import Awaitable, Callable

import pytest

from fakes.api_browser import Browser
from fakes.control_ports import FakePorts
from fakes.province import ABSENT, AREA_A, COURT, POLICE, ROOT, SITE_A2, SITE_B, SITE_COURT, add_camera
from vms.access import Role
from web.services import Services

People = Callable[[Role, str], Awaitable[Browser]]
ZONE = {"name": "Sân", "points": [[0.1, 0.1], [0.9, 0.1], [0.5, 0.9]], "mask": False}


@pytest.fixture
async def camera(control: Services, people: People) -> str:
    return await add_camera(control.db, 1)


async def test_a_duty_officer_reads_a_camera_of_the_own_area(camera: str, people: People) -> None:
    answer = await (await people(Role.DUTY_OFFICER, POLICE)).get(f"/api/cameras/{camera}")
    assert answer.status == 200
    assert (answer.body["number"], answer.body["streams"], answer.body["can_view"]) == (1, ["main", "sub"], True)
    assert "password" not in str(answer.body)
    assert "rtsp" not in str(answer.body)


async def test_a_technician_changes_and_removes_a_camera(camera: str, people: People, ports: FakePorts) -> None:
    technician = await people(Role.TECHNICIAN, AREA_A)
    path = f"/api/cameras/{camera}"
    answer = await technician.send(
        "PATCH", path, {"name": "Cổng", "zones": [ZONE], "site_id": SITE_A2, "motion": False}
    )
    assert answer.status == 200
    assert (answer.body["name"], answer.body["zones"], answer.body["site_id"]) == ("Cổng", [ZONE], SITE_A2)
    assert ports.desired.specs[camera].motion.zones[0].name == "Sân"
    assert (await technician.send("DELETE", path)).status == 204
    assert (await technician.get(path)).status == 404
    assert ports.desired.specs == {}


@pytest.mark.parametrize(
    ("patch", "status", "field"),
    [
        ({"number": 2}, 409, "number"),
        ({"number": 0}, 400, "number"),
        ({"name": "\u200b\u202e"}, 400, "name"),
        ({"zones": [{**ZONE, "points": [[0, 0], [1, 1]]}]}, 400, "zones"),
        ({"zones": [{**ZONE, "points": [[0, 0], [1, 2], [0, 1]]}]}, 400, "zones"),
        ({"site_id": SITE_B}, 404, "site_id"),
        ({"site_id": ABSENT}, 404, "site_id"),
        ({"unknown": 1}, 400, "unknown"),
    ],
)
async def test_a_change_that_cannot_be_says_why_and_changes_nothing(
    control: Services, camera: str, people: People, patch: dict[str, object], status: int, field: str
) -> None:
    await add_camera(control.db, 2)
    technician = await people(Role.TECHNICIAN, AREA_A)
    before = (await technician.get(f"/api/cameras/{camera}")).body
    answer = await technician.send("PATCH", f"/api/cameras/{camera}", {"motion": False, **patch})
    assert (answer.status, answer.body["field"]) == (status, field)
    assert (await technician.get(f"/api/cameras/{camera}")).body == before


async def test_police_rights_end_at_a_courtroom_even_at_the_top(control: Services, people: People) -> None:
    attached = await add_camera(control.db, 1, SITE_B, angle="accused")
    unattached = await add_camera(control.db, 2, SITE_COURT)
    officer, clerk = await people(Role.DUTY_OFFICER, ROOT), await people(Role.COURT_CLERK, COURT)
    for camera in (attached, unattached):
        assert (await officer.get(f"/api/cameras/{camera}")).status == 404
        shown = await clerk.get(f"/api/cameras/{camera}")
        assert shown.status == 200
        assert not shown.body["can_view"], "a courtroom shows nothing without a hearing"
    technician = await people(Role.TECHNICIAN, ROOT)
    assert not (await technician.get(f"/api/cameras/{attached}")).body["can_view"]


OBJECTS = (
    ("GET", "/api/cameras/{}", None),
    ("PATCH", "/api/cameras/{}", {"name": "x"}),
    ("DELETE", "/api/cameras/{}", None),
    ("GET", "/api/cameras/{}/snapshot.jpg", None),
    ("POST", "/api/cameras/{}/whep", None),
    ("PATCH", "/api/views/{}", None),
    ("DELETE", "/api/views/{}", None),
    ("POST", "/api/alarms/{}/acknowledge", None),
    ("GET", "/api/alarms/{}/snapshot.jpg", None),
    ("GET", "/api/discoveries/{}", None),
    ("GET", "/api/registrations/{}", None),
    ("GET", "/api/registrations/{}/items/0/snapshot.jpg", None),
)


@pytest.mark.parametrize("role", list(Role))
async def test_foreign_and_absent_are_the_same_answer_for_every_role(
    control: Services, people: People, foreign: dict[str, str], role: Role
) -> None:
    browser = await people(role, AREA_A)
    for method, path, body in OBJECTS:
        kind = path.split("/")[2]
        answers = [
            await browser.send(method, path.format(name), body) for name in (foreign[kind], ABSENT, "%00", "a'--")
        ]
        assert {(answer.status, answer.code, answer.body["detail"]) for answer in answers} == {
            (404, "not_found", "")
        }, path
