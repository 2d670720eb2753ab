"""`vms bench disk-full`: a disk becomes nearly full, full, read-only and goes away under a real system. What is lost, and who notices?"""

import asyncio
import hashlib
import tempfile
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from streams.types.recording import OPEN_SUFFIX
from streams.types.segment_file import NotASegment, check_file
from vms.access import Role
from vms.cli.bench.disk_watch import Deletions, Pauses, until
from vms.cli.bench.result import Json, console, tell
from vms.cli.bench.revoke_tiles import SocketTile, Tile, WebRtcTile
from vms.cli.bench.small_disk import SmallDisk, small_disk
from vms.cli.bench.system import RunningSystem, Wanted, system
from vms.cli.bench.viewer import ClientIdentity
from vms.cli.client import Api
from vms.cli.rehearsal.people import DUTY_COMMANDER, TECHNICIAN, Worker, add
from vms.cli.simulator.simulation import VAR

_VOLUME: Final = "small"
_SECOND: Final = "chihuy2"
_SEGMENT_S: Final = 5.0
_PAUSE_S: Final = 2.5
_LOCKED_SHARE: Final = 4
_LOOK_S: Final = 0.1
_HOW: Final = (
    "real bus, control and {workers} media workers, a simulated province of {cameras} cameras beside them, all recorded continuously "
    "(sub streams, a cut every {segment_s:g} s) on a tmpfs of {mb:g} MB that is theirs alone; two people agree that nothing need be "
    "kept longer than today, and the first segment of every {share}th camera is locked. One after another ({faults}): the disk is "
    "filled by a file beside the recordings to nearly full until {deletions} segments were deleted, or to the last byte until nothing "
    "is written any more; is mounted read-only; is taken away (an empty file system in its place); each until the system says so and, "
    "afterwards, until every camera is recorded again. live_interruptions: pauses of more than {pause:g} s (when a tile calls itself "
    "late) in {tiles} tiles over WebRTC and WebSocket, all the time. locked_lost: locked files that are not there, or not the same "
    "bytes. corrupt_files: closed files that a check contradicts or that have no end, and files that stay open after recording was "
    "stopped. order_errors: files deleted while one that nothing locks and that began more than a segment earlier stayed. back_s: "
    "from the end of a fault until every camera is recorded again."
)


class Fault(StrEnum):
    """What is done to the disk."""

    NEARLY_FULL = "nearly_full"
    FULL = "full"
    READ_ONLY = "read_only"
    GONE = "gone"


def disk_full(
    cameras: Annotated[int, typer.Option(min=2, max=64, help="Số camera · how many cameras.")] = 16,
    deletions: Annotated[int, typer.Option(min=1, max=1000, help="Xóa bao nhiêu đoạn · how many deletions.")] = 64,
    *,
    workers: Annotated[int, typer.Option(min=1, max=8, help="Số tiến trình media · media workers.")] = 2,
    fault: Annotated[
        list[Fault] | None, typer.Option(help="Chỉ thử lỗi này (nhiều lần) · only these faults, instead of all.")
    ] = None,
    mb: Annotated[float, typer.Option(min=8, max=4096, help="Cỡ ổ đĩa, MB · size of the disk.")] = 64,
    cache: Annotated[Path, typer.Option(help="Nơi giữ hình đã vẽ · where drawn pictures are kept.")] = VAR / "loops",
    _json: Json = False,
) -> None:
    """Ổ đĩa đầy, chỉ đọc, mất · a full, read-only and missing disk."""
    faults = tuple(fault or Fault)
    tell(asyncio.run(_measure(_Load(cameras, deletions, workers, faults, round(mb * 1_000_000), cache))))


@dataclass(frozen=True, slots=True)
class _Load:
    cameras: int
    deletions: int
    workers: int
    faults: tuple[Fault, ...]
    size_bytes: int
    cache: Path


