"""`vms bench ingest`: what reading the whole province costs, against PyAV demuxing the same streams."""

import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from streams.simulate.loops import prepare
from streams.types.media import StreamKind
from vms.cli.bench.ingest_sides import Province, Sight, cameras_side, pyav_side, server_side
from vms.cli.bench.result import Json, console, tell
from vms.cli.bench.side import Side, Usage

_ALL_LIVE_WITHIN_S: Final = 60.0
_SETTLE_S: Final = 4.0
_SETTLE_ATTEMPTS: Final = 8
_POLL_S: Final = 0.5
_MAX_LAG_S: Final = 0.5


def ingest(
    cameras: Annotated[int, typer.Option(min=1, max=1000, help="Số camera · how many cameras.")] = 240,
    *,
    main: Annotated[bool, typer.Option("--main", help="Luồng chính 4 Mb/s · main instead of sub streams.")] = False,
    seconds: Annotated[float, typer.Option(min=1, help="Thời gian đo · how long is measured.")] = 15.0,
    baseline_cameras: Annotated[int, typer.Option(min=1, help="Số camera cho PyAV · how many PyAV reads.")] = 60,
    loops: Annotated[Path | None, typer.Option(help="Thư mục cảnh · where drawn loops are kept.")] = None,
    _json: Json = False,
) -> None:
    """Đọc toàn bộ camera · read all cameras."""
    with tempfile.TemporaryDirectory() as folder:
        province = Province(cameras, StreamKind.MAIN if main else StreamKind.SUB, loops or Path(folder))
        console.print("Vẽ cảnh · drawing the scenes…")
        prepare(province.cache, lambda _done, _all: None, province.loops())
        with Side(cameras_side, province) as simulator:
            simulator.hear(120)
            own = _own(simulator, province, seconds)
            baseline = _baseline(province, min(cameras, baseline_cameras), seconds)
    tell(_result(province, own, baseline))


@dataclass(frozen=True, slots=True)
class _Own:
    empty: Usage
    before: Sight
    after: Sight
    simulator_cores: float
    strips_right: int


def _own(simulator: Side, province: Province, seconds: float) -> _Own:
    with Side(server_side, province) as server:
        empty = server.ask("sight").usage
        server.ask("start")
        deadline_s = time.monotonic() + _ALL_LIVE_WITHIN_S
        while (live := server.ask("live")) < province.cameras:
            if time.monotonic() > deadline_s:
                raise typer.BadParameter(f"only {live} of {province.cameras} cameras came")
            time.sleep(_POLL_S)
        console.print(f"{live} camera · all cameras live")
        server.ask("settle")
        _wait_until_steady(server, province)
        simulated, before = simulator.ask("usage"), server.ask("sight")
        time.sleep(seconds)
        after, simulated_after = server.ask("sight"), simulator.ask("usage")
        return _Own(empty, before, after, simulated_after.cores_since(simulated), server.ask("strips", 120))


def _wait_until_steady(server: Side, province: Province) -> None:
    """The first seconds hold the burst of old pictures that cameras begin with, here 240 of them at once."""
    before = server.ask("sight")
    for _ in range(_SETTLE_ATTEMPTS):
        time.sleep(_SETTLE_S)
        after = server.ask("sight")
        if not _silent(before, after, province) and _restarts(before) == _restarts(after):
            return
        before = after


def _restarts(sight: Sight) -> int:
    return sum(camera.restarts for camera in sight.cameras.values())


def _silent(before: Sight, after: Sight, province: Province) -> int:
    """How many cameras' timestamps fell behind the wall clock by more than half a second."""
    least = (after.usage.at_s - before.usage.at_s - _MAX_LAG_S) * 90_000
    return sum(after.cameras[n].timestamp - before.cameras[n].timestamp < least for n in province.numbers)


@dataclass(frozen=True, slots=True)
class _Baseline:
    cores: float
    cameras: int
    pictures_per_s: float


def _baseline(province: Province, cameras: int, seconds: float) -> _Baseline:
    console.print(f"PyAV: {cameras} camera")
    with Side(pyav_side, [province.url(number) for number in range(1, cameras + 1)]) as pyav:
        deadline_s = time.monotonic() + _ALL_LIVE_WITHIN_S
        while not all(pyav.ask("count", 60)[1]):
            if time.monotonic() > deadline_s:
                raise typer.BadParameter("PyAV did not open all cameras")
            time.sleep(_POLL_S)
        time.sleep(_SETTLE_S)
        before, counts = pyav.ask("count")
        time.sleep(seconds)
        after, counts_after = pyav.ask("count")
        assert isinstance(before, Usage)
        pictures = sum(counts_after) - sum(counts)
        return _Baseline(after.cores_since(before), cameras, pictures / (after.at_s - before.at_s))


def _result(province: Province, own: _Own, baseline: _Baseline) -> dict[str, object]:
    before, after = own.before, own.after
    took_s = after.usage.at_s - before.usage.at_s
    step = 90_000 // province.loops()[0].fps
    pairs = [(before.cameras[number], after.cameras[number]) for number in province.numbers]
    pictures = sum(now.pictures - then.pictures for then, now in pairs)
    packets = sum(now.received_packets - then.received_packets for then, now in pairs)
    cores = after.usage.cores_since(before.usage)
    scaled = baseline.cores * province.cameras / baseline.cameras
    return {
        "cpu_cores": cores,
        "baseline_pyav_cpu_cores": scaled,
        "times_less": scaled / cores,
        "rtp_per_s": packets / took_s,
        "lost_pictures": before.lost_pictures(after, step),
        "lost_packets": sum(now.lost_packets - then.lost_packets for then, now in pairs),
        "silent_cameras": _silent(before, after, province),
        "restarts": _restarts(after) - _restarts(before),
        "rss_mb": after.usage.rss_bytes / 1e6,
        "kb_per_stream": (after.usage.rss_bytes - own.empty.rss_bytes) / 1e3 / province.cameras,
        "gop_cache_kb_per_stream": after.cache_bytes / 1e3 / province.cameras,
        "strips_right": own.strips_right,
        "pictures_per_s": pictures / took_s,
        "simulator_cpu_cores": own.simulator_cores,
        "cameras": province.cameras,
        "stream": province.kind.value,
        "seconds": took_s,
        "how": (
            "cpu_cores: process time of a process that runs one RunningCamera (own RTSP reader over TCP with digest, liveness, hub with "
            "GOP cache; motion off) per camera on uvloop, over the wall clock. lost_pictures: pictures that the RTP timestamps of the "
            "interval's ends ask for, minus those that the hubs got. strips_right: cameras whose newest keyframe, decoded, shows their own "
            f"number. baseline: {baseline.cameras} threads with av.open and demux() on the same streams "
            f"({baseline.pictures_per_s:.0f} pictures/s, {baseline.cores:.4f} core), scaled to {province.cameras}. "
            "The simulator is a third process."
        ),
    }
