"""What the simulated province itself costs, so that measurements of the server can leave it out.

The cameras run in this process, their clients in a child process that reads and throws away. CPU is `process_time` of this process.
"""

import asyncio
import multiprocessing
import socket
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Final

import uvloop

from streams.rtsp.gate import Scheme
from streams.simulate.catalogue import pair
from streams.simulate.device import MediaChannel, MediaDevice
from streams.simulate.loops import prepare
from streams.simulate.province import MediaSimulator, RtspAccess
from streams.simulate.scenes import all_scenes

_SETTLE_S: Final = 3.0
_PORT: Final = 18554


def province(cameras: int) -> list[MediaDevice]:
    """`cameras` devices at 127.20.0.0/16, their scenes in turn."""
    scenes = all_scenes()
    devices = []
    for number in range(1, cameras + 1):
        main, sub = pair(scenes[number % len(scenes)].key)
        address = f"127.20.{number // 250}.{number % 250 + 1}"
        devices.append(MediaDevice(address, (MediaChannel(number, main, sub),)))
    return devices


def measure_cost(cameras: int = 240, seconds: float = 10, cache: Path | None = None) -> dict[str, float]:
    """CPU share of one core for `cameras` sub streams to as many TCP clients over `seconds`, and what the clients received."""
    with tempfile.TemporaryDirectory() as folder:
        chosen = Path(folder) if cache is None else cache
        prepare(chosen, lambda _done, _all: None)
        return uvloop.run(_measure(cameras, seconds, chosen))


async def _measure(cameras: int, seconds: float, cache: Path) -> dict[str, float]:
    devices = province(cameras)
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    access = RtspAccess("bench", "", Scheme.NONE, _PORT)
    async with MediaSimulator([_sub_only(device) for device in devices], access, cache):
        clients = context.Process(target=_clients, args=(theirs, [device.address for device in devices]), daemon=True)
        clients.start()
        await asyncio.to_thread(ours.recv)
        await asyncio.sleep(_SETTLE_S)
        ours.send("count")
        started_s, cpu_s = time.monotonic(), time.process_time()
        await asyncio.sleep(seconds)
        took_s, cpu_s = time.monotonic() - started_s, time.process_time() - cpu_s
        ours.send("stop")
        received = await asyncio.to_thread(ours.recv)
        await asyncio.to_thread(clients.join)
    return {
        "cameras": cameras,
        "seconds": round(took_s, 2),
        "cpu_cores": round(cpu_s / took_s, 4),
        "received_mbps": round(received * 8 / took_s / 1e6, 1),
        "us_per_picture": round(cpu_s / took_s / (cameras * 15) * 1e6, 1),
    }


def _sub_only(device: MediaDevice) -> MediaDevice:
    """The same with the sub loop as its main, so that nothing large is encoded meanwhile."""
    (channel,) = device.channels
    assert channel.sub is not None
    return MediaDevice(
        device.address, (MediaChannel(channel.number, channel.sub, channel.sub),), device.activity_percent
    )


def _clients(orders: Connection, addresses: list[str]) -> None:
    asyncio.run(_read_all(orders, addresses))


async def _read_all(orders: Connection, addresses: list[str]) -> None:
    streams = [await _play(address) for address in addresses]
    orders.send("playing")
    counting = [0]
    loop = asyncio.get_running_loop()
    for stream in streams:
        loop.add_reader(stream, _swallow, stream, counting)
    await asyncio.to_thread(orders.recv)
    before = counting[0]
    await asyncio.to_thread(orders.recv)
    orders.send(counting[0] - before)


def _swallow(stream: socket.socket, counting: list[int]) -> None:
    counting[0] += len(stream.recv(1 << 18))


async def _play(address: str) -> socket.socket:
    """The smallest client there is: it knows what the answers will be."""
    loop = asyncio.get_running_loop()
    stream = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    stream.setblocking(False)  # noqa: FBT003 the socket's own signature
    await loop.sock_connect(stream, (address, _PORT))
    url = f"rtsp://{address}:{_PORT}/sub"
    setup = f"SETUP {url}/trackID=0 RTSP/1.0\r\nCSeq: 1\r\nTransport: RTP/AVP/TCP;unicast;interleaved=0-1\r\n\r\n"
    await loop.sock_sendall(stream, setup.encode())
    answer = await loop.sock_recv(stream, 4096)
    session = answer.split(b"Session: ")[1].split(b";")[0].decode()
    await loop.sock_sendall(stream, f"PLAY {url} RTSP/1.0\r\nCSeq: 2\r\nSession: {session}\r\n\r\n".encode())
    return stream
