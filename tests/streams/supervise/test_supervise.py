import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog

from fakes.units import Kept, picture
from streams.backoff import Backoff
from streams.hub import Hub
from streams.supervise import StreamSupervisor, Supervision
from streams.types.camera import FaultKind, Liveness, SourceFault, StreamState
from streams.types.media import Codec, Sink, StreamKind, Track

Session = Callable[[Sink], Awaitable[None]]
AT_ONCE = Supervision(backoff=Backoff(first_s=0.001, cap_s=0.001))


class ScriptedSource:
    """Each run takes the next session of a script; the last one is repeated."""

    clock_offset_ms = 7
    lost_packets = 1
    received_packets = 2
    certificate_sha256 = ""

    def __init__(self, *sessions: Session) -> None:
        self._sessions = list(sessions)
        self.runs = 0
        self.open = 0

    async def run_once(self, sink: Sink) -> None:
        self.runs += 1
        self.open += 1
        try:
            await (self._sessions.pop(0) if len(self._sessions) > 1 else self._sessions[0])(sink)
        finally:
            self.open -= 1


def fails(kind: FaultKind) -> Session:
    async def session(_: Sink) -> None:
        raise SourceFault(kind, "scripted")

    return session


async def plays(sink: Sink) -> None:
    sink.on_tracks((Track(Codec.H264, 90_000, width_px=640, height_px=360),))
    sink.on_unit(picture(1, keyframe=True))
    await asyncio.Event().wait()


async def plays_and_is_lost(sink: Sink) -> None:
    sink.on_unit(picture(1, keyframe=True))
    raise SourceFault(FaultKind.LOST, "scripted")


async def has_a_bug(_: Sink) -> None:
    raise KeyError("bug")


class States:
    def __init__(self) -> None:
        self.seen: list[StreamState] = []
        self._news = asyncio.Event()

    def __call__(self, state: StreamState) -> None:
        self.seen.append(state)
        self._news.set()

    async def until(self, right: Callable[[StreamState], bool]) -> StreamState:
        while not (self.seen and right(self.seen[-1])):
            self._news.clear()
            await self._news.wait()
        return self.seen[-1]


@contextlib.asynccontextmanager
async def supervised(
    source: ScriptedSource, supervision: Supervision = AT_ONCE, hub: Hub | None = None
) -> AsyncIterator[tuple[StreamSupervisor, States]]:
    states = States()
    supervisor = StreamSupervisor(StreamKind.SUB, lambda: source, hub or Hub("camera"), supervision, states)
    async with asyncio.TaskGroup() as group:
        task = group.create_task(supervisor.run())
        with structlog.testing.capture_logs():
            yield supervisor, states
        task.cancel()


async def test_a_stream_is_live_with_its_first_keyframe():
    async with supervised(ScriptedSource(plays)) as (supervisor, states):
        state = await states.until(lambda state: state.liveness is Liveness.LIVE)
        assert (state.width_px, state.clock_offset_ms, state.restarts) == (640, 7, 0)
        assert supervisor.state.fault is None


async def test_a_stream_that_fails_is_down_with_its_fault_and_tried_again():
    source = ScriptedSource(fails(FaultKind.REFUSED), fails(FaultKind.STALLED), plays)
    async with supervised(source) as (supervisor, states):
        await states.until(lambda state: state.liveness is Liveness.LIVE)
        faults = list(dict.fromkeys(state.fault for state in states.seen if state.fault))
        assert faults == [FaultKind.REFUSED, FaultKind.STALLED]
        assert supervisor.state.restarts == 2
        assert supervisor.state.lost_packets == 3


async def test_refused_credentials_are_not_tried_again_until_told():
    source = ScriptedSource(fails(FaultKind.AUTHENTICATION), plays)
    async with supervised(source) as (supervisor, states):
        await states.until(lambda state: state.fault is FaultKind.AUTHENTICATION)
        for _ in range(50):
            await asyncio.sleep(0)
        assert source.runs == 1
        supervisor.retry()
        await states.until(lambda state: state.liveness is Liveness.LIVE)


async def test_a_bug_in_reading_one_camera_is_a_fault_of_that_camera():
    async with supervised(ScriptedSource(has_a_bug, plays)) as (_, states):
        await states.until(lambda state: state.liveness is Liveness.LIVE)
        assert states.seen[0].fault_detail == "internal error"


async def test_a_lost_stream_leaves_no_cached_picture_behind():
    hub = Hub("camera")
    hold = Supervision(backoff=Backoff(first_s=100, cap_s=100))
    async with supervised(ScriptedSource(plays_and_is_lost), hold, hub) as (_, states):
        await states.until(lambda state: state.fault is FaultKind.LOST)
        assert hub.cached() == ()


async def test_retry_cuts_a_wait_short():
    hold = Supervision(backoff=Backoff(first_s=100, cap_s=100))
    async with supervised(ScriptedSource(fails(FaultKind.REFUSED), plays), hold) as (supervisor, states):
        await states.until(lambda state: state.fault is FaultKind.REFUSED)
        supervisor.retry()
        await states.until(lambda state: state.liveness is Liveness.LIVE)


async def test_a_frozen_picture_is_said_and_recovers():
    async def freezes(sink: Sink) -> None:
        at_s = 0.0
        for phase, size in ((150, 1000), (60, 30), (15, 1000)):
            for _ in range(phase):
                at_s += 1 / 15
                sink.on_unit(picture(at_s, keyframe=at_s < 0.1, size=size))
        await asyncio.Event().wait()

    async with supervised(ScriptedSource(freezes)) as (_, states):
        await states.until(lambda _: len(states.seen) == 3)
        assert [state.liveness for state in states.seen] == [Liveness.LIVE, Liveness.FROZEN, Liveness.LIVE]


async def test_an_on_demand_stream_runs_while_it_has_readers():
    hub, source, reader = Hub("camera"), ScriptedSource(plays), Kept()
    on_demand = Supervision(idle_stop_s=0.01)
    async with supervised(source, on_demand, hub) as (supervisor, states):
        await states.until(lambda state: state.liveness is Liveness.DOWN)
        assert (source.runs, supervisor.state.fault) == (0, None)
        hub.attach(reader)
        await reader.have(1)
        assert source.open == 1
        hub.detach(reader)
        await states.until(lambda state: state.liveness is Liveness.DOWN)
        assert source.open == 0
        hub.attach(reader)
        await states.until(lambda state: state.liveness is Liveness.LIVE)


async def test_a_reader_that_returns_in_time_keeps_the_session():
    hub, source, reader = Hub("camera"), ScriptedSource(plays), Kept()
    async with supervised(source, Supervision(idle_stop_s=50), hub) as (_, states):
        hub.attach(reader)
        await reader.have(1)
        hub.detach(reader)
        hub.attach(reader)
        await asyncio.sleep(0)
        assert (source.runs, source.open) == (1, 1)
        assert states.seen[-1].liveness is Liveness.LIVE


async def test_cancelling_closes_the_session():
    source = ScriptedSource(plays)
    async with supervised(source) as (_, states):
        await states.until(lambda state: state.liveness is Liveness.LIVE)
    assert source.open == 0
