"""Control's connection to the bus: one session after the other, and whoever needs the bus asks here."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import structlog
from nats.js.errors import Error as JetStreamError

from streams.bus.buckets import make_buckets, open_bucket
from streams.bus.mirror import Mirror
from streams.bus.session import Bus, BusAddress, BusLost, run_session
from streams.types.bus import KV_LEASES, KV_WORKERS, Lease, WorkerState
from vms.cameras.ports import BusUnavailable

log = structlog.get_logger(__name__)

RETRY_S = 0.5
WAIT_S = 2.0

Duty = Callable[[Bus], Awaitable[None]]
"""Something that runs for as long as a session lasts."""


class BusLink:
    """Holds the session. `duties` are started in every session once the mirrors are complete."""

    def __init__(self, address: BusAddress) -> None:
        self._address = address
        self._bus: Bus | None = None
        self._up = asyncio.Event()
        self._duties: list[Duty] = []
        self.leases: Mirror[Lease] = Mirror(Lease)
        self.workers: Mirror[WorkerState] = Mirror(WorkerState, self._on_worker)
        self.on_worker: list[Callable[[str], None]] = []

    def add_duty(self, duty: Duty) -> None:
        self._duties.append(duty)

    @property
    def is_up(self) -> bool:
        return self._bus is not None

    async def up(self) -> None:
        """Wait, for however long, until there is a session."""
        await self._up.wait()

    async def bus(self) -> Bus:
        """The living session; waits a moment for one. Raises `BusUnavailable`."""
        try:
            async with asyncio.timeout(WAIT_S):
                await self._up.wait()
        except TimeoutError:
            raise BusUnavailable from None
        assert self._bus is not None
        return self._bus

    async def run(self) -> None:
        """Keep a session for ever."""
        while True:
            try:
                await run_session(self._address, self._session)
            except BusLost as error:
                log.warning("bus_lost", detail=str(error))
            finally:
                self._bus = None
                self._up.clear()
            await asyncio.sleep(RETRY_S * (1 + random.random()))  # noqa: S311 jitter, not a secret

    async def _session(self, bus: Bus) -> None:
        try:
            await make_buckets(bus)
            leases, workers = await open_bucket(bus, KV_LEASES), await open_bucket(bus, KV_WORKERS)
        except JetStreamError as error:
            raise BusLost(f"the bus has no buckets yet: {type(error).__name__}") from error
        async with asyncio.TaskGroup() as group:
            group.create_task(self.leases.follow(leases), name="mirror leases")
            group.create_task(self.workers.follow(workers), name="mirror workers")
            await self.leases.complete.wait()
            await self.workers.complete.wait()
            self._bus = bus
            self._up.set()
            log.info("bus_up", workers=len(self.workers), leases=len(self.leases))
            for duty in self._duties:
                group.create_task(_run_duty(duty, bus), name=f"duty {getattr(duty, '__qualname__', duty)}")

    def _on_worker(self, worker_id: str) -> None:
        for listener in self.on_worker:
            listener(worker_id)


async def _run_duty(duty: Duty, bus: Bus) -> None:
    await duty(bus)
