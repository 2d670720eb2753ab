"""The whole reading side against simulated cameras, with every fault that the simulator knows."""

import asyncio
import contextlib
import socket
import statistics
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
import structlog

from fakes.simulated import LOGIN, NUMBER, StripReader, one_camera
from streams.backoff import Backoff
from streams.contract import Timeouts
from streams.hub import Hub
from streams.simulate.faults import Fault
from streams.simulate.province import MediaSimulator
from streams.source import open_source
from streams.supervise import StreamSupervisor, Supervision
from streams.types.camera import FaultKind, Liveness, StreamSpec, StreamState, Transport
from streams.types.media import StreamKind

QUICK = Timeouts(connect_s=0.5, response_s=1.0, stall_s=0.7, close_s=0.2)


@dataclass
class Watched:
    simulator: MediaSimulator
    supervisor: StreamSupervisor
    hub: Hub
    strips: StripReader
    restarts_at_start: int = 0
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    def on_change(self, _: StreamState) -> None:
        self._news.set()

    async def until(self, right: Callable[[StreamState], bool], within_s: float) -> StreamState:
        async with asyncio.timeout(within_s):
            while not right(self.supervisor.state):
                self._news.clear()
                await self._news.wait()
        return self.supervisor.state

    async def live(self, within_s: float = 10) -> None:
        await self.until(lambda state: state.liveness is Liveness.LIVE, within_s)

    async def pictures(self, count: int) -> list[float]:
        """The capture errors (ms) of the next `count` pictures."""
        async with asyncio.timeout(count / 15 + 20):
            return await self.strips.read(count)

    def fault(self, fault: Fault, value: float | None = None) -> None:
        self.simulator.faults.set([NUMBER], fault, value)

    def heal(self) -> None:
        self.simulator.faults.clear([NUMBER])


def close(errors_ms: list[float]) -> bool:
    """Simulator and reader share this test's event loop: on a busy machine single pictures are late, most are not."""
    return abs(statistics.median(errors_ms)) < 50 and max(map(abs, errors_ms)) < 1000


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.asynccontextmanager
async def watched(
    loops: Path, transport: Transport = Transport.TCP, timeouts: Timeouts = QUICK
) -> AsyncIterator[Watched]:
    async with one_camera(loops, free_port()) as (simulator, url):
        spec = StreamSpec(kind=StreamKind.SUB, url=url, transport=transport)
        hub, strips = Hub("camera"), StripReader()
        hub.attach(strips)
        told: list[Watched] = []
        supervision = Supervision(backoff=Backoff(first_s=0.1, cap_s=0.3))
        supervisor = StreamSupervisor(
            spec.kind,
            lambda: open_source(spec, LOGIN, timeouts),
            hub,
            supervision,
            lambda state: told[0].on_change(state) if told else None,
        )
        watch = Watched(simulator, supervisor, hub, strips)
        told.append(watch)
        with structlog.testing.capture_logs():
            async with asyncio.TaskGroup() as group:
                task = group.create_task(supervisor.run())
                # The first camera of a test run is drawn and encoded first.
                await watch.live(within_s=60)
                watch.restarts_at_start = supervisor.state.restarts
                yield watch
                task.cancel()


@pytest.mark.parametrize("transport", list(Transport))
async def test_capture_times_are_those_that_the_pictures_themselves_show(loops, transport):
    async with watched(loops, transport) as watch:
        errors_ms = await watch.pictures(30)
        assert close(errors_ms)
        state = watch.supervisor.state
        assert (state.width_px, state.height_px, state.lost_packets) == (640, 360, 0)


async def test_a_clock_that_is_wrong_by_ninety_seconds_changes_nothing_but_the_measured_offset(loops):
    async with watched(loops) as watch:
        watch.fault(Fault.CLOCK_SKEW, 90.0)
        errors_ms = await watch.pictures(40)
        assert close(errors_ms)
        assert watch.supervisor.state.clock_offset_ms == pytest.approx(90_000, abs=150)


async def test_timestamps_that_jump_back_change_nothing(loops):
    async with watched(loops) as watch:
        watch.fault(Fault.TIMESTAMP_BACK)
        assert close(await watch.pictures(30))
        assert watch.supervisor.state.restarts == watch.restarts_at_start


async def test_garbage_between_packets_does_not_end_the_session(loops):
    # A length that became garbage swallows up to 64 KiB: more than a second of a sub stream.
    async with watched(loops, timeouts=replace(QUICK, stall_s=5.0)) as watch:
        watch.fault(Fault.GARBAGE)
        await watch.pictures(30)
        assert watch.supervisor.state.restarts == watch.restarts_at_start


@pytest.mark.parametrize(("fault", "said"), [(Fault.FROZEN, Liveness.FROZEN), (Fault.LOOPED, Liveness.LOOPED)])
async def test_a_picture_that_does_not_live_is_told_within_three_seconds_and_recovers(loops, fault, said):
    async with watched(loops) as watch:
        await watch.pictures(45)
        watch.fault(fault)
        await watch.until(lambda state: state.liveness is said, 3)
        watch.heal()
        await watch.live(3)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (Fault.STALL, FaultKind.STALLED),
        (Fault.DRIP, FaultKind.STALLED),
        (Fault.RESET, FaultKind.LOST),
        (Fault.POWER_OFF, FaultKind.STALLED),
    ],
)
async def test_a_stream_that_stops_is_down_and_returns(loops, fault, kind):
    async with watched(loops) as watch:
        begun_s = time.monotonic()
        watch.fault(fault)
        state = await watch.until(lambda state: state.liveness is Liveness.DOWN, 3)
        assert state.fault is kind
        assert time.monotonic() - begun_s < 2
        watch.heal()
        await watch.live(5)


async def test_refused_credentials_stop_all_attempts_until_told(loops):
    async with watched(loops) as watch:
        watch.fault(Fault.UNAUTHORIZED)
        await watch.until(lambda state: state.fault is FaultKind.AUTHENTICATION, 3)
        watch.heal()
        watch.supervisor.retry()
        await watch.live(3)


async def test_a_new_resolution_in_mid_stream_is_shown(loops):
    async with watched(loops) as watch:
        watch.fault(Fault.RESOLUTION_CHANGE)
        state = await watch.until(lambda state: state.width_px != 640, 20)
        assert state.liveness is Liveness.LIVE
        await watch.pictures(15)
        assert watch.supervisor.state.restarts == watch.restarts_at_start
