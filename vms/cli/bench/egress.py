"""`vms bench egress`: what a packet to a viewer costs, against aiortc's sender and Janus on the same clips."""

import socket
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

import typer

from streams.simulate.loops import prepare
from vms.cli.bench import janus
from vms.cli.bench.egress_sides import HOST, Footage, aiortc_side, relay_side, rtp_side, viewers_side
from vms.cli.bench.result import Json, console, tell
from vms.cli.bench.side import Side

_CONNECTED_WITHIN_S: Final = 40.0
_SETTLE_S: Final = 3.0
_TILES: Final = 16
_VIEW_BPS: Final = 600_000


def egress(
    viewers: Annotated[int, typer.Option(min=16, max=1500, help="Số người xem · how many viewers.")] = 720,
    *,
    cameras: Annotated[int, typer.Option(min=1, max=24, help="Số camera · how many cameras.")] = 24,
    baseline_viewers: Annotated[int, typer.Option(min=1, help="Cho aiortc và Janus · for aiortc and Janus.")] = 40,
    seconds: Annotated[float, typer.Option(min=1, help="Thời gian đo · how long is measured.")] = 10.0,
    loops: Annotated[Path | None, typer.Option(help="Thư mục cảnh · where drawn loops are kept.")] = None,
    _json: Json = False,
) -> None:
    """Gửi hình tới người xem · sending to viewers."""
    with tempfile.TemporaryDirectory() as folder:
        footage = Footage(cameras, loops or Path(folder))
        console.print("Vẽ cảnh · drawing the scenes…")
        prepare(footage.cache, lambda _done, _all: None, footage.specs())
        with Side(viewers_side, HOST) as crowd:
            single, walls = _own(crowd, footage, viewers, seconds)
            baseline = _aiortc(crowd, footage, baseline_viewers, seconds)
            peer = _janus(crowd, footage, baseline_viewers, seconds)
    tell(_result(single, walls, baseline, peer))


@dataclass(frozen=True, slots=True)
class _Measured:
    """Of one sender: its CPU and what its viewers got."""

    viewers: int
    cpu_s: float
    took_s: float
    packets: int
    size_bytes: int
    lost: int
    receivers_cores: float

    @property
    def us_per_packet(self) -> float:
        return self.cpu_s / max(1, self.packets) * 1e6


def _measure(crowd: Side, viewers: int, streams: int, cpu_s: Callable[[], float], seconds: float) -> _Measured:
    deadline_s = time.monotonic() + _CONNECTED_WITHIN_S
    while (connected := crowd.ask("sight").heard.connected) < viewers:
        if time.monotonic() > deadline_s:
            raise typer.BadParameter(f"only {connected} of {viewers} viewers connected")
        time.sleep(0.2)
    time.sleep(_SETTLE_S)
    before, cpu_before = crowd.ask("sight"), cpu_s()
    time.sleep(seconds)
    cpu_after, after = cpu_s(), crowd.ask("sight")
    return _Measured(
        streams,
        cpu_after - cpu_before,
        after.usage.at_s - before.usage.at_s,
        after.heard.packets - before.heard.packets,
        after.heard.size_bytes - before.heard.size_bytes,
        after.heard.lost - before.heard.lost,
        after.usage.cores_since(before.usage),
    )


def _own(crowd: Side, footage: Footage, viewers: int, seconds: float) -> tuple[_Measured, _Measured]:
    with Side(relay_side, footage) as relay:
        relay.hear(60)
        console.print(f"Vọng: {viewers} × 1")
        offers = crowd.ask(("offers", viewers, 1))
        crowd.ask(("answers", relay.ask(("open", offers), 60)), 60)
        single = _measure(crowd, viewers, viewers, lambda: relay.ask("usage").cpu_s, seconds)
        if not relay.ask("close"):
            console.print("no UDP segmentation in this kernel")
        crowd.ask(("leave",))
        count = viewers // _TILES
        console.print(f"Vọng: {count} × {_TILES}")
        offers = crowd.ask(("offers", count, _TILES))
        crowd.ask(("answers", relay.ask(("walls", offers, _TILES), 60)), 60)
        walls = _measure(crowd, count, count * _TILES, lambda: relay.ask("usage").cpu_s, seconds)
        crowd.ask(("leave",))
    return single, walls


