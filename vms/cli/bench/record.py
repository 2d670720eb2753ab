"""`vms bench record`: all cameras onto one disk. What does writing cost, and is every picture there exactly once?"""

import fcntl
import os
import statistics
import struct
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Final

import av
import typer

from streams.record.recovery import pictures_of
from streams.types.recording import SegmentClosed, SegmentEnd
from streams.types.segment_file import check_file, read_head
from vms.cli.bench.record_sides import Load, Outcome, Written, coded, pyav_side, recorder_side
from vms.cli.bench.result import Json, console, tell
from vms.cli.bench.side import Side

_SETTLE_S: Final = 4.0
_BASELINE_S: Final = 10.0
"""At most: a shorter run has a shorter baseline."""
_FIEMAP: Final = 0xC020660B
_FIEMAP_SYNC: Final = 1
_READ_BACK: Final = 40
_HOW: Final = (
    "cpu_cores: process time of a process with {cameras} hubs, recorders and one volume (writer and keeper threads; SHA-256, checks every "
    "half second, syncfs every second) over the wall clock, less that of the same process feeding the same hubs without recorders "
    "(feeding_cpu_cores). Every camera {mbit:g} Mb/s of H.264, 720p, 25 pictures/s, GOP 2 s, constant rate; every tenth with G.711; a "
    "cut every {segment_s:g} s. lost_pictures: pictures fed from each camera's first keyframe on, less those whose time and size are found "
    "in its segments, read by our own box reader from all files and by PyAV from those of {read_back} cameras; doubled_pictures likewise. "
    "edge_errors: neighbouring segments that do not meet to the millisecond, do not name each other's hash, or whose bytes are not "
    "what their hash says. write_amplification: write_bytes less cancelled_write_bytes of /proc/self/io from before the first picture "
    "until after the last sync, over the coded bytes of pictures and sound. extents_per_segment: FIEMAP. The files are on "
    "{where}. baseline: PyAV (FFmpeg's muxer), one file a camera, fragments at keyframes, without hash, index and sync, "
    "{baseline} cameras scaled to {cameras}."
)


def record(
    cameras: Annotated[int, typer.Option(min=1, max=1000, help="Số camera · how many cameras.")] = 240,
    *,
    mbit: Annotated[float, typer.Option(min=0.1, max=20, help="Mb/s mỗi camera · of each camera.")] = 2.0,
    seconds: Annotated[float, typer.Option(min=5, help="Thời gian đo · how long is measured.")] = 60.0,
    segment_s: Annotated[float, typer.Option(min=2, help="Độ dài đoạn · length of a segment.")] = 20.0,
    folder: Annotated[Path | None, typer.Option(help="Thư mục ghi · where is written.")] = None,
    baseline_cameras: Annotated[int, typer.Option(min=1, help="Số camera cho PyAV · how many PyAV writes.")] = 60,
    _json: Json = False,
) -> None:
    """Ghi toàn bộ camera vào một đĩa · all cameras onto one disk."""
    with tempfile.TemporaryDirectory(prefix="vong-record-", dir=folder) as name:
        load = Load(cameras, mbit, segment_s, Path(name) / "volume")
        console.print("Mã hóa hình mẫu · coding the pictures…")
        pictures = coded(mbit)
        run = _run(load, pictures, seconds)
        console.print(f"Đọc lại {len(run.outcome.closed)} đoạn · reading {len(run.outcome.closed)} segments")
        found = _read_back(load.folder, run.outcome)
        template = load.folder / run.outcome.closed[0].path
        baseline = _baseline(min(cameras, baseline_cameras), template, Path(name), seconds)
        tell(_result(load, run, found, baseline, min(cameras, baseline_cameras)))


@dataclass(frozen=True, slots=True)
class _Run:
    idle: tuple[Written, Written]
    busy: tuple[Written, Written]
    first: Written
    last: Written
    outcome: Outcome


def _run(load: Load, pictures: list[tuple[bytes, ...]], seconds: float) -> _Run:
    with Side(recorder_side, load, pictures) as side:
        side.ask("feed", 60)
        time.sleep(_SETTLE_S)
        idle_before = side.ask("written")
        time.sleep(min(_BASELINE_S, seconds))
        idle_after = side.ask("written")
        console.print("Ghi · recording")
        side.ask("start", 60)
        time.sleep(_SETTLE_S)
        busy_before = side.ask("written")
        time.sleep(seconds)
        busy_after = side.ask("written")
        outcome = side.ask("finish", 120)
        return _Run((idle_before, idle_after), (busy_before, busy_after), idle_after, side.ask("written"), outcome)


@dataclass(frozen=True, slots=True)
class _Found:
    lost: int
    doubled: int
    edge_errors: int
    edges: int
    sound_lost: int
    extents: float


