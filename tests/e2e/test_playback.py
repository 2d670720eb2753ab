"""Playback in a real browser of what the real recorder wrote: click to picture, play, step, two cameras in step, lock; and from there to an
incident, an extraction, its hand-over and receipt. Both languages."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page, expect

from fakes.browser import chromium
from fakes.pdf import words as words_of
from vms.cli.bench.system import RunningSystem, Wanted, system
from vms.cli.bench.wall_page import READ_STRIPS
from vms.cli.rehearsal.people import DUTY_COMMANDER, DUTY_OFFICER, TECHNICIAN
from vms.extraction.verifying import verify_package
from vms.papers.wording import moment

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.xdist_group("courts"),
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.timeout(240),
]

RECORDED_MS = 30_000
WITHIN_S = 60.0
STRIP = 2**36
"""Capture times in the strip are counted modulo this."""
WORDS = {
    "vi": {
        "language": "Tiếng Việt",
        "add": "Thêm camera",
        "reason": "Lý do",
        "lock": "Khóa bản ghi…",
        "lane": "Khoảng trống",
        "note": "Ghi chú",
        "well": "Bình thường",
        "incident": "Lập vụ việc",
        "extract": "Yêu cầu trích xuất",
        "body": "Cơ quan yêu cầu",
        "document": "Số văn bản",
        "requester": "Người yêu cầu",
        "blur": "Che trên bản sao…",
        "blurred": "Che trên bản sao: 1 vùng",
        "drawn": "Xong",
        "send": "Gửi yêu cầu",
        "approve": "Duyệt",
        "download": "Tải gói (ZIP)",
        "hand over": "Giao dữ liệu",
        "medium": "Vật chứa",
        "seal": "Số niêm phong",
        "minutes": "Biên bản giao nhận (PDF)",
        "receipt": "Xác nhận đã nhận",
    },
    "en": {
        "language": "English",
        "add": "Add a camera",
        "reason": "Reason",
        "lock": "Lock recording…",
        "lane": "Gaps",
        "note": "Note",
        "well": "Well",
        "incident": "Open an incident",
        "extract": "Request an extraction",
        "body": "Body that asks",
        "document": "Number of its paper",
        "requester": "Who asks",
        "blur": "Blurred on the copy…",
        "blurred": "Blurred on the copy: 1 region",
        "drawn": "Done",
        "send": "Send the request",
        "approve": "Approve",
        "download": "Download the package (ZIP)",
        "hand over": "Hand over",
        "medium": "Medium",
        "seal": "Seal number",
        "minutes": "Hand-over minutes (PDF)",
        "receipt": "Confirm receipt",
    },
}
CLICK_TO_PICTURE = """
// From a click into the timeline to the first picture from there on the screen, in ms.
async ([share, capture_ms]) => {
  const track = document.querySelector('[role=slider]');
  const box = track.getBoundingClientRect();
  const tile = document.querySelector('[data-tile]');
  const at = { clientX: box.left + share * box.width, clientY: box.top + 40, button: 0, pointerId: 1, bubbles: true };
  const began_ms = performance.now();
  track.dispatchEvent(new PointerEvent('pointerdown', at));
  track.dispatchEvent(new PointerEvent('pointerup', at));
  while (performance.now() - began_ms < 30000) {
    await new Promise((drawn) => requestAnimationFrame(drawn));
    const shown_ms = Number(tile.dataset.captureMs);
    if (tile.dataset.state === 'ready' && Math.abs(shown_ms - capture_ms) < 2500) return performance.now() - began_ms;
  }
  return null;
}
"""


@dataclass(frozen=True)
class Recorded:
    running: RunningSystem
    ids: dict[int, str]
    from_ms: int
    """Both cameras are recorded from here on for `RECORDED_MS`."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def recorded() -> AsyncIterator[Recorded]:
    found: asyncio.Future[Recorded] = asyncio.get_running_loop().create_future()
    over = asyncio.Event()

    async def live() -> None:
        try:
            async with system(Wanted(cameras=3, settings={"recording": "segment_s = 5"})) as running:
                found.set_result(await _record(running))
                await over.wait()
        except BaseException as error:
            if found.done():
                raise
            found.set_exception(error)

    living = asyncio.create_task(live(), name="recorded province")
    try:
        yield await found
    finally:
        over.set()
        await living


