"""`vms bench crash`: `kill -9` at random moments under load. What is lost, does all of it play, does the index know it?"""

import asyncio
import contextlib
import os
import random
import re
import signal
import time
from collections.abc import Container, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Final

import av
import av.error
import typer

from streams.types.recording import OPEN_SUFFIX
from streams.types.segment_file import NotASegment, check_file, read_head, read_tail
from vms.cli.bench.result import Json, console, percentile, tell
from vms.cli.bench.system import RunningSystem, Wanted, system
from vms.cli.compose import volume_folders
from vms.cli.rehearsal.people import TECHNICIAN
from vms.cli.simulator.simulation import VAR
from vms.db.engine import Database
from vms.recordings.files import Volumes
from vms.recordings.index import RecordingIndex, Segment
from vms.recordings.rebuilding import read_volumes
from vms.recordings.spans import Span

_CALM_S: Final = (2.5, 6.0)
_ALL_BACK_WITHIN_S: Final = 90.0
_INDEXED_WITHIN_S: Final = 90.0
_KNOCK_S: Final = 0.1
_EVERYTHING_EVERY: Final = 4
_NAME: Final = re.compile(r"(\d+)-(main|sub)\.mp4(\.open)?")
_HOW: Final = (
    "real bus, control and {workers} media workers on one volume, a simulated province of {cameras} cameras beside them, all recorded "
    "continuously (sub streams of 0.5 Mb/s, a cut every {segment_s:g} s). {kills} times, after {calm[0]:g} to {calm[1]:g} s at random, "
    "SIGKILL to one media worker, or every {every}th time to bus, control and all workers within the same millisecond; then until every "
    "camera writes again. "
    "lost_s: for each camera and kill of its worker, the time before the kill that is in no file: from the end of what its torn segment "
    "holds to the kill, or to the first picture of the next one where a camera begins with older ones (the page "
    "cache survives a killed process: this is not a loss of power, which adds at most one sync round of a second). "
    "outage_s: from the kill to the first picture recorded after it. unplayable_files: closed segments that PyAV cannot read to the end, "
    "whose pictures are not as many as the tail says, or that a check contradicts; every torn one is decoded as a whole. "
    "index_differs: segments in the index and in the files that are not the same in time, size, hash and predecessor, after recording "
    "was stopped. unexplained_s: time of a camera between its first and last picture that neither a segment nor a gap of a head covers."
)


def crash(
    cameras: Annotated[int, typer.Option(min=1, max=240, help="Số camera · how many cameras.")] = 24,
    kills: Annotated[int, typer.Option(min=1, max=200, help="Số lần giết · how many kills.")] = 20,
    *,
    workers: Annotated[int, typer.Option(min=1, max=8, help="Số tiến trình media · media workers.")] = 2,
    seed: Annotated[int, typer.Option(help="Hạt giống ngẫu nhiên · of the random moments.")] = 6,
    cache: Annotated[Path, typer.Option(help="Nơi giữ hình đã vẽ · where drawn pictures are kept.")] = VAR / "loops",
    _json: Json = False,
) -> None:
    """kill -9 trong khi ghi · kill -9 while everything records."""
    tell(asyncio.run(_measure(cameras, kills, workers, seed, cache)))


_SEGMENT_S: Final = 10.0


