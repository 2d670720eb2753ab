"""A hearing runs through random acts while processes die: no observer receives a picture of a closed interval, on any transport, and
none is in its recording.

What was received is judged by the strip in every decoded picture. An interval is closed from the moment at which the act was confirmed
(or, when it was not, from the latest moment that the answer named) until somebody begins to open it again.
"""

import asyncio
import os
import random
import signal
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import aiohttp
import pytest

from streams.simulate.seen import times_of_mp4
from streams.types.camera import Credentials
from vms.access import Role
from vms.cli.bench.cut_tiles import Observer, RtspObserver, SocketObserver, WebRtcObserver
from vms.cli.bench.revoke import free_port
from vms.cli.bench.system import RunningSystem, Wanted, system
from vms.cli.bench.viewer import ClientIdentity
from vms.cli.client import Api, ApiError
from vms.cli.compose import volume_folders
from vms.cli.rehearsal.hearings import CASES, Case, Court
from vms.cli.rehearsal.people import CLERK, JUDGE, Worker, add
from vms.clock import system_clock

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("courts"), pytest.mark.timeout(240)]

STEPS = 14
DELAY_S = 2
OPENING = {"open_doors", "back_to_questioning", "restore", "pronounce", "open_judgment", "resume"}
CLOSING = {"close_doors", "deliberate", "cut", "take_break", "suspend"}
PROCURACY = "Viện kiểm sát nhân dân tỉnh Sơn La"


class Closed:
    """The intervals in which nothing may have been captured that anybody received."""

    def __init__(self) -> None:
        self.spans: list[list[float]] = []
        self.dropped: list[tuple[float, float]] = []

    def begin(self, at_ms: float) -> None:
        if not self.spans or self.spans[-1][1] != float("inf"):
            self.spans.append([at_ms, float("inf")])

    def end(self) -> None:
        if self.spans and self.spans[-1][1] == float("inf"):
            self.spans[-1][1] = time.time() * 1000

    def holds(self, at_ms: float) -> bool:
        return any(begin < at_ms < end for begin, end in (*self.spans, *self.dropped))


async def _watch(observer: Observer) -> None:
    """As a page does: whatever ended, ask again."""
    while True:
        with suppress(ApiError, aiohttp.ClientError, OSError, EOFError):
            await observer.run()
        await asyncio.sleep(0.3)


