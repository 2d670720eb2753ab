"""The screens around the wall in a real browser: from devices on the network to an alarm that somebody acknowledged, in both languages."""

from ipaddress import ip_address

import pytest
from playwright.async_api import Browser, Page, expect

from fakes.browser import chromium
from fakes.rehearsed import Province
from fakes.wall import Wall, wall_of
from vms.cli.bench.system import RunningSystem, Wanted, system
from vms.cli.rehearsal.people import DUTY_OFFICER, TECHNICIAN
from vms.cli.simulator.simulation import DISCOVERY_PORT, PASSWORD, USERNAME

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("province"), pytest.mark.timeout(90)]

CAMERAS = 4
WITHIN_MS = 30_000
expect.set_options(timeout=WITHIN_MS)
PRESS_EVERY_MS = 100
WORDS = {
    "vi": {
        "language": "Tiếng Việt",
        "multicast": "Hỏi cả mạng nội bộ của máy chủ (multicast)",
        "where": "Địa chỉ cụ thể",
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
        "multicast": "Ask the whole local network of the server (multicast)",
        "where": "Address ranges",
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
    if language == "vi":
        await page.keyboard.press("Enter")
    else:
        # What was chosen before signing in is told to the account after it: not before that may the page be left.
        async with page.expect_response(lambda answer: answer.url.endswith("/api/session/language")) as told:
            await page.keyboard.press("Enter")
        assert (await told.value).ok
    await expect(page.locator("nav")).to_be_visible()


def _where(running: RunningSystem, *, ranges: bool) -> str:
    """All simulated devices as single addresses with their port, or as one range."""
    found = sorted(ip_address(row.address) for row in running.simulation.camera_rows())
    if ranges:
        return f"{found[0]} - {found[-1]}"
    return "\n".join(f"{address}:{running.simulation.onvif_port}" for address in found)


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


@pytest.mark.asyncio
@pytest.mark.parametrize("language", ["vi", "en"])
async def test_devices_are_found_and_registered_and_their_alarm_is_acknowledged_by_key(language: str) -> None:
    words = WORDS[language]
    # Ranges are asked on the port of WS-Discovery, of which a machine has one.
    ranges = language == "en"
    wanted = Wanted(cameras=CAMERAS, discovery_port=DISCOVERY_PORT if ranges else 0)
    async with system(wanted) as running, chromium() as browser:
        page = await browser.new_page(viewport={"width": 1366, "height": 768})
        await _sign_in(page, running.base_url, TECHNICIAN, running.passwords[TECHNICIAN], language)
        await page.goto(f"{running.base_url}/discovery")
        await page.get_by_text(words["multicast"]).click()
        await page.get_by_label(words["where"]).fill(_where(running, ranges=ranges))
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


@pytest.mark.asyncio(loop_scope="session")
async def test_a_camera_that_is_opened_shows_what_it_sees_now(browser: Browser, province: Province) -> None:
    async with wall_of(browser, province.system) as wall:
        page = wall.page
        await page.goto(f"{wall.base_url}/cameras")
        await page.locator(f"main a[href='/cameras/{province.ids[7]}']").first.click()
        await page.wait_for_selector("[data-tile] video", state="attached")
        await wall.all_live()
        assert await wall.right_tiles({province.ids[7]: 7}) == {province.ids[7]}
        # Another camera's page takes its place, and its picture.
        await page.goto(f"{wall.base_url}/cameras/{province.ids[9]}")
        await page.wait_for_selector(f'[data-camera-id="{province.ids[9]}"] video', state="attached")
        await wall.all_live()
        assert await wall.right_tiles({province.ids[9]: 9}) == {province.ids[9]}


@pytest.mark.asyncio(loop_scope="session")
async def test_the_language_changes_while_pictures_run_and_is_the_persons_from_then_on(
    browser: Browser, province: Province
) -> None:
    await province.hang(4, [1, 2, 3, 4])
    async with wall_of(browser, province.system) as wall:
        await wall.open()
        await wall.all_live()
        await wall.page.evaluate("[...document.querySelectorAll('video')].forEach(v => { v.dataset.before = '1' })")
        await _choose(wall, "English", "Camera wall")
        # Nothing is made anew: the same pictures run on under other words.
        assert await wall.page.locator("video[data-before]").count() == 4
        await expect(wall.page.get_by_text("4 / 4 tiles live")).to_be_visible()
        await wall.page.reload()
        await expect(wall.page.locator("html")).to_have_attribute("lang", "en")
        await wall.page.wait_for_selector("[data-tile]", state="attached")
        await _choose(wall, "Tiếng Việt", "Tường camera")
        await wall.all_live()


async def _choose(wall: Wall, language: str, title: str) -> None:
    """In the account menu, by mouse; then its words are there."""
    await wall.page.locator("header details summary").click()
    async with wall.page.expect_response(lambda answer: answer.url.endswith("/api/session/language")) as saved:
        await wall.page.locator("header details").get_by_text(language, exact=True).click()
    assert (await saved.value).ok
    await expect(wall.page.locator("nav [aria-current=page]")).to_have_text(title)
    await wall.page.keyboard.press("Escape")
