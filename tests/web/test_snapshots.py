import pytest

from fakes.control_ports import JPEG, NO_PICTURE, FakePorts
from fakes.province import AREA_A, add_camera
from fakes.signed_in import SignInAs
from streams.types.bus import RefusalCode
from vms.access import Role
from vms.cameras.ports import BusRefused, BusUnavailable
from web.services import Services


async def test_whoever_may_watch_gets_the_newest_picture(control: Services, people: SignInAs) -> None:
    camera = await add_camera(control.db, 1)
    answer = await (await people(Role.DUTY_OFFICER, AREA_A)).get(f"/api/cameras/{camera}/snapshot.jpg")
    assert (answer.status, answer.body, answer.headers["Content-Type"]) == (200, JPEG, "image/jpeg")
    assert answer.headers["Cache-Control"] == "no-store"


async def test_whoever_may_only_read_the_camera_gets_no_picture(control: Services, people: SignInAs) -> None:
    camera = await add_camera(control.db, 1)
    for role in (Role.INVESTIGATOR, Role.AUDITOR):
        browser = await people(role, AREA_A)
        assert (await browser.get(f"/api/cameras/{camera}")).status == 200
        assert (await browser.get(f"/api/cameras/{camera}/snapshot.jpg")).status == 404


@pytest.mark.parametrize(
    ("refusal", "code"),
    [
        (NO_PICTURE, "no_picture"),
        (BusRefused(RefusalCode.NOT_OWNER), "unavailable"),
        (BusUnavailable(), "unavailable"),
    ],
)
async def test_no_picture_is_said_plainly(
    control: Services, people: SignInAs, ports: FakePorts, refusal: Exception, code: str
) -> None:
    camera = await add_camera(control.db, 1)
    ports.snapshots.refusal = refusal
    answer = await (await people(Role.DUTY_OFFICER, AREA_A)).get(f"/api/cameras/{camera}/snapshot.jpg")
    assert (answer.status, answer.code) == (503, code)
    assert answer.headers["Retry-After"] == "2"
