"""A real system beside a simulated province in a temporary folder, for benchmarks and browser tests.

    from vms.cli.bench.system import Wanted, system
    from vms.cli.rehearsal.people import DUTY_OFFICER, TECHNICIAN
    from vms.cli.simulator.orders import SetFault, Whom

    async with system(Wanted(cameras=16)) as running:              # nats-server, control, workers and simulator are up
        ids = await running.register()                             # all of them; {camera number: camera id}
        async with running.api(DUTY_OFFICER) as api:               # signed in, no password needed
            await api.call("PUT", "/api/layouts/last", {"name": "", "size": 16, "tiles": [...]})
        before = running.usage()                                   # CPU s and MB of our side, without the simulator
        await running.tell(SetFault(fault="stall", whom=Whom(cameras=(3,))))
        running.pids["w0"], running.workers, running.base_url      # kill one, look at its cost, open a browser at it

Accounts: see `vms.cli.rehearsal.people` (`running.passwords[login]` for a browser that signs in). Every port is a free one, so that
several systems can run at a time; WS-Discovery by multicast needs `discovery_port=3702`, of which there is one. Loops are drawn once
into `cache` (var/loops by default). Settings of the environment (VMS_…) do not reach the system.
"""

import os
import socket
import tempfile
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from vms.cli.faults import CannotRun
from vms.cli.province import CONFIG
from vms.cli.rehearsal.people import TECHNICIAN, prepare
from vms.cli.rehearsal.registering import Places, angle_items, camera_items, courtroom_sites, register
from vms.cli.rehearsal.running import Rehearsal, rehearsing
from vms.cli.simulator.run import drawn
from vms.cli.simulator.simulation import VAR, Simulation
from vms.settings import load_settings


class RegistrationIncomplete(CannotRun):
    """Some of the devices were not registered. One sentence that names the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """`discovery_port` 0 takes a free one; `log_level` is that of control and workers.

    `province` is the folder with its CSV files.
    `settings` is TOML that is added to the settings file, by section: {"media": "workers = 4"}.
    """

    cameras: int = 16
    courtrooms: int = 0
    discovery_port: int = 0
    province: Path = CONFIG
    clip: Path | None = None
    cache: Path = VAR / "loops"
    log_level: str = "warning"
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunningSystem(Rehearsal):
    passwords: Mapping[str, str] = field(default_factory=dict, repr=False)

    async def register(self) -> dict[int, str]:
        """Register every simulated camera and angle. Gives camera ids by number. Raises `RegistrationIncomplete`."""
        simulation = self.simulation
        async with self.api(TECHNICIAN) as api:
            places = await Places.read(api, simulation.province)
            items = camera_items(simulation, simulation.camera_rows(), places)
            sites = courtroom_sites(simulation.province)
            items += angle_items(simulation, simulation.encoder_rows(), places, sites)
            ended = await register(api, items)
        failed = [item for item in ended if item["step"] != "saved"]
        if failed:
            raise RegistrationIncomplete(f"{len(failed)} devices were not registered, first {failed[0]}.")
        return {int(item["number"]): done["camera_ids"][0] for item, done in zip(items, ended, strict=True)}


@asynccontextmanager
async def system(wanted: Wanted) -> AsyncIterator[RunningSystem]:
    """Everything up and answering; all of it ended, and its folder removed, at the end."""
    _without_own_settings()
    with tempfile.TemporaryDirectory(prefix="vong-") as name:
        folder = Path(name)
        file = folder / "vong.toml"
        file.write_text(_toml(folder, wanted), encoding="utf-8")
        simulation = Simulation(
            cameras=wanted.cameras,
            courtrooms=wanted.courtrooms,
            province=wanted.province,
            clip=wanted.clip,
            cache=wanted.cache.absolute(),
            socket=folder / "simulator.sock",
            rtsp_port=_free(socket.SOCK_STREAM),
            onvif_port=_free(socket.SOCK_STREAM),
            discovery_port=wanted.discovery_port or _free(socket.SOCK_DGRAM),
        )
        await drawn(simulation)
        made = await prepare(load_settings(file), simulation.province)
        async with rehearsing(file, simulation) as running:
            yield RunningSystem(
                running.settings,
                running.simulation,
                running.base_url,
                running.pids,
                {login.login: login.password for login in made},
            )


def _toml(folder: Path, wanted: Wanted) -> str:
    sections = {
        "web": f"port = {_free(socket.SOCK_STREAM)}",
        "log": f'level = "{wanted.log_level}"',
        # What is measured is not the cost of passwords.
        "accounts": "totp_roles = []\nhash_memory_kib = 64\nhash_rounds = 1\nhash_threads = 1",
    }
    for section, text in wanted.settings.items():
        sections[section] = f"{sections.get(section, '')}\n{text}"
    return f'data_dir = "{folder / "data"}"\n' + "".join(f"[{name}]\n{text}\n" for name, text in sections.items())


def _without_own_settings() -> None:
    for name in [name for name in os.environ if name.upper().startswith("VMS_")]:
        del os.environ[name]


def _free(kind: socket.SocketKind) -> int:
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