def _read_back(folder: Path, outcome: Outcome) -> _Found:
    segments: defaultdict[str, list[SegmentClosed]] = defaultdict(list)
    for closed in outcome.closed:
        segments[closed.camera_id].append(closed)
    lost = doubled = edge_errors = edges = sound_lost = 0
    for number, fed in enumerate(outcome.fed):
        own = sorted(segments[fed.camera_id], key=lambda closed: closed.start_ms)
        edges += len(own) - 1
        edge_errors += _edge_errors(folder, own)
        seen = [picture for closed in own for picture in _pictures(folder / closed.path, by_pyav=number < _READ_BACK)]
        wanted = list(zip([at_ns // 1000 for at_ns in fed.times_ns], fed.sizes, strict=True))
        lost += len(wanted) - _matching(wanted, seen)
        doubled += len(seen) - len({at_us for at_us, _ in seen})
        sound_lost += fed.sound_frames - sum(closed.sound_frames for closed in own)
    extents = statistics.fmean(_extents(folder / closed.path) for closed in outcome.closed)
    return _Found(lost, doubled, edge_errors, edges, sound_lost, extents)


def _matching(wanted: list[tuple[int, int]], seen: list[tuple[int, int]]) -> int:
    """How many of the wanted are there: same size, time equal within a tick of 90 kHz and what rounding adds."""
    by_time = {round(at_us / 1000): size for at_us, size in seen}
    return sum(by_time.get(round(at_us / 1000)) == size for at_us, size in wanted)


def _pictures(file: Path, *, by_pyav: bool) -> Iterable[tuple[int, int]]:
    """(capture time in µs, size) of each picture."""
    with file.open("rb") as opened:
        start_us = read_head(opened).start_ns / 1000
    if by_pyav:
        with av.open(str(file)) as container:
            stream = container.streams.video[0]
            assert stream.time_base is not None
            for packet in container.demux(stream):
                if packet.size and packet.pts is not None:
                    yield round(start_us + float(packet.pts * stream.time_base) * 1e6), packet.size
        return
    with file.open("rb") as opened:
        for ticks, size in pictures_of(opened):
            yield round(start_us + ticks / 0.09), size


def _edge_errors(folder: Path, own: list[SegmentClosed]) -> int:
    wrong = sum(
        abs(after.start_ms - before.end_ms) > 0 or before.ended is not SegmentEnd.CUT for before, after in pairwise(own)
    )
    wrong += sum(
        (after.previous_path, after.previous_sha256) != (before.path, before.sha256) for before, after in pairwise(own)
    )
    for closed in own:
        with (folder / closed.path).open("rb") as file:
            wrong += check_file(file, closed.sha256).wrong is not None
    return wrong


def _extents(file: Path) -> int:
    """In how many pieces the file lies on the disk; 1 where the file system does not tell."""
    asked = struct.pack("=QQIIII", 0, 2**64 - 1, _FIEMAP_SYNC, 0, 0, 0)
    with file.open("rb") as opened:
        try:
            answer = fcntl.ioctl(opened, _FIEMAP, asked)
        except OSError:
            return 1
    return int(struct.unpack("=QQIIII", answer)[3])


def _baseline(cameras: int, template: Path, folder: Path, seconds: float) -> float:
    console.print(f"PyAV: {cameras} camera")
    with Side(pyav_side, cameras, template, folder) as pyav:
        time.sleep(_SETTLE_S)
        before = pyav.ask("written")
        time.sleep(min(_BASELINE_S, seconds))
        after = pyav.ask("written")
        return float(after.usage.cores_since(before.usage))


def _result(load: Load, run: _Run, found: _Found, baseline: float, baseline_cameras: int) -> dict[str, object]:
    feeding = run.idle[1].usage.cores_since(run.idle[0].usage)
    total = run.busy[1].usage.cores_since(run.busy[0].usage)
    scaled = baseline * load.cameras / baseline_cameras
    took_s = run.busy[1].usage.at_s - run.busy[0].usage.at_s
    written = run.last.storage_bytes - run.first.storage_bytes
    outcome = run.outcome
    return {
        "cpu_cores": total - feeding,
        "lost_pictures": found.lost,
        "edge_errors": found.edge_errors,
        "write_amplification": written / outcome.payload_bytes,
        "doubled_pictures": found.doubled,
        "lost_sound_frames": found.sound_lost,
        "edges": found.edges,
        "segments": len(outcome.closed),
        "pictures": sum(len(fed.times_ns) for fed in outcome.fed),
        "gaps": len(outcome.gaps),
        "baseline_pyav_cpu_cores": scaled,
        "feeding_cpu_cores": feeding,
        "payload_mb_per_s": outcome.payload_bytes / 1e6 / (took_s + _SETTLE_S),
        "extents_per_segment": found.extents,
        "feeder_latest_ms": outcome.latest_ms,
        "rss_mb": run.busy[1].usage.rss_bytes / 1e6,
        "cameras": load.cameras,
        "seconds": took_s,
        "how": _HOW.format(
            cameras=load.cameras,
            mbit=load.mbit,
            segment_s=load.segment_s,
            read_back=min(_READ_BACK, load.cameras),
            where=_file_system(load.folder),
            baseline=baseline_cameras,
        ),
    }


def _file_system(folder: Path) -> str:
    """Type of the file system that a folder is on."""
    device = folder.stat().st_dev
    wanted = f"{os.major(device)}:{os.minor(device)}"
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines():
        left, _, right = line.partition(" - ")
        if left.split()[2] == wanted:
            return right.split()[0]
    return "an unknown file system"
