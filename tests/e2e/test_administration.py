"""The screens of administration in a real browser against a real system, in both languages: what one person does there, another sees."""

import asyncio
import re
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Download, Locator, Page, expect

from fakes.people_at_browsers import page_of
from fakes.rehearsed import Province
from vms.access import Role
from vms.cli.bench.system import RunningSystem, Wanted, system
from vms.cli.rehearsal.people import ADMINISTRATOR, DUTY_OFFICER, Worker, add

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.xdist_group("province"),
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(120),
]

COMMANDER, AUDITOR, SECOND = "chihuy", "giamsat", "quantri2"
WITHIN_MS = 15_000
VI = {
    "accounts": "Người dùng",
    "create": "Tạo tài khoản",
    "name": "Họ và tên",
    "login": "Tên đăng nhập",
    "more": "Thêm vai trò",
    "duty": "Trực ban",
    "investigator": "Điều tra viên",
    "auditor": "Kiểm tra nhật ký",
    "missing": "Hãy chọn đơn vị.",
    "kept": "Tôi đã chép",
    "give": "Cấp vai trò",
    "clash": "phân tách nhiệm vụ",
    "cancel": "Hủy",
    "end": "Thu lại",
    "over": "Đã hết",
    "end_session": "Kết thúc",
    "no_sessions": "Không có phiên nào đang chạy.",
    "signed_out": "Phiên làm việc đã hết hạn hoặc bị thu hồi",
    "subject": "Mã của người này ở máy chủ đăng nhập một lần (sub)",
    "save": "Lưu",
    "no_provider": "Hệ thống chưa nối với máy chủ đăng nhập một lần.",
    "organisation": "Tổ chức",
    "find_unit": "Tìm đơn vị",
    "commune": "Công an xã Chiềng Sơn",
    "close": "Giải thể",
    "move": "Chuyển trực thuộc",
    "from": "Từ ngày",
    "to_draft": "Thêm vào bản nháp",
    "add_site": "Thêm điểm lắp đặt",
    "site_name": "Tên",
    "latitude": "Vĩ độ (độ Bắc)",
    "wrong_place": "Cần cả hai",
    "try": "Chạy thử",
    "needs_successor": "hãy chọn đơn vị kế tiếp",
    "remove": "Bỏ",
    "basis": "Căn cứ",
    "mine": "Bạn là người đề xuất",
    "renamed": "đổi tên",
    "who_loses": "Ai được và mất gì",
    "reorganisations": "Các lần sắp xếp",
    "apply": "Áp dụng",
    "applied": "Đã áp dụng",
    "as_of": "Cơ cấu vào ngày",
    "belongs": "Trực thuộc",
    "export": "Xuất tệp",
    "consoles": "Máy trạm",
    "new_console": "Tạo máy trạm",
    "console_name": "Tên",
    "address": "Địa chỉ IP của máy",
    "saved_layout": "Lấy theo bố cục đã lưu",
    "waiting": "Chờ đăng ký",
    "in_use": "Đang dùng",
    "enrol": "Mã một lần của máy trạm",
    "revoke": "Thu hồi",
    "revoked": "Đã thu hồi",
    "restrictions": "Camera nhạy cảm",
    "add_restriction": "Thêm quy định",
    "restriction_name": "Tên quy định",
    "add_rule": "Thêm người hoặc vai trò",
    "save_restriction": "Lưu quy định",
    "may_see": "Được xem",
    "lift": "Bỏ quy định",
    "audit": "Nhật ký",
    "what": "Hành động",
    "sign_in": "Đăng nhập",
    "sign_out": "Đăng xuất",
    "search": "Tìm",
    "still": "chưa thôi xem",
    "watchers": "Ai đã xem camera",
    "report": "TRÍCH NHẬT KÝ TRUY CẬP",
}
EN = {
    "accounts": "People",
    "create": "Create account",
    "name": "Full name",
    "login": "Login",
    "more": "One more role",
    "duty": "Duty officer",
    "investigator": "Investigator",
    "auditor": "Auditor",
    "missing": "Choose a unit.",
    "kept": "I have copied it",
    "give": "Give a role",
    "clash": "separation of duty",
    "cancel": "Cancel",
    "end": "End",
    "over": "Over",
    "end_session": "End",
    "no_sessions": "No session is running.",
    "signed_out": "Your session expired or was revoked",
    "subject": "Subject at the single sign-on server (sub)",
    "save": "Save",
    "no_provider": "There is no single sign-on server.",
    "organisation": "Organisation",
    "find_unit": "Find a unit",
    "commune": "Công an xã Vân Hồ",
    "close": "Close",
    "move": "Move",
    "from": "From",
    "to_draft": "Add to the draft",
    "add_site": "Add a site",
    "site_name": "Name",
    "latitude": "Latitude (degrees north)",
    "wrong_place": "Both are needed",
    "try": "Dry run",
    "needs_successor": "choose its successor",
    "remove": "Remove",
    "basis": "Legal basis",
    "mine": "You proposed this",
    "renamed": "renamed",
    "who_loses": "Who gains and loses what",
    "reorganisations": "Reorganisations",
    "apply": "Apply",
    "applied": "Applied",
    "as_of": "As of",
    "belongs": "Belongs to",
    "export": "Export files",
    "consoles": "Consoles",
    "new_console": "Create console",
    "console_name": "Name",
    "address": "IP address of the workstation",
    "saved_layout": "Take a saved layout",
    "waiting": "Waits for enrolment",
    "in_use": "In use",
    "enrol": "One-time token of the console",
    "revoke": "Revoke",
    "revoked": "Revoked",
    "restrictions": "Sensitive cameras",
    "add_restriction": "Add a restriction",
    "restriction_name": "Name",
    "add_rule": "Add a person or role",
    "save_restriction": "Save the restriction",
    "may_see": "May see",
    "lift": "Lift the restriction",
    "audit": "Audit",
    "what": "Action",
    "sign_in": "Sign-in",
    "sign_out": "Sign-out",
    "search": "Search",
    "still": "not ended yet",
    "watchers": "Who watched camera",
    "report": "EXTRACT OF THE AUDIT LOG",
}
WORDS = {"vi": VI, "en": EN}
LANGUAGES = pytest.mark.parametrize("language", ["vi", "en"])


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def province() -> AsyncIterator[Province]:
    """A system of our own: what is administered here would be in the way of other tests. It lives in a task of its own."""
    running: asyncio.Future[Province] = asyncio.get_running_loop().create_future()
    over = asyncio.Event()

    async def live() -> None:
        try:
            async with system(Wanted(cameras=1, settings={"media": "workers = 1"})) as found:
                await add(found.settings, [Worker(SECOND, "Cầm Văn Hai", Role.SECURITY_ADMINISTRATOR, "son-la")])
                running.set_result(Province(found, await found.register()))
                await over.wait()
        except BaseException as error:
            if running.done():
                raise
            running.set_exception(error)

    living = asyncio.create_task(live(), name="province")
    try:
        yield await running
    finally:
        over.set()
        await living


