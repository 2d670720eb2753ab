"""The tiles of a wall that no browser decodes: one transport for each carrier as the product's page has, pictures counted as they arrive.

A picture has come with the last packet of it (the RTP marker). It is not decrypted and not decoded.
"""

import asyncio
import re
import time
from collections import defaultdict, deque
from collections.abc import Sequence
from typing import Any, Final

from vms.cli.bench.viewer import ClientIdentity, Viewer
from vms.cli.client import Api, ApiError

HOST: Final = "127.0.0.1"
_LOOK_S: Final = 0.002
_WITHIN_S: Final = 10.0
_KEPT: Final = 400


class Tile:
    """What came in one slot, whose path is `slot`."""

    def __init__(self, carrier: str, slot: str) -> None:
        self.carrier = carrier
        self.slot = slot
        self.first_ms: float | None = None
        self._came: deque[tuple[int, float]] = deque(maxlen=_KEPT)

    def picture(self, rtp_timestamp: int) -> None:
        self._came.append((rtp_timestamp, time.monotonic()))

    def first_since(self, began_s: float, first_rtp_timestamp: int) -> float | None:
        """When the first picture from `first_rtp_timestamp` on came, in seconds after `began_s`; None while none has."""
        for rtp_timestamp, came_s in self._came:
            if came_s >= began_s and (rtp_timestamp - first_rtp_timestamp) % 2**32 < 2**31:
                return came_s - began_s
        return None


class Receivers:
    """Tiles of one session. `failed_offers`: transports and slots that were refused."""

    def __init__(self, api: Api) -> None:
        self._api = api
        self._identity = ClientIdentity()
        self._viewers: list[Viewer] = []
        self.tiles: list[Tile] = []
        self.failed_offers = 0

    def close(self) -> None:
        for viewer in self._viewers:
            viewer.close()

    async def open(self, camera_ids: Sequence[str]) -> None:
        """As the page does: hear which carrier has which camera, open a transport to each, fill its slots; all side by side."""
        began_s = time.monotonic()
        carriers = await carriers_of(self._api, camera_ids)
        cameras: dict[str, list[str]] = defaultdict(list)
        for camera_id in camera_ids:
            cameras[carriers[camera_id]].append(camera_id)
        async with asyncio.TaskGroup() as group:
            for carrier, mine in cameras.items():
                group.create_task(self._carrier(carrier, mine, began_s), name=f"receivers on {carrier}")

    async def swap_all(self, others: Sequence[str]) -> list[float | None]:
        """Put another camera into each tile, one after the other: ms from the request to its first picture; None when none came."""
        carriers = await carriers_of(self._api, others)
        took_ms = []
        for tile in self.tiles:
            other = next((camera_id for camera_id in others if carriers[camera_id] == tile.carrier), None)
            took_ms.append(None if other is None else await self._swap(tile, other))
        return took_ms

    async def _swap(self, tile: Tile, camera_id: str) -> float | None:
        began_s = time.monotonic()
        try:
            view = await self._api.call("PUT", tile.slot, {"camera_id": camera_id, "stream": "sub"})
        except ApiError:
            self.failed_offers += 1
            return None
        return await self._came(tile, began_s, view["first_rtp_timestamp"])

    async def _carrier(self, carrier: str, camera_ids: Sequence[str], began_s: float) -> None:
        by_ssrc: dict[int, Tile] = {}

        def on_picture(ssrc: int, rtp_timestamp: int) -> None:
            if (tile := by_ssrc.get(ssrc)) is not None:
                tile.picture(rtp_timestamp)

        viewer = Viewer(self._identity, HOST, on_picture=on_picture)
        self._viewers.append(viewer)
        try:
            answer, location = await self._api.opened(f"/api/carriers/{carrier}", viewer.description(len(camera_ids)))
        except ApiError:
            self.failed_offers += 1
            return
        tiles = [Tile(carrier, f"{location}/slots/{place}") for place in range(len(camera_ids))]
        by_ssrc.update(zip(ssrcs(answer), tiles, strict=True))
        self.tiles += tiles
        viewer.start(answer)
        slots = [{"mid": str(place), "camera_id": camera_id} for place, camera_id in enumerate(camera_ids)]
        filled: dict[str, Any] = await self._api.call("PUT", f"{location}/slots", {"slots": slots})
        async with asyncio.TaskGroup() as group:
            for tile, slot in zip(tiles, filled["slots"], strict=True):
                if slot["view"] is None:
                    self.failed_offers += 1
                else:
                    group.create_task(self._first(tile, began_s, slot["view"]["first_rtp_timestamp"]))

    async def _first(self, tile: Tile, began_s: float, first_rtp_timestamp: int) -> None:
        tile.first_ms = await self._came(tile, began_s, first_rtp_timestamp)

    async def _came(self, tile: Tile, began_s: float, first_rtp_timestamp: int) -> float | None:
        while time.monotonic() < began_s + _WITHIN_S:
            if (came_s := tile.first_since(began_s, first_rtp_timestamp)) is not None:
                return came_s * 1000
            await asyncio.sleep(_LOOK_S)
        return None


async def carriers_of(api: Api, camera_ids: Sequence[str]) -> dict[str, str]:
    """What carries each camera, heard as the page hears it: once all of them are carried."""
    carriers: dict[str, str] = {}
    async with api.websocket("/api/events") as socket:
        while not carriers.keys() >= set(camera_ids):
            for truth in (await socket.receive_json()).get("cameras", []):
                if truth["carrier"]:
                    carriers[truth["camera_id"]] = truth["carrier"]
    return carriers


def ssrcs(answer: str) -> list[int]:
    """Of each section, in order."""
    return list(dict.fromkeys(int(found) for found in re.findall(r"a=ssrc:(\d+) ", answer)))
