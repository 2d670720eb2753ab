"""`vms bench province`: all at once in one process: every camera read, motion looked for on each, 13 walls of 20 tiles served."""

import tempfile
import time
from pathlib import Path
from typing import Annotated, Final

import typer

from streams.simulate.loops import prepare
from streams.types.media import StreamKind
from vms.cli.bench.ingest_sides import Province, Sight, cameras_side
from vms.cli.bench.latency import wait
from vms.cli.bench.latency_sides import TILES, Walls, server_side, walls_side
from vms.cli.bench.result import Json, console, tell
from vms.cli.bench.side import Side

_ALL_LIVE_WITHIN_S: Final = 60.0
_CONNECTED_WITHIN_S: Final = 30.0
_SETTLE_S: Final = 10.0


def province(
    cameras: Annotated[int, typer.Option(min=1, max=1000, help="Số camera · how many cameras.")] = 240,
    *,
    walls: Annotated[int, typer.Option(min=1, max=60, help="Số màn hình 20 ô · walls of 20 tiles.")] = 13,
    seconds: Annotated[float, typer.Option(min=1, help="Thời gian đo · how long is measured.")] = 120.0,
    loops: Annotated[Path | None, typer.Option(help="Thư mục cảnh · where drawn loops are kept.")] = None,
    _json: Json = False,
) -> None:
    """Cả tỉnh cùng một lúc · the whole province at once."""
    with tempfile.TemporaryDirectory() as folder:
        whole = Province(cameras, StreamKind.SUB, loops or Path(folder), motion=True)
        console.print("Vẽ cảnh · drawing the scenes…")
        prepare(whole.cache, lambda _done, _all: None, whole.loops())
        with (
            Side(cameras_side, whole) as simulator,
            Side(server_side, whole) as server,
            Side(walls_side, walls) as viewers,
        ):
            simulator.hear(120)
            wait(lambda: server.ask("live") >= cameras, _ALL_LIVE_WITHIN_S, "not all cameras came")
            console.print(f"{cameras} camera · {walls} × {TILES}")
            server.ask("settle")
            viewers.ask(("answers", server.ask(("walls", viewers.ask("offers")), 60)), 60)
            wait(lambda: viewers.ask("walls").heard.connected == walls, _CONNECTED_WITHIN_S, "not all walls connected")
            time.sleep(_SETTLE_S)
            viewers.ask("begin")
            simulated, before, seen = simulator.ask("usage"), server.ask("sight"), viewers.ask("walls")
            time.sleep(seconds)
            after, seen_after, simulated_after = server.ask("sight"), viewers.ask("walls"), simulator.ask("usage")
    step = 90_000 // whole.loops()[0].fps
    tell(
        _result(before, after, seen, seen_after)
        | {
            "lost_pictures": before.lost_pictures(after, step),
            "cameras": cameras,
            "tiles": walls * TILES,
            "simulator_cpu_cores": simulated_after.cores_since(simulated),
        }
    )


def _result(before: Sight, after: Sight, seen: Walls, seen_after: Walls) -> dict[str, object]:
    return {
        "cpu_cores": after.usage.cores_since(before.usage),
        "lost_packets": seen_after.heard.lost - seen.heard.lost,
        "rss_mb_start": before.usage.rss_bytes / 1e6,
        "rss_mb_end": after.usage.rss_bytes / 1e6,
        "packets_sent": seen_after.heard.packets - seen.heard.packets,
        "alarms": after.alarms - before.alarms,
        "motion_refused": after.refused - before.refused,
        "viewers_cpu_cores": seen_after.usage.cores_since(seen.usage),
        "seconds": after.usage.at_s - before.usage.at_s,
        "how": (
            "One process reads all cameras over RTSP as a worker does, looks for movement on every one of them (gate, decoding, detector) "
            "and serves all walls (one transport of 20 tiles each, SRTP); cpu_cores is its process time over the wall clock, all threads. "
            "Control and the bus are not in it. lost_pictures: as in bench ingest, at the hubs; lost_packets: gaps at the viewers. The "
            "cameras are the simulated province: quiet most of the time, somebody crosses now and then. Simulator and viewers are "
            "processes of their own."
        ),
    }