@pytest.fixture(autouse=True)
def _patience() -> None:
    expect.set_options(timeout=WITHIN_MS)


@pytest.fixture
def running(province: Province) -> RunningSystem:
    return province.system


@LANGUAGES
async def test_a_person_is_created_with_roles_that_end_and_a_session_that_is_ended(
    browser: Browser, running: RunningSystem, language: str
) -> None:
    words = WORDS[language]
    login = f"lothi{language}"
    async with page_of(browser, running, ADMINISTRATOR, language) as page:
        await page.goto("/")
        await _menu(page, words["accounts"])
        await _press(page, words["create"])
        await page.get_by_label(words["name"]).fill("Lò Thị Mới")
        await page.get_by_label(words["login"], exact=True).fill(login)
        await _choose(page, 0, words["duty"])
        await page.locator("dialog button[type=submit]").click()
        await expect(page.get_by_text(words["missing"])).to_be_visible()
        await _choose(page, 1, "cong an tinh")
        await _press(page, words["more"])
        await _choose(page, 2, words["investigator"])
        await _choose(page, 3, "cong an tinh")
        await page.locator("dialog button[type=submit]").click()
        password = await page.locator("dialog code").nth(1).inner_text()
        await _press(page, words["kept"])
        await page.get_by_role("link", name="Lò Thị Mới").filter(visible=True).first.click()
        await expect(page.locator("tbody tr").first).to_be_visible()
        account = page.url

        await _press(page, words["give"])
        await _choose(page, 0, words["auditor"])
        await _choose(page, 1, "cong an tinh")
        await page.locator("dialog button[type=submit]").click()
        await expect(page.locator("dialog [role=alert]")).to_contain_text(words["clash"])
        await page.locator("dialog footer button").first.click()
        await page.get_by_role("row", name=words["investigator"]).get_by_role("button").click()
        await page.locator("dialog footer button").last.click()
        await expect(page.get_by_role("row", name=words["investigator"])).to_contain_text(words["over"])

        await page.get_by_label(words["subject"]).fill("sub-42")
        await page.get_by_role("button", name=words["save"], exact=True).click()
        await expect(page.get_by_text(words["no_provider"])).to_be_visible()

        stranger = await (await browser.new_context(base_url=running.base_url)).new_page()
        await stranger.goto("/")
        await stranger.locator("input[autocomplete=username]").fill(login)
        await stranger.locator("input[autocomplete=current-password]").fill(password)
        await stranger.keyboard.press("Enter")
        await expect(stranger.locator("input[autocomplete=new-password]").first).to_be_visible()
        await page.goto(account)
        session = page.get_by_role("row", name="127.0.0.1")
        await session.get_by_role("button").click()
        await expect(page.get_by_text(words["no_sessions"])).to_be_visible()
        await stranger.reload()
        await expect(stranger.locator("input[autocomplete=current-password]")).to_be_visible()
        await stranger.context.close()


