"""A real nats-server on loopback for tests, with one user for control and one per worker."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from streams.bus.session import BusAddress, BusLost, run_session
from vms.processes.child import keep_running
from vms.processes.nats_server import PrivateBus, private_bus


@asynccontextmanager
async def running_bus(folder: Path, workers: tuple[str, ...] = ("w0", "w1")) -> AsyncIterator[PrivateBus]:
    bus = private_bus(folder, list(workers))
    async with asyncio.TaskGroup() as group:
        task = group.create_task(keep_running(bus.child))
        await until_reachable(bus.control)
        yield bus
        task.cancel()


async def until_reachable(address: BusAddress) -> None:
    """Connecting is the only way to know; the pause only spares the processor."""

    async def nothing(_bus: object) -> None:
        return

    async with asyncio.timeout(15):
        while True:
            try:
                await run_session(address, nothing)
            except BusLost:
                await asyncio.sleep(0.05)
            else:
                return
