import pytest

from fakes.control_ports import JPEG, JPEG_BASE64
from fakes.province import AREA_A, AREA_B, COURT, ROOT, SITE_B, SITE_COURT, add_camera
from fakes.signed_in import SignInAs
from streams.types.bus import AlarmEvent, AlarmKind, AlarmPhase
from vms.access import Role
from web.services import Services


@pytest.fixture
async def alarm(control: Services, people: SignInAs) -> str:
    camera = await add_camera(control.db, 1)
    return await raise_alarm(control, camera, "alarm-00000001")


async def raise_alarm(control: Services, camera: str, alarm_id: str) -> str:
    event = AlarmEvent(
        alarm_id=alarm_id,
        camera_id=camera,
        kind=AlarmKind.MOTION,
        phase=AlarmPhase.END,
        start_ms=1000,
        end_ms=2000,
        peak_ms=1500,
        peak_share=0.5,
        snapshot_base64=JPEG_BASE64,
    )
    await control.alarms.apply(event)
    return alarm_id


async def test_an_alarm_is_listed_looked_at_and_acknowledged_by_those_on_duty(people: SignInAs, alarm: str) -> None:
    officer = await people(Role.DUTY_OFFICER, AREA_A)
    page = (await officer.get("/api/alarms?unacknowledged=true")).body
    (row,) = page["alarms"]
    assert (page["unacknowledged"], page["next_before_ms"]) == (1, None)
    assert (row["id"], row["camera_number"], row["has_snapshot"], row["acknowledged_ms"]) == (alarm, 1, True, None)
    assert (await officer.get(f"/api/alarms/{alarm}/snapshot.jpg")).body == JPEG
    done = (await officer.post(f"/api/alarms/{alarm}/acknowledge")).body
    assert done["acknowledged_by"].startswith("Họ tên duty_officer")
    assert (await officer.get("/api/alarms?unacknowledged=true")).body["alarms"] == []


async def test_alarms_elsewhere_and_in_courts_are_not_listed(control: Services, people: SignInAs, alarm: str) -> None:
    elsewhere = await raise_alarm(control, await add_camera(control.db, 2, SITE_B), "alarm-00000002")
    await raise_alarm(control, await add_camera(control.db, 3, SITE_COURT), "alarm-00000003")
    for unit, ids in ((AREA_A, [alarm]), (AREA_B, [elsewhere]), (ROOT, [elsewhere, alarm]), (COURT, [])):
        page = (await (await people(Role.DUTY_OFFICER, unit)).get("/api/alarms")).body
        assert [row["id"] for row in page["alarms"]] == ids
        assert page["unacknowledged"] == len(ids)


@pytest.mark.parametrize("role", [Role.TECHNICIAN, Role.INVESTIGATOR, Role.AUDITOR, Role.SECURITY_ADMINISTRATOR])
async def test_who_is_not_on_duty_neither_sees_nor_acknowledges(people: SignInAs, alarm: str, role: Role) -> None:
    browser = await people(role, ROOT)
    assert (await browser.get("/api/alarms")).status == 403
    assert (await browser.post(f"/api/alarms/{alarm}/acknowledge")).status == 404
    assert (await browser.get(f"/api/alarms/{alarm}/snapshot.jpg")).status == 404


@pytest.mark.parametrize("query", ["before_ms=-1", "before_ms=x", "camera_id=.." , "unacknowledged=maybe", "page=2", "before_ms=1&before_ms=2"])  # fmt: skip
async def test_a_query_that_makes_no_sense_is_refused(people: SignInAs, query: str) -> None:
    answer = await (await people(Role.DUTY_OFFICER, AREA_A)).get(f"/api/alarms?{query}")
    assert (answer.status, answer.code) == (400, "bad_request")
