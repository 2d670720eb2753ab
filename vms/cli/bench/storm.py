"""`vms bench storm`: the power returns to all cameras at once. How long until all are live, and does anybody else's tile notice?"""

import asyncio
import time
from collections.abc import Iterable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Annotated, Final

import aiohttp
import typer

from vms.cli.bench.result import Json, console, tell
from vms.cli.bench.system import Wanted, system
from vms.cli.client import Api
from vms.cli.rehearsal.people import DUTY_OFFICER
from vms.cli.simulator.orders import ClearFault, SetFault, Whom
from vms.cli.simulator.simulation import VAR

_WITHIN_S: Final = 90.0
_CALM_S: Final = 5.0
_DARK_S: Final = 10.0
_GAP_S: Final = 0.5
"""A tile that shows nothing new for so long has been disturbed: seven pictures at 15 a second."""
_HOW: Final = (
    "real control, bus and workers, simulated province beside them. All cameras but those of the tiles lose power for {dark:g} s (no "
    "answer at all, as from hosts that are gone) and return at once. all_live_s: from the return until the event feed has called each of "
    "them live. disturbed_tiles: of the steady cameras' live views (fragmented MP4 over WebSocket, one segment a picture), those "
    "with more than {gap:g} s between two segments from the loss of power until all were live; worst_calm_gap_ms is the same before. "
    "server_cores: control, bus and workers while the cameras returned."
)


def storm(
    cameras: Annotated[int, typer.Option(min=1, max=400, help="Số camera mất điện · how many lose power.")] = 240,
    tiles: Annotated[int, typer.Option(min=1, max=64, help="Số ô đang xem · tiles that look at others.")] = 16,
    cache: Annotated[Path, typer.Option(help="Nơi giữ hình đã vẽ · where drawn pictures are kept.")] = VAR / "loops",
    _json: Json = False,  # noqa: FBT002 typer
) -> None:
    """Mọi camera có điện lại cùng lúc · all cameras return at once."""
    tell(asyncio.run(_measure(cameras, tiles, cache)))


async def _measure(cameras: int, tiles: int, cache: Path) -> dict[str, object]:
    async with (
        system(Wanted(cameras=cameras + tiles, cache=cache)) as running,
        running.api(DUTY_OFFICER) as api,
        AsyncExitStack() as stack,
    ):
        ids = await running.register()
        numbers = sorted(ids)
        steady, stormy = [ids[n] for n in numbers[:tiles]], [ids[n] for n in numbers[tiles:]]
        whom = Whom(cameras=tuple(numbers[tiles:]))
        board = _Board()
        group = await stack.enter_async_context(asyncio.TaskGroup())
        watching = [group.create_task(board.follow(api))]
        await board.until(ids.values(), live=True)
        console.print("Mọi camera có hình · all cameras live")
        views = [_View() for _ in steady]
        watching += [group.create_task(view.watch(api, camera)) for view, camera in zip(views, steady, strict=True)]
        await asyncio.sleep(_CALM_S)
        calm_s = max(view.begin_anew() for view in views)
        await running.tell(SetFault(fault="power_off", whom=whom))
        await board.until(stormy, live=False)
        await asyncio.sleep(_DARK_S)
        console.print("Có điện lại · the power returns")
        before, began_s = running.usage(), time.monotonic()
        await running.tell(ClearFault(fault="power_off", whom=whom))
        await board.until(stormy, live=True)
        took_s = time.monotonic() - began_s
        cores = (running.usage().cpu_s - before.cpu_s) / took_s
        gaps_s = [view.begin_anew() for view in views]
        for task in watching:
            task.cancel()
    return {
        "all_live_s": took_s,
        "disturbed_tiles": sum(gap_s > _GAP_S for gap_s in gaps_s),
        "worst_gap_ms": max(gaps_s) * 1000,
        "worst_calm_gap_ms": calm_s * 1000,
        "server_cores": cores,
        "cameras": cameras,
        "tiles": tiles,
        "how": _HOW.format(dark=_DARK_S, gap=_GAP_S),
    }


class _Board:
    """What the event feed says of each camera."""

    def __init__(self) -> None:
        self._live: dict[str, bool] = {}
        self._news = asyncio.Event()

    async def follow(self, api: Api) -> None:
        async with api.websocket("/api/events") as socket:
            while True:
                for camera in (await socket.receive_json()).get("cameras", []):
                    self._live[camera["camera_id"]] = camera["liveness"] == "live"
                self._news.set()

    async def until(self, cameras: Iterable[str], *, live: bool) -> None:
        """Raises TimeoutError after 90 s."""
        wanted = list(cameras)
        async with asyncio.timeout(_WITHIN_S):
            while any(self._live.get(camera, False) is not live for camera in wanted):
                self._news.clear()
                await self._news.wait()


class _View:
    """One tile: when its newest segment came, and the longest time without one."""

    def __init__(self) -> None:
        self._last_s = time.monotonic()
        self._longest_s = 0.0

    async def watch(self, api: Api, camera_id: str) -> None:
        """Until cancelled. A view that ends is a gap that never ends."""
        async with api.websocket(f"/api/cameras/{camera_id}/live?stream=sub") as socket:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.BINARY:
                    now_s = time.monotonic()
                    self._longest_s = max(self._longest_s, now_s - self._last_s)
                    self._last_s = now_s

    def begin_anew(self) -> float:
        """The longest gap up to now; from here on another one is looked for."""
        now_s = time.monotonic()
        longest_s = max(self._longest_s, now_s - self._last_s)
        self._longest_s, self._last_s = 0.0, now_s
        return longest_s
