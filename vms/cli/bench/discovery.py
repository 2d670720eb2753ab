"""`vms bench discovery`: how fast a province of cameras is found and registered through the API, and what that costs our side."""

import asyncio
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import typer

from vms.cli.bench.result import Json, console, tell
from vms.cli.bench.system import RunningSystem, Wanted, system
from vms.cli.client import Api
from vms.cli.rehearsal.people import TECHNICIAN
from vms.cli.rehearsal.registering import Item, Places, camera_items
from vms.cli.simulator.simulation import DISCOVERY_PORT, VAR

POLL_S = 0.1
HOW = (
    "one nats-server, control and media workers as `vms serve` runs them, simulated ONVIF and RTSP devices in one other process; "
    "one multicast WS-Discovery search and one registration job through the HTTP API; found_s: until the last device is in the "
    "job's list; registered_s: until the job is done, every main and sub stream tested by decoding one picture; cpu_s, rss_mb: "
    "/proc of nats-server, control and workers over both, cameras streaming into the workers as they are registered"
)


def discovery(
    devices: Annotated[int, typer.Option(min=1, max=240, help="Số thiết bị · how many devices.")] = 240,
    cache: Annotated[Path, typer.Option(help="Nơi giữ hình đã vẽ · where drawn pictures are kept.")] = VAR / "loops",
    _json: Json = False,  # noqa: FBT002 typer
) -> None:
    """Tìm và đăng ký camera · find and register cameras."""
    tell(asyncio.run(_measure(devices, cache)))


async def _measure(devices: int, cache: Path) -> dict[str, object]:
    async with system(Wanted(cameras=devices, discovery_port=DISCOVERY_PORT, cache=cache)) as running:
        before, simulator_before = running.usage(), running.usage_of("simulator")
        async with running.api(TECHNICIAN) as api:
            search = await _search(api, {row.address for row in running.simulation.camera_rows()})
            console.print(f"Tìm thấy · found {len(search.found)}: {search.took_s:.1f} s")
            items = await _items(api, running, search.found)
            ended, took_s = await _register(api, items)
        after, simulator_after = running.usage(), running.usage_of("simulator")
    failed = [item for item in ended if item["step"] != "saved"]
    for item in failed[:5]:
        console.print(item)
    return {
        "devices": devices,
        "found": len(search.found),
        "found_s": search.took_s,
        "search_s": search.job_s,
        "registered": len(ended) - len(failed),
        "registered_s": took_s,
        "cpu_s": after.cpu_s - before.cpu_s,
        "rss_mb": after.rss_mb,
        "simulator_cpu_s": simulator_after.cpu_s - simulator_before.cpu_s,
        "how": HOW,
    }


@dataclass(frozen=True, slots=True)
class _Search:
    """`took_s` until the last device was found, `job_s` until the search was over."""

    found: list[dict[str, Any]]
    took_s: float
    job_s: float


async def _search(api: Api, hosts: set[str]) -> _Search:
    """Until all of ours are found: whatever else answers in this network does not count."""
    began_s = time.monotonic()
    job = await api.call("POST", "/api/discoveries", {"multicast": True})
    known, took_s = 0, 0.0
    while True:
        now = await api.call("GET", f"/api/discoveries/{job['id']}")
        found = [device for device in now["found"] if _host(device) in hosts]
        if len(found) > known:
            known, took_s = len(found), time.monotonic() - began_s
        if now["state"] != "running" or known >= len(hosts):
            return _Search(found, took_s, time.monotonic() - began_s)
        await asyncio.sleep(POLL_S)


def _host(device: dict[str, Any]) -> str:
    return str(device["address"]).rpartition(":")[0]


async def _items(api: Api, running: RunningSystem, found: list[dict[str, Any]]) -> list[Item]:
    """What was found, at the address that the search gave, as the camera list says where it hangs."""
    places = await Places.read(api, running.simulation.province)
    rows = running.simulation.camera_rows()
    wanted = camera_items(running.simulation, rows, places)
    by_host = {row.address: item for row, item in zip(rows, wanted, strict=True)}
    return [{**by_host[_host(device)], "xaddr": device["xaddr"]} for device in found]


async def _register(api: Api, items: list[Item]) -> tuple[list[dict[str, Any]], float]:
    began_s = time.monotonic()
    job = await api.call("POST", "/api/registrations", {"items": items})
    done = await api.finished(f"/api/registrations/{job['id']}")
    return done["items"], time.monotonic() - began_s
