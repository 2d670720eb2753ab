"""`vms simulate`, and what one tells a running simulator: `vms fault …`, `vms truth`."""

import asyncio
import json
import time
from pathlib import Path
from typing import Annotated

import typer

from streams.types.media import StreamKind
from vms.cli.simulator.orders import AskTruth, ClearFault, ListFaults, Order, SetFault, Whom
from vms.cli.simulator.run import simulate as run
from vms.cli.simulator.simulation import DISCOVERY_PORT, ONVIF_PORT, RTSP_PORT, VAR, Simulation
from vms.cli.simulator.socket import told

fault = typer.Typer(no_args_is_help=True, add_completion=False)
simulate_app = typer.Typer(add_completion=False)
truth_app = typer.Typer(add_completion=False)

Cameras = Annotated[list[int], typer.Option("--camera", help="Số camera · camera number.", show_default=False)]
Areas = Annotated[
    list[str],
    typer.Option(
        "--area", help="Điểm, xã, khu vực, huyện cũ, phòng xử án · site, unit, district, courtroom.", show_default=False
    ),
]
Everywhere = Annotated[bool, typer.Option("--all", help="Mọi camera · every camera.")]
RtspPort = Annotated[int, typer.Option(min=1, max=65535, help="Cổng RTSP · RTSP port.")]
OnvifPort = Annotated[int, typer.Option(min=1, max=65535, help="Cổng ONVIF · ONVIF port.")]
DiscoveryPort = Annotated[int, typer.Option(min=1, max=65535, help="Cổng WS-Discovery · port of WS-Discovery.")]
Clip = Annotated[Path | None, typer.Option(help="Phát video thật · play real footage.")]
Cache = Annotated[Path, typer.Option(help="Nơi giữ hình đã vẽ · where drawn pictures are kept.")]
Courtrooms = Annotated[int | None, typer.Option(min=0, help="Số phòng xử án · courtrooms; all by default.")]
CamerasCount = Annotated[int, typer.Option("--cameras", min=0, help="Số camera · how many cameras.")]
Socket = Annotated[Path, typer.Option("--socket", help="Ổ cắm của trình mô phỏng · socket of the simulator.")]
SOCKET = VAR / "simulator.sock"


@simulate_app.command(help="Chạy tỉnh mô phỏng · run the simulated province.")
def simulate(
    cameras: CamerasCount = 240,
    courtrooms: Courtrooms = None,
    province: Annotated[Path | None, typer.Option(help="Thư mục dữ liệu tỉnh · folder of the province.")] = None,
    clip: Clip = None,
    clip_every: Annotated[int, typer.Option(min=1, help="Cứ bao nhiêu thiết bị · on every so many-th device.")] = 4,
    cache: Cache = VAR / "loops",
    socket: Socket = SOCKET,
    rtsp_port: RtspPort = RTSP_PORT,
    onvif_port: OnvifPort = ONVIF_PORT,
    discovery_port: DiscoveryPort = DISCOVERY_PORT,
    draw: Annotated[bool, typer.Option("--draw", help="Chỉ vẽ hình · only draw the pictures.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Không in gì · print nothing.")] = False,
) -> None:
    given = {} if province is None else {"province": province}
    simulation = Simulation(
        cameras=cameras,
        courtrooms=courtrooms,
        clip=clip,
        clip_every=clip_every,
        cache=cache,
        socket=socket,
        rtsp_port=rtsp_port,
        onvif_port=onvif_port,
        discovery_port=discovery_port,
        **given,
    )
    run(simulation, only_draw=draw, quiet=quiet)


@fault.command("set", help="Gây lỗi · cause a fault.")
def set_fault(
    name: str,
    cameras: Cameras = [],
    areas: Areas = [],
    everywhere: Everywhere = False,
    value: Annotated[float | None, typer.Option(help="Theo đơn vị của lỗi · in the fault's unit.")] = None,
    socket: Socket = SOCKET,
) -> None:
    _tell(socket, SetFault(fault=name, whom=_whom(cameras, areas, everywhere=everywhere), value=value))


@fault.command("clear", help="Hết lỗi · end a fault, or all.")
def clear_fault(
    name: Annotated[str, typer.Argument()] = "",
    cameras: Cameras = [],
    areas: Areas = [],
    everywhere: Everywhere = False,
    socket: Socket = SOCKET,
) -> None:
    _tell(socket, ClearFault(fault=name, whom=_whom(cameras, areas, everywhere=everywhere)))


@fault.command("list", help="Các lỗi đang có · the faults in force.")
def list_faults(socket: Socket = SOCKET) -> None:
    _tell(socket, ListFaults())


@truth_app.command(help="Ai đã đi qua, mỗi dòng một đối tượng JSON · who crossed, one JSON object a line.")
def truth(
    cameras: Cameras = [],
    areas: Areas = [],
    everywhere: Everywhere = False,
    last_s: Annotated[float, typer.Option("--last", min=0, help="Giây vừa qua · seconds up to now.")] = 60.0,
    from_ms: Annotated[int | None, typer.Option("--from-ms", help="UTC, ms.")] = None,
    to_ms: Annotated[int | None, typer.Option("--to-ms", help="UTC, ms.")] = None,
    main: Annotated[bool, typer.Option("--main", help="Theo luồng chính · as the main stream shows it.")] = False,
    file: Annotated[Path | None, typer.Option(help="Ghi vào tệp · write to a file.")] = None,
    socket: Socket = SOCKET,
) -> None:
    end_ms = round(time.time() * 1000) if to_ms is None else to_ms
    order = AskTruth(
        whom=_whom(cameras, areas, everywhere=everywhere),
        start_ms=end_ms - round(last_s * 1000) if from_ms is None else from_ms,
        end_ms=end_ms,
        kind=StreamKind.MAIN if main else StreamKind.SUB,
    )
    crossings = asyncio.run(told(socket, order))
    assert isinstance(crossings, list)
    lines = "".join(json.dumps(crossing) + "\n" for crossing in crossings)
    if file is None:
        print(lines, end="")
    else:
        file.write_text(lines, encoding="utf-8")


def _whom(cameras: list[int], areas: list[str], *, everywhere: bool) -> Whom:
    return Whom(cameras=tuple(cameras), areas=tuple(areas), everywhere=everywhere)


def _tell(socket: Path, order: Order) -> None:
    print(json.dumps(asyncio.run(told(socket, order))))
