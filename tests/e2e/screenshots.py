"""Pictures of screens for docs/images: `python tests/e2e/screenshots.py`. Each screen dark and light, at both sizes that we look at.

The wall is shown with its states mixed: live, late, frozen, no link, empty.
"""

import asyncio
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "onvif"), str(ROOT / "tests")]

from playwright.async_api import Browser  # noqa: E402

from fakes.browser import chromium  # noqa: E402 the paths above come first
from fakes.rehearsed import Province  # noqa: E402
from fakes.wall import Wall, wall_of  # noqa: E402
from vms.cli.bench.system import Wanted, system  # noqa: E402

IMAGES = ROOT / "docs" / "images"
SIZES = ((1366, 768), (1920, 1080))
THEMES = ("dark", "light")
CAMERAS = 12
FROZEN, STALLED, DARK = 2, 6, 11
SEEN_S = 20.0
KNOWN_S = 12.0
SHOWN = (
    "wanted => Object.entries(wanted).every(([id, state]) => "
    'document.querySelector(`[data-camera-id="${id}"]`)?.dataset.state === state)'
)


async def walls(browser: Browser, province: Province) -> None:
    """The wall of 16 with three faults and four empty tiles. A stalled camera is late, until the server gives it up."""
    await province.hang(16, list(range(1, CAMERAS + 1)))
    await province.fault("power_off", DARK)
    await province.fault("frozen", FROZEN)
    for width, height in SIZES:
        for theme in THEMES:
            async with wall_of(browser, province.system, {"width": width, "height": height}) as wall:
                await wall.page.add_init_script(f"localStorage.setItem('vong.theme', '{theme}')")
                await _mixed(wall, province)
                await wall.page.screenshot(path=IMAGES / f"wall-{width}-{theme}.png")
            await province.heal_one("stall", STALLED)


async def _mixed(wall: Wall, province: Province) -> None:
    await wall.open()
    ids = province.ids
    await wall.until(SHOWN, SEEN_S, {ids[FROZEN]: "frozen", ids[STALLED]: "live", ids[DARK]: "down"})
    await province.fault("stall", STALLED)
    await wall.until(SHOWN, SEEN_S, {ids[FROZEN]: "frozen", ids[STALLED]: "late", ids[DARK]: "down"})


async def main() -> None:
    IMAGES.mkdir(parents=True, exist_ok=True)
    async with system(Wanted(cameras=CAMERAS)) as running, chromium() as browser:
        province = Province(running, await running.register())
        await province.all_live()
        # A picture that never moved since it was first seen is taken for a slide: let the cameras be known to move.
        await asyncio.sleep(KNOWN_S)
        await walls(browser, province)


if __name__ == "__main__":
    asyncio.run(main())
