"""The system and the simulated province as processes, started and ended together."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from vms.cli.client import Api
from vms.cli.faults import CannotRun
from vms.cli.rehearsal.people import session_of
from vms.cli.serve import plan
from vms.cli.simulator.orders import Describe, Order
from vms.cli.simulator.simulation import Simulation
from vms.cli.simulator.socket import SocketUnusable, told
from vms.cli.usage import Usage, total
from vms.processes.child import Child, keep_running
from vms.processes.system import run_system
from vms.settings import Settings, load_settings

READY_S = 60.0
_KNOCK_S = 0.1
SIMULATOR = "simulator"


class NotReady(CannotRun):
    """The rehearsal did not come up. One sentence."""


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A running system and its simulated province. `pids` has `control`, `bus`, `w0`, `w1`… and `simulator`, kept current."""

    settings: Settings
    simulation: Simulation
    base_url: str
    pids: dict[str, int] = field(default_factory=dict)

    @asynccontextmanager
    async def api(self, login: str) -> AsyncIterator[Api]:
        """The API as this person, without a password. Raises `NotReady` for an unknown login."""
        session = await session_of(self.settings, login)
        if session is None:
            raise NotReady(f"There is no account {login}.")
        async with Api(self.base_url) as api:
            await api.reachable()
            api.resume(session.token, session.csrf)
            yield api

    async def tell(self, order: Order) -> object:
        """Give an order to the simulator: faults, truth. Raises `SocketUnusable`."""
        return await told(self.simulation.socket, order)

    def usage(self) -> Usage:
        """CPU and memory of our side: control, bus and workers; never the simulator."""
        return total([pid for name, pid in self.pids.items() if name != SIMULATOR])

    def usage_of(self, *names: str) -> Usage:
        return total([self.pids[name] for name in names])

    @property
    def workers(self) -> list[str]:
        return [name for name in self.pids if name.startswith("w") and name[1:].isdigit()]


@asynccontextmanager
async def rehearsing(
    settings_file: Path, simulation: Simulation, on_start: Callable[[str, int], None] = lambda _name, _pid: None
) -> AsyncIterator[Rehearsal]:
    """Start both, wait until both answer, end both at the end.

    Raises what is wrong at the start, alone or in a group; see `vms.cli.sentences`.
    """
    settings = load_settings(settings_file)
    rehearsal = Rehearsal(settings, simulation, base_url(settings))

    def note(name: str, pid: int) -> None:
        rehearsal.pids[name] = pid
        on_start(name, pid)

    simulator = Child(
        SIMULATOR,
        (sys.executable, "-m", "vms.cli.simulator"),
        simulation.model_dump_json().encode(),
        lambda pid: note(SIMULATOR, pid),
    )
    system = replace(plan(settings, settings_file), on_start=note)
    async with asyncio.TaskGroup() as group:
        tasks = (
            group.create_task(keep_running(simulator), name=SIMULATOR),
            group.create_task(run_system(system), name="system"),
        )
        try:
            await _ready(rehearsal)
            yield rehearsal
        finally:
            # The system first: cameras that go dark before it would fill its log.
            for task in reversed(tasks):
                task.cancel()
                await asyncio.wait([task])


def base_url(settings: Settings) -> str:
    """Where the system is reached from this machine."""
    scheme = "http" if settings.web.tls_certificate is None else "https"
    host = "127.0.0.1" if settings.web.host in ("0.0.0.0", "::") else settings.web.host  # noqa: S104 compared with
    return f"{scheme}://{host}:{settings.web.port}"


async def _ready(rehearsal: Rehearsal) -> None:
    try:
        async with asyncio.timeout(READY_S):
            async with Api(rehearsal.base_url) as api:
                await api.reachable(READY_S)
            while not await _simulator_answers(rehearsal):
                pass
    except TimeoutError:
        raise NotReady(f"The system and the simulated province did not answer within {READY_S:g} s.") from None


async def _simulator_answers(rehearsal: Rehearsal) -> bool:
    try:
        await rehearsal.tell(Describe())
    except SocketUnusable:
        await asyncio.sleep(_KNOCK_S)
        return False
    return True
