"""The sides of `vms bench egress`: viewers that count, our relay, aiortc's sender, and the cameras that feed Janus."""

import asyncio
import itertools
import socket
import struct
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import aioice.ice
import av
import structlog
import uvloop
from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription

from streams.hub import Hub
from streams.relay import Relay
from streams.relay.packets import packetise
from streams.simulate.catalogue import LoopSpec, sub_specs
from streams.simulate.encode import load_or_encode
from streams.types.media import AccessUnit, Codec, Track
from streams.worker.process import settle_memory
from vms.cli.bench.side import STOP, Line, Usage
from vms.cli.bench.viewer import ClientIdentity, Heard, Remote, Viewer, heard

HOST: Final = "127.0.0.1"
FPS: Final = 15
_SUB_QUALITY: Final = 24.8
_NAL_START: Final = b"\x00\x00\x00\x01"


@dataclass(frozen=True, slots=True)
class Footage:
    """`cameras` different loops of the simulator's sub streams, drawn into `cache`."""

    cameras: int
    cache: Path

    def specs(self) -> tuple[LoopSpec, ...]:
        return tuple(
            replace(spec, key=f"{spec.key}/bench", quality=_SUB_QUALITY) for spec in sub_specs()[: self.cameras]
        )

    def units(self) -> list[list[AccessUnit]]:
        return [
            [
                AccessUnit(Codec.H264, picture, 0, 0, 0, any(nal[0] & 0x1F == 5 for nal in picture))
                for picture in load_or_encode(spec, self.cache).pictures
            ]
            for spec in self.specs()
        ]


@dataclass(frozen=True, slots=True)
class Sight:
    usage: Usage
    heard: Heard


def viewers_side(line: Line, host: str) -> None:
    """Orders: ("offers", count, sections), ("answers", sdps), ("join", offers of Janus), "sight"."""
    quiet()
    uvloop.run(_view(line, host))


async def _view(line: Line, host: str) -> None:
    identity = ClientIdentity()
    viewers: list[Viewer] = []
    while (order := await line.order()) != STOP:
        if order == "sight":
            line.tell(Sight(Usage.now(), heard(viewers)))
            continue
        kind, *arguments = order
        if kind == "offers":
            count, sections = arguments
            viewers = [Viewer(identity, host) for _ in range(count)]
            line.tell([viewer.description(sections) for viewer in viewers])
        elif kind == "answers":
            for viewer, answer in zip(viewers, arguments[0], strict=True):
                viewer.start(answer)
                await asyncio.sleep(0.005)
            line.tell(None)
        elif kind == "join":
            # Janus offers no loopback address; ours of this machine never leaves it either.
            viewer = Viewer(identity, Remote.read(arguments[0]).address[0])
            viewers.append(viewer)
            line.tell(viewer.description(mids=("v",)))
            viewer.start(arguments[0])
        elif kind == "leave":
            for viewer in viewers:
                viewer.close()
            viewers = []
            line.tell(None)


def relay_side(line: Line, footage: Footage) -> None:
    """Our relay on uvloop, fed by hubs. Orders: ("open", offers), ("walls", offers, sections), "usage", "close"."""
    quiet()
    uvloop.run(_relay(line, footage))


async def _relay(line: Line, footage: Footage) -> None:
    relay = await Relay.open(HOST)
    hubs = [Hub(f"camera {number}") for number in range(footage.cameras)]
    async with asyncio.TaskGroup() as group:
        feeding = [
            group.create_task(_feed(hub, units, number / footage.cameras / FPS))
            for number, (hub, units) in enumerate(zip(hubs, footage.units(), strict=True))
        ]
        await asyncio.sleep(2.2)
        settle_memory()  # as a worker does
        line.tell("ready")
        while (order := await line.order()) != STOP:
            line.tell(_done(relay, hubs, order))
        for task in feeding:
            task.cancel()
    await relay.close()


def _done(relay: Relay, hubs: list[Hub], order: Any) -> Any:
    if order == "usage":
        return Usage.now()
    if order == "close":
        for view in relay.views():
            relay.close_view(view.view_id, "the benchmark goes on")
        for number in range(1000):
            relay.close_carrier(f"wall{number}", "the benchmark goes on")
        return relay.segmentation
    kind, offers, *rest = order
    cameras = itertools.cycle(hubs)
    answers = []
    for number, offer in enumerate(offers):
        if kind == "open":
            answer = relay.open_view(f"view{number}", offer, next(cameras), addresses=(HOST,), on_closed=_nobody)
        else:
            answer = relay.open_carrier(f"wall{number}", offer, addresses=(HOST,), on_closed=_nobody)
            for mid in range(rest[0]):
                relay.fill(f"wall{number}", str(mid), f"{number}/{mid}", next(cameras), on_closed=_nobody)
        answers.append(answer)
    return answers


