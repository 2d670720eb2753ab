"""One bad camera beside a good one, on one event loop, as in a worker."""

import asyncio
import contextlib
import itertools
import time
from pathlib import Path

import pytest
import structlog

from fakes.units import Kept
from fakes.woven import small_spec
from streams.backoff import Backoff
from streams.contract import Timeouts
from streams.hub import Hub
from streams.simulate.device import MediaChannel, MediaDevice
from streams.simulate.faults import Fault
from streams.simulate.province import MediaSimulator, RtspAccess
from streams.source import open_source
from streams.supervise import StreamSupervisor, Supervision
from streams.types.camera import Credentials, Liveness, StreamSpec
from streams.types.media import StreamKind

GOOD, BAD = 51, 52
LOGIN = Credentials(username="vong", password="rehearsal")
PICTURES = 20


@contextlib.asynccontextmanager
async def two_cameras(loops: Path):
    spec = small_spec()
    devices = [MediaDevice("127.0.0.1", (MediaChannel(number, spec, spec),)) for number in (GOOD, BAD)]
    access = RtspAccess(LOGIN.username, LOGIN.password, port=0)
    async with MediaSimulator(devices, access, loops) as simulator:
        yield simulator


def supervised(simulator: MediaSimulator, number: int) -> tuple[StreamSupervisor, Kept]:
    spec = StreamSpec(kind=StreamKind.SUB, url=simulator.rtsp_url(number, StreamKind.SUB))
    hub, kept = Hub(str(number)), Kept()
    hub.attach(kept)
    quick = Timeouts(connect_s=0.5, response_s=1.0, stall_s=1.0, close_s=0.2)
    supervision = Supervision(backoff=Backoff(first_s=0.05, cap_s=0.1))
    return StreamSupervisor(spec.kind, lambda: open_source(spec, LOGIN, quick), hub, supervision), kept


@pytest.mark.parametrize("fault", [Fault.GARBAGE, Fault.DRIP, Fault.STALL, Fault.POWER_OFF, Fault.TIMESTAMP_BACK])
async def test_a_bad_camera_costs_its_neighbour_not_one_picture(fault, loops):
    with structlog.testing.capture_logs():
        async with two_cameras(loops) as simulator, asyncio.TaskGroup() as group:
            (good, kept), (bad, other) = supervised(simulator, GOOD), supervised(simulator, BAD)
            tasks = [group.create_task(one.run()) for one in (good, bad)]
            await kept.have(2)
            await other.have(2)
            simulator.faults.set([BAD], fault)
            begun = len(kept.units)
            await kept.have(begun + PICTURES)
            for task in tasks:
                task.cancel()
    steps = {later.timestamp - unit.timestamp for unit, later in itertools.pairwise(kept.units)}
    assert steps == {90_000 // small_spec().fps}
    assert (good.state.liveness, good.state.lost_packets, good.state.restarts) == (Liveness.LIVE, 0, 0)
    assert time.time_ns() - kept.units[-1].capture_ns < 2_000_000_000
