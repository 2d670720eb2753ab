import pytest

from fakes.api_browser import Answer, Browser
from fakes.control_ports import FakePorts
from fakes.province import ABSENT, AREA_A, SITE_B, SITE_COURT, add_camera
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


async def open_carrier(browser: Browser, carrier: str = "w0", sdp: str = OFFER) -> Answer:
    headers = {"Content-Type": "application/sdp"}
    return await browser.send("POST", f"/api/carriers/{carrier}", data=sdp.encode(), headers=headers)


async def transport(browser: Browser) -> str:
    return (await open_carrier(browser)).headers["Location"]


async def test_a_wall_opens_one_transport_and_puts_a_camera_into_a_slot(
    camera: str, officer: Browser, ports: FakePorts
) -> None:
    answer = await open_carrier(officer)
    assert (answer.status, answer.body) == (201, b"v=0\r\n")
    assert ports.carriers.requests[0].addresses == ("127.0.0.1",)
    location = answer.headers["Location"]
    filled = await officer.send("PUT", f"{location}/slots/3", {"camera_id": camera, "stream": "main"})
    assert filled.status == 200
    assert filled.body == {
        "view_id": "view-000001",
        "codec": "H264",
        "shown": "main",
        "first_rtp_timestamp": 7,
    }
    ((_, wish),) = ports.carriers.slots.items()
    assert (wish.camera_id, wish.mid, wish.kind) == (camera, "3", StreamKind.MAIN)
    assert (await officer.send("DELETE", f"{location}/slots/3")).status == 204
    assert ports.carriers.slots == {}
    assert (await officer.send("DELETE", location)).status == 204
    assert (await officer.send("DELETE", location)).status == 404


async def test_a_camera_that_one_may_not_watch_is_as_absent_as_one_that_is_not_there(
    control: Services, officer: Browser, ports: FakePorts
) -> None:
    location = await transport(officer)
    foreign = await add_camera(control.db, 2, SITE_B)
    court = await add_camera(control.db, 3, SITE_COURT, angle="accused")
    answers = [
        await officer.send("PUT", f"{location}/slots/0", {"camera_id": camera_id})
        for camera_id in (foreign, court, ABSENT)
    ]
    assert {answer.status for answer in answers} == {404}
    assert len({str(answer.body) for answer in answers}) == 1
    assert ports.carriers.slots == {}


async def test_a_whole_wall_is_filled_by_one_request_and_each_slot_stands_for_itself(
    control: Services, camera: str, officer: Browser, ports: FakePorts
) -> None:
    location = await transport(officer)
    foreign = await add_camera(control.db, 2, SITE_B)
    second = await add_camera(control.db, 3)
    slots = [
        {"mid": "0", "camera_id": camera, "stream": "main"},
        {"mid": "1", "camera_id": foreign},
        {"mid": "2", "camera_id": ABSENT},
        {"mid": "a b", "camera_id": camera},
        {"mid": "7", "camera_id": second},
    ]
    answer = await officer.send("PUT", f"{location}/slots", {"slots": slots})
    assert answer.status == 200
    filled = answer.body["slots"]
    assert [one["mid"] for one in filled] == ["0", "1", "2", "a b", "7"]
    assert [one["error"] and (one["error"]["code"], one["error"]["field"]) for one in filled] == [
        None,
        ("not_found", "camera_id"),
        ("not_found", "camera_id"),
        ("not_found", "mid"),
        None,
    ]
    assert filled[0]["view"]["shown"] == "main"
    assert {mid: wish.camera_id for (_, mid), wish in ports.carriers.slots.items()} == {"0": camera, "7": second}


async def test_a_refusal_of_one_slot_of_many_has_its_own_code(camera: str, officer: Browser, ports: FakePorts) -> None:
    location = await transport(officer)
    ports.carriers.refusal = BusRefused(RefusalCode.CODEC)
    answer = await officer.send("PUT", f"{location}/slots", {"slots": [{"mid": "0", "camera_id": camera}]})
    assert (answer.status, answer.body["slots"][0]["error"]["code"]) == (200, "codec")


