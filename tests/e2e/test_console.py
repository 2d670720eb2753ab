"""A workstation that becomes the console of a wall: enrolled by token, told when it is hung anew, dark when it is revoked."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import Browser, Response, expect

from fakes.rehearsed import Province
from fakes.wall import RECORD, SIZE, Wall
from vms.cli.client import Api
from vms.cli.rehearsal.people import DUTY_COMMANDER

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.xdist_group("province"),
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.timeout(90),
]

WITHIN_MS = 20_000
DARK_S = 5.0


async def _made(commander: Api, province: Province, *numbers: int) -> tuple[str, str]:
    """A new console of this machine: its id and its token."""
    nodes = (await commander.call("GET", "/api/tree"))["nodes"]
    unit = next(node["id"] for node in nodes if node["kind"] == "unit" and node["parent_id"] is None)
    wall = {"size": 4, "tiles": [province.ids[number] for number in numbers]}
    body = {"name": "Tường trung tâm", "unit_id": unit, "address": "127.0.0.1", "wall": wall}
    created = await commander.call("POST", "/api/consoles", body)
    return created["console"]["id"], created["token"]


@asynccontextmanager
async def _workstation(browser: Browser, province: Province) -> AsyncIterator[tuple[Wall, list[str]]]:
    """A browser that nobody has signed in at, and every answer that was a refusal."""
    refused: list[str] = []

    def note(answer: Response) -> None:
        if answer.status >= 400:
            refused.append(f"{answer.request.method} {answer.url}: {answer.status}")

    context = await browser.new_context(viewport=SIZE)
    try:
        await context.add_init_script(RECORD)
        page = await context.new_page()
        page.on("response", note)
        yield Wall(page, province.system.base_url), refused
    finally:
        await context.close()


async def test_a_console_shows_its_wall_moving_follows_its_commander_and_goes_dark_when_revoked(
    browser: Browser, province: Province
) -> None:
    async with province.system.api(DUTY_COMMANDER) as commander, _workstation(browser, province) as (wall, refused):
        console_id, token = await _made(commander, province, 1, 2, 3)
        await wall.page.goto(f"{province.system.base_url}/console")
        await wall.page.locator("form input").fill(token)
        assert all("/api/session" in one for one in refused), "nobody is signed in before"
        refused.clear()
        await wall.page.keyboard.press("Enter")
        await wall.page.wait_for_selector("[data-tile] video", state="attached", timeout=WITHIN_MS)
        await wall.all_live()
        numbers = {province.ids[number]: number for number in (1, 2, 3)}
        assert await wall.right_tiles(numbers) == set(numbers)
        assert await wall.page.locator("nav, a, button, input").count() == 0

        # After a power cut the browser opens again, with nobody there.
        await wall.page.reload()
        await wall.page.wait_for_selector("[data-tile]", state="attached", timeout=WITHIN_MS)
        await wall.all_live()

        hung = {"size": 4, "tiles": [province.ids[3], province.ids[5], None, province.ids[1]]}
        await commander.call("PUT", f"/api/consoles/{console_id}/wall", hung)
        wanted = [tile or "" for tile in hung["tiles"]]
        await wall.until(f"JSON.stringify({wanted}) === JSON.stringify({CAMERAS})", 3)
        await wall.all_live()
        numbers = {province.ids[number]: number for number in (3, 5, 1)}
        assert await wall.right_tiles(numbers) == set(numbers)
        assert refused == [], "a console asked for what it may not have"

        await commander.call("POST", f"/api/consoles/{console_id}/revoke")
        await wall.until("document.querySelectorAll('video').length === 0", DARK_S)
        await expect(wall.page.get_by_text("Máy trạm này đã dừng")).to_be_visible(timeout=WITHIN_MS)


CAMERAS = "[...document.querySelectorAll('[data-tile]')].map(t => t.dataset.cameraId)"