@dataclass(slots=True)
class _Trial:
    """What is tried on, and what was found so far."""

    running: RunningSystem
    commander: Api
    disk: SmallDisk
    ids: list[str]
    seen: Deletions
    paused: threading.Event
    locked: dict[str, str]
    """SHA-256 of each locked file by its path."""
    back_s: dict[str, float] = field(default_factory=dict)

    async def is_called(self, condition: str, within_s: float = 60.0) -> None:
        """Until the system says so on its pages."""
        async with asyncio.timeout(within_s):
            while (await self._storage())["volumes"][0]["condition"] != condition:  # noqa: ASYNC110 pages ask, too
                await asyncio.sleep(_LOOK_S)

    async def all_record(self) -> None:
        """Until every camera is recorded, as the system says it."""
        async with asyncio.timeout(90):
            while not await self._all_run():  # noqa: ASYNC110 pages ask, too
                await asyncio.sleep(_LOOK_S)

    async def _all_run(self) -> bool:
        states = {one["state"] for one in (await self._storage())["cameras"] if one["id"] in self.ids}
        return states == {"running"}

    async def _storage(self) -> Any:
        return await self.commander.call("GET", "/api/recording-storage")

    @asynccontextmanager
    async def fault(self, condition: str) -> AsyncIterator[None]:
        """Begin a fault inside, and end it before leaving: how long it took to be noticed and to be over."""
        loop = asyncio.get_running_loop()
        yield
        ended_s = loop.time()
        await self.is_called("ok")
        await self.all_record()
        self.back_s[condition] = loop.time() - ended_s
        console.print(f"{condition}: {self.back_s[condition]:.1f} s")


async def _measure(load: _Load) -> dict[str, object]:
    with tempfile.TemporaryDirectory(prefix="vong-disk-") as name:
        folder = Path(name) / "volume"
        with small_disk(folder, _VOLUME, load.size_bytes) as disk:
            settings = {
                "media": f"workers = {load.workers}",
                "recording": f'segment_s = {_SEGMENT_S:g}\nvolumes = [{{ id = "{_VOLUME}", path = "{folder}" }}]',
            }
            async with system(Wanted(cameras=load.cameras, cache=load.cache, settings=settings)) as running:
                return await _tried(running, disk, load)


async def _tried(running: RunningSystem, disk: SmallDisk, load: _Load) -> dict[str, object]:
    async with AsyncExitStack() as stack:
        await add(running.settings, [Worker(_SECOND, "Chỉ huy thứ hai", Role.DUTY_COMMANDER, "police")])
        one, other = [await stack.enter_async_context(running.api(login)) for login in (DUTY_COMMANDER, _SECOND)]
        ids = list((await running.register()).values())
        await _keep_nothing(one, other, ids)
        await _plan(running, ids, "continuous")
        stop, paused = threading.Event(), threading.Event()
        trial = _Trial(running, one, disk, ids, Deletions(disk.folder, _SEGMENT_S), paused, {})
        await trial.all_record()
        await _one_segment_each(trial)
        await _lock_first(one, trial)
        trial.seen.locked = trial.locked
        tiles: list[Tile] = [
            (WebRtcTile(one, ids[n], ClientIdentity()) if n % 2 else SocketTile(one, ids[n]))
            for n in range(min(8, len(ids)))
        ]
        async with asyncio.TaskGroup() as group:
            playing = [group.create_task(tile.run(), name="tile") for tile in tiles]
            watching = group.create_task(asyncio.to_thread(trial.seen.watch, stop, paused=paused), name="files")
            try:
                await until("every tile moves", lambda: all(tile.packets for tile in tiles))
                pauses = Pauses(tiles, _PAUSE_S)
                playing.append(group.create_task(pauses.watch(), name="pauses"))
                await _course(trial, load)
            finally:
                stop.set()
                for task in playing:
                    task.cancel()
                await watching
        deleted = len(trial.seen.gone)
        await _plan(running, ids, "never")
        await until("everything is closed", lambda: not list(disk.folder.rglob(f"*{OPEN_SUFFIX}")), 20)
        found = {"live_interruptions": pauses.count, "longest_pause_s": pauses.longest_s, "deleted": deleted}
        return found | _found(trial) | {"how": _how(load, len(tiles))}


