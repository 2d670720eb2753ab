"""`vms bench wall`: how fast a whole wall shows its first pictures, how fast a tile changes its camera, and whether each shows its own.

A real Chromium shows as many tiles of the product's page as it decodes on this machine; our own receivers have the rest.
"""

import asyncio
import math
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from vms.cli.bench.result import Json, console, percentile, tell
from vms.cli.bench.system import RunningSystem, Wanted, system
from vms.cli.bench.wall_browser import (
    STRIPS_APART_S,
    bare_wall,
    check_browser,
    first_pictures,
    page_of,
    pictures_per_s,
    product_wall,
    right_tiles,
    swapped,
)
from vms.cli.bench.wall_receivers import Receivers
from vms.cli.client import Api
from vms.cli.rehearsal.people import DUTY_OFFICER
from vms.cli.simulator.simulation import VAR

ALL_LIVE_S = 60.0
IN_BROWSER = 16
SIZES = (1, 4, 9, 16, 25, 36, 64)
HOW = (
    "system and simulated province as processes of this machine; `in_browser` tiles in Chromium, headless, software decoding on the "
    "same cores, `browser_fps` the fewest pictures a second that any of them decodes (cameras send 15); the other tiles by our own "
    "receivers (ICE, DTLS, one transport for each carrier, slots filled as the page fills them), a picture has come with its last "
    "packet, not decrypted; both walls open at the same moment. first_picture: browser: from the start of the navigation (empty "
    "cache) to the first frame that the tile's video presents (requestVideoFrameCallback); receivers: from their first request (event"
    " socket, offer, slots) on. swap: a camera that is not on it into each tile, one after the other; browser: from the Enter that "
    "ends a typed camera number to the first presented frame whose strip names that camera; receivers: from the request to the first "
    "picture of the new camera. failed_offers: transports, slots or views that were refused. tiles_right: strips in pixels read back "
    "from the videos, {apart:g} s apart, show the tile's own camera and a time that rises. page: `wall` is the product's own, `bare` "
    "one WHEP view per tile without it (no swaps). server_cores: control, bus and workers from the opening to the end of the first "
    "pictures"
)


def wall(
    tiles: Annotated[int, typer.Option(min=1, max=64, help="Số ô · how many tiles.")] = 16,
    in_browser: Annotated[
        int, typer.Option(min=1, max=64, help="Số ô trong trình duyệt · how many of them in Chromium.")
    ] = IN_BROWSER,
    cache: Annotated[Path, typer.Option(help="Nơi giữ hình đã vẽ · where drawn pictures are kept.")] = VAR / "loops",
    picture: Annotated[
        Path | None, typer.Option(help="Lưu ảnh màn hình (PNG) · keep a picture of the wall (PNG).")
    ] = None,
    bare: Annotated[bool, typer.Option("--bare", help="Không dùng giao diện · without the product's page.")] = False,  # noqa: FBT002 typer
    _json: Json = False,  # noqa: FBT002 typer
) -> None:
    """Màn hình tường trong trình duyệt thật · a wall in a real browser."""
    tell(asyncio.run(_measure(tiles, min(tiles, in_browser), cache, picture, bare=bare)))


async def _measure(tiles: int, in_browser: int, cache: Path, picture: Path | None, *, bare: bool) -> dict[str, object]:
    check_browser()
    async with system(Wanted(cameras=max(tiles, 2 * in_browser), cache=cache)) as running:
        numbers = {camera_id: number for number, camera_id in (await running.register()).items()}
        cameras = list(numbers)
        mine, theirs = cameras[:in_browser], cameras[in_browser:tiles]
        await _hang(running, cameras, mine)
        console.print("Mọi camera có hình · all cameras live")
        async with page_of(running) as page, running.api(DUTY_OFFICER) as api:
            receivers = Receivers(api)
            before, began_s = running.usage(), time.monotonic()
            async with asyncio.TaskGroup() as group:
                if theirs:
                    group.create_task(receivers.open(theirs), name="receivers")
                shown = "bare" if bare else await product_wall(page)
                if shown == "bare":
                    await bare_wall(page, running, mine)
                first_ms = await first_pictures(page, in_browser)
            cores = (running.usage().cpu_s - before.cpu_s) / (time.monotonic() - began_s)
            their_first_ms = [tile.first_ms for tile in receivers.tiles]
            fps = await pictures_per_s(page)
            right = await right_tiles(page, {camera_id: numbers[camera_id] for camera_id in mine})
            if picture is not None:
                await page.screenshot(path=picture)
            others = [numbers[camera_id] for camera_id in cameras[in_browser : 2 * in_browser]]
            swaps_ms = [] if shown == "bare" else await swapped(page, others)
            their_swaps_ms = await receivers.swap_all(mine) if theirs else []
            failed = await page.evaluate("window.__vongFailedOffers") + receivers.failed_offers
            receivers.close()
    return {
        "tiles": tiles,
        "in_browser": in_browser,
        "page": shown,
        "failed_offers": failed,
        "with_picture": len(first_ms) + sum(one is not None for one in their_first_ms),
        "first_picture_p50_ms": percentile(_known([*first_ms, *their_first_ms], tiles), 0.5),
        "first_picture_p95_ms": percentile(_known([*first_ms, *their_first_ms], tiles), 0.95),
        "browser_first_picture_p95_ms": percentile(_known(first_ms, in_browser), 0.95),
        "receivers_first_picture_p95_ms": percentile(_known(their_first_ms, len(theirs)), 0.95),
        "swaps": len(swaps_ms) + len(their_swaps_ms),
        "swap_p50_ms": percentile(_known([*swaps_ms, *their_swaps_ms]), 0.5),
        "swap_p95_ms": percentile(_known([*swaps_ms, *their_swaps_ms]), 0.95),
        "browser_swap_p95_ms": percentile(_known(swaps_ms), 0.95),
        "receivers_swap_p95_ms": percentile(_known(their_swaps_ms), 0.95),
        "tiles_right": right,
        "browser_fps": min(fps, default=0.0),
        "server_cores": cores,
        "how": HOW.format(apart=STRIPS_APART_S),
    }


def _known(took_ms: Sequence[float | None], wanted: int = 0) -> list[float]:
    """What never came counts as endless."""
    found = [math.inf if one is None else one for one in took_ms]
    return found + [math.inf] * (wanted - len(found))


async def _hang(running: RunningSystem, camera_ids: list[str], shown: list[str]) -> None:
    """Save the wall of those that are shown for the duty officer, and wait until every camera has a picture."""
    size = next(size for size in SIZES if size >= len(shown))
    tiles = [*shown, *[None] * (size - len(shown))]
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
