import pytest

from fakes.control_ports import FakePorts
from fakes.jobs import finished, working
from fakes.province import AREA_A, AREA_B, ROOT, SITE_B, add_camera
from fakes.signed_in import SignInAs
from vms.access import Role
from vms.cameras.devices import FoundDevice
from vms.cameras.discovery import DiscoveryJob
from web.services import Services


async def test_found_devices_say_which_are_registered_to_whoever_may_know(
    control: Services, people: SignInAs, ports: FakePorts
) -> None:
    camera = await add_camera(control.db, 1, SITE_B)
    ports.devices.found = (
        FoundDevice("10.0.0.1:80", "http://10.0.0.1/onvif", "A"),
        FoundDevice("10.0.0.2:80", "http://x/"),
    )
    for role, unit, known in ((Role.TECHNICIAN, ROOT, camera), (Role.TECHNICIAN, AREA_A, None)):
        technician = await people(role, unit)
        async with working(control):
            started = await technician.post("/api/discoveries", {"addresses": ["10.0.0.1", "10.0.0.2:80"]})
            assert (started.status, started.body["state"]) == (202, "running")
            await finished(control, DiscoveryJob, started.body["id"])
        found = (await technician.get(f"/api/discoveries/{started.body['id']}")).body
        assert (found["state"], found["probed"], found["to_probe"]) == ("done", 2, 2)
        assert [device["registered_as"] for device in found["found"]] == [known, None]


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ({"ranges": ["10.0.0.0/8"]}, "too_many"),
        ({"ranges": ["10.0.0.0/33"]}, "bad_address"),
        ({"addresses": ["admin:12345@10.0.0.1"]}, "user_info"),
        ({"multicast": False}, "nothing_to_probe"),
        ({"addresses": ["x"] * 1001}, "too_long"),
    ],
)
async def test_what_cannot_be_probed_starts_nothing(people: SignInAs, body: dict[str, object], detail: str) -> None:
    answer = await (await people(Role.TECHNICIAN, AREA_B)).post("/api/discoveries", body)
    assert (answer.status, answer.body["detail"]) == (400, detail)


async def test_one_person_cannot_start_discoveries_without_end(people: SignInAs) -> None:
    technician = await people(Role.TECHNICIAN, AREA_B)
    statuses = [(await technician.post("/api/discoveries", {})).status for _ in range(9)]
    assert statuses == [202] * 8 + [429]
