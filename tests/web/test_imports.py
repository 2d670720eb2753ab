import io
from typing import Any

import pytest
from aiohttp import FormData

from fakes.api_browser import Answer, Browser
from fakes.control_ports import FakePorts
from fakes.jobs import finished, working
from fakes.province import AREA_A, SITE_A, SITE_B
from fakes.signed_in import SignInAs
from vms.access import Role
from vms.cameras.registration import RegistrationJob
from web.services import Services

GOOD = f"Địa chỉ;Tài khoản;Mật khẩu;Tên;Điểm\n10.0.0.1;vong;S3cret-Xyz;Cổng;Điểm {SITE_A}\n10.0.0.2;vong;S3cret-Xyz;Sân;{SITE_A}\n"
BAD = GOOD + f"10.0.0.3;vong;S3cret-Xyz;Xa;Điểm {SITE_B}\n10.0.0.300;vong;S3cret-Xyz;Sai;{SITE_A}\n"


@pytest.fixture
async def technician(people: SignInAs) -> Browser:
    return await people(Role.TECHNICIAN, AREA_A)


async def upload(browser: Browser, text: str, query: str = "?dry_run=true") -> Answer:
    return await browser.send("POST", f"/api/imports{query}", data=text.encode(), headers={"Content-Type": "text/csv"})


async def test_a_dry_run_says_per_line_what_is_wrong_and_changes_nothing(technician: Browser, ports: FakePorts) -> None:
    answer = await upload(technician, BAD, "")
    report = answer.body
    assert (answer.status, report["dry_run"], report["registration_id"]) == (200, True, None)
    assert [(line["line"], line["ok"]) for line in report["lines"]] == [(2, True), (3, True), (4, False), (5, False)]
    # A site elsewhere is as unknown as one that does not exist.
    assert [line["problems"][0]["code"] for line in report["lines"][2:]] == ["unknown_site", "bad_address"]
    assert "S3cret-Xyz" not in str(report)
    assert ports.devices.targets == []


async def test_the_real_run_registers_only_when_every_line_is_right(control: Services, technician: Browser) -> None:
    refused = await upload(technician, BAD, "?dry_run=false")
    assert refused.body["registration_id"] is None
    async with working(control):
        answer = await upload(technician, GOOD, "?dry_run=false")
        registration_id = answer.body["registration_id"]
        await finished(control, RegistrationJob, registration_id)
    done = (await technician.get(f"/api/registrations/{registration_id}")).body
    assert [(item["label"], item["step"]) for item in done["items"]] == [("Cổng", "saved"), ("Sân", "saved")]
    again = await upload(technician, GOOD, "?dry_run=false")
    assert [line["problems"][0]["code"] for line in again.body["lines"]] == ["already_registered"] * 2


async def test_a_form_with_a_file_is_as_good(technician: Browser) -> None:
    form = FormData()
    form.add_field("file", GOOD.encode("utf-16"), filename="danh sách.csv", content_type="text/csv")
    report = (await technician.send("POST", "/api/imports?dry_run=true", data=form)).body
    assert (report["encoding"], [line["ok"] for line in report["lines"]]) == ("utf-16", [True, True])


@pytest.mark.parametrize(
    ("body", "content_type", "status", "detail"),
    [
        (b"", "text/csv", 400, "empty"),
        (b"x" * (2 * 1024 * 1024 + 1), "text/csv", 413, ""),
        (b"address,site\n" + b"10.0.0.1,x\n" * 1001, "text/csv", 400, "too_many_rows"),
        (b"{}", "application/json", 415, "content_type"),
        (b"--x\r\ngarbage", "multipart/form-data; boundary=x", 400, "bad_form"),
        (b"garbage", "multipart/form-data", 400, "bad_form"),
    ],
)
async def test_what_is_no_list_is_refused_in_one_word(
    technician: Browser, body: bytes, content_type: str, status: int, detail: str
) -> None:
    headers: dict[str, Any] = {"Content-Type": content_type}
    answer = await technician.send("POST", "/api/imports", data=io.BytesIO(body), headers=headers)
    assert (answer.status, answer.body["detail"]) == (status, detail)