async def _course(trial: _Trial, load: _Load) -> None:
    """One fault after another."""
    disk = trial.disk
    for fault in load.faults:
        async with trial.fault(fault):
            match fault:
                case Fault.NEARLY_FULL:
                    # Between nearly full and where recordings are suspended: what may go goes, everybody is recorded.
                    await until("enough is deleted", lambda: _deleted(trial, load.deletions), 120)
                case Fault.FULL:
                    filling = asyncio.create_task(_keep_full(disk), name="fill")
                    await trial.is_called(fault)
                    # What may go goes, and its room is taken at once.
                    await until("something is deleted", trial.seen.any_gone)
                    filling.cancel()
                case Fault.READ_ONLY | Fault.GONE:
                    trial.paused.set()
                    with disk.read_only() if fault is Fault.READ_ONLY else disk.gone():
                        await trial.is_called(fault)
                    trial.paused.clear()
            disk.give_back()


def _deleted(trial: _Trial, wanted: int) -> bool:
    """Keeps the disk nearly full meanwhile."""
    if len(trial.seen.gone) >= wanted:
        return True
    trial.disk.leave(round(trial.disk.space().nearly_bytes * 0.9))
    return False


async def _keep_full(disk: SmallDisk) -> None:
    while True:
        await asyncio.to_thread(disk.leave, 0)
        await asyncio.sleep(_LOOK_S)


async def _keep_nothing(one: Api, other: Api, ids: Sequence[str]) -> None:
    """By two people: whatever is recorded may go at once when there is no room."""
    keep = {"kind": "camera", "class_key": "standard", "min_days": 0, "max_days": 30, "reason": "vms bench disk-full"}
    for camera_id in ids:
        change = await one.call("POST", f"/api/cameras/{camera_id}/recording-changes", {"change": keep})
        await other.call("POST", f"/api/recording-changes/{change['id']}/apply")


async def _plan(running: RunningSystem, ids: Sequence[str], mode: str) -> None:
    async with running.api(TECHNICIAN) as api:
        for camera_id in ids:
            await api.call("PUT", f"/api/cameras/{camera_id}/recording", {"mode": mode, "stream": "sub"})


async def _one_segment_each(trial: _Trial) -> None:
    def there() -> bool:
        files = trial.seen.files()
        return all(any(path.startswith(camera_id) for path in files) for camera_id in trial.ids)

    await until("a segment of each camera", there)


async def _lock_first(api: Api, trial: _Trial) -> None:
    files = sorted(trial.seen.files())
    for camera_id in trial.ids[::_LOCKED_SHARE]:
        path = next(path for path in files if path.startswith(camera_id))
        start_ms = int(path.rpartition("/")[2].partition("-")[0])
        lock = {"from_ms": start_ms, "to_ms": start_ms + 1000, "kind": "case", "reason": "vms bench disk-full"}
        answer = await api.call("POST", f"/api/cameras/{camera_id}/recording-locks", lock)
        assert answer["sure_ms"] <= answer["now_ms"], "every worker answers"
        trial.locked[path] = hashlib.sha256((trial.disk.folder / path).read_bytes()).hexdigest()


def _found(trial: _Trial) -> dict[str, object]:
    folder = trial.disk.folder
    lost = {path for path, sha256 in trial.locked.items() if not _same(folder / path, sha256)} | trial.seen.lost
    return {
        "locked_lost": len(lost),
        "corrupt_files": _corrupt(folder),
        "order_errors": trial.seen.order_errors,
        "locked": len(trial.locked),
        "back_s_max": max(trial.back_s.values()),
        "back_s": trial.back_s,
        "files": len(trial.seen.files()),
        "cameras": len(trial.ids),
    }


def _how(load: _Load, tiles: int) -> str:
    return _HOW.format(
        workers=load.workers,
        cameras=load.cameras,
        segment_s=_SEGMENT_S,
        mb=load.size_bytes / 1e6,
        share=_LOCKED_SHARE,
        faults=", ".join(load.faults),
        deletions=load.deletions,
        pause=_PAUSE_S,
        tiles=tiles,
    )


def _same(path: Path, sha256: str) -> bool:
    return path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256


def _corrupt(folder: Path) -> int:
    count = len(list(folder.rglob(f"*{OPEN_SUFFIX}")))
    for path in folder.rglob("*.mp4"):
        try:
            with path.open("rb") as file:
                count += check_file(file).wrong is not None
        except NotASegment:
            count += 1
    return count
