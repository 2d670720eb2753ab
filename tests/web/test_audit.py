import csv
import io

from fakes.api_browser import Browser
from fakes.clock import FakeClock
from fakes.province import AREA_A, AREA_B, SITE_B, add_camera
from fakes.signed_in import SignInAs
from vms.access import Actor, Deed, Role
from vms.audit import AuditLog
from vms.audit.names import DatabaseNames
from web.services import Services

MAI = Actor("10.0.0.1", "account-mai", "=Lò Thị Mai", ("duty_officer",), "session-1")


async def _watched(control: Services, *cameras: str) -> None:
    log = AuditLog(control.db, DatabaseNames(control.db))
    for camera in cameras:
        facts = {"view": "v", "began_ms": "1000", "ended_ms": "61000"}
        await log.looked(Deed(MAI, "view.ended", 61_000, "camera", camera, facts))


async def test_who_watched_a_camera_is_one_question(control: Services, people: SignInAs) -> None:
    near, far = await add_camera(control.db, 1), await add_camera(control.db, 2, SITE_B)
    auditor = await people(Role.AUDITOR, AREA_A)
    await _watched(control, near, far)
    answer = await auditor.get(f"/api/cameras/{near}/watchers")
    (entry,) = answer.body["entries"]
    assert (entry["name"], entry["label"], entry["facts"]["began_ms"]) == ("=Lò Thị Mai", "1 Camera 1", "1000")
    assert (await auditor.get(f"/api/cameras/{far}/watchers")).status == 404


async def test_an_auditor_of_an_area_reads_the_rows_of_that_area(control: Services, people: SignInAs) -> None:
    near, far = await add_camera(control.db, 1), await add_camera(control.db, 2, SITE_B)
    await _watched(control, near, far)
    for area, number in ((AREA_A, 1), (AREA_B, 2)):
        auditor = await people(Role.AUDITOR, area)
        found = (await auditor.get("/api/audit")).body
        assert [entry["label"] for entry in found["entries"]] == [f"{number} Camera {number}"]
        assert found["next_before"] is None


async def test_who_reaches_the_whole_reads_all_and_filters(
    control: Services, administrator: Browser, people: SignInAs
) -> None:
    near, far = await add_camera(control.db, 1), await add_camera(control.db, 2, SITE_B)
    await _watched(control, near, far)
    assert len((await administrator.get("/api/audit?action=view.")).body["entries"]) == 2
    assert len((await administrator.get(f"/api/audit?kind=camera&object_id={far}")).body["entries"]) == 1
    assert len((await administrator.get("/api/audit?text=Mai&to_ms=61000")).body["entries"]) == 0
    assert (await administrator.get("/api/audit?from_ms=-1")).status == 400


async def test_a_search_for_sign_ins_finds_no_refusals(control: Services, administrator: Browser) -> None:
    log = AuditLog(control.db, DatabaseNames(control.db))
    for action in ("sign_in", "sign_in.sso", "sign_in.refused", "sign_inner"):
        await log.did(Deed(MAI, action, 61_000, "account", "account-mai"))

    async def found(action: str) -> list[str]:
        return [one["action"] for one in (await administrator.get(f"/api/audit?action={action}")).body["entries"]]

    assert await found("sign_in,sign_in.sso") == ["sign_in.sso", "sign_in"]
    assert await found("sign_in.refused") == ["sign_in.refused"]
    assert await found("sign_in.") == ["sign_in.refused", "sign_in.sso"]


async def test_who_still_watches_is_told_too(control: Services, people: SignInAs) -> None:
    camera = await add_camera(control.db, 1)
    auditor = await people(Role.AUDITOR, AREA_A)
    log = AuditLog(control.db, DatabaseNames(control.db))
    for action, view in (("view.began", "v1"), ("view.began", "v2"), ("view.ended", "v1"), ("camera.read", "")):
        await log.looked(Deed(MAI, action, 61_000, "camera", camera, {"view": view, "began_ms": "1000"}))
    entries = (await auditor.get(f"/api/cameras/{camera}/watchers")).body["entries"]
    assert [(one["action"], one["facts"]["view"]) for one in entries] == [
        ("view.ended", "v1"),
        ("view.began", "v2"),
        ("view.began", "v1"),
    ]


async def test_reading_the_log_is_told_to_the_log(control: Services, people: SignInAs, clock: FakeClock) -> None:
    auditor = await people(Role.AUDITOR, AREA_A)
    await auditor.get("/api/audit?text=Mai")
    (deed,) = [deed for deed in control.journal.looks if deed.action == "audit.read"]  # type: ignore[attr-defined]
    assert deed.facts["searched"] == '{"text": "Mai"}'


async def test_a_spreadsheet_takes_no_name_for_a_formula(
    control: Services, administrator: Browser, people: SignInAs
) -> None:
    await _watched(control, await add_camera(control.db, 1))
    answer = await administrator.get("/api/audit.csv")
    text = answer.body.decode("utf-8-sig")
    (row,) = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert (row["name"], row["at"]) == ("'=Lò Thị Mai", "01/01/1970 07:01:01")


async def test_nobody_else_reads_the_log(people: SignInAs) -> None:
    officer = await people(Role.DUTY_COMMANDER, AREA_A)
    assert (await officer.get("/api/audit")).status == 403
    assert (await officer.get("/api/audit.csv")).status == 403