@pytest.mark.parametrize("mids", [["0", "0"], [], [str(number) for number in range(65)]])
async def test_slots_that_cannot_be_meant_are_refused_together(
    camera: str, officer: Browser, ports: FakePorts, mids: list[str]
) -> None:
    location = await transport(officer)
    slots = [{"mid": mid, "camera_id": camera} for mid in mids]
    assert (await officer.send("PUT", f"{location}/slots", {"slots": slots})).code == "bad_request"
    assert ports.carriers.slots == {}


async def test_only_the_session_that_opened_a_transport_may_touch_it(
    camera: str, officer: Browser, people: SignInAs, ports: FakePorts
) -> None:
    location = await transport(officer)
    other = await people(Role.DUTY_COMMANDER, AREA_A)
    answers = [
        await other.send("PUT", f"{location}/slots/0", {"camera_id": camera}),
        await other.send("PUT", f"{location}/slots", {"slots": [{"mid": "0", "camera_id": camera}]}),
        await other.send("DELETE", f"{location}/slots/0"),
        await other.send("DELETE", location),
        await other.send("PUT", "/api/transports/absent-absent/slots/0", {"camera_id": camera}),
    ]
    assert {answer.status for answer in answers} == {404}
    assert len({str(answer.body) for answer in answers}) == 1
    assert ports.carriers.slots == {}
    assert len(ports.carriers.owners) == 1


@pytest.mark.parametrize("role", [Role.INVESTIGATOR, Role.AUDITOR, Role.SECURITY_ADMINISTRATOR])
async def test_whoever_may_watch_nothing_learns_no_name_of_a_carrier(
    people: SignInAs, ports: FakePorts, role: Role
) -> None:
    browser = await people(role, AREA_A)
    known, unknown = await open_carrier(browser), await open_carrier(browser, "w9")
    assert (known.status, known.code) == (404, "not_found")
    assert (known.status, known.body) == (unknown.status, unknown.body)
    assert ports.carriers.requests == []


@pytest.mark.parametrize("carrier", ["w9", "W0", "w0%2F..", "x" * 60])
async def test_a_carrier_that_is_not_there_is_not_found(officer: Browser, ports: FakePorts, carrier: str) -> None:
    assert (await open_carrier(officer, carrier)).status == 404
    assert ports.carriers.requests == []


async def test_what_is_no_offer_never_reaches_a_worker(officer: Browser, ports: FakePorts) -> None:
    assert (await open_carrier(officer, sdp="hello")).code == "bad_offer"
    assert (await open_carrier(officer, sdp="v=0" + "x" * 400_000)).status == 413
    assert ports.carriers.requests == []


@pytest.mark.parametrize("mid", ["%20", "a%0Ab", "x" * 33, "%E1%BB%8D"])
async def test_a_mid_that_cannot_be_one_is_not_found(camera: str, officer: Browser, mid: str) -> None:
    location = await transport(officer)
    assert (await officer.send("PUT", f"{location}/slots/{mid}", {"camera_id": camera})).status == 404


@pytest.mark.parametrize(
    ("refusal", "status", "code"),
    [
        (BusRefused(RefusalCode.CODEC), 409, "codec"),
        (BusRefused(RefusalCode.NOT_OWNER), 503, "unavailable"),
        (BusRefused(RefusalCode.FULL), 429, "too_many"),
        (BusUnavailable(), 503, "unavailable"),
    ],
)
async def test_a_refusal_reaches_the_browser_as_its_own_code(
    camera: str, officer: Browser, ports: FakePorts, refusal: Exception, status: int, code: str
) -> None:
    location = await transport(officer)
    ports.carriers.refusal = refusal
    answer = await officer.send("PUT", f"{location}/slots/0", {"camera_id": camera})
    assert (answer.status, answer.code) == (status, code)


async def test_a_transport_lasts_as_long_as_its_session(control: Services, officer: Browser, ports: FakePorts) -> None:
    await transport(officer)
    (request,) = ports.carriers.requests

    class Running:
        view_id = "transport-000001"
        camera_id = ""
        account_id = request.account_id
        session_id = request.session_id

    present = PresentPeople(control.db, control.settings.accounts, control.clock)
    rights = ViewRights(control.cameras.catalogue, present, control.clock)
    assert await rights.still_may([Running()]) == {"transport-000001"}
    await control.accounts.door.sign_out(request.session_id)
    assert await rights.still_may([Running()]) == set()
