"""`vms bench cut`: a judge cuts the transmission while observers watch. How long until the last packet, and was anything sent that was
captured after the cut, or while the hearing was closed?
"""

import asyncio
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Final

import typer

from streams.types.camera import Credentials
from vms.access import Role
from vms.cli.bench.cut_tiles import Observer, RtspObserver, SocketObserver, WebRtcObserver
from vms.cli.bench.result import Json, console, percentile, tell
from vms.cli.bench.revoke import free_port
from vms.cli.bench.system import RunningSystem, Wanted, system
from vms.cli.bench.viewer import ClientIdentity
from vms.cli.client import Api
from vms.cli.rehearsal.hearings import CASES, Court
from vms.cli.rehearsal.people import CLERK, JUDGE, Worker, add
from vms.cli.simulator.simulation import VAR
from vms.clock import system_clock

_OBSERVERS: Final = "procuracy"
_PROCURACY: Final = "Viện kiểm sát nhân dân tỉnh Sơn La"
_STEADY_S: Final = 2.0
_WATCH_S: Final = 2.5
_OPENED_WITHIN_S: Final = 60.0
_WAYS: Final = ("cut", "close_doors", "deliberate", "cut")
"""What closes, in turn, and is opened again after."""
_OPENS: Final = {"cut": "restore", "close_doors": "open_doors", "deliberate": "back_to_questioning"}
_HOW: Final = (
    "real control, bus and workers, simulated courtroom encoder beside them; one account for each observer, let in by an order; ICE, "
    "DTLS and SRTP with every packet decrypted, fragmented MP4 over WebSocket, RTSP with a stream login. From before the HTTP request of "
    "the act to the newest media packet that each of them received. frames_after: pictures received whose strip says that they were "
    "captured after the act was confirmed (every worker: the gate stands), or in an earlier closed interval; in_flight: pictures captured "
    "between the button and that confirmation which were on their way already. survivors: observers that received anything in the last "
    "second of {watch:g} s after the act."
)


@dataclass(slots=True)
class _Closed:
    """What was closed, from when to when (UTC, ms): by the marks of the server."""

    intervals: list[tuple[float, float]] = field(default_factory=list)

    def holds(self, at_ms: float) -> bool:
        return any(begin < at_ms < end for begin, end in self.intervals)


@dataclass(frozen=True, slots=True)
class _Sitting:
    court: Court
    hearing: str

    async def close(self, way: str) -> None:
        """Return when the act is confirmed."""
        if way == "cut":
            done = await self.court.judge.call("POST", f"/api/hearings/{self.hearing}/cut", {})
        else:
            done = await self.court.act(self.hearing, way, self.court.judge)
        if not done["confirmed"]:
            raise typer.BadParameter(f"{way} was not confirmed")

    async def open(self, way: str) -> float:
        """Open again; since when, UTC in ms."""
        began_ms = time.time() * 1000
        await self.court.act(self.hearing, _OPENS[way], self.court.judge)
        return began_ms


@dataclass(slots=True)
class _Found:
    took_ms: list[float] = field(default_factory=list)
    confirmed_ms: list[float] = field(default_factory=list)
    frames_after: int = 0
    in_flight: int = 0
    survivors: int = 0
    strips: int = 0


def cut(
    observers: Annotated[int, typer.Option(min=3, max=200, help="Số người quan sát · how many observers.")] = 50,
    rounds: Annotated[int, typer.Option(min=1, max=20, help="Số lần ngắt · how many times.")] = 4,
    cache: Annotated[Path, typer.Option(help="Nơi giữ hình đã vẽ · where drawn pictures are kept.")] = VAR / "loops",
    _json: Json = False,  # noqa: FBT002 typer
) -> None:
    """Ngắt truyền khi đang quan sát phiên tòa · the judge cuts while observers watch."""
    tell(asyncio.run(_measure(observers, rounds, cache)))


async def _measure(count: int, rounds: int, cache: Path) -> dict[str, object]:
    port = free_port()
    wanted = Wanted(cameras=0, courtrooms=1, cache=cache, settings={"rtsp": f"enabled = true\nport = {port}"})
    async with system(wanted) as running, AsyncExitStack() as stack:
        ids = await running.register()
        cameras = [ids[number] for number in sorted(ids)]
        court, hearing = await _sitting(running, stack, count)
        watchers = []
        for number in range(count):
            api = await stack.enter_async_context(running.api(f"ksv{number}"))
            watchers.append(await _observer(api, hearing, number, cameras[number % len(cameras)], port))
        found, closed = _Found(), _Closed()
        for number in range(rounds):
            await _round(_Sitting(court, hearing), watchers, _WAYS[number % len(_WAYS)], found, closed)
    return {
        "p50_ms": percentile(found.took_ms, 0.5),
        "p99_ms": percentile(found.took_ms, 0.99),
        "max_ms": max(found.took_ms),
        "confirmed_p99_ms": percentile(found.confirmed_ms, 0.99),
        "frames_after": found.frames_after,
        "in_flight": found.in_flight,
        "survivors": found.survivors,
        "observers": count,
        "cuts": rounds,
        "strips_read": found.strips,
        "how": _HOW.format(watch=_WATCH_S),
    }