async def _record(running: RunningSystem) -> Recorded:
    ids = await running.register()
    async with running.api(TECHNICIAN) as api:
        for number, stream in ((1, "sub"), (2, "main")):
            plan = {"mode": "continuous", "stream": stream}
            await api.call("PUT", f"/api/cameras/{ids[number]}/recording", plan)
    async with running.api(DUTY_OFFICER) as api:
        until_s = time.monotonic() + 120
        while True:
            now_ms = round(time.time() * 1000)
            spans = []
            for number in (1, 2):
                query = {"from_ms": str(now_ms - 600_000), "to_ms": str(now_ms)}
                timeline = await api.call("GET", f"/api/cameras/{ids[number]}/timeline", **query)
                spans += timeline["recorded"][:1]
            if len(spans) == 2:
                from_ms = max(span["start_ms"] for span in spans)
                if min(span["end_ms"] for span in spans) - from_ms > RECORDED_MS:
                    return Recorded(running, ids, from_ms)
            assert time.monotonic() < until_s, f"not recorded: {spans}"
            await asyncio.sleep(1)


async def _until(look: Callable[[], Awaitable[Any]]) -> Any:
    until_s = time.monotonic() + WITHIN_S
    while True:
        found = await look()
        if found:
            return found
        assert time.monotonic() < until_s, "not seen in time"
        await asyncio.sleep(0.1)


async def _sign_in(page: Page, recorded: Recorded, language: str, login: str = DUTY_OFFICER) -> None:
    await page.goto(recorded.running.base_url)
    await page.get_by_text(WORDS[language]["language"], exact=True).click()
    await page.locator("input[autocomplete=username]").fill(login)
    await page.locator("input[autocomplete=current-password]").fill(recorded.running.passwords[login])
    await page.keyboard.press("Enter")
    await expect(page.locator("nav")).to_be_visible()
    # What was chosen before signing in is told to the account after it: not before that may the page be left.
    async with recorded.running.api(login) as api:

        async def known() -> bool:
            return bool((await api.call("GET", "/api/session"))["language"] == language)

        await _until(known)


async def _capture_ms(page: Page, tile: int = 0) -> int:
    return int(await page.locator(f"[data-tile='{tile}']").get_attribute("data-capture-ms") or 0)


