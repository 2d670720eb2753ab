"""`vms bench wall`: how fast a whole wall shows its first pictures in a real Chromium, and whether each tile shows its own camera, live."""

import asyncio
import math
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from vms.cli.bench.result import Json, console, percentile, tell
from vms.cli.bench.system import RunningSystem, Wanted, system
from vms.cli.bench.wall_page import OWN_WALL, READ_STRIPS, WATCH
from vms.cli.browser import find
from vms.cli.client import Api
from vms.cli.faults import CannotRun
from vms.cli.rehearsal.people import DUTY_OFFICER, session_of
from vms.cli.simulator.simulation import VAR

if TYPE_CHECKING:
    from playwright.async_api import Page

ALL_LIVE_S = 30.0
WALL_APPEARS_S = 8.0
PICTURES_S = 20.0
STRIPS_APART_S = 1.0
STRIP_TRIES = 5
HOW = (
    "system and simulated province as processes of this machine, Chromium headless with software decoding on the same cores; "
    "first_picture: from the start of the navigation to the first frame that the tile's video presents "
    "(requestVideoFrameCallback); failed_offers: requests for a view, a transport or a slot that were not answered by 2xx; "
    "tiles_right: strips in pixels read back from the videos, {apart:g} s apart, show the tile's own camera and a time that rises; "
    "page: `wall` is the product's own, `bare` one WHEP view per tile without it; server_cores: control, bus and workers meanwhile"
)


class BrowserMissing(CannotRun):
    """There is no Chromium or no Playwright. One sentence."""


def wall(
    tiles: Annotated[int, typer.Option(min=1, max=16, help="Số ô · how many tiles.")] = 16,
    cache: Annotated[Path, typer.Option(help="Nơi giữ hình đã vẽ · where drawn pictures are kept.")] = VAR / "loops",
    picture: Annotated[
        Path | None, typer.Option(help="Lưu ảnh màn hình (PNG) · keep a picture of the wall (PNG).")
    ] = None,
    bare: Annotated[bool, typer.Option("--bare", help="Không dùng giao diện · without the product's page.")] = False,  # noqa: FBT002 typer
    _json: Json = False,  # noqa: FBT002 typer
) -> None:
    """Màn hình tường trong trình duyệt thật · a wall in a real browser."""
    tell(asyncio.run(_measure(tiles, cache, picture, bare=bare)))


async def _measure(tiles: int, cache: Path, picture: Path | None, *, bare: bool) -> dict[str, object]:
    if find_spec("playwright") is None or find() is None:
        raise BrowserMissing("This needs Chromium and Playwright: run `make setup browser` first.")
    async with system(Wanted(cameras=tiles, cache=cache)) as running:
        numbers = {camera_id: number for number, camera_id in (await running.register()).items()}
        await _hang(running, list(numbers))
        console.print("Mọi camera có hình · all cameras live")
        async with _page(running) as page:
            before, began_s = running.usage(), time.monotonic()
            shown = "bare" if bare else await _product_wall(page)
            if shown == "bare":
                await _bare_wall(page, running, list(numbers))
            first_ms = await _first_pictures(page, tiles)
            right = await _right_tiles(page, numbers)
            cores = (running.usage().cpu_s - before.cpu_s) / (time.monotonic() - began_s)
            failed = await page.evaluate("window.__vongFailedOffers")
            if picture is not None:
                await page.screenshot(path=picture)
    return {
        "tiles": tiles,
        "page": shown,
        "failed_offers": failed,
        "with_picture": len(first_ms),
        "first_picture_p50_ms": percentile(first_ms, 0.5),
        "first_picture_p95_ms": percentile(first_ms + [math.inf] * (tiles - len(first_ms)), 0.95),
        "tiles_right": right,
        "server_cores": cores,
        "how": HOW.format(apart=STRIPS_APART_S),
    }


async def _hang(running: RunningSystem, camera_ids: list[str]) -> None:
    """Save the wall for the duty officer, and wait until every camera has a picture."""
    size = next(size for size in (1, 4, 9, 16) if size >= len(camera_ids))
    tiles = [*camera_ids, *[None] * (size - len(camera_ids))]
    async with running.api(DUTY_OFFICER) as api:
        await api.call("PUT", "/api/layouts/last", {"name": "", "size": size, "tiles": tiles})
        async with asyncio.timeout(ALL_LIVE_S):
            await all_live(api, camera_ids)


async def all_live(api: Api, camera_ids: list[str]) -> None:
    """Until each of these cameras is live."""
    waiting = set(camera_ids)
    async with api.websocket("/api/events") as socket:
        while waiting:
            for camera in (await socket.receive_json()).get("cameras", []):
                if camera["liveness"] == "live":
                    waiting.discard(camera["camera_id"])


@asynccontextmanager
async def _page(running: RunningSystem) -> "AsyncIterator[Page]":
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


async def _product_wall(page: "Page") -> str:
    """Open the product's wall; `bare` when it has none."""
    from playwright.async_api import Error  # noqa: PLC0415 a development dependency

    origin = await page.evaluate("location.origin")
    await page.goto(f"{origin}/wall", wait_until="commit")
    try:
        await page.wait_for_selector("[data-tile] video", timeout=WALL_APPEARS_S * 1000, state="attached")
    except Error:
        return "bare"
    return "wall"


async def _bare_wall(page: "Page", running: RunningSystem, camera_ids: list[str]) -> None:
    await page.goto(f"{running.base_url}/healthz")
    await page.evaluate(OWN_WALL, camera_ids)


async def _first_pictures(page: "Page", tiles: int) -> list[float]:
    """When each tile showed its first picture, ms since the navigation began; of those that did within `PICTURES_S`."""
    deadline_s = time.monotonic() + PICTURES_S
    while True:
        shown: dict[str, float] = await page.evaluate("window.__vongFirstPictures")
        if len(shown) >= tiles or time.monotonic() > deadline_s:
            return list(shown.values())
        await asyncio.sleep(0.1)


async def _right_tiles(page: "Page", numbers: dict[str, int]) -> int:
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