def _aiortc(crowd: Side, footage: Footage, viewers: int, seconds: float) -> _Measured:
    console.print(f"aiortc: {viewers}")
    with Side(aiortc_side, footage) as sender:
        sender.hear(60)
        offers = crowd.ask(("offers", viewers, 1))
        crowd.ask(("answers", sender.ask(("open", offers), 60)), 60)
        measured = _measure(crowd, viewers, viewers, lambda: sender.ask("usage").cpu_s, seconds)
        crowd.ask(("leave",))
    return measured


def _janus(crowd: Side, footage: Footage, viewers: int, seconds: float) -> _Measured | None:
    program = janus.installed()
    if program is None:
        return None
    console.print(f"Janus: {viewers}")
    ports = _free_ports(footage.cameras)
    with janus.running(program, ports) as peer, Side(rtp_side, footage, ports) as cameras:
        cameras.hear(60)
        for number in range(viewers):
            handle, offer = peer.watch(number % footage.cameras + 1)
            peer.start(handle, crowd.ask(("join", offer)))
        measured = _measure(crowd, viewers, viewers, peer.cpu_s, seconds)
        crowd.ask(("leave",))
    return measured


def _free_ports(count: int) -> tuple[int, ...]:
    held = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(count)]
    try:
        for each in held:
            each.bind((HOST, 0))
        return tuple(each.getsockname()[1] for each in held)
    finally:
        for each in held:
            each.close()


def _result(single: _Measured, walls: _Measured, baseline: _Measured, peer: _Measured | None) -> dict[str, object]:
    packets_per_bit = single.packets / (8 * single.size_bytes)
    per_viewer_s = single.us_per_packet * 1e-6 * packets_per_bit * _VIEW_BPS
    result: dict[str, object] = {
        "us_per_packet": single.us_per_packet,
        "us_per_packet_walls": walls.us_per_packet,
        "baseline_aiortc_us_per_packet": baseline.us_per_packet,
        "times_less_than_aiortc": baseline.us_per_packet / single.us_per_packet,
        "viewers_per_core_600kbps": int(1 / per_viewer_s),
        "viewers": single.viewers,
        "cpu_cores": single.cpu_s / single.took_s,
        "packets_per_s": single.packets / single.took_s,
        "mbps": 8 * single.size_bytes / single.took_s / 1e6,
        "lost_packets": single.lost + walls.lost,
        "receivers_cpu_cores": single.receivers_cores,
        "baseline_viewers": baseline.viewers,
        "how": (
            "CPU (process_time: user and system, all threads) of a process that runs the relay on uvloop with hubs fed by drawn 640x360 "
            "H.264 loops, over the packets that the viewers received: ICE checks, SRTCP reports both ways, pacing, event loop and feeding "
            "included; delivery into the viewers' sockets on loopback is part of the sender's system time. Viewers (another process) do "
            "ICE and DTLS, check every 2.5 s, report every second, count by sequence number and drop; they "
            "take joined datagrams (UDP_GRO), which spares our sender work on loopback that the peers are not spared. "
            "walls: the same number of streams "
            f"on transports of {_TILES}. aiortc: RTCRtpSender on asyncio's own loop, given coded packets (no encoding), same loops. "
            "Janus: streaming plugin, RTP "
            "mount points fed by a third process, CPU of its process from /proc."
        ),
    }
    if peer is not None:
        result |= {"janus_us_per_packet": peer.us_per_packet, "janus_lost_packets": peer.lost}
    return result
