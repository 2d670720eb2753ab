"""The product's wall in a real browser: what its tiles say, what their pixels show, and when that changed."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from playwright.async_api import Browser, Page

from vms.cli.bench.system import RunningSystem
from vms.cli.bench.wall_page import READ_STRIPS
from vms.cli.rehearsal.people import DUTY_OFFICER, session_of

APPEARS_S = 20.0
SIZE = {"width": 1366, "height": 768}
POLL_S = 0.05

RECORD = """
// Every change of a tile's state: [when, camera id, state].
window.__vongStates = [];
{
  const known = new Map();
  setInterval(() => {
    for (const tile of document.querySelectorAll('[data-tile]')) {
      const { tile: place, cameraId, state } = tile.dataset;
      const said = cameraId + ' ' + state;
      if (known.get(place) === said) continue;
      known.set(place, said);
      window.__vongStates.push([Date.now(), cameraId, state]);
    }
  }, 50);
}
"""


class Wall:
    """A page that shows the wall."""

    def __init__(self, page: Page, base_url: str) -> None:
        self.page = page
        self.base_url = base_url

    async def open(self, query: str = "") -> None:
        await self.page.goto(f"{self.base_url}/wall{query}")
        await self.page.wait_for_selector("[data-tile]", state="attached")

    async def states(self) -> dict[str, str]:
        """By camera id, of the tiles that have a camera."""
        return await self.page.evaluate(
            "Object.fromEntries([...document.querySelectorAll('[data-tile]')]"
            ".filter(t => t.dataset.cameraId).map(t => [t.dataset.cameraId, t.dataset.state]))"
        )

    async def cameras(self) -> list[str]:
        """The camera id of each tile, "" for an empty one."""
        return await self.page.evaluate("[...document.querySelectorAll('[data-tile]')].map(t => t.dataset.cameraId)")

    async def strips(self) -> dict[str, dict[str, Any] | None]:
        return await self.page.evaluate(READ_STRIPS)

    async def all_live(self, within_s: float = APPEARS_S) -> None:
        """Until every tile with a camera says LIVE."""
        await self.until(
            "(tiles => tiles.length > 0 && tiles.every(t => t.dataset.state === 'live'))"
            "([...document.querySelectorAll('[data-tile]')].filter(t => t.dataset.cameraId))",
            within_s,
        )

    async def becomes(self, camera_id: str, states: tuple[str, ...], since_ms: float, within_s: float) -> float:
        """How long after `since_ms` a tile first said one of `states`, in seconds. Fails when it does not within `within_s`."""
        found = await self.until(
            "([id, states, since]) => "
            "window.__vongStates.find(r => r[0] >= since && r[1] === id && states.includes(r[2]))?.[0]",
            within_s + 1,
            [camera_id, list(states), since_ms],
        )
        return (float(found) - since_ms) / 1000

    async def until(self, expression: str, within_s: float, arg: Any = None) -> Any:
        """What `expression` gives once it is true. Playwright's own waiting evaluates text in the page, which our policy forbids."""
        deadline_s = time.monotonic() + within_s
        while not (found := await self.page.evaluate(expression, arg)):
            if time.monotonic() > deadline_s:
                raise AssertionError(f"not within {within_s:g} s: {expression} {arg}; tiles: {await self.states()}")
            await asyncio.sleep(POLL_S)
        return found

    async def right_tiles(self, numbers: dict[str, int], tries: int = 6) -> set[str]:
        """Cameras whose tile shows its own strip, with a time that rises from one look to the next."""
        right: set[str] = set()
        before = await self.strips()
        for _ in range(tries):
            await asyncio.sleep(0.5)
            now = await self.strips()
            for camera_id, number in numbers.items():
                first, second = before.get(camera_id), now.get(camera_id)
                if first is None or second is None or not first["camera"] == second["camera"] == number:
                    continue
                if second["capture_ms"] > first["capture_ms"]:
                    right.add(camera_id)
            if len(right) == len(numbers):
                break
            before = now
        return right

    async def all_fresh(self, numbers: dict[str, int]) -> bool:
        """Whether each picture on the screen was taken less than 2.5 s ago, by the strip in its pixels."""
        strips = await self.strips()
        now_ms = time.time() * 1000
        return all(
            strip is not None and (now_ms - strip["capture_ms"]) % 2**36 < 2500 for strip in map(strips.get, numbers)
        )

    async def age_s(self, camera_id: str) -> float:
        """How old the picture on the screen is, by the strip in its pixels."""
        strip = (await self.strips())[camera_id]
        assert strip is not None, "no strip could be read"
        return ((time.time() * 1000 - strip["capture_ms"]) % 2**36) / 1000


@asynccontextmanager
async def wall_of(
    browser: Browser, running: RunningSystem, size: dict[str, int] | None = None, **context: Any
) -> AsyncIterator[Wall]:
    """The wall of the duty officer, with a session of its own."""
    session = await session_of(running.settings, DUTY_OFFICER)
    assert session is not None
    opened = await browser.new_context(viewport=size or SIZE, **context)
    try:
        await opened.add_cookies([{"name": "vong", "value": session.token, "url": running.base_url}])
        await opened.add_init_script(RECORD)
        page = await opened.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield Wall(page, running.base_url)
        assert errors == [], "the page failed"
    finally:
        await opened.close()
