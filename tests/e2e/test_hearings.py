"""A criminal hearing at first instance in a real browser, with a closed part and a cut: clerk, judge, prosecutor and oversight body."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser, Page, expect

from fakes.browser import chromium
from fakes.pdf import pages
from vms.cli.bench.system import RunningSystem, Wanted, system
from vms.cli.rehearsal.hearings import BODIES, CASES, Court
from vms.cli.rehearsal.people import CLERK, JUDGE, OBSERVER, PROSECUTOR
from vms.cli.rehearsal.registering import rows
from vms.clock import system_clock

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("courts"), pytest.mark.asyncio, pytest.mark.timeout(150)]

WITHIN_MS = 30_000
DELAY_S = 6
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
        "listen": "Nghe 5 giây",
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
        "review": "Nhận xét",
        "draft": "Lưu nháp",
        "draft saved": "Đã lưu nháp.",
        "hand in": "Nộp phiếu",
        "handed in": "Đã nộp phiếu nhận xét.",
        "minutes": "Biên bản rút kinh nghiệm",
        "conclusion": "Kết luận của người chủ trì",
        "close minutes": "Chốt biên bản",
        "minutes closed": "Đã chốt biên bản.",
        "print": "In (PDF)",
    },
    "en": {
        "language": "English",
        "desk": "Clerk's desk",
        "bench": "Judge's screen",
        "check": "Begin the room check",
        "check now": "Check now",
        "passed": "PASSED",
        "listen": "Listen for 5 s",
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
        "review": "Evaluate",
        "draft": "Save the draft",
        "draft saved": "Draft saved.",
        "hand in": "Hand in",
        "handed in": "The evaluation sheet is handed in.",
        "minutes": "Minutes of the review",
        "conclusion": "The chair's conclusion",
        "close minutes": "Close the minutes",
        "minutes closed": "The minutes are closed.",
        "print": "Print (PDF)",
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


async def printed(page: Page, name: str) -> str:
    """The words of the PDF that this button gives."""
    async with page.expect_download() as given:
        await press(page, name)
    file = await (await given.value).path()
    return " ".join(" ".join(pages(file.read_bytes())).split())


async def reviewed(page: Page, words: dict[str, str]) -> None:
    """The sheet is begun, kept, filled and handed in; the minutes are closed; both are printed."""
    await page.get_by_role("link", name=words["review"], exact=True).click()
    points = page.locator("td input[inputmode=numeric]")
    await points.first.fill("15")
    await press(page, words["draft"])
    await expect(page.get_by_text(words["draft saved"])).to_be_visible()
    await page.reload()
    await expect(points.first).to_have_value("15")
    for number in range(1, await points.count()):
        await points.nth(number).fill("5")
    total = await page.locator("[data-total]").inner_text()
    await press(page, words["hand in"])
    await page.locator("dialog[open] button.danger").click()
    await expect(page.get_by_text(words["handed in"])).to_be_visible()
    assert f"({total}/100 điểm)" in await printed(page, words["print"])
    await page.get_by_role("tab", name=words["minutes"]).click()
    await page.get_by_label(words["conclusion"]).fill("Đạt yêu cầu của phiên tòa rút kinh nghiệm.")
    await press(page, words["close minutes"])
    await page.locator("dialog[open] button.danger").click()
    await expect(page.get_by_text(words["minutes closed"])).to_be_visible()
    paper = await printed(page, words["print"])
    assert "Đạt yêu cầu của phiên tòa rút kinh nghiệm." in paper
    assert f"trung bình {total},0/100 điểm" in paper


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
        await press(clerk, words["listen"])
        await expect(clerk.locator("li[data-heard=true]")).to_be_visible()

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
        assert "kiểm sát nhân dân tỉnh Sơn La" in await printed(clerk, words["print"])
        await reviewed(prosecutor, words)

        if language == "vi":
            await seen_later(house, judge, prosecutor)


async def seen_later(house: Courthouse, judge: Page, prosecutor: Page) -> None:
    """The next hearing in this room is seen some seconds later: a card, pictures that say so, and a card again where the judge drops some."""
    async with house.system.api(CLERK) as clerk, house.system.api(JUDGE) as presiding:
        court = Court(clerk, presiding)
        await court.learn_bodies(["Viện kiểm sát nhân dân tỉnh Sơn La"])
        hearing = await court.schedule(CASES[0], system_clock(), delay_s=DELAY_S)
        assert hearing is not None
        await court.begin(hearing)
    await prosecutor.goto(f"{house.system.base_url}/watch?h={hearing}")
    await press(prosecutor, house.words["accept"])
    await covered(prosecutor, "filling")
    await judge.goto(f"{house.system.base_url}/hearings/{hearing}/bench")
    delayed = prosecutor.locator("figure[data-state=delayed]")
    await expect(delayed.first).to_be_visible()
    await expect(delayed.first).to_contain_text(f"ĐANG PHÁT CHẬM {DELAY_S} giây")
    await expect(prosecutor.locator("figure[data-state=live]")).to_have_count(0)
    await expect(judge.get_by_role("button", name="Bỏ tất cả")).to_be_enabled()
    await judge.keyboard.press("b")
    await covered(prosecutor, "dropped")
    await expect(judge.get_by_text("mọi máy chủ hình đã xác nhận")).to_be_visible()
    await expect(delayed.first).to_be_visible()
