"""`vms serve`: the bus, control and the media workers of one machine, kept running together."""

import asyncio
import fcntl
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from streams.bus.session import BusAddress, BusLost, run_session
from streams.stopping import cancel_when_told
from streams.types.camera import Wire
from vms.processes.child import Child, keep_running
from vms.processes.nats_server import private_bus

log = structlog.get_logger(__name__)

BUS_READY_S = 10.0
BUS_KNOCK_S = 0.05


class ControlConfig(Wire):
    """What control is told on its standard input."""

    bus: BusAddress
    settings_file: str | None = None


class AlreadyRunning(Exception):
    """Another system uses the same data folder."""


class BusNotReady(Exception):
    """The bus does not answer at the start."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What runs on this machine. `worker_stdin` makes a worker's configuration from its id, its number and its bus address."""

    data_dir: Path
    workers: int
    control: Callable[[BusAddress], bytes]
    worker: Callable[[str, int, BusAddress], bytes]
    bus: BusAddress | None = None
    """A cluster's; None starts a private one."""
    nats_server: str = ""
    """Path of the program for a private one; empty finds it."""
    on_start: Callable[[str, int], None] = field(default=lambda _name, _pid: None)


def worker_ids(count: int) -> list[str]:
    return [f"w{number}" for number in range(count)]


async def run_system(plan: Plan) -> None:
    """Run until cancelled, then end everything in order: control and workers first, the bus last.

    Raises `AlreadyRunning` or `NoNatsServer`, and in a group `BusNotReady` or `ChildRefused`, each one sentence.
    """
    plan.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    with exclusive(plan.data_dir / "lock"):
        if plan.bus is not None:
            await _run_users(plan, plan.bus, dict.fromkeys(worker_ids(plan.workers), plan.bus))
            return
        private = private_bus(plan.data_dir / "bus", worker_ids(plan.workers), plan.nats_server)
        async with asyncio.TaskGroup() as group:
            bus = group.create_task(keep_running(_noted(plan, private.child)), name="bus")
            try:
                await reachable(private.control)
                await _run_users(plan, private.control, private.workers)
            finally:
                bus.cancel()


async def _run_users(plan: Plan, control: BusAddress, workers: dict[str, BusAddress]) -> None:
    children = [Child("control", (sys.executable, "-m", "vms.cli.control"), plan.control(control))]
    children += [
        Child(worker_id, (sys.executable, "-m", "streams.worker"), plan.worker(worker_id, number, address))
        for number, (worker_id, address) in enumerate(workers.items())
    ]
    async with asyncio.TaskGroup() as group:
        for child in children:
            group.create_task(keep_running(_noted(plan, child)), name=child.name)


def _noted(plan: Plan, child: Child) -> Child:
    return Child(child.name, child.argv, child.stdin, lambda pid: plan.on_start(child.name, pid))


async def reachable(address: BusAddress) -> None:
    """Wait until the bus answers. Raises `BusNotReady` after `BUS_READY_S`."""
    try:
        async with asyncio.timeout(BUS_READY_S):
            while not await _has_answered(address):
                pass
    except TimeoutError:
        raise BusNotReady(f"The bus at {address.url} did not answer within {BUS_READY_S:g} s.") from None


async def _has_answered(address: BusAddress) -> bool:
    async def nothing(_bus: object) -> None:
        return

    parts = urlsplit(address.url)
    try:
        # Knocking first: the client would log each refusal as a warning.
        _, writer = await asyncio.open_connection(parts.hostname, parts.port)
        writer.close()
        await run_session(address, nothing)
    except (BusLost, OSError):
        await asyncio.sleep(BUS_KNOCK_S)
        return False
    return True


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the lock file of a data folder. Raises `AlreadyRunning`."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(f"Another Vọng already runs with the data in {path.parent}.") from None
        yield
    finally:
        os.close(descriptor)


async def until_told_to_stop(work: asyncio.Task[None], within_s: int = 0) -> None:
    """Await `work`; SIGINT and SIGTERM cancel it and are no error. `within_s`: see `cancel_when_told`."""
    cancel_when_told(work, within_s)
    try:
        await work
    except asyncio.CancelledError:
        if not work.cancelled():
            raise