@LANGUAGES
async def test_units_are_edited_in_a_draft_that_a_second_administrator_applies(
    browser: Browser, running: RunningSystem, language: str
) -> None:
    words = WORDS[language]
    async with page_of(browser, running, ADMINISTRATOR, language) as page:
        await page.goto("/")
        await _menu(page, words["organisation"])
        files = asyncio.Queue[Download]()
        page.on("download", files.put_nowait)
        await _press(page, words["export"])
        exported = [await asyncio.wait_for(files.get(), WITHIN_MS / 1000) for _ in range(5)]
        texts = {one.suggested_filename: (await one.path()).read_text(encoding="utf-8") for one in exported}
        assert set(texts) == {"units.csv", "placements.csv", "sites.csv", "courtrooms.csv", "angles.csv"}

        await _pick_unit(page, words)
        await _edit(page, words, "close", "01/01/2027")
        await _press(page, words["try"])
        await expect(page.get_by_text(words["needs_successor"])).to_be_visible()
        await page.get_by_role("button", name=words["remove"], exact=True).click()
        await _edit(page, words, "move", "01/01/2027", "area-2")
        await _press(page, words["add_site"])
        await page.locator("dialog[open]").get_by_label(words["site_name"], exact=True).fill(f"Chợ {language}")
        await page.get_by_label(words["latitude"]).fill("21,3")
        await _press(page, words["to_draft"])
        await expect(page.get_by_text(words["wrong_place"])).to_be_visible()
        await page.get_by_label(words["latitude"]).fill("")
        await _press(page, words["to_draft"])
        await page.get_by_label(words["basis"]).fill(f"NQ {language}")
        await _press(page, words["try"])
        await expect(page.get_by_text(words["mine"])).to_be_visible()
        await expect(page.get_by_role("heading", name=words["who_loses"])).to_be_visible()
        await expect(page.locator("main li", has_text=f"{words['commune']}:")).to_contain_text("01/01/2027")
        assert await page.get_by_role("button", name=words["apply"], exact=True).count() == 0

        async with page_of(browser, running, SECOND, language) as second:
            await second.goto("/organisation")
            await _press(second, words["reorganisations"])
            await second.get_by_role("link", name=f"NQ {language}").click()
            await second.get_by_role("button", name=words["apply"], exact=True).click()
            await second.locator("dialog footer button").last.click()
            await expect(second.locator("dl")).to_contain_text(words["applied"])

        await page.goto("/organisation/reorganisations")
        renamed = texts["units.csv"].replace(words["commune"], f"{words['commune']} {language}")
        await page.locator("input[type=file]").set_input_files(
            {"name": "units.csv", "mimeType": "text/csv", "buffer": renamed.encode()}
        )
        await page.locator("main form button[type=submit]").click()
        await expect(page.locator("main li", has_text=f"{words['commune']} {language}")).to_contain_text(
            words["renamed"]
        )

        await page.goto("/organisation")
        await _pick_unit(page, words)
        await expect(page.get_by_role("cell", name=f"Chợ {language}")).to_be_visible()
        for day, area in (("31/12/2026", "6"), ("01/01/2027", "2")):
            await page.get_by_role("textbox", name=words["as_of"]).fill(day)
            await _pick_unit(page, words)
            await expect(page.locator("dl")).to_contain_text(f"Trung tâm chỉ huy khu vực {area}")


