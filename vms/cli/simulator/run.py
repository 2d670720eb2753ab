"""`vms simulate`: the simulated province, until it is told to stop."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvloop
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from streams.simulate.province import MediaSimulator, RtspAccess
from vms.cli.logs import set_up_logs
from vms.cli.simulator.desk import Desk
from vms.cli.simulator.drawing import draw_missing
from vms.cli.simulator.onvif import follow_truth, onvif_devices
from vms.cli.simulator.simulation import PASSWORD, USERNAME, Simulation, loops
from vms.cli.simulator.socket import listening
from vms.processes.system import until_told_to_stop
from vms_onvif.simulate.province import OnvifAccess, OnvifSimulator

console = Console(stderr=True)


def simulate(simulation: Simulation, *, only_draw: bool = False, quiet: bool = False) -> None:
    """Run until SIGTERM or SIGINT. Raises what is wrong at the start, each one sentence."""
    set_up_logs("warning" if quiet else "info", process="simulator")
    uvloop.run(_run(simulation, only_draw=only_draw, quiet=quiet))


async def _run(simulation: Simulation, *, only_draw: bool, quiet: bool) -> None:
    await until_told_to_stop(asyncio.create_task(_work(simulation, only_draw=only_draw, quiet=quiet), name="simulator"))


async def _work(simulation: Simulation, *, only_draw: bool, quiet: bool) -> None:
    await drawn(simulation)
    if only_draw:
        return
    rtsp = RtspAccess(USERNAME, PASSWORD, port=simulation.rtsp_port)
    media = MediaSimulator(simulation.media(), rtsp, simulation.cache)
    access = OnvifAccess(simulation.onvif_port, simulation.discovery_port)
    onvif = OnvifSimulator(onvif_devices(simulation), access, snapshot=media.snapshot)
    media.faults.listen(onvif.faults.follow)
    desk = Desk(simulation, media, onvif)
    async with media, onvif, listening(simulation.socket, desk.carry_out):
        if not quiet:
            _tell(simulation)
        await follow_truth(media, onvif, desk.numbers)


async def drawn(simulation: Simulation) -> None:
    """Draw what is missing, with a bar that says how far it is. Raises `DrawingFailed`."""
    with _bar() as advance:
        await draw_missing(simulation, loops(simulation.media()), advance)


@contextmanager
def _bar() -> Iterator[Callable[[int, int], None]]:
    """Shows itself with the first progress, so that a start that draws nothing says nothing."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    progress = Progress(*columns, console=console)
    task = progress.add_task("Vẽ hình, chỉ lần đầu · drawing, once")

    def advance(done: int, total: int) -> None:
        progress.start()
        progress.update(task, completed=done, total=total)

    try:
        yield advance
    finally:
        if progress.live.is_started:
            progress.stop()


def _tell(simulation: Simulation) -> None:
    cameras, encoders = simulation.camera_rows(), simulation.encoder_rows()
    print(f"\n  {len(cameras)} camera, {len(encoders)} phòng xử án / courtrooms")
    shown = [(row.address, "sub") for row in cameras[:1]] + [(row.address, "ch1/sub") for row in encoders[:1]]
    for address, path in shown:
        print(f"  ONVIF http://{address}:{simulation.onvif_port}   rtsp://{address}:{simulation.rtsp_port}/{path}")
    print(f"  Đăng nhập vào thiết bị / login at the devices: {USERNAME} / {PASSWORD}")
    print("  vms fault set power_off --camera 1 · vms fault list · vms truth --camera 1\n", flush=True)
