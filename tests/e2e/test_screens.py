"""The screens around the wall in a real browser: from devices on the network to an alarm that somebody acknowledged, in both languages."""

import pytest
from playwright.async_api import Page, expect

from fakes.browser import chromium
from vms.cli.bench.system import Wanted, system
from vms.cli.rehearsal.people import DUTY_OFFICER, TECHNICIAN
from vms.cli.simulator.simulation import PASSWORD, USERNAME

pytestmark = [pytest.mark.e2e, pytest.mark.asyncio, pytest.mark.timeout(90)]

CAMERAS = 4
WITHIN_MS = 30_000
PRESS_EVERY_MS = 100
WORDS = {
    "vi": {
        "language": "Tiếng Việt",
        "addresses": "Địa chỉ cụ thể",
        "find": "Tìm thiết bị",
        "all": "Chọn mọi thiết bị",
        "register": f"Đăng ký {CAMERAS} thiết bị…",
        "login": "Tên đăng nhập của thiết bị",
        "password": "Mật khẩu của thiết bị",
        "saved": f"Đã xong. {CAMERAS} đã lưu, 0 không được",
        "motion": "Phát hiện chuyển động",
        "acknowledged": "tiếp nhận lúc",
    },
    "en": {
        "language": "English",
        "addresses": "Single addresses",
        "find": "Find devices",
        "all": "Choose every shown device",
        "register": f"Register {CAMERAS} devices…",
        "login": "Login of the device",
        "password": "Password of the device",
        "saved": f"Done. {CAMERAS} saved, 0 failed",
        "motion": "Motion",
        "acknowledged": "Acknowledged by",
    },
}


async def _sign_in(page: Page, base_url: str, login: str, password: str, language: str) -> None:
    await page.goto(base_url)
    await page.get_by_text(WORDS[language]["language"], exact=True).click()
    await page.locator("input[autocomplete=username]").fill(login)
    await page.locator("input[autocomplete=current-password]").fill(password)
    await page.keyboard.press("Enter")
    await expect(page.locator("nav")).to_be_visible()


async def _acknowledge(page: Page) -> list[int]:
    """Hit A twice at a time, as a hurried hand does, until the page takes it: what the server answered."""
    answers: list[int] = []
    page.on("response", lambda answer: answers.append(answer.status) if answer.url.endswith("/acknowledge") else None)
    async with page.expect_response(lambda answer: answer.url.endswith("/acknowledge")):
        # Not before the picture has been on the screen for a moment: the page says so, and waits for the next press.
        for _ in range(WITHIN_MS // PRESS_EVERY_MS):
            await page.keyboard.press("a")
            await page.keyboard.press("a")
            await page.wait_for_timeout(PRESS_EVERY_MS)
            if answers:
                break
    return answers


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_devices_are_found_and_registered_and_their_alarm_is_acknowledged_by_key(language: str) -> None:
    words = WORDS[language]
    expect.set_options(timeout=WITHIN_MS)
    async with system(Wanted(cameras=CAMERAS)) as running, chromium() as browser:
        page = await browser.new_page(viewport={"width": 1366, "height": 768})
        await _sign_in(page, running.base_url, TECHNICIAN, running.passwords[TECHNICIAN], language)
        await page.goto(f"{running.base_url}/discovery")
        port = running.simulation.onvif_port
        devices = [f"{row.address}:{port}" for row in running.simulation.camera_rows()]
        await page.get_by_label(words["addresses"]).fill("\n".join(devices))
        await page.get_by_role("button", name=words["find"]).click()
        await expect(page.locator("td input:not(:disabled)")).to_have_count(CAMERAS)
        await page.get_by_text(words["all"]).click()
        await page.get_by_role("button", name=words["register"]).click()
        await page.get_by_role("combobox").first.click()
        await page.keyboard.type("cau trang")
        await page.keyboard.press("Enter")
        await page.get_by_label(words["login"]).fill(USERNAME)
        await page.get_by_label(words["password"], exact=True).fill(PASSWORD)
        await page.locator("dialog[open] button[type=submit]").click()
        await expect(page.get_by_text(words["saved"])).to_be_visible()
        await page.locator("main a[href^='/cameras/']").first.click()
        await expect(page.get_by_role("heading", name=words["motion"], exact=True)).to_be_visible()

        watching = await (await browser.new_context()).new_page()
        await _sign_in(watching, running.base_url, DUTY_OFFICER, running.passwords[DUTY_OFFICER], language)
        await watching.goto(f"{running.base_url}/alarms")
        fresh = watching.locator("[role=option], .bar button:not(:disabled)").first
        await expect(fresh).to_be_visible()
        await watching.keyboard.press("n")
        await expect(watching.locator("[role=option][aria-selected=true]")).to_be_visible()
        assert await _acknowledge(watching) == [200]
        await watching.locator("fieldset label").last.click()
        # The page has gone on to the next open alarm: who acknowledged stands beside the one that is chosen again.
        await watching.locator("[role=option]:not(.open)").first.click()
        await expect(watching.get_by_text(words["acknowledged"])).to_be_visible()