async def _measure(cameras: int, kills: int, workers: int, seed: int, cache: Path) -> dict[str, object]:
    settings = {"media": f"workers = {workers}", "recording": f"segment_s = {_SEGMENT_S:g}"}
    async with system(Wanted(cameras=cameras, cache=cache, settings=settings)) as running:
        ids = list((await running.register()).values())
        await _plan(running, ids, "continuous")
        folder = volume_folders(running.settings)["main"]
        study = _Study(folder, ids)
        await study.all_write_again()
        console.print(f"{len(ids)} camera đang ghi · all record")
        chance = random.Random(seed)  # noqa: S311 the same moments every time
        for number in range(kills):
            await asyncio.sleep(chance.uniform(*_CALM_S))
            await _kill(running, study, chance, everything=number % _EVERYTHING_EVERY == _EVERYTHING_EVERY - 1)
            console.print(f"{number + 1}/{kills}: {study.kills[-1].names} · {study.kills[-1].back_s:.1f} s")
        await asyncio.sleep(_CALM_S[0])
        await _plan(running, ids, "never")
        await study.all_closed()
        differs, indexed = await _index_differs(running, folder)
        found = await asyncio.to_thread(study.judge)
    lost = [lost_s for one in found.losses for lost_s in one]
    return {
        "lost_s_max": max(lost),
        "unplayable_files": found.unplayable,
        "index_differs": differs,
        "kills": kills,
        "lost_s_p50": percentile(lost, 0.5),
        "losses": len(lost),
        "outage_s_p50": percentile(found.outages, 0.5),
        "outage_s_max": max(found.outages),
        "unexplained_s": found.unexplained_s,
        "files": found.files,
        "recovered_files": found.recovered,
        "indexed_segments": indexed,
        "left_open": found.left_open,
        "cameras": len(ids),
        "how": _HOW.format(
            workers=workers,
            cameras=len(ids),
            segment_s=_SEGMENT_S,
            kills=kills,
            calm=_CALM_S,
            every=_EVERYTHING_EVERY,
        ),
    }


async def _plan(running: RunningSystem, ids: list[str], mode: str) -> None:
    async with running.api(TECHNICIAN) as api:
        for camera_id in ids:
            await api.call("PUT", f"/api/cameras/{camera_id}/recording", {"mode": mode, "stream": "sub"})


async def _kill(running: RunningSystem, study: "_Study", chance: random.Random, *, everything: bool) -> None:
    victims = ["bus", "control", *running.workers] if everything else [chance.choice(running.workers)]
    pids = [running.pids[name] for name in victims]
    struck = study.written_by(pids)
    at_ms = time.time_ns() // 1_000_000
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    while study.written_by(pids):  # noqa: ASYNC110 the kernel tells nobody
        await asyncio.sleep(_KNOCK_S)
    await study.all_write_again()
    study.kills.append(_Kill(at_ms, "+".join(victims), struck, time.time() - at_ms / 1000))


@dataclass(frozen=True, slots=True)
class _Kill:
    at_ms: int
    names: str
    struck: frozenset[str]
    """Cameras whose open segment it was writing."""
    back_s: float


@dataclass(slots=True)
class _Found:
    losses: list[list[float]] = field(default_factory=list)
    outages: list[float] = field(default_factory=list)
    unplayable: int = 0
    unexplained_s: float = 0.0
    files: int = 0
    recovered: int = 0
    left_open: int = 0