async def _strip(page: Page, camera_id: str) -> dict[str, int] | None:
    strips = await page.evaluate(READ_STRIPS)
    return strips.get(camera_id)  # type: ignore[no-any-return]  # from the browser


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_a_recording_is_found_played_stepped_and_locked_by_keyboard_and_mouse(
    recorded: Recorded, language: str
) -> None:
    words = WORDS[language]
    expect.set_options(timeout=WITHIN_S * 1000)
    one, two = recorded.ids[1], recorded.ids[2]
    at_ms = recorded.from_ms + 6_000
    async with chromium("--autoplay-policy=no-user-gesture-required") as browser:
        page = await browser.new_page(viewport={"width": 1366, "height": 768})
        await _sign_in(page, recorded, language)
        await page.goto(f"{recorded.running.base_url}/playback?camera={one}&at={at_ms}")
        tile = page.locator("[data-tile='0']")
        await expect(tile).to_have_attribute("data-state", "ready")
        await expect(page.get_by_text(words["lane"], exact=True)).to_be_visible()

        # The picture is the one of the moment that was asked for: its own strip says so.
        strip = await _until(lambda: _strip(page, one))
        assert strip["camera"] == 1
        assert abs(strip["capture_ms"] - at_ms % STRIP) < 250
        assert abs(await _capture_ms(page) - at_ms) < 250

        # A click into the timeline shows that moment, and goes on from there.
        await page.keyboard.press("+")
        for _ in range(7):
            await page.keyboard.press("+")
        view = await page.locator("[role=slider]").evaluate("(one) => [one.ariaValueMin, one.ariaValueMax].map(Number)")
        target_ms = recorded.from_ms + 20_000
        share = (target_ms - view[0]) / (view[1] - view[0])
        assert 0 < share < 1
        took_ms = await page.evaluate(CLICK_TO_PICTURE, [share, target_ms])
        assert took_ms is not None
        print(f"\n  click to picture: {took_ms:.0f} ms")
        assert took_ms < 5_000  # 500 ms on a machine that does nothing else
        before_ms = await _capture_ms(page)
        await _until(lambda: _later(page, before_ms + 1_000))

        # Paused, a picture forward and one back.
        await page.keyboard.press("Space")
        await asyncio.sleep(0)
        held_ms = await _still(page)
        await page.keyboard.press(".")
        await _until(lambda: _later(page, held_ms + 1))
        next_ms = await _capture_ms(page)
        assert next_ms - held_ms < 300
        await page.keyboard.press(",")
        await _until(lambda: _earlier(page, next_ms - 1))

        # A second camera beside it, both at the same moment by their own strips.
        await page.get_by_label(words["add"]).fill("2")
        await page.get_by_role("option").filter(has_text="2 ·").first.click()
        await expect(page.locator("[data-tile='1']")).to_have_attribute("data-state", "ready")
        await page.locator("[data-tile='0']").click()
        await page.locator("[role=slider]").focus()
        await page.keyboard.press("Shift+ArrowLeft")
        await page.keyboard.press("Home")
        await page.evaluate("document.activeElement.blur()")
        await _seek(page, recorded.from_ms + 8_000)
        await page.keyboard.press("Space")
        await _until(lambda: _in_step(page, one, two))
        await page.keyboard.press("Space")

        # A picture to keep, named after camera and time.
        async with page.expect_download() as saved:
            await page.keyboard.press("s")
        assert (await saved.value).suggested_filename.startswith("camera-001-")

        # What is locked stands on the timeline.
        await page.keyboard.press("l")
        await page.get_by_label(words["reason"]).fill("Va chạm giao thông")
        await page.get_by_role("dialog").get_by_role("button", name=words["lock"]).click()
        await expect(page.locator("[data-lane=lock] i").first).to_be_attached()

        # So does a moment that is marked; and the page of volumes says where it all is.
        await page.keyboard.press("b")
        await page.get_by_role("dialog").get_by_label(words["note"]).fill("Xe tải")
        await page.keyboard.press("Enter")
        await expect(page.locator("[data-lane=bookmark] i").first).to_be_attached()
        await page.goto(f"{recorded.running.base_url}/storage")
        row = page.get_by_role("row").filter(has=page.get_by_role("cell", name="main", exact=True))
        await expect(row.get_by_text(words["well"], exact=True)).to_be_visible()