async def _sitting(running: RunningSystem, stack: AsyncExitStack, count: int) -> tuple[Court, str]:
    """A public hearing that has begun, and the accounts that observe it."""
    workers = [Worker(f"ksv{n}", f"Kiểm sát viên {n}", Role.PROSECUTOR, _OBSERVERS) for n in range(count)]
    await add(running.settings, workers)
    clerk, judge = (
        await stack.enter_async_context(running.api(CLERK)),
        await stack.enter_async_context(running.api(JUDGE)),
    )
    court = Court(clerk, judge)
    await court.learn_bodies([_PROCURACY])
    hearing = await court.schedule(CASES[0], system_clock())
    if hearing is None:
        raise typer.BadParameter("the courtroom was not registered")
    await court.begin(hearing)
    return court, hearing


async def _observer(api: Api, hearing: str, number: int, camera: str, port: int) -> Observer:
    warning = (await api.call("GET", f"/api/hearings/{hearing}"))["warning"]
    await api.call("POST", f"/api/hearings/{hearing}/acceptance", {"warning": warning})
    if number % 3 == 0:
        return WebRtcObserver(api, camera, ClientIdentity())
    if number % 3 == 1:
        return SocketObserver(api, camera)
    made = await api.call("POST", "/api/session/stream-logins", {"label": "bench"})
    return RtspObserver(port, camera, Credentials(username=made["login"]["username"], password=made["secret"]))


async def _round(sitting: _Sitting, watchers: Sequence[Observer], way: str, found: _Found, closed: _Closed) -> None:
    for watcher in watchers:
        watcher.begin()
    async with asyncio.TaskGroup() as group:
        running = [group.create_task(_watch(watcher), name="observer") for watcher in watchers]
        await _until_moving(watchers)
        await asyncio.sleep(_STEADY_S)
        pressed_ms, pressed_s = time.time() * 1000, time.monotonic()
        await sitting.close(way)
        confirmed_ms, confirmed_s = time.time() * 1000, time.monotonic()
        await asyncio.sleep(_WATCH_S)
        ended_s = time.monotonic()
        for task in running:
            task.cancel()
    found.took_ms += [max(0.0, watcher.last_s - pressed_s) * 1000 for watcher in watchers]
    found.confirmed_ms.append((confirmed_s - pressed_s) * 1000)
    found.survivors += sum(ended_s - watcher.last_s < 1.0 for watcher in watchers)
    for watcher in watchers:
        times = await asyncio.to_thread(watcher.seen, round(pressed_ms))
        found.strips += len(times)
        found.frames_after += sum(at_ms > confirmed_ms or closed.holds(at_ms) for at_ms in times)
        found.in_flight += sum(pressed_ms < at_ms <= confirmed_ms for at_ms in times)
    opened_ms = await sitting.open(way)
    closed.intervals.append((confirmed_ms, opened_ms))
    console.print(f"{way}: {max(found.took_ms[-len(watchers) :]):.0f} ms, {found.strips} strips")


async def _watch(watcher: Observer) -> None:
    """Ask until it is let in: right after an opening there is no keyframe yet, and control tells nobody no."""
    while True:
        try:
            await watcher.run()
        except Exception as error:  # noqa: BLE001 whatever a transport says when it is not (yet) let in
            console.print(f"[dim]{watcher.transport}: {type(error).__name__}[/dim]", highlight=False)
        if watcher.packets:
            return
        await asyncio.sleep(0.3)


async def _until_moving(watchers: Sequence[Observer]) -> None:
    deadline_s = time.monotonic() + _OPENED_WITHIN_S
    while not all(watcher.packets for watcher in watchers):
        if time.monotonic() > deadline_s:
            missing = [watcher.transport for watcher in watchers if not watcher.packets]
            raise typer.BadParameter(f"{len(missing)} observers got no pictures: {sorted(set(missing))}")
        await asyncio.sleep(0.02)
