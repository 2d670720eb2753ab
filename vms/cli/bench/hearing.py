"""`vms bench hearing`: many hearings at once, every angle with sound, to observers who came by an order. Is what they see and hear in step,
whole, and there at once?
"""

import asyncio
import math
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from streams.types.media import StreamKind
from vms.cli.bench.hearing_observer import HearingObserver
from vms.cli.bench.hearing_rooms import Room, add_people, province_with_angles, rooms_of, sit
from vms.cli.bench.hearing_tracks import lip_sync_ms
from vms.cli.bench.result import Json, console, percentile, tell
from vms.cli.bench.system import RunningSystem, Wanted, system
from vms.cli.bench.viewer import ClientIdentity
from vms.cli.faults import CannotRun
from vms.cli.simulator.simulation import VAR

_SETTLED_S: Final = 3.0
"""After an opening nothing is shown for a second: capture times may be guesses."""
_SOUND_WITHIN_S: Final = 10.0
_HOW: Final = (
    "real control, bus and workers, simulated courtroom encoders beside them whose sound (AAC and A-law in turn) is in the main stream "
    "alone; one account for each observer, let in by an order; as the page does it: a transport to each worker that has an angle of the "
    "room, all angles ({stream} stream) and the sound in their slots, all observers at the same moment. start: from asking to the last "
    "packet of the first picture, for each angle. lip_sync: sound decoded and its beeps found, keyframes decoded and their strips read, "
    "both put to UTC by RTCP sender reports as a browser does it; for each beep and each keyframe of any angle within 1.5 s how much later "
    "the sound is played. lost: gaps in sequence numbers, and in the steady line of the pictures' timestamps. Receivers and signalling in "
    "one process beside, the judging after."
)


class NothingHeard(CannotRun):
    """An observer got no picture or no sound."""


@dataclass(slots=True)
class _Heard:
    lip_ms: list[float]
    off_ms: list[float]
    without_imprint: int
    keyframes: int


def hearing(
    hearings: Annotated[int, typer.Option(min=1, max=15, help="Số phiên tòa · how many hearings at once.")] = 13,
    observers: Annotated[int, typer.Option(min=1, max=200, help="Số người quan sát · how many observers.")] = 60,
    seconds: Annotated[float, typer.Option(min=2, max=600, help="Xem bao lâu · how long they watch.")] = 20.0,
    stream: Annotated[StreamKind, typer.Option(help="Luồng hình · which stream of each angle.")] = StreamKind.SUB,
    cache: Annotated[Path, typer.Option(help="Nơi giữ hình đã vẽ · where drawn pictures are kept.")] = VAR / "loops",
    _json: Json = False,  # noqa: FBT002 typer
) -> None:
    """Nhiều phiên tòa cùng lúc: khớp tiếng và hình, thời gian mở · hearings at once: lip sync, start, loss."""
    tell(asyncio.run(_measure(hearings, observers, seconds, stream, cache)))


async def _measure(hearings: int, observers: int, seconds: float, stream: StreamKind, cache: Path) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="vong-province-") as folder:
        province = province_with_angles(Path(folder), hearings)
        wanted = Wanted(cameras=0, courtrooms=hearings, province=province, cache=cache)
        async with system(wanted) as running, AsyncExitStack() as stack:
            rooms = rooms_of(running, await running.register())
            await add_people(running, rooms, observers)
            sittings = list(zip(rooms, await sit(running, stack, rooms), strict=True))
            await asyncio.sleep(_SETTLED_S)
            watchers = await _observers(running, stack, sittings, observers, stream)
            before, began_s = running.usage(), time.monotonic()
            async with asyncio.TaskGroup() as group:
                for watcher in watchers:
                    group.create_task(watcher.watch(), name="observer")
            await _until_heard(watchers)
            await asyncio.sleep(seconds)
            cores = (running.usage().cpu_s - before.cpu_s) / (time.monotonic() - began_s)
            for watcher in watchers:
                watcher.close()
    console.print("watched; reading what was received")
    heard = await asyncio.to_thread(_judge, watchers)
    return _result(watchers, heard, cores, hearings, stream)


