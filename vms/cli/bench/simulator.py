"""`vms bench simulator`: what the simulated province costs, so that every other benchmark can leave it out."""

from pathlib import Path
from typing import Annotated

import typer

from streams.simulate.bench import measure_cost
from vms.cli.bench.result import Json, console, tell


def simulator(
    cameras: Annotated[int, typer.Option(min=1, max=1000, help="Số camera · how many cameras.")] = 240,
    *,
    seconds: Annotated[float, typer.Option(min=1, help="Thời gian đo · how long is measured.")] = 10.0,
    loops: Annotated[Path | None, typer.Option(help="Thư mục cảnh · where drawn loops are kept.")] = None,
    _json: Json = False,
) -> None:
    """Camera mô phỏng tốn bao nhiêu · what simulated cameras cost."""
    console.print("Vẽ cảnh, rồi đo · drawing the scenes, then measuring…")
    how = (
        "cpu_cores: process time of the simulator's process over the wall clock, every camera playing one sub stream (strip and clock "
        "spliced into each picture) over TCP to one client; the clients read and throw away in a process of their own."
    )
    tell(measure_cost(cameras, seconds, loops) | {"how": how})
