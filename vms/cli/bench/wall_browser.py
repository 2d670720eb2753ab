"""The tiles of a wall that a real Chromium decodes: the product's own page, looked at from outside by `wall_page`."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from vms.cli.bench.system import RunningSystem
from vms.cli.bench.wall_page import DECODED, OWN_WALL, READ_STRIPS, WATCH, WATCH_SWAP
from vms.cli.browser import find
from vms.cli.faults import CannotRun
from vms.cli.rehearsal.people import DUTY_OFFICER, session_of

if TYPE_CHECKING:
    from playwright.async_api import Page

WALL_APPEARS_S = 8.0
PICTURES_S = 20.0
SWAP_WITHIN_S = 10.0
SWAPS_APART_S = 0.2
STRIPS_APART_S = 1.0
STRIP_TRIES = 5
DECODED_OVER_S = 3.0


class BrowserMissing(CannotRun):
    """There is no Chromium or no Playwright. One sentence."""


def check_browser() -> None:
    """Raises `BrowserMissing`."""
    if find_spec("playwright") is None or find() is None:
        raise BrowserMissing("This needs Chromium and Playwright: run `make setup browser` first.")


@asynccontextmanager
async def page_of(running: RunningSystem) -> "AsyncIterator[Page]":
    """A page of the duty officer who is signed in already."""
    from playwright.async_api import async_playwright  # noqa: PLC0415 a development dependency

    session = await session_of(running.settings, DUTY_OFFICER)
    assert session is not None
    arguments = ["--no-sandbox", "--disable-gpu", "--autoplay-policy=no-user-gesture-required"]
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find(), args=arguments)
        try:
            context = await browser.new_context(viewport={"width": 1920, "height": 1080})
            await context.add_cookies([{"name": "vong", "value": session.token, "url": running.base_url}])
            await context.add_init_script(WATCH)
            page = await context.new_page()
            await page.goto(f"{running.base_url}/healthz")
            await page.evaluate("csrf => { window.name = csrf }", session.csrf)
            yield page
        finally:
            await browser.close()


async def product_wall(page: "Page") -> str:
    """Open the product's wall; `bare` when it has none."""
    from playwright.async_api import Error  # noqa: PLC0415 a development dependency

    origin = await page.evaluate("location.origin")
    await page.goto(f"{origin}/wall", wait_until="commit")
    try:
        await page.wait_for_selector("[data-tile] video", timeout=WALL_APPEARS_S * 1000, state="attached")
    except Error:
        return "bare"
    return "wall"


async def bare_wall(page: "Page", running: RunningSystem, camera_ids: list[str]) -> None:
    await page.goto(f"{running.base_url}/healthz")
    await page.evaluate(OWN_WALL, camera_ids)


async def first_pictures(page: "Page", tiles: int) -> list[float]:
    """When each tile showed its first picture, ms since the navigation began; of those that did within `PICTURES_S`."""
    deadline_s = time.monotonic() + PICTURES_S
    while True:
        shown: dict[str, float] = await page.evaluate("window.__vongFirstPictures")
        if len(shown) >= tiles or time.monotonic() > deadline_s:
            return list(shown.values())
        await asyncio.sleep(0.1)


async def right_tiles(page: "Page", numbers: dict[str, int]) -> int:
    """How many tiles show their own camera and a rising time. A tile whose picture cannot be read just now is tried again."""
    right: set[str] = set()
    for _ in range(STRIP_TRIES):
        first = await page.evaluate(READ_STRIPS)
        await asyncio.sleep(STRIPS_APART_S)
        second = await page.evaluate(READ_STRIPS)
        for camera_id, number in numbers.items():
            if _is_right(first.get(camera_id), second.get(camera_id), number):
                right.add(camera_id)
        if len(right) == len(numbers):
            break
    return len(right)


def _is_right(first: dict[str, Any] | None, second: dict[str, Any] | None, number: int) -> bool:
    if first is None or second is None:
        return False
    return bool(first["camera"] == second["camera"] == number and second["capture_ms"] > first["capture_ms"])


async def swapped(page: "Page", numbers: Sequence[int]) -> list[float | None]:
    """Type the nth number into the nth tile, one after the other: ms from Enter to its first picture; None when none came."""
    took_ms = []
    for place, number in enumerate(numbers):
        took_ms.append(await swapped_one(page, place, number))
        await asyncio.sleep(SWAPS_APART_S)
    return took_ms


async def swapped_one(page: "Page", place: int, number: int) -> float | None:
    """As `swapped`, of one tile."""
    await page.focus(f'[data-tile="{place}"]')
    await page.evaluate(WATCH_SWAP, [place, number])
    await page.keyboard.type(str(number))
    await page.keyboard.press("Enter")
    deadline_s = time.monotonic() + SWAP_WITHIN_S
    found: float | None = None
    while found is None and time.monotonic() < deadline_s:
        await asyncio.sleep(0.02)
        found = await page.evaluate("window.__vongSwap_ms")
    return found


async def pictures_per_s(page: "Page") -> list[float]:
    """How many pictures a second each tile decodes."""
    before, began_s = await page.evaluate(DECODED), time.monotonic()
    await asyncio.sleep(DECODED_OVER_S)
    after, took_s = await page.evaluate(DECODED), time.monotonic() - began_s
    return [(new - old) / took_s for old, new in zip(before, after, strict=True) if new]