@LANGUAGES
async def test_a_console_is_set_up_enrolled_and_revoked(browser: Browser, province: Province, language: str) -> None:
    words, running = WORDS[language], province.system
    async with running.api(COMMANDER) as api:
        wall = {"name": "Tết", "size": 4, "tiles": [province.ids[1], None, None, None]}
        await api.call("PUT", "/api/layouts/T%E1%BA%BFt", wall)
    async with page_of(browser, running, COMMANDER, language) as page:
        await page.goto("/")
        await _menu(page, words["consoles"])
        await _press(page, words["new_console"])
        await page.get_by_label(words["console_name"], exact=True).fill(f"Màn hình {language}")
        await _choose(page, 0, "cong an tinh")
        await page.get_by_label(words["address"]).fill("127.0.0.1")
        await page.get_by_label(words["saved_layout"]).select_option(label="Tết")
        await expect(page.locator("dialog [role=combobox]")).to_have_count(5)
        await page.locator("dialog button[type=submit]").click()
        token = await page.locator("dialog code").nth(1).inner_text()
        await _press(page, words["kept"])
        row = page.get_by_role("row", name=f"Màn hình {language}")
        await expect(row).to_contain_text(words["waiting"])

        workstation = await (await browser.new_context(base_url=running.base_url)).new_page()
        await workstation.goto("/console")
        await workstation.locator("input").first.fill(token)
        await workstation.keyboard.press("Enter")
        await expect(workstation.locator(f"[data-camera-id='{province.ids[1]}']")).to_be_visible()
        await page.reload()
        await expect(row).to_contain_text(words["in_use"])
        await row.get_by_role("button", name=words["revoke"], exact=True).click()
        await page.locator("dialog footer button").last.click()
        await expect(row).to_contain_text(words["revoked"])
        await expect(workstation.locator("[data-camera-id]")).to_have_count(0)
        await workstation.context.close()


@LANGUAGES
async def test_a_camera_is_closed_but_for_a_role_and_opened_again(
    browser: Browser, province: Province, language: str
) -> None:
    words, running = WORDS[language], province.system
    async with page_of(browser, running, SECOND, language) as page, running.api(DUTY_OFFICER) as officer:
        await page.goto("/")
        await _menu(page, words["restrictions"])
        await _press(page, words["add_restriction"])
        await page.get_by_label(words["restriction_name"], exact=True).fill(f"Tạm giữ {language}")
        await _choose(page, 0, "cong an tinh")
        await page.locator("dialog .list input").first.click()
        await _press(page, words["add_rule"])
        await _choose(page, 1, "chi huy" if language == "vi" else "commander")
        await page.locator("dialog button[type=submit]").click()
        row = page.get_by_role("row", name=f"Tạm giữ {language}")
        await expect(row).to_contain_text(words["may_see"])
        assert [camera["can_view"] for camera in (await officer.call("GET", "/api/tree"))["cameras"]] == [False]
        await row.get_by_role("button", name=words["lift"]).click()
        await page.locator("dialog footer button").last.click()
        await expect(row).to_have_count(0)
        assert [camera["can_view"] for camera in (await officer.call("GET", "/api/tree"))["cameras"]] == [True]


