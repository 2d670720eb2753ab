"""The sides of `vms bench latency`: our server's reading and sending halves in one process, and walls that write down ages."""

import asyncio
import itertools
from dataclasses import dataclass
from typing import Any, Final

import uvloop

from streams.relay import Relay
from streams.worker.process import settle_memory
from vms.cli.bench.egress_sides import HOST, quiet
from vms.cli.bench.ingest_sides import Province, Reading
from vms.cli.bench.side import STOP, Line, Usage
from vms.cli.bench.viewer import ClientIdentity, Heard, Viewer, heard

TILES: Final = 20


@dataclass(frozen=True, slots=True)
class Served:
    """`clock_offset_ms`: the largest that was measured of a camera (their clocks are ours: what is measured hides delay)."""

    usage: Usage
    clock_offset_ms: int


def server_side(line: Line, province: Province) -> None:
    """Orders: "live", "settle", "sight", ("walls", offers), "served"."""
    quiet()
    uvloop.run(_serve(line, province))


async def _serve(line: Line, province: Province) -> None:
    ingest = Reading(province)
    relay = await Relay.open(HOST)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(ingest.owned.run())
        await asyncio.sleep(0)
        ingest.start()
        while (order := await line.order()) != STOP:
            line.tell(_done(ingest, relay, order))
        running.cancel()
    await relay.close()


def _done(ingest: Reading, relay: Relay, order: Any) -> Any:
    if order == "live":
        return ingest.live
    if order == "settle":
        return settle_memory()
    if order == "sight":
        return ingest.sight()
    if order == "served":
        offsets = [state.streams[0].clock_offset_ms or 0 for state in ingest.owned.states()]
        return Served(Usage.now(), max(map(abs, offsets)))
    hubs = itertools.cycle(ingest.hubs())
    answers = []
    for number, offer in enumerate(order[1]):
        wall = f"wall{number}"
        answers.append(relay.open_carrier(wall, offer, addresses=(HOST,), on_closed=_nobody))
        for mid in range(TILES):
            relay.fill(wall, str(mid), f"{number}/{mid}", next(hubs), on_closed=_nobody)
    return answers


def _nobody(_view_id: str, _reason: str) -> None:
    """Nobody asks again."""


@dataclass(frozen=True, slots=True)
class Walls:
    usage: Usage
    heard: Heard
    ages_ms: list[float]


def walls_side(line: Line, walls: int) -> None:
    """Orders: "offers", ("answers", sdps), "begin" (forget what was), "walls"."""
    quiet()
    uvloop.run(_watch(line, walls))


async def _watch(line: Line, walls: int) -> None:
    identity = ClientIdentity()
    viewers = [Viewer(identity, HOST, timed=True) for _ in range(walls)]
    while (order := await line.order()) != STOP:
        if order == "offers":
            line.tell([viewer.description(TILES) for viewer in viewers])
        elif order == "walls":
            ages_ms = [age_ms for viewer in viewers for age_ms in viewer.ages_ms]
            line.tell(Walls(Usage.now(), heard(viewers), ages_ms))
        elif order == "begin":
            for viewer in viewers:
                viewer.ages_ms.clear()
            line.tell(None)
        else:
            for viewer, answer in zip(viewers, order[1], strict=True):
                viewer.start(answer)
            line.tell(None)
