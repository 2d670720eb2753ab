"""Draws the loops that are not in the cache yet, on all cores, and says how far it is.

Each core has a process of its own (`python -m vms.cli.simulator.drawing`): drawing holds the interpreter's lock, and a process can
be ended at once. The first start on two cores takes half a minute, every later one nothing.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from streams.simulate.catalogue import LoopSpec
from streams.simulate.encode import digest, load_or_encode
from streams.types.media import Codec
from vms.cli.faults import CannotRun
from vms.cli.simulator.simulation import Simulation, loops
from vms.processes.child import die_with_parent

_H265_COSTS = 6.0
"""Encoding a picture as H.265 takes this many times as long as H.264."""


class DrawingFailed(CannotRun):
    """A loop could not be made: its process says why on standard error."""


class Order(BaseModel):
    """What a drawing process is told on its standard input."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    simulation: Simulation
    digests: tuple[str, ...]


async def draw_missing(
    simulation: Simulation, wanted: Iterable[LoopSpec], progress: Callable[[int, int], None]
) -> None:
    """Fill the cache. `progress(done, all)` is called at the start and after each loop, if any is missing.

    Raises `DrawingFailed`.
    """
    missing = [spec for spec in wanted if not (simulation.cache / f"{digest(spec)}.loop").exists()]
    if not missing:
        return
    done = 0
    progress(0, len(missing))

    def one_more() -> None:
        nonlocal done
        done += 1
        progress(done, len(missing))

    async with asyncio.TaskGroup() as group:
        for part in shared_out(missing, os.cpu_count() or 1):
            order = Order(simulation=simulation, digests=tuple(map(digest, part)))
            group.create_task(_draw(order, one_more), name="drawing")


def shared_out(specs: Sequence[LoopSpec], shares: int) -> list[list[LoopSpec]]:
    """Into at most `shares` lists of about the same work, the dearest first. Pure."""
    parts: list[list[LoopSpec]] = [[] for _ in range(min(shares, len(specs)))]
    load = [0.0] * len(parts)
    for spec in sorted(specs, key=_cost, reverse=True):
        least = load.index(min(load))
        parts[least].append(spec)
        load[least] += _cost(spec)
    return parts


def _cost(spec: LoopSpec) -> float:
    return spec.width_px * spec.height_px * spec.pictures * (_H265_COSTS if spec.codec is Codec.H265 else 1.0)


async def _draw(order: Order, one_more: Callable[[], None]) -> None:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "vms.cli.simulator.drawing"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for us, who then end it
        preexec_fn=die_with_parent,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        process.stdin.write(order.model_dump_json().encode())
        process.stdin.close()
        while await process.stdout.readline():
            one_more()
        if await process.wait() != 0:
            raise DrawingFailed("A picture loop of the simulated province could not be drawn, for the reason above.")
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


def _main() -> None:
    order = Order.model_validate_json(sys.stdin.buffer.read())
    by_digest = {digest(spec): spec for spec in loops(order.simulation.media())}
    for wanted in order.digests:
        load_or_encode(by_digest[wanted], Path(order.simulation.cache))
        print(wanted, flush=True)


if __name__ == "__main__":
    _main()