@LANGUAGES
async def test_the_log_tells_who_watched_and_is_printed_as_a_report(
    browser: Browser, province: Province, language: str
) -> None:
    words, running = WORDS[language], province.system
    await province.hang(1, [1])
    async with page_of(browser, running, AUDITOR, language) as page:
        async with page_of(browser, running, DUTY_OFFICER, language) as wall:
            await wall.goto("/wall")
            await expect(wall.locator("[data-tile][data-state=live]")).to_be_visible()
            await page.goto(f"/cameras/{province.ids[1]}/watchers")
            await expect(page.locator("main h1")).to_be_visible()
            await _reread(page, words["still"], there=True)
            await wall.locator("header summary").click()
            await wall.get_by_role("button", name=re.compile("Đăng xuất|Sign out")).click()
            await expect(wall.locator("input[autocomplete=username]")).to_be_visible()
        await _reread(page, words["still"], there=False)
        await expect(page.get_by_role("heading", name=words["watchers"])).to_be_visible()
        await expect(page.locator("tbody tr").first).to_contain_text(re.compile(r"(\d\d/\d\d/\d{4} [\d:]{8}.*){2}"))

        await _menu(page, words["audit"])
        for action in ("sign_in", "sign_out"):
            await page.get_by_label(words["what"]).select_option(label=words[action])
            async with page.expect_response(lambda answer: "/api/audit?" in answer.url):
                await page.get_by_role("button", name=words["search"], exact=True).click()
            await expect(page.locator("tbody td:nth-child(5)").first).to_have_text(words[action])
            assert set(await page.locator("tbody td:nth-child(5)").all_inner_texts()) == {words[action]}
        # A4 lies across: 842 × 595 points.
        paper = await page.pdf(prefer_css_page_size=True)
        assert re.search(rb"/MediaBox\s*\[0 0 84[12]\.?\d* 59[45]\.?\d*\]", paper)
        await page.emulate_media(media="print")
        await expect(page.get_by_role("heading", name=words["report"])).to_be_visible()
        await expect(page.locator("form")).to_be_hidden()


async def _reread(page: Page, text: str, *, there: bool) -> None:
    """Until the table holds that text, or no longer does: the log is written behind what happens."""
    shown = page.locator("tbody tr, main h2").first
    async with asyncio.timeout(WITHIN_MS / 1000):
        await expect(shown).to_be_visible()
        while (text in await page.locator("main").inner_text()) is not there:
            await page.reload()
            await expect(shown).to_be_visible()


async def _menu(page: Page, name: str) -> None:
    await page.locator("header nav").get_by_role("link", name=name, exact=True).click()


async def _press(page: Page, name: str) -> None:
    """The button or link, in the dialog when there is one."""
    dialog = page.locator("dialog[open]")
    where: Page | Locator = dialog if await dialog.count() else page.locator("main")
    await (
        where.get_by_role("button", name=name, exact=True)
        .or_(where.get_by_role("link", name=name, exact=True))
        .first.click()
    )


async def _choose(page: Page, index: int, words: str) -> None:
    """In the nth list of the dialog: by typing, as people do."""
    field = page.locator("dialog[open] [role=combobox]").nth(index)
    await field.click()
    await field.fill(words)
    await page.locator("[role=option]:not(.none)").first.click()


async def _pick_unit(page: Page, words: dict[str, str]) -> None:
    await page.get_by_role("textbox", name=words["find_unit"]).fill(words["commune"])
    await page.get_by_role("treeitem", name=words["commune"]).click()
    await expect(page.get_by_role("heading", name=words["commune"])).to_be_visible()


async def _edit(page: Page, words: dict[str, str], doing: str, day: str, other: str = "") -> None:
    await page.locator("main .acts").get_by_role("button", name=words[doing], exact=True).click()
    if other:
        await _choose(page, 0, other)
    await page.get_by_role("textbox", name=words["from"], exact=True).fill(day)
    await _press(page, words["to_draft"])