class Again(WebRtcObserver):
    """Keeps what all of its viewers saw."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._viewers: list[object] = []

    async def run(self) -> None:
        try:
            await asyncio.wait_for(super().run(), 6)  # nothing tells it of its end here
        except TimeoutError:
            return
        finally:
            self._viewers.append(self._viewer)

    def seen(self, near_ms: int) -> list[int]:
        found = []
        for viewer in [*self._viewers, self._viewer]:
            self._viewer = viewer  # type: ignore[assignment]
            found += super().seen(near_ms)
        return found


class AgainSocket(SocketObserver):
    def __init__(self, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self._before: list[list[bytes]] = []

    async def run(self) -> None:
        try:
            await super().run()
        finally:
            self._before.append(self._received)
            self._received = []

    def seen(self, near_ms: int) -> list[int]:
        found = []
        for received in [*self._before, self._received]:
            self._received = received
            found += super().seen(near_ms)
        return found


@dataclass
class Sitting:
    """One hearing with those who observe it. With a delay they see nothing that was captured after the button, and nothing that was dropped."""

    hearing: str
    delay_s: int
    closed: Closed = field(default_factory=Closed)
    observers: list[Observer] = field(default_factory=list)
    dumps: int = 0


async def _act(court: Court, sitting: Sitting, dice: random.Random) -> None:
    """One act that is possible now, with the interval that it begins or ends."""
    detail = await court.judge.call("GET", f"/api/hearings/{sitting.hearing}")
    if detail["dumps"] and dice.random() < 0.5:
        await _dump(court, sitting)
        return
    wanted = sorted((OPENING | CLOSING) & set(detail["acts"]))
    act = dice.choice(wanted)
    body = {"version": detail["version"], "act": act}
    if act in OPENING:
        sitting.closed.end()
    pressed_ms = time.time() * 1000
    done = await court.judge.call("POST", f"/api/hearings/{sitting.hearing}/acts", body)
    if done["hearing"]["card"] is not None:
        from_ms = time.time() * 1000 if done["confirmed"] else done["latest_ms"]
        sitting.closed.begin(pressed_ms if sitting.delay_s and done["confirmed"] else from_ms)


async def _dump(court: Court, sitting: Sitting) -> None:
    """All that was not seen yet. What became old enough until every worker had heard of it may have been seen."""
    began_ms = time.time() * 1000
    done = await court.clerk.call("POST", f"/api/hearings/{sitting.hearing}/dump", {})
    took_ms = time.time() * 1000 - began_ms
    if done["confirmed"]:
        span = done["hearing"]["dropped"][-1]
        sitting.closed.dropped.append((span["from_ms"] + took_ms, span["to_ms"]))
        sitting.dumps += 1


async def _seen(court: Court, sitting: Sitting) -> None:
    """Open it if it is closed, and let it be until everybody has seen something: what a delay holds back needs its time."""
    async with asyncio.timeout(60):
        while not all(observer.packets for observer in sitting.observers):
            with suppress(ApiError, aiohttp.ClientError):
                detail = await court.judge.call("GET", f"/api/hearings/{sitting.hearing}")
                opening = sorted(OPENING & set(detail["acts"]))
                if detail["card"] is not None and opening:
                    sitting.closed.end()
                    body = {"version": detail["version"], "act": opening[-1]}
                    await court.judge.call("POST", f"/api/hearings/{sitting.hearing}/acts", body)
            await asyncio.sleep(0.3)


async def _fault(running: RunningSystem, dice: random.Random) -> None:
    name = dice.choice(["control", "w0", "bus"])
    pid = running.pids[name]
    if name == "bus":
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(dice.uniform(0.5, 1.5))
        os.kill(pid, signal.SIGCONT)
    else:
        os.kill(pid, signal.SIGKILL)


async def _record(court: Court, hearing: str) -> None:
    version = (await court.judge.call("GET", f"/api/hearings/{hearing}"))["version"]
    body = {"version": version, "purpose": "review"}
    await court.judge.call("PUT", f"/api/hearings/{hearing}/recording", body)


async def _recorded(court: Court, hearing: str, folder: Path, near_ms: int) -> list[int]:
    """The strips in what is on the disk, once the court has stopped the recording."""
    version = (await court.judge.call("GET", f"/api/hearings/{hearing}"))["version"]
    await court.judge.call("DELETE", f"/api/hearings/{hearing}/recording", version=str(version))
    async with asyncio.timeout(30):
        while await asyncio.to_thread(_files, folder, "*.open"):  # noqa: ASYNC110 another process writes them
            await asyncio.sleep(0.1)
    return [at_ms for file in _files(folder, "*.mp4") for at_ms in times_of_mp4(file.read_bytes(), near_ms)]


def _files(folder: Path, pattern: str) -> list[Path]:
    return list(folder.rglob(pattern))


async def _sit(court: Court, case: Case, delay_s: int, apis: Sequence[Api], port: int) -> Sitting:
    """A hearing that has begun, and an observer of it on each transport."""
    hearing = await court.schedule(replace(case, begun=False), system_clock(), delay_s)
    assert hearing is not None
    await court.begin(hearing)
    for api in apis:
        await api.call("POST", f"/api/hearings/{hearing}/acceptance", {"warning": "2026-1"})
    made = await apis[2].call("POST", "/api/session/stream-logins", {"label": "player"})
    login = Credentials(username=made["login"]["username"], password=made["secret"])
    angles = (await court.clerk.call("GET", f"/api/hearings/{hearing}"))["angles"]
    cameras = [angle["camera_id"] for angle in angles]
    sitting = Sitting(hearing, delay_s)
    sitting.observers = [
        Again(apis[0], cameras[0], ClientIdentity()),
        AgainSocket(apis[1], cameras[1]),
        RtspObserver(port, cameras[0], login),
    ]
    return sitting


async def test_what_was_captured_while_it_was_closed_reaches_no_observer_and_no_file_whatever_dies_meanwhile() -> None:
    """Two hearings at once: one is recorded, one is seen with a delay, with dumps."""
    seed = int(os.environ.get("COURSE_SEED", "11"))
    dice, port = random.Random(seed), free_port()
    wanted = Wanted(cameras=0, courtrooms=2, settings={"rtsp": f"enabled = true\nport = {port}"})
    async with system(wanted) as running, AsyncExitStack() as stack:
        await running.register()
        people = [Worker(f"ksv{n}", f"Kiểm sát viên {n}", Role.PROSECUTOR, "procuracy") for n in range(3)]
        await add(running.settings, people)
        court = Court(
            await stack.enter_async_context(running.api(CLERK)), await stack.enter_async_context(running.api(JUDGE))
        )
        await court.learn_bodies([PROCURACY])
        apis = [await stack.enter_async_context(running.api(worker.login)) for worker in people]
        sittings = [await _sit(court, CASES[0], 0, apis, port), await _sit(court, CASES[1], DELAY_S, apis, port)]
        await _record(court, sittings[0].hearing)
        watching = [asyncio.create_task(_watch(one)) for sitting in sittings for one in sitting.observers]
        began_ms = round(time.time() * 1000)
        for step in range(STEPS):
            await asyncio.sleep(dice.uniform(0.5, 4.0))
            fault = asyncio.create_task(_fault(running, dice)) if dice.random() < 0.35 else None
            # Every other time: what is seen later needs longer to be seen at all.
            for sitting in sittings[: 1 + step % 2]:
                try:
                    await _act(court, sitting, dice)
                except (ApiError, aiohttp.ClientError):
                    # Nobody knows whether it was done: until it is known, nothing is claimed.
                    sitting.closed.end()
                    await court.clerk.reachable(30)
            if fault is not None:
                await fault
        for sitting in sittings:
            await _seen(court, sitting)
        await asyncio.sleep(2)
        for task in watching:
            task.cancel()
        await asyncio.gather(*watching, return_exceptions=True)
        times = [{one.transport: one.seen(began_ms) for one in sitting.observers} for sitting in sittings]
        folder = volume_folders(running.settings)["main"]
        times[0]["recording"] = await _recorded(court, sittings[0].hearing, folder, began_ms)
    for sitting, seen in zip(sittings, times, strict=True):
        closed = sitting.closed
        closed_s = sum(min(end, time.time() * 1000) - begin for begin, end in closed.spans) / 1000
        strips = {name: len(found) for name, found in seen.items()}
        print(
            f"seed {seed}, {sitting.delay_s} s later: closed {len(closed.spans)} times for {closed_s:.0f} s,", end=" "
        )
        print(f"{sitting.dumps} dumps, strips {strips}")
        assert all(seen.values()), strips
        assert closed.spans
        leaked = {name: [at_ms for at_ms in found if closed.holds(at_ms)] for name, found in seen.items()}
        assert not any(leaked.values()), (seed, leaked, closed.spans, closed.dropped)
