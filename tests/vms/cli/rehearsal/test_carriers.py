"""One transport for a wall, through the whole system: API, bus, workers, and a viewer that counts what comes."""

import asyncio
import json
from collections.abc import Callable

import pytest

from vms.cli.bench.system import RunningSystem, Wanted, system
from vms.cli.bench.viewer import ClientIdentity, Viewer
from vms.cli.client import Api, ApiError
from vms.cli.rehearsal.people import DUTY_OFFICER, TECHNICIAN

pytestmark = [pytest.mark.xdist_group("system"), pytest.mark.timeout(180)]

LIVE_WITHIN_S = 30.0
SLOTS = 3


async def carriers(api: Api, camera_ids: list[str]) -> dict[str, str]:
    """What carries each camera, once all of them have shown a picture."""
    found: dict[str, str] = {}
    async with asyncio.timeout(LIVE_WITHIN_S), api.websocket("/api/events") as socket:
        while set(camera_ids) - found.keys():
            message = await socket.receive_json()
            for camera in message.get("cameras", []):
                if camera["carrier"] and camera["newest_capture_ms"]:
                    found[camera["camera_id"]] = camera["carrier"]
    return found


async def opened(api: Api, carrier: str, viewer: Viewer) -> str:
    """The place of a new transport, connected."""
    headers = {"X-CSRF-Token": api._csrf, "Content-Type": "application/sdp"}
    offer = viewer.description(SLOTS).encode()
    async with api._http.post(f"/api/carriers/{carrier}", data=offer, headers=headers) as response:
        assert response.status == 201, await response.text()
        viewer.start(await response.text())
        place = response.headers["Location"]
    await until(lambda: viewer.connected)
    return place


async def until(true: Callable[[], bool]) -> None:
    """What a viewer counts comes without an event."""
    for _ in range(400):
        if true():
            return
        await asyncio.sleep(0.05)
    pytest.fail("it did not come true within 20 s")


async def more_packets(viewer: Viewer, streams: int) -> None:
    """Until so many streams have got something new."""
    before = {ssrc: stream.packets for ssrc, stream in viewer.streams.items()}
    await until(lambda: sum(stream.packets > before.get(ssrc, 0) for ssrc, stream in viewer.streams.items()) >= streams)


async def view_message(api: Api, socket, view_id: str) -> dict[str, object]:
    async with asyncio.timeout(15):
        while True:
            message = await socket.receive_json()
            if message["type"] == "view" and message["view_id"] == view_id:
                return message


async def test_a_wall_fills_swaps_and_empties_slots_and_is_told_when_a_right_goes() -> None:
    async with system(Wanted(cameras=4, settings={"media": "workers = 1"})) as running:
        ids = list((await running.register()).values())
        await _fill_and_swap(running, ids)


async def _fill_and_swap(running: RunningSystem, ids: list[str]) -> None:
    viewer = Viewer(ClientIdentity(), "127.0.0.1")
    async with running.api(DUTY_OFFICER) as api, api.websocket("/api/events") as socket:
        (carrier,) = set((await carriers(api, ids)).values())
        place = await opened(api, carrier, viewer)
        first = await api.call("PUT", f"{place}/slots/0", {"camera_id": ids[0]})
        assert (first["codec"], first["shown"]) == ("H264", "sub")
        second = await api.call("PUT", f"{place}/slots/1", {"camera_id": ids[1]})
        await more_packets(viewer, 2)
        swapped = await api.call("PUT", f"{place}/slots/0", {"camera_id": ids[2]})
        assert (await view_message(api, socket, first["view_id"]))["ended"] == "closed"
        assert swapped["first_rtp_timestamp"] != first["first_rtp_timestamp"]
        await more_packets(viewer, 2)
        assert len(viewer.streams) == 2, "a swap makes no new stream"
        async with running.api(TECHNICIAN) as technician:
            await technician.call("DELETE", f"/api/cameras/{ids[1]}")
        ended = await view_message(api, socket, second["view_id"])
        assert ended["ended"] in ("no_right", "camera_moved"), json.dumps(ended)
        await more_packets(viewer, 1)
        await api.call("DELETE", f"{place}/slots/0")
        assert (await view_message(api, socket, swapped["view_id"]))["ended"] == "closed"
        with pytest.raises(ApiError) as gone:
            await api.call("PUT", f"{place}/slots/9", {"camera_id": ids[0]})
        assert gone.value.status == 503
        await api.call("DELETE", place)
        with pytest.raises(ApiError) as absent:
            await api.call("DELETE", place)
        assert absent.value.status == 404
    viewer.close()