class _Study:
    """What the files say."""

    def __init__(self, folder: Path, ids: list[str]) -> None:
        self._folder = folder
        self._ids = ids
        self.kills: list[_Kill] = []

    def written_by(self, pids: Container[int]) -> frozenset[str]:
        """The cameras whose open segment one of these processes writes now."""
        holders = _holders()
        return frozenset(
            camera_id
            for camera_id in self._ids
            for _, path in self._names(camera_id)
            if path.name.endswith(OPEN_SUFFIX) and holders.get(_inode(path)) in pids
        )

    async def all_write_again(self) -> None:
        """Until every camera has a file that somebody holds. TimeoutError after 90 s."""
        async with asyncio.timeout(_ALL_BACK_WITHIN_S):
            while not await asyncio.to_thread(self._all_held):  # noqa: ASYNC110 other processes write the files
                await asyncio.sleep(_KNOCK_S)

    def _all_held(self) -> bool:
        held = _holders()
        return all(
            any(path.name.endswith(OPEN_SUFFIX) and _inode(path) in held for _, path in self._names(camera_id))
            for camera_id in self._ids
        )

    async def all_closed(self) -> None:
        async with asyncio.timeout(_INDEXED_WITHIN_S):
            while await asyncio.to_thread(self._open_count):  # noqa: ASYNC110 other processes write the files
                await asyncio.sleep(_KNOCK_S)

    def _open_count(self) -> int:
        return sum(path.name.endswith(OPEN_SUFFIX) for camera_id in self._ids for _, path in self._names(camera_id))

    def _names(self, camera_id: str) -> Iterator[tuple[int, Path]]:
        for day in sorted((self._folder / camera_id).glob("*-*-*")):
            for path in sorted(day.iterdir()):
                if found := _NAME.fullmatch(path.name):
                    yield int(found[1]), path

    def judge(self) -> _Found:
        found = _Found()
        for camera_id in self._ids:
            spans: list[tuple[float, float]] = []
            covered: list[tuple[float, float]] = []
            starts: set[float] = set()
            for _, path in self._names(camera_id):
                if path.name.endswith(OPEN_SUFFIX):
                    found.left_open += 1
                    continue
                found.files += 1
                with path.open("rb") as file:
                    try:
                        head, tail = read_head(file), read_tail(file)
                        torn = tail.ended.value == "recovered"
                        found.recovered += torn
                        wrong = check_file(file).wrong is not None or not _plays(path, tail.pictures, whole=torn)
                    except NotASegment:
                        found.unplayable += 1
                        continue
                found.unplayable += wrong
                spans.append((head.start_ns / 1e9, tail.end_ns / 1e9))
                if torn:
                    starts.add(head.start_ns / 1e9)
                covered += [(gap.from_ms / 1000, gap.to_ms / 1000) for gap in head.gaps]
            self._weigh(found, camera_id, sorted(spans), starts)
            found.unexplained_s += _uncovered_s(sorted(spans + covered))
        return found

    def _weigh(self, found: _Found, camera_id: str, spans: list[tuple[float, float]], torn: set[float]) -> None:
        """A camera may begin anew with pictures from before the kill: what lies before those and was not kept is lost all the same."""
        losses = []
        for kill in self.kills:
            if camera_id in kill.struck:
                at_s = kill.at_ms / 1000
                before = [span for span in spans if span[0] <= at_s]
                struck = max((span for span in before if span[0] in torn), default=max(before, default=(at_s, at_s)))
                again_s = min((start for start, _ in spans if start > struck[0]), default=at_s)
                losses.append(max(0.0, min(at_s, again_s) - struck[1]))
                found.outages.append(max(0.0, again_s - at_s))
        found.losses.append(losses)


def _holders() -> dict[int, int]:
    """Process ids by the inode of the file whose lock they hold, as /proc/locks tells: asking by locking would stand in a worker's way."""
    rows = [line.split() for line in Path("/proc/locks").read_text(encoding="ascii").splitlines() if "->" not in line]
    return {int(row[5].rpartition(":")[2]): int(row[4]) for row in rows if row[1] == "FLOCK"}


def _inode(path: Path) -> int:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return 0


def _plays(path: Path, pictures: int, *, whole: bool) -> bool:
    """Whether PyAV reads as many pictures as the tail says; `whole` decodes all of them, else the first."""
    try:
        with av.open(str(path)) as container:
            packets = [packet for packet in container.demux(video=0) if packet.size]
        with av.open(str(path)) as container:
            decoded = sum(1 for _ in container.decode(video=0)) if whole else int(bool(next(container.decode(video=0))))
    except (av.error.FFmpegError, StopIteration):
        return False
    return len(packets) == pictures and decoded == (pictures if whole else 1)


def _uncovered_s(spans: list[tuple[float, float]]) -> float:
    """Holes of more than a second between spans that are in order of their beginning."""
    uncovered, end = 0.0, spans[0][1] if spans else 0.0
    for (_, _), (start, after) in pairwise(spans):
        if start - end > 1:
            uncovered += start - end
        end = max(end, after)
    return uncovered


async def _index_differs(running: RunningSystem, folder: Path) -> tuple[int, int]:
    """(segments that differ between index and files, segments in the index), once the last reports have arrived."""
    db = Database(running.settings.database_url)
    try:
        wanted = {_key(one) for one in (await asyncio.to_thread(read_volumes, Volumes({"main": folder}))).segments}
        async with asyncio.timeout(_INDEXED_WITHIN_S):
            while True:
                index = RecordingIndex(db)
                known = {
                    _key(one)
                    for camera_id in await index.cameras()
                    for one in await index.between(camera_id, Span(0, 1 << 62))
                }
                if known == wanted:
                    return 0, len(known)
                await asyncio.sleep(_KNOCK_S)
    except TimeoutError:
        return len(known ^ wanted), len(known)
    finally:
        await db.close()


def _key(one: Segment) -> tuple[object, ...]:
    return (one.camera_id, one.start_ms, one.stream, one.end_ms, one.volume, one.size_bytes, one.sha256, one.previous)
