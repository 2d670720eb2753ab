"""`vms demo`: the system with a simulated province, people and cameras, ready to look at."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from vms.cli.client import Api
from vms.cli.logs import set_up_logs
from vms.cli.rehearsal.hearings import BODIES, CASES, Court
from vms.cli.rehearsal.people import CLERK, DUTY_OFFICER, JUDGE, TECHNICIAN, NewLogin, prepare
from vms.cli.rehearsal.registering import Item, Places, angle_items, camera_items, courtroom_sites, register, rows
from vms.cli.rehearsal.running import Rehearsal, rehearsing
from vms.cli.simulator.run import console, drawn
from vms.cli.simulator.simulation import VAR, Simulation
from vms.clock import system_clock
from vms.processes.system import until_told_to_stop
from vms.settings import load_settings

FOLDER = VAR / "demo"
WALL = 16
RECORDED = 4
"""The first cameras are recorded from their registration on, the small stream: enough to look back at, and some 20 GB a day."""
_SETTINGS = """\
# Thiết lập của bản trình diễn; được giữ lại. / Settings of the demo; what you change here stays.
data_dir = {data_dir}

[web]
port = {port}
{tls}
[log]
level = "warning"

[accounts]
# Chỉ để tập dượt: không đòi mã xác thực thứ hai. / For rehearsals only: no second factor is asked for.
totp_roles = []
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """`port` and `tls` (with a self-made certificate) are written into the settings file on the first start, and count from there."""

    folder: Path = FOLDER
    port: int = 8080
    tls: bool = False
    simulation: Simulation = field(default_factory=Simulation)


def demo(wanted: Demo) -> None:
    """Run until SIGTERM or SIGINT. Raises what is wrong at the start, each one sentence."""
    set_up_logs("warning", process="demo")
    asyncio.run(_until_told(wanted))


async def _until_told(wanted: Demo) -> None:
    await until_told_to_stop(asyncio.create_task(_run(wanted), name="demo"))


async def _run(wanted: Demo) -> None:
    file = settings_file(wanted)
    settings = load_settings(file)
    await drawn(wanted.simulation)
    made = await prepare(settings, wanted.simulation.province)
    _tell_logins(wanted, made)
    async with rehearsing(file, wanted.simulation) as running:
        print(f"\n  Mở / open   {running.base_url}\n", flush=True)
        await furnish(running, WALL)
        console.print(f"Sẵn sàng · ready: {running.base_url}")
        await asyncio.get_running_loop().create_future()


def settings_file(wanted: Demo) -> Path:
    """The demo's settings, made on the first start."""
    wanted.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = wanted.folder / "vong.toml"
    if not file.exists():
        quoted = '"' + str(wanted.folder.absolute() / "data").replace("\\", "\\\\").replace('"', '\\"') + '"'
        tls = "tls_self_made = true\n" if wanted.tls else ""
        file.write_text(_SETTINGS.format(data_dir=quoted, port=wanted.port, tls=tls), encoding="utf-8")
    return file


async def furnish(running: Rehearsal, wall: int) -> None:
    """Register what is missing, the first `wall` cameras before all others, and hang them on the duty officer's wall."""
    async with running.api(TECHNICIAN) as api:
        cameras, angles = await _missing(api, running)
        await _register(api, [item for item in cameras if item["number"] <= wall])
        await _record(api, {item["number"] for item in cameras if item["number"] <= RECORDED})
        await _hang(running, wall)
        await _register(api, angles + [item for item in cameras if item["number"] > wall])
    await _sit(running)


async def _sit(running: Rehearsal) -> None:
    """Hearings of today, unless there are some: one has begun, the others wait for whoever wants to try one from its beginning."""
    units = {row["key"]: row["name"] for row in rows(running.simulation.province / "units.csv")}
    async with running.api(CLERK) as clerk, running.api(JUDGE) as judge:
        court = Court(clerk, judge)
        now_ms = system_clock()
        if await court.today(now_ms):
            return
        await court.learn_bodies([units[key] for key in BODIES if key in units])
        for case in CASES:
            await court.schedule(case, now_ms)


async def _record(api: Api, numbers: set[int]) -> None:
    """Plan the recording of cameras that were registered just now."""
    for camera in (await api.call("GET", "/api/tree"))["cameras"]:
        if camera["number"] in numbers:
            plan = {"mode": "continuous", "stream": "sub"}
            await api.call("PUT", f"/api/cameras/{camera['id']}/recording", plan)


async def _missing(api: Api, running: Rehearsal) -> tuple[list[Item], list[Item]]:
    simulation = running.simulation
    places = await Places.read(api, simulation.province)
    there = {camera["number"] for camera in (await api.call("GET", "/api/tree"))["cameras"]}
    cameras = camera_items(simulation, simulation.camera_rows(), places)
    angles = angle_items(simulation, simulation.encoder_rows(), places, courtroom_sites(simulation.province))
    return [item for item in cameras if item["number"] not in there], [
        item for item in angles if item["number"] not in there
    ]


async def _register(api: Api, items: list[Item]) -> None:
    if not items:
        return
    with console.status(f"Đăng ký {len(items)} camera · registering"):
        ended = await register(api, items)
    for item in ended:
        if item["step"] != "saved":
            console.print(f"[yellow]{_why(item)}[/yellow]")


def _why(item: dict[str, Any]) -> str:
    error = item["error"] or {}
    return f"{item['label']}: {error.get('detail') or error.get('code') or item['step']}"


async def _hang(running: Rehearsal, wall: int) -> None:
    """A wall for the duty officer, unless there is one: what a person chose is never changed."""
    async with running.api(DUTY_OFFICER) as api:
        if any(layout["name"] == "" for layout in await api.call("GET", "/api/layouts")):
            return
        cameras = sorted((await api.call("GET", "/api/tree"))["cameras"], key=lambda camera: camera["number"])
        tiles: list[str | None] = [camera["id"] for camera in cameras[:wall]]
        tiles += [None] * (wall - len(tiles))
        await api.call("PUT", "/api/layouts/last", {"name": "", "size": wall, "tiles": tiles})


def _tell_logins(wanted: Demo, made: list[NewLogin]) -> None:
    """On standard output, never in a log, and before anything can fail: they are not shown again."""
    if made:
        print("\n  Mật khẩu chỉ hiện một lần / passwords are shown once:")
        for login in made:
            print(f"    {login.login:<10} {login.password:<26} {login.name}")
    else:
        print(
            "\n  Mật khẩu đã được in ở lần chạy đầu. / The passwords were printed on the first start. Quên / forgotten:"
        )
        print(f"    vms account reset-password {DUTY_OFFICER} --settings {wanted.folder / 'vong.toml'}")
    print("\n  Thử lỗi / try a fault:   vms fault set power_off --camera 3   ·   vms fault clear --all")
    print("  Dừng / stop:   Ctrl-C\n", flush=True)
