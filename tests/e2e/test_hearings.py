"""A criminal hearing at first instance in a real browser, with a closed part and a cut: clerk, judge, prosecutor and oversight body."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Page, expect

from fakes.browser import chromium
from vms.cli.bench.system import RunningSystem, Wanted, system
from vms.cli.rehearsal.hearings import BODIES, CASES, Court
from vms.cli.rehearsal.people import CLERK, JUDGE, OBSERVER, PROSECUTOR
from vms.cli.rehearsal.registering import rows
from vms.clock import system_clock

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("courts"), pytest.mark.asyncio, pytest.mark.timeout(150)]

WITHIN_MS = 30_000
DESK = {"width": 1920, "height": 1080}
TABLET = {"width": 1180, "height": 820}
OLD_PC = {"width": 1366, "height": 768}
WORDS = {
    "vi": {
        "language": "Tiếng Việt",
        "desk": "Bàn thư ký",
        "bench": "Màn hình chủ tọa",
        "check": "Bắt đầu kiểm tra phòng",
        "check now": "Kiểm tra ngay",
        "passed": "ĐẠT",
        "wait": "Chờ Hội đồng xét xử",
        "begin": "Khai mạc",
        "watch": "Xem",
        "accept": "Tôi đã đọc và đồng ý",
        "on air": "ĐANG TRUYỀN",
        "cut": "Ngắt truyền",
        "restore": "Cho truyền lại",
        "close": "Chuyển sang xử kín",
        "open": "Trở lại xử công khai",
        "break": "Nghỉ giải lao",
        "pronounce": "Tuyên án",
        "end": "Kết thúc phiên tòa",
        "card closed": "Tạm ngừng truyền – phiên kín",
        "card cut": "Tòa án đã ngắt truyền",
        "card deliberation": "Tạm ngừng truyền – Hội đồng xét xử nghị án",
        "card ended": "Phiên tòa đã kết thúc",
        "closed title": "Phiên kín",
        "note": "Ghi chú",
        "write": "Ghi",
        "share": "Chia sẻ với đơn vị",
        "shared": "Đã chia sẻ với đơn vị.",
        "timeline": "Diễn biến",
        "attendance": "Sổ theo dõi người xem",
    },
    "en": {
        "language": "English",
        "desk": "Clerk's desk",
        "bench": "Judge's screen",
        "check": "Begin the room check",
        "check now": "Check now",
        "passed": "PASSED",
        "wait": "Wait for the bench",
        "begin": "Open the hearing",
        "watch": "Watch",
        "accept": "I have read this and agree",
        "on air": "TRANSMITTED",
        "cut": "Cut the transmission",
        "restore": "Transmit again",
        "close": "Go on behind closed doors",
        "open": "Go on in public",
        "break": "Break",
        "pronounce": "Pronounce judgment",
        "end": "End the hearing",
        "card closed": "Not transmitted – closed hearing",
        "card cut": "The court has cut the transmission",
        "card deliberation": "Not transmitted – the panel deliberates",
        "card ended": "The hearing has ended",
        "closed title": "Phiên kín",
        "note": "Note",
        "write": "Write",
        "share": "Share with my unit",
        "shared": "Shared with your unit.",
        "timeline": "Course",
        "attendance": "Attendance register",
    },
}


@dataclass(frozen=True)
class Courthouse:
    """One simulated courtroom with a hearing on today's list; `hearing` is its id."""

    system: RunningSystem
    browser: Browser
    hearing: str
    language: str

    @property
    def words(self) -> dict[str, str]:
        return WORDS[self.language]

    async def enter(self, login: str, viewport: dict[str, int]) -> Page:
        """A browser of its own, signed in, at the list of hearings."""
        context = await self.browser.new_context(viewport=viewport)  # type: ignore[arg-type]
        page = await context.new_page()
        await page.goto(self.system.base_url)
        await page.get_by_text(self.words["language"], exact=True).click()
        await page.locator("input[autocomplete=username]").fill(login)
        await page.locator("input[autocomplete=current-password]").fill(self.system.passwords[login])
        await page.keyboard.press("Enter")
        await expect(page.locator("nav")).to_be_visible()
        await page.locator("nav a[href='/hearings']").click()
        return page


@asynccontextmanager
async def courthouse(language: str) -> AsyncIterator[Courthouse]:
    expect.set_options(timeout=WITHIN_MS)
    async with system(Wanted(cameras=0, courtrooms=1)) as running, chromium() as browser:
        await running.register()
        async with running.api(CLERK) as clerk, running.api(JUDGE) as judge:
            court = Court(clerk, judge)
            units = {row["key"]: row["name"] for row in rows(running.simulation.province / "units.csv")}
            await court.learn_bodies([units[key] for key in BODIES])
            hearing = await court.schedule(CASES[0], system_clock())
        assert hearing is not None
        yield Courthouse(running, browser, hearing, language)