@pytest.mark.parametrize("language", ["vi", "en"])
async def test_what_was_seen_becomes_an_incident_and_is_extracted_to_its_receipt(
    recorded: Recorded, language: str, tmp_path: Path
) -> None:
    words = WORDS[language]
    expect.set_options(timeout=WITHIN_S * 1000)
    base, at_ms = recorded.running.base_url, recorded.from_ms + 6_000
    async with chromium() as browser:
        officer = await browser.new_page(viewport={"width": 1366, "height": 768})
        await _sign_in(officer, recorded, language)
        await officer.goto(f"{base}/playback?camera={recorded.ids[1]}&at={at_ms}")
        await expect(officer.locator("[data-tile='0']")).to_have_attribute("data-state", "ready")
        # Two keys: what is seen is an incident.
        await officer.keyboard.press("i")
        await expect(officer.get_by_role("dialog")).to_be_visible()
        await officer.keyboard.press("Enter")
        await expect(officer.get_by_role("dialog")).to_be_hidden()
        await officer.goto(f"{base}/incidents")
        await officer.locator("tbody a").first.click()
        await expect(officer.locator("section img").first).to_be_visible()
        assert await officer.locator("section img").first.evaluate("(one) => one.decode().then(() => one.naturalWidth)")

        await officer.get_by_role("link", name=words["extract"]).click()
        await officer.get_by_label(words["body"]).fill("Cơ quan CSĐT Công an tỉnh Sơn La")
        await officer.get_by_label(words["document"]).fill("125/CV-CSĐT")
        await officer.get_by_label(words["requester"]).fill("Lò Văn Anh")
        to = officer.locator("li input").nth(1)
        await officer.locator("li input").nth(0).fill(moment(recorded.from_ms + 1_000))
        await to.fill(moment(recorded.from_ms + 12_000))
        await officer.get_by_role("button", name=words["blur"]).click()
        box = await officer.locator("[data-drawing]").bounding_box()
        assert box is not None
        await officer.mouse.move(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.2)
        await officer.mouse.down()
        await officer.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.6, steps=3)
        await officer.mouse.up()
        await officer.get_by_role("button", name=words["drawn"], exact=True).click()
        await expect(officer.get_by_role("button", name=words["blurred"])).to_be_visible()
        await officer.get_by_role("button", name=words["send"]).click()
        await expect(officer.locator("[data-state=requested]")).to_be_visible()
        await expect(officer.get_by_role("button", name=words["approve"], exact=True)).to_have_count(0)
        # The address follows the page, a moment later where the browser is told of it.
        await officer.wait_for_url(re.compile(r"/extractions/(?!new)"))
        url = officer.url

        commander = await (await browser.new_context(viewport={"width": 1366, "height": 768})).new_page()
        await _sign_in(commander, recorded, language, DUTY_COMMANDER)
        await commander.goto(url)
        await commander.get_by_role("button", name=words["approve"], exact=True).click()
        await commander.keyboard.press("Enter")
        # The first of both waits for nobody; a segment that is still being written is none of the span.
        await expect(commander.locator("[data-state=ready]")).to_be_visible()
        async with commander.expect_download() as saved:
            await commander.get_by_role("link", name=words["download"]).click()
        package = tmp_path / "package.zip"
        await (await saved.value).save_as(package)
        certificate = (recorded.running.settings.data_dir / "signing.pem").read_bytes()
        report = await asyncio.to_thread(verify_package, package, certificate)
        assert report.findings == []
        assert report.segments >= 2
        assert report.manifest is not None
        assert [copy.blurred for copy in report.manifest.copies] == [True] * len(report.manifest.copies)

        await commander.get_by_role("button", name=words["hand over"]).click()
        await commander.get_by_label(words["medium"]).fill("USB 64 GB")
        await commander.get_by_label(words["seal"]).fill("NP-0042")
        await commander.keyboard.press("Enter")
        await expect(commander.locator("[data-state=handed_over]")).to_be_visible()
        async with commander.expect_download() as printed:
            await commander.get_by_role("link", name=words["minutes"]).click()
        minutes = tmp_path / "minutes.pdf"
        await (await printed.value).save_as(minutes)
        said = " ".join(words_of(minutes.read_bytes()))
        for word in ("NP-0042", "125/CV-CSĐT", "Lò Văn Anh", report.manifest.certificate_sha256[:8]):
            assert word in said
        await commander.get_by_role("button", name=words["receipt"]).click()
        await commander.keyboard.press("Enter")
        await expect(commander.locator("[data-state=received]")).to_be_visible()


async def _later(page: Page, than_ms: int) -> bool:
    return await _capture_ms(page) > than_ms


async def _earlier(page: Page, than_ms: int) -> bool:
    return await _capture_ms(page) < than_ms


async def _still(page: Page) -> int:
    """The capture time once it no longer changes."""
    before_ms = await _capture_ms(page)

    async def same() -> int:
        nonlocal before_ms
        await page.wait_for_timeout(400)
        now_ms = await _capture_ms(page)
        stood, before_ms = now_ms == before_ms, now_ms
        return now_ms if stood else 0

    return int(await _until(same))


async def _seek(page: Page, at_ms: int) -> None:
    view = await page.locator("[role=slider]").evaluate("(one) => [one.ariaValueMin, one.ariaValueMax].map(Number)")
    if not view[0] <= at_ms < view[1]:
        for _ in range(6):
            await page.keyboard.press("-")
        view = await page.locator("[role=slider]").evaluate("(one) => [one.ariaValueMin, one.ariaValueMax].map(Number)")
    box = await page.locator("[role=slider]").bounding_box()
    assert box is not None
    await page.mouse.click(box["x"] + box["width"] * (at_ms - view[0]) / (view[1] - view[0]), box["y"] + 40)
    await page.keyboard.press("Space")  # a click plays; here it is to stand


async def _in_step(page: Page, one: str, two: str) -> bool:
    strips = await page.evaluate(READ_STRIPS)
    first, second = strips.get(one), strips.get(two)
    return bool(first and second) and abs(first["capture_ms"] - second["capture_ms"]) < 400
