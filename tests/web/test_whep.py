import pytest

from fakes.api_browser import Answer, Browser
from fakes.control_ports import FakePorts
from fakes.province import AREA_A, add_camera
from fakes.signed_in import SignInAs
from streams.types.bus import RefusalCode
from streams.types.media import StreamKind
from vms.access import Role
from vms.accounts.present import PresentPeople
from vms.cameras.ports import BusRefused, BusUnavailable
from vms.cameras.viewing import ViewRights
from web.services import Services

OFFER = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\n"


@pytest.fixture
async def camera(control: Services, people: SignInAs) -> str:
    return await add_camera(control.db, 1)


@pytest.fixture
async def officer(people: SignInAs) -> Browser:
    return await people(Role.DUTY_OFFICER, AREA_A)


async def offer(browser: Browser, camera: str, sdp: str | bytes = OFFER, query: str = "") -> Answer:
    data = sdp.encode() if isinstance(sdp, str) else sdp
    return await browser.send(
        "POST", f"/api/cameras/{camera}/whep{query}", data=data, headers={"Content-Type": "application/sdp"}
    )


async def test_an_offer_is_answered_with_the_place_of_the_view(camera: str, officer: Browser, ports: FakePorts) -> None:
    answer = await offer(officer, camera, query="?stream=main")
    assert (answer.status, answer.body) == (201, b"v=0\r\n")
    assert answer.headers["Content-Type"].startswith("application/sdp")
    (request,) = ports.views.requests
    assert (request.camera_id, request.kind, request.offer_sdp) == (camera, StreamKind.MAIN, OFFER)
    # The address that the browser reached us at leads.
    assert request.addresses == ("127.0.0.1",)
    location = answer.headers["Location"]
    fragment = {"Content-Type": "application/trickle-ice-sdpfrag"}
    assert (await officer.send("PATCH", location, data=b"a=candidate", headers=fragment)).status == 204
    assert (await officer.send("DELETE", location)).status == 200
    assert [view for view, _ in ports.views.closed] == [location.rpartition("/")[2]]
    assert (await officer.send("DELETE", location)).status == 404


async def test_walls_get_the_sub_stream(camera: str, officer: Browser, ports: FakePorts) -> None:
    await offer(officer, camera)
    assert ports.views.requests[0].kind is StreamKind.SUB


async def test_only_the_session_that_opened_a_view_may_touch_it(
    camera: str, officer: Browser, people: SignInAs, ports: FakePorts
) -> None:
    location = (await offer(officer, camera)).headers["Location"]
    other = await people(Role.DUTY_COMMANDER, AREA_A)
    assert (await other.send("DELETE", location)).status == 404
    assert ports.views.closed == []


@pytest.mark.parametrize(
    ("refusal", "status", "code"),
    [
        (BusRefused(RefusalCode.BAD_OFFER), 400, "bad_offer"),
        (BusRefused(RefusalCode.NO_PICTURE), 503, "no_picture"),
        (BusRefused(RefusalCode.NO_STREAM), 503, "no_picture"),
        (BusRefused(RefusalCode.CODEC), 409, "codec"),
        (BusRefused(RefusalCode.FULL), 429, "too_many"),
        (BusRefused(RefusalCode.NOT_OWNER), 503, "unavailable"),
        (BusUnavailable(), 503, "unavailable"),
    ],
)
async def test_a_refusal_reaches_the_browser_as_its_own_code(
    camera: str, officer: Browser, ports: FakePorts, refusal: Exception, status: int, code: str
) -> None:
    ports.views.refusal = refusal
    answer = await offer(officer, camera)
    assert (answer.status, answer.code) == (status, code)


@pytest.mark.parametrize(
    ("sdp", "status", "code"),
    [
        ("", 400, "bad_offer"),
        ("hello", 400, "bad_offer"),
        (b"v=0\xff\xfe", 400, "bad_offer"),
        ("v=0\0", 400, "bad_offer"),
        ("v=0" + "x" * 65_536, 413, "too_large"),
    ],
)
async def test_what_is_no_offer_never_reaches_a_worker(
    camera: str, officer: Browser, ports: FakePorts, sdp: str | bytes, status: int, code: str
) -> None:
    answer = await offer(officer, camera, sdp)
    assert (answer.status, answer.code) == (status, code)
    assert ports.views.requests == []


async def test_a_wrong_media_type_or_stream_is_refused(camera: str, officer: Browser) -> None:
    assert (await officer.post(f"/api/cameras/{camera}/whep", {"sdp": OFFER})).status == 415
    assert (await offer(officer, camera, query="?stream=third")).status == 400


@pytest.mark.parametrize("role", [Role.INVESTIGATOR, Role.AUDITOR, Role.COURT_CLERK, Role.SECURITY_ADMINISTRATOR])
async def test_whoever_may_not_watch_learns_nothing(
    camera: str, people: SignInAs, ports: FakePorts, role: Role
) -> None:
    assert (await offer(await people(role, AREA_A), camera)).status == 404
    assert ports.views.requests == []


async def test_a_running_view_lasts_exactly_as_long_as_its_right(
    control: Services, camera: str, officer: Browser, ports: FakePorts
) -> None:
    await offer(officer, camera)
    (request,) = ports.views.requests

    class Running:
        view_id = "view-000001"
        camera_id = request.camera_id
        account_id = request.account_id
        session_id = request.session_id

    present = PresentPeople(control.db, control.settings.accounts, control.clock)
    rights = ViewRights(control.cameras.catalogue, present, control.clock)
    assert await rights.still_may([Running()]) == {"view-000001"}
    await control.cameras.editing.remove(camera)
    assert await rights.still_may([Running()]) == set()
    Running.camera_id = await add_camera(control.db, 2)
    assert await rights.still_may([Running()]) == {"view-000001"}
    await control.accounts.door.sign_out(request.session_id)
    assert await rights.still_may([Running()]) == set()