async def press(page: Page, name: str) -> None:
    await page.get_by_role("button", name=name, exact=True).first.click()


async def stage(page: Page, key: str) -> None:
    """The clerk's key of a stage, once the desk knows that it is possible; a key that comes while an act is under way is no act."""
    button = page.locator(".stages button", has=page.locator("kbd", has_text=key))
    await expect(button).to_be_enabled()
    await page.keyboard.press(key)
    await expect(button).to_have_attribute("aria-pressed", "true")


async def sure(page: Page) -> None:
    """Answer the question that is asked before an act."""
    await page.locator("dialog[open] button[type=submit]").click()
    await expect(page.locator("dialog[open]")).to_have_count(0)


async def moving(page: Page) -> None:
    """A picture that says LIVE, which needs a fresh capture time."""
    await expect(page.locator("figure[data-state=live]").first).to_be_visible()


async def covered(page: Page, card: str) -> None:
    """Every picture has given way to this card."""
    await expect(page.locator(f"figure:not([data-card={card}])")).to_have_count(0)
    await expect(page.locator("figure").first).to_be_visible()


async def watching(house: Courthouse, login: str) -> Page:
    """An observer who has accepted the warning; not a picture before."""
    page = await house.enter(login, OLD_PC)
    await page.get_by_role("link", name=house.words["watch"], exact=True).click()
    await expect(page.get_by_role("button", name=house.words["accept"])).to_be_visible()
    assert await page.locator("video").count() == 0
    await press(page, house.words["accept"])
    await expect(page.locator("figure").first).to_be_visible()
    return page


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_a_hearing_with_a_closed_part_and_a_cut_from_the_room_check_to_the_shared_notes(language: str) -> None:
    async with courthouse(language) as house:
        words = house.words
        clerk = await house.enter(CLERK, DESK)
        await clerk.get_by_role("link", name=words["desk"]).click()
        await press(clerk, words["check"])
        await press(clerk, words["check now"])
        await expect(clerk.locator("[data-passed]")).to_be_visible()
        await moving(clerk)

        prosecutor = await watching(house, PROSECUTOR)
        assert await prosecutor.locator("figure[data-state=live]").count() == 0, "nothing before the hearing is open"

        await press(clerk, words["wait"])
        await press(clerk, words["begin"])
        await moving(prosecutor)
        await expect(prosecutor.locator(".watermark").first).to_contain_text("Viện kiểm sát")
        observer = await watching(house, OBSERVER)
        await moving(observer)
        await expect(clerk.locator("[data-watchers='2'], [data-watchers='3']")).to_be_visible()

        await stage(clerk, "3")
        await prosecutor.keyboard.press("m")
        await prosecutor.get_by_label(words["note"], exact=True).fill("Cáo trạng đọc rõ.")
        await press(prosecutor, words["write"])
        await expect(prosecutor.locator("li", has_text="Cáo trạng đọc rõ.")).to_be_visible()

        await press(clerk, words["close"])
        await sure(clerk)
        for page in (prosecutor, observer):
            await covered(page, "closed")
            await expect(page.get_by_text(words["card closed"]).first).to_be_visible()
            await expect(page.get_by_text(CASES[0].title)).to_have_count(0)

        judge = await house.enter(JUDGE, TABLET)
        await judge.get_by_role("link", name=words["bench"]).click()
        await press(judge, words["open"])
        await sure(judge)
        await expect(judge.locator("[data-on-air=true]")).to_be_visible()
        await moving(prosecutor)

        await judge.get_by_role("button", name=words["cut"]).click()
        for page in (prosecutor, observer):
            await covered(page, "cut")
        await judge.locator("button.restore").click()
        await sure(judge)
        for page in (prosecutor, observer):
            await moving(page)

        await stage(clerk, "8")
        await covered(prosecutor, "deliberation")
        await stage(clerk, "9")
        await moving(prosecutor)
        await press(clerk, words["end"])
        await sure(clerk)
        await expect(prosecutor.get_by_text(words["card ended"]).first).to_be_visible()

        await press(prosecutor, words["share"])
        await prosecutor.locator("dialog[open] button.danger").click()
        await expect(prosecutor.get_by_text(words["shared"])).to_be_visible()
        await clerk.get_by_role("tab", name=words["attendance"]).click()
        await expect(clerk.get_by_role("cell", name="Viện kiểm sát nhân dân tỉnh Sơn La").first).to_be_visible()
