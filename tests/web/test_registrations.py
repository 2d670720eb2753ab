import pytest

from fakes.control_ports import JPEG, WRONG_PASSWORD, FakePorts
from fakes.jobs import finished, working
from fakes.province import ABSENT, AREA_A, AREA_B, ROOM, ROOT, SITE_A, SITE_B, SITE_COURT
from fakes.signed_in import SignInAs
from vms.access import Role
from vms.cameras.registration import RegistrationJob
from web.services import Services

ITEM = {
    "xaddr": "http://10.0.0.1:8000/onvif/device_service",
    "username": "vong",
    "password": "S3cret-Xyz-0987",
    "site_id": SITE_A,
}


async def test_devices_are_registered_with_progress_and_a_picture(
    control: Services, people: SignInAs, ports: FakePorts
) -> None:
    ports.devices.reports["10.0.0.2"] = WRONG_PASSWORD
    technician = await people(Role.TECHNICIAN, AREA_A)
    async with working(control):
        started = await technician.post("/api/registrations", {"items": [ITEM, {**ITEM, "xaddr": "10.0.0.2"}]})
        assert started.status == 202
        await finished(control, RegistrationJob, started.body["id"])
    path = f"/api/registrations/{started.body['id']}"
    done = await technician.get(path)
    good, bad = done.body["items"]
    assert (done.body["state"], good["step"], good["has_snapshot"]) == ("done", "saved", True)
    assert (bad["step"], bad["error"]) == ("failed", {"code": "unavailable", "detail": "authentication", "field": ""})
    assert ITEM["password"] not in str(done.body)
    assert (await technician.get(f"{path}/items/0/snapshot.jpg")).body == JPEG
    for index in ("1", "2", "-1", "x", "%C2%B2"):
        assert (await technician.get(f"{path}/items/{index}/snapshot.jpg")).status == 404
    assert (await technician.get(f"/api/cameras/{good['camera_ids'][0]}")).status == 200
    assert (await (await people(Role.TECHNICIAN, AREA_B)).get(path)).status == 404


async def test_a_technician_registers_a_courtroom_without_seeing_it(control: Services, people: SignInAs) -> None:
    technician = await people(Role.TECHNICIAN, ROOT)
    item = {"rtsp_main": "rtsp://10.1.0.1/1", "site_id": SITE_COURT, "courtroom_id": ROOM, "angle": "bench"}
    async with working(control):
        started = await technician.post("/api/registrations", {"items": [item]})
        await finished(control, RegistrationJob, started.body["id"])
    path = f"/api/registrations/{started.body['id']}"
    (progress,) = (await technician.get(path)).body["items"]
    assert (progress["step"], progress["has_snapshot"]) == ("saved", False)
    assert (await technician.get(f"{path}/items/0/snapshot.jpg")).status == 404
    (room,) = (await technician.get("/api/courtrooms")).body
    assert room["angles"][0]["camera_id"] == progress["camera_ids"][0]


@pytest.mark.parametrize(
    ("item", "status", "detail"),
    [
        ({**ITEM, "site_id": SITE_B}, 404, ""),
        ({**ITEM, "site_id": ABSENT}, 404, ""),
        ({**ITEM, "courtroom_id": ROOM, "angle": "bench"}, 404, ""),
        ({**ITEM, "courtroom_id": ABSENT, "angle": "bench"}, 404, ""),
        ({**ITEM, "courtroom_id": ROOM}, 400, "courtroom_and_angle"),
        ({**ITEM, "xaddr": "http://a:b@10.0.0.1/"}, 400, "user_info"),
        ({"rtsp_main": "rtsp://a:S3cret-Xyz-0987@10.0.0.1/", "site_id": SITE_A}, 400, "user_info"),
        ({**ITEM, "xaddr": "file:///etc/passwd"}, 400, "bad_address"),
        ({**ITEM, "rtsp_main": "rtsp://10.0.0.1/"}, 400, "two_addresses"),
        ({"site_id": SITE_A}, 400, "no_address"),
        ({**ITEM, "number": 10_000}, 400, "less_than_equal"),
    ],
)
async def test_a_request_that_cannot_be_starts_nothing(
    people: SignInAs, ports: FakePorts, item: dict[str, object], status: int, detail: str
) -> None:
    answer = await (await people(Role.TECHNICIAN, AREA_A)).post("/api/registrations", {"items": [ITEM, item]})
    assert (answer.status, answer.body["detail"]) == (status, detail)
    assert "S3cret-Xyz-0987" not in str(answer.body)
    assert ports.devices.targets == []


async def test_only_technicians_register(people: SignInAs) -> None:
    answer = await (await people(Role.DUTY_COMMANDER, ROOT)).post("/api/registrations", {"items": [ITEM]})
    assert (answer.status, answer.code) == (403, "forbidden")
