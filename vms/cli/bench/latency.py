"""`vms bench latency`: how much later a picture leaves us than it was taken, with the whole province coming in and 13 walls going out."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Final

import typer

from streams.simulate.loops import prepare
from streams.types.media import StreamKind
from vms.cli.bench.ingest_sides import Province, cameras_side
from vms.cli.bench.latency_sides import TILES, Served, Walls, server_side, walls_side
from vms.cli.bench.result import Json, console, percentile, tell
from vms.cli.bench.side import Side

_ALL_LIVE_WITHIN_S: Final = 60.0
_CONNECTED_WITHIN_S: Final = 30.0
_SETTLE_S: Final = 4.0


def latency(
    cameras: Annotated[int, typer.Option(min=1, max=1000, help="Số camera · how many cameras.")] = 240,
    *,
    walls: Annotated[int, typer.Option(min=1, max=60, help="Số màn hình 20 ô · walls of 20 tiles.")] = 13,
    seconds: Annotated[float, typer.Option(min=1, help="Thời gian đo · how long is measured.")] = 10.0,
    loops: Annotated[Path | None, typer.Option(help="Thư mục cảnh · where drawn loops are kept.")] = None,
    _json: Json = False,
) -> None:
    """Độ trễ thêm vào · how much delay is added."""
    with tempfile.TemporaryDirectory() as folder:
        province = Province(cameras, StreamKind.SUB, loops or Path(folder))
        console.print("Vẽ cảnh · drawing the scenes…")
        prepare(province.cache, lambda _done, _all: None, province.loops())
        with (
            Side(cameras_side, province) as simulator,
            Side(server_side, province) as server,
            Side(walls_side, walls) as viewers,
        ):
            simulator.hear(120)
            wait(lambda: server.ask("live") >= cameras, _ALL_LIVE_WITHIN_S, "not all cameras came")
            console.print(f"{cameras} camera · {walls} × {TILES}")
            time.sleep(_SETTLE_S)
            server.ask("settle")
            viewers.ask(("answers", server.ask(("walls", viewers.ask("offers")), 60)), 60)
            wait(lambda: viewers.ask("walls").heard.connected == walls, _CONNECTED_WITHIN_S, "not all walls connected")
            time.sleep(_SETTLE_S)
            viewers.ask("begin")
            simulated, before, seen = simulator.ask("usage"), server.ask("served"), viewers.ask("walls")
            time.sleep(seconds)
            after, seen_after, simulated_after = server.ask("served"), viewers.ask("walls"), simulator.ask("usage")
    result = _result(before, after, seen, seen_after)
    tell(
        result
        | {"cameras": cameras, "tiles": walls * TILES, "simulator_cpu_cores": simulated_after.cores_since(simulated)}
    )


def wait(done: Callable[[], bool], within_s: float, otherwise: str) -> None:
    deadline_s = time.monotonic() + within_s
    while not done():
        if time.monotonic() > deadline_s:
            raise typer.BadParameter(otherwise)
        time.sleep(0.3)


def _result(before: Served, after: Served, seen: Walls, seen_after: Walls) -> dict[str, object]:
    hidden_ms = after.clock_offset_ms
    ages_ms = [age_ms + hidden_ms for age_ms in seen_after.ages_ms]
    return {
        "added_p95_ms": percentile(ages_ms, 0.95),
        "added_p99_ms": percentile(ages_ms, 0.99),
        "added_p50_ms": percentile(ages_ms, 0.5),
        "pictures": len(ages_ms),
        "lost_packets": seen_after.heard.lost - seen.heard.lost,
        "hidden_ms": hidden_ms,
        "cpu_cores": after.usage.cores_since(before.usage),
        "viewers_cpu_cores": seen_after.usage.cores_since(seen.usage),
        "how": (
            "From the moment that the simulator stamps a picture (its sender reports tell our clock) to the kernel's receive time stamp "
            "(SO_TIMESTAMPNS) of the picture's last packet at the viewer, by the capture time in that packet. The simulator's lateness "
            "in sending is inside, nothing is subtracted; hidden_ms, the largest offset that our reader measured of a camera's clock (the "
            "clocks are one: it can only be delay), is added to every picture. One process reads all cameras over RTSP and serves all "
            "walls (transports of 20 tiles, SRTP); simulator and viewers are processes of their own."
        ),
    }