async def _observers(
    running: RunningSystem,
    stack: AsyncExitStack,
    sittings: Sequence[tuple[Room, str]],
    count: int,
    stream: StreamKind,
) -> list[HearingObserver]:
    """Signed in, the warning accepted, knowing what the page knows: all but watching."""
    identity, watchers = ClientIdentity(), []
    for number in range(count):
        room, hearing_id = sittings[number % len(sittings)]
        api = await stack.enter_async_context(running.api(f"ksv{number}"))
        warning = (await api.call("GET", f"/api/hearings/{hearing_id}"))["warning"]
        await api.call("POST", f"/api/hearings/{hearing_id}/acceptance", {"warning": warning})
        watcher = HearingObserver(api, list(room.cameras.values()), room.cameras["bench"], stream.value, identity)
        await watcher.ready(hearing_id)
        watchers.append(watcher)
    return watchers


async def _until_heard(watchers: Sequence[HearingObserver]) -> None:
    """Raises `NothingHeard` when an angle or the sound of somebody does not come."""
    try:
        async with asyncio.timeout(_SOUND_WITHIN_S):
            while not all(watcher.complete for watcher in watchers):  # noqa: ASYNC110 packets have no event
                await asyncio.sleep(0.02)
    except TimeoutError:
        without = sum(not watcher.complete for watcher in watchers)
        raise NothingHeard(f"{without} of {len(watchers)} observers did not get every angle and the sound.") from None


def _judge(watchers: Sequence[HearingObserver]) -> _Heard:
    """Decodes: seconds of work for the small streams of sixty observers."""
    near_ms, found = round(time.time() * 1000), _Heard([], [], 0, 0)
    for watcher in watchers:
        sound = list(watcher.heard.moments()) if watcher.heard else []
        found.off_ms += [moment.off_ms for moment in sound]
        for track in watcher.pictures:
            pictures = list(track.moments(near_ms))
            synced = lip_sync_ms(sound, pictures)
            if not synced:
                raise NothingHeard("Somebody has no beep near a picture: watch longer (--seconds).")
            found.lip_ms += synced
            found.off_ms += [moment.off_ms for moment in pictures]
            found.keyframes += len(track.keyframes)
            found.without_imprint += track.without_imprint()
    return found


def _result(
    watchers: Sequence[HearingObserver], heard: _Heard, cores: float, hearings: int, stream: StreamKind
) -> dict[str, object]:
    starts_ms = [start_ms for watcher in watchers for start_ms in watcher.starts_ms()]
    tracks = [track for watcher in watchers for track in watcher.pictures]
    sound_ms = [watcher.sound_start_ms for watcher in watchers]
    return {
        "lip_sync_max_ms": max(map(abs, heard.lip_ms)),
        "lip_sync_p50_ms": percentile(heard.lip_ms, 0.5),
        "lip_sync_earliest_ms": min(heard.lip_ms),
        "lip_sync_latest_ms": max(heard.lip_ms),
        "off_utc_max_ms": max(map(abs, heard.off_ms)),
        "start_p50_ms": percentile(starts_ms, 0.5),
        "start_p95_ms": percentile(starts_ms, 0.95),
        "start_max_ms": max(starts_ms),
        "sound_start_p95_ms": percentile(sound_ms, 0.95),
        "lost_pictures": sum(track.missing() for track in tracks),
        "lost_packets": sum(watcher.lost_packets for watcher in watchers),
        "lost_sound_ms": math.fsum(watcher.lost_sound_ms for watcher in watchers),
        "pictures": sum(len(track.pictures) for track in tracks),
        "keyframes": heard.keyframes,
        "keyframes_without_imprint": heard.without_imprint,
        "compared": len(heard.lip_ms),
        "hearings": hearings,
        "observers": len(watchers),
        "views": len(tracks) + len(sound_ms),
        "cpu_cores": cores,
        "how": _HOW.format(stream=stream.value),
    }