def _nobody(_view_id: str, _reason: str) -> None:
    """Nobody asks again."""


async def _feed(hub: Hub, units: list[AccessUnit], phase_s: float) -> None:
    hub.on_tracks((Track(Codec.H264, 90_000, width_px=640, height_px=360),))
    loop = asyncio.get_running_loop()
    due_s = loop.time() + phase_s
    for unit in itertools.cycle(units):
        await asyncio.sleep(max(0.0, due_s - loop.time()))
        due_s += 1 / FPS
        now_ns = time.time_ns()
        hub.on_unit(replace(unit, capture_ns=now_ns, arrival_ns=now_ns))


class _PassedTrack(MediaStreamTrack):
    """Coded packets as they are: aiortc only packetises, encrypts and sends."""

    kind = "video"

    def __init__(self, units: list[AccessUnit]) -> None:
        super().__init__()
        self._packets = itertools.cycle([_NAL_START + _NAL_START.join(unit.parts) for unit in units])
        self._number = 0
        self._began_s = time.monotonic()

    async def recv(self) -> Any:
        self._number += 1
        await asyncio.sleep(max(0.0, self._began_s + self._number / FPS - time.monotonic()))
        packet = av.Packet(next(self._packets))
        packet.pts = packet.dts = self._number * 90_000 // FPS
        packet.time_base = Fraction(1, 90_000)
        return packet


def aiortc_side(line: Line, footage: Footage) -> None:
    """aiortc's own sender as it comes, without decoding or encoding. Orders: ("open", offers), "usage"."""
    quiet()
    asyncio.run(_aiortc(line, footage))


async def _aiortc(line: Line, footage: Footage) -> None:
    aioice.ice.get_host_addresses = lambda **_: [HOST]
    loops = footage.units()
    peers: list[RTCPeerConnection] = []
    line.tell("ready")
    while (order := await line.order()) != STOP:
        if order == "usage":
            line.tell(Usage.now())
            continue
        answers = []
        for number, offer in enumerate(order[1]):
            peer = RTCPeerConnection()
            peers.append(peer)
            await peer.setRemoteDescription(RTCSessionDescription(offer, "offer"))
            (transceiver,) = peer.getTransceivers()
            transceiver.sender.replaceTrack(_PassedTrack(loops[number % len(loops)]))
            transceiver.direction = "sendonly"
            await peer.setLocalDescription(await peer.createAnswer())
            answers.append(peer.localDescription.sdp)
        line.tell(answers)
    await asyncio.gather(*(peer.close() for peer in peers))


def rtp_side(line: Line, footage: Footage, ports: tuple[int, ...]) -> None:
    """Cameras that send plain RTP to Janus's mount points."""
    quiet()
    uvloop.run(_send_rtp(line, footage, ports))


async def _send_rtp(line: Line, footage: Footage, ports: tuple[int, ...]) -> None:
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(_rtp(units, port, number / len(ports) / FPS))
            for number, (units, port) in enumerate(zip(footage.units(), ports, strict=True))
        ]
        line.tell("ready")
        while await line.order() != STOP:
            line.tell(Usage.now())
        for task in tasks:
            task.cancel()


async def _rtp(units: list[AccessUnit], port: int, phase_s: float) -> None:
    out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    out.connect((HOST, port))
    seqs: Iterator[int] = itertools.count()
    loop = asyncio.get_running_loop()
    due_s = loop.time() + phase_s
    for number, picture in enumerate(itertools.cycle([packetise(unit) for unit in units])):
        await asyncio.sleep(max(0.0, due_s - loop.time()))
        due_s += 1 / FPS
        last = len(picture.payloads) - 1
        for place, payload in enumerate(picture.payloads):
            marked = 102 | 0x80 if place == last else 102
            header = struct.pack("!BBHII", 0x80, marked, next(seqs) & 0xFFFF, number * 6000 & 0xFFFFFFFF, port)
            try:
                out.send(header + payload)
            except ConnectionRefusedError:
                continue  # Janus does not listen yet


def quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
