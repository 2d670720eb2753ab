"""Control's side of the bus and workers, as small as tests of `vms.bus` need them, on a real nats-server."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from streams.bus.buckets import open_bucket
from streams.bus.serve import serve
from streams.bus.session import Bus, BusAddress, run_session
from streams.types.bus import (
    KV_LEASES,
    KV_WORKERS,
    SUBJECT_VIEW_CLOSE,
    SUBJECT_VIEW_RENEW,
    Lease,
    ViewClose,
    ViewClosed,
    ViewRenew,
    ViewRenewed,
    WorkerState,
    encode,
)
from vms.bus.link import BusLink
from vms.bus.live import Heartbeats
from vms.processes.nats_server import PrivateBus


@dataclass
class Watch:
    """A monotonic clock that the test moves: nobody dies by itself."""

    now_s: float = 1000.0

    def __call__(self) -> float:
        return self.now_s


@dataclass
class Control:
    link: BusLink
    live: Heartbeats
    watch: Watch

    async def bus(self) -> Bus:
        return await self.link.bus()


@asynccontextmanager
async def control_on(private: PrivateBus) -> AsyncIterator[Control]:
    link, watch = BusLink(private.control), Watch()
    control = Control(link, Heartbeats(link, watch), watch)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(link.run())
        await until(lambda: link.is_up)
        yield control
        running.cancel()


@dataclass
class Worker:
    """`deaf`: it takes requests about views and answers none. `unknown`: views that it says it does not have."""

    worker_id: str
    bus: Bus
    incarnation: str = "first"
    seq: int = 0
    deaf: bool = False
    unknown: set[str] = field(default_factory=set)
    renewed: list[ViewRenew] = field(default_factory=list)
    closed: list[ViewClose] = field(default_factory=list)

    async def beat(self, *handed_over: str) -> None:
        self.seq += 1
        state = WorkerState(
            worker_id=self.worker_id,
            incarnation=self.incarnation,
            seq=self.seq,
            at_ms=0,
            media_port=1,
            cpu_s=0,
            rss_bytes=0,
            cameras=(),
            handed_over=handed_over,
        )
        await (await open_bucket(self.bus, KV_WORKERS)).put(self.worker_id, encode(state))

    async def take(self, camera_id: str) -> None:
        """Write a lease, whoever has it."""
        lease = Lease(worker_id=self.worker_id, incarnation=self.incarnation)
        await (await open_bucket(self.bus, KV_LEASES)).put(camera_id, encode(lease))

    async def answer(self) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(
                serve(self.bus, SUBJECT_VIEW_RENEW.format(worker_id=self.worker_id), ViewRenew, self._renew)
            )
            group.create_task(
                serve(self.bus, SUBJECT_VIEW_CLOSE.format(worker_id=self.worker_id), ViewClose, self._close)
            )

    async def _renew(self, request: ViewRenew) -> ViewRenewed:
        self.renewed.append(request)
        await self._hear()
        return ViewRenewed(unknown=tuple(view for view in request.view_ids if view in self.unknown))

    async def _close(self, request: ViewClose) -> ViewClosed:
        self.closed.append(request)
        await self._hear()
        return ViewClosed(closed=len(request.view_ids))

    async def _hear(self) -> None:
        if self.deaf:
            await asyncio.Event().wait()


@asynccontextmanager
async def worker_on(address: BusAddress, control: Control) -> AsyncIterator[Worker]:
    """Connected, alive, and answering for its views until the block ends."""
    made: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()

    async def body(bus: Bus) -> None:
        worker = Worker(address.user, bus)
        async with asyncio.TaskGroup() as group:
            group.create_task(worker.answer())
            await bus.client.flush()
            await worker.beat()
            made.set_result(worker)

    async with asyncio.TaskGroup() as group:
        running = group.create_task(run_session(address, body))
        worker = await made
        await until(lambda: worker.worker_id in control.live.names())
        yield worker
        running.cancel()


async def until(true: Callable[[], bool], within_s: float = 15.0) -> None:
    """What another party does comes without an event; the pause only spares the processor."""
    ends_s = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < ends_s, "it did not come true"
        await asyncio.sleep(0.01)
