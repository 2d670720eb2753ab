"""Gates over a real bus: told, confirmed, told again, and found by workers that come later."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from fakes.bus import running_bus
from streams.bus.buckets import open_bucket
from streams.bus.session import Bus, BusAddress, BusLost, run_session
from streams.gating import GateBoard
from streams.types.bus import KV_WORKERS, RefusalCode, Refused, WorkerState, encode
from streams.types.gate import Audience, Gate, GateOrder, GatesSet
from streams.worker.gate_desk import GateDesk
from vms.bus.gates import GatesOnBus
from vms.bus.link import BusLink
from vms.bus.live import Heartbeats
from vms.bus.open_views import OpenView
from vms.bus.views import ViewsOnBus
from vms.clock import system_clock
from vms.hearings.imprints import Imprints

CAMERA = "camera-000000301"
BOTH = (Audience.COURT, Audience.OBSERVERS)


def gate(epoch: int, *audiences: Audience) -> Gate:
    return Gate(camera_id=CAMERA, audiences=audiences, epoch=epoch, since_ms=1)


class StubbornDesk(GateDesk):
    """Answers only while it wants to."""

    deaf = False

    async def set(self, order: GateOrder) -> GatesSet:
        if self.deaf:
            raise Refused(RefusalCode.FULL)
        return await super().set(order)


class Worker:
    """The part of a worker that gates are about."""

    def __init__(self, worker_id: str) -> None:
        self.worker_id = worker_id
        self.board = GateBoard(lambda _camera, _audiences: 1)
        self.desk = StubbornDesk(self.board)

    async def run(self, bus: Bus) -> None:
        async with asyncio.TaskGroup() as group:
            group.create_task(self.desk.answer(bus, self.worker_id))
            group.create_task(self.desk.follow(bus))
            group.create_task(self._beat(bus))

    async def _beat(self, bus: Bus) -> None:
        bucket = await open_bucket(bus, KV_WORKERS)
        for seq in range(1, 10_000):
            state = WorkerState(
                worker_id=self.worker_id,
                incarnation="1",
                seq=seq,
                at_ms=seq,
                media_port=1,
                cpu_s=0,
                rss_bytes=0,
                cameras=(),
            )
            await bucket.put(self.worker_id, encode(state))
            await asyncio.sleep(0.5)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 what others do has no event here
            await asyncio.sleep(0.01)


class Control:
    def __init__(self, address: BusAddress) -> None:
        self.link = BusLink(address)
        self.live = Heartbeats(self.link, time.monotonic)
        self.views = ViewsOnBus(self.link, self.live, self._all, imprint=Imprints([bytes(32)]).of)
        self.gates = GatesOnBus(self.link, self.live, self.views, system_clock)
        self.ended: list[tuple[str, str]] = []
        self.views.on_closing.append(lambda view_id, reason: self.ended.append((view_id, reason)))
        self.link.add_duty(self.gates.duty)

    async def _all(self, views: object) -> set[str]:
        return {view.view_id for view in views}  # type: ignore[attr-defined]


@asynccontextmanager
async def system(folder: Path, *names: str) -> AsyncIterator[tuple[Control, list[Worker], Callable[[Worker], None]]]:
    async with running_bus(folder) as bus, AsyncExitStack() as stack:
        group = await stack.enter_async_context(asyncio.TaskGroup())
        control = Control(bus.control)
        tasks = [group.create_task(control.link.run())]
        await until(lambda: control.link.is_up)

        def start(worker: Worker) -> None:
            async def run() -> None:
                try:
                    await run_session(bus.workers[worker.worker_id], worker.run)
                except BusLost:
                    return

            tasks.append(group.create_task(run()))

        workers = [Worker(name) for name in names]
        for worker in workers:
            start(worker)
        await until(lambda: control.live.names() == set(names))
        yield control, workers, start
        for task in tasks:
            task.cancel()


async def test_an_act_is_confirmed_when_every_worker_has_the_gate(tmp_path: Path) -> None:
    async with system(tmp_path, "w0", "w1") as (control, workers, _):
        opened = await control.gates.set([gate(1, *BOTH)])
        assert opened.confirmed
        assert all(worker.board.lets(CAMERA, Audience.OBSERVERS) for worker in workers)
        closed = await control.gates.set([gate(2)])
        assert closed.confirmed
        assert not any(worker.board.lets(CAMERA, one) for worker in workers for one in Audience)


async def test_a_worker_that_does_not_answer_is_told_until_it_does(tmp_path: Path) -> None:
    async with system(tmp_path, "w0", "w1") as (control, workers, _):
        await control.gates.set([gate(1, *BOTH)])
        # The bucket reaches it anyway: so that the answer alone counts, it hears that as late as it can.
        workers[1].desk.deaf = True
        began_ms = system_clock()
        closed = await control.gates.set([gate(2)])
        assert not closed.confirmed
        assert closed.latest_ms >= began_ms + 10_000
        assert not workers[0].board.lets(CAMERA, Audience.OBSERVERS)
        workers[1].desk.deaf = False
        await until(lambda: not workers[1].board.lets(CAMERA, Audience.OBSERVERS))


async def test_a_worker_that_comes_later_finds_the_gates(tmp_path: Path) -> None:
    async with system(tmp_path, "w0") as (control, _, start):
        await control.gates.set([gate(1, *BOTH)])
        later = Worker("w1")
        assert not later.board.lets(CAMERA, Audience.COURT)
        start(later)
        await until(lambda: later.board.lets(CAMERA, Audience.COURT))


async def test_what_a_gate_closes_is_ended_and_nothing_else(tmp_path: Path) -> None:
    async with system(tmp_path, "w0") as (control, _, _start):
        await control.gates.set([gate(1, *BOTH)])
        bus = await control.link.bus()
        for view_id, camera_id, audience in (
            ("view-observer", CAMERA, Audience.OBSERVERS),
            ("view-court", CAMERA, Audience.COURT),
            ("view-street", "camera-000000001", Audience.ANYONE),
        ):
            await control.views.keep(
                bus,
                OpenView(
                    view_id=view_id,
                    worker_id="w0",
                    camera_id=camera_id,
                    account_id="account",
                    session_id="session",
                    audience=audience,
                ),
            )
        await control.gates.set([gate(2, Audience.COURT)])
        assert control.ended == [("view-observer", "hearing")]


async def test_without_a_bus_what_control_carries_stops_and_the_rest_is_not_confirmed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vms.bus.link.WAIT_S", 0.05)
    control = Control(BusAddress(url="nats://127.0.0.1:1", user="x", password="x"))
    closed = await control.gates.set([gate(1)])
    assert not closed.confirmed
