"""`vms demo` on the command line."""

from pathlib import Path
from typing import Annotated

import typer

from vms.cli.rehearsal.demo import FOLDER, Demo
from vms.cli.rehearsal.demo import demo as run
from vms.cli.simulator.commands import (
    SOCKET,
    Cache,
    CamerasCount,
    Clip,
    Courtrooms,
    DiscoveryPort,
    OnvifPort,
    RtspPort,
    Socket,
)
from vms.cli.simulator.simulation import DISCOVERY_PORT, ONVIF_PORT, RTSP_PORT, VAR, Simulation

demo_app = typer.Typer(add_completion=False)

CAMERAS = 48
"""With all courtrooms beside them, what two cores carry together with a browser that decodes sixteen tiles."""


@demo_app.command(help="Trình diễn: hệ thống cùng tỉnh mô phỏng · the system with a simulated province.")
def demo(
    cameras: CamerasCount = CAMERAS,
    courtrooms: Courtrooms = None,
    folder: Annotated[Path, typer.Option(help="Nơi giữ dữ liệu · where data is kept.")] = FOLDER,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Cổng web, lần đầu · web port, first start.")] = 8080,
    tls: Annotated[bool, typer.Option("--tls", help="HTTPS, chứng thư tự tạo · self-made certificate.")] = False,
    clip: Clip = None,
    cache: Cache = VAR / "loops",
    socket: Socket = SOCKET,
    rtsp_port: RtspPort = RTSP_PORT,
    onvif_port: OnvifPort = ONVIF_PORT,
    discovery_port: DiscoveryPort = DISCOVERY_PORT,
) -> None:
    simulation = Simulation(
        cameras=cameras,
        courtrooms=courtrooms,
        clip=clip,
        cache=cache,
        socket=socket,
        rtsp_port=rtsp_port,
        onvif_port=onvif_port,
        discovery_port=discovery_port,
    )
    run(Demo(folder=folder, port=port, tls=tls, simulation=simulation))
