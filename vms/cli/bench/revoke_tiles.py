"""Running tiles, over every way that a picture has to a viewer; each of them knows when its newest media packet came."""

import asyncio
import time
from collections import defaultdict
from collections.abc import Sequence
from typing import Final, Protocol

import aiohttp

from streams.rtsp.auth import Authenticator
from streams.types.camera import Credentials
from vms.cli.bench.viewer import ClientIdentity, Viewer
from vms.cli.bench.wall_receivers import carriers_of, ssrcs
from vms.cli.client import Api

_LOOK_S: Final = 0.01


class Tile(Protocol):
    """`last_s` is monotonic; `packets` counts media alone."""

    transport: str
    last_s: float
    packets: int

    async def run(self) -> None:
        """Watch until cancelled or ended by the other side."""


class WebRtcTile:
    transport = "webrtc"

    def __init__(self, api: Api, camera_id: str, identity: ClientIdentity) -> None:
        self._api = api
        self._camera_id = camera_id
        self._identity = identity
        self.last_s = 0.0
        self.packets = 0

    async def run(self) -> None:
        viewer = Viewer(self._identity, "127.0.0.1")
        try:
            viewer.start(await self._api.offer(f"/api/cameras/{self._camera_id}/whep?stream=sub", viewer.description()))
            while True:
                await asyncio.sleep(_LOOK_S)
                packets = sum(stream.packets for stream in viewer.streams.values())
                if packets != self.packets:
                    self.packets, self.last_s = packets, time.monotonic()
        finally:
            viewer.close()


class CarrierTile:
    """A slot of a transport that carries a wall."""

    transport = "carrier"

    def __init__(self, viewer: Viewer, ssrc: int) -> None:
        self._viewer = viewer
        self._ssrc = ssrc.to_bytes(4, "big")
        self.last_s = 0.0
        self.packets = 0

    async def run(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_S)
            stream = self._viewer.streams.get(self._ssrc)
            if stream is not None and stream.packets != self.packets:
                self.packets, self.last_s = stream.packets, time.monotonic()


class CarriedWall:
    """One transport for each carrier, as the product's wall has."""

    def __init__(self, api: Api, identity: ClientIdentity) -> None:
        self._api = api
        self._identity = identity
        self._viewers: list[Viewer] = []

    async def open(self, camera_ids: Sequence[str]) -> list[CarrierTile]:
        """A tile for each. Raises `ApiError`, and `ConnectionError` when a slot is refused."""
        carriers = await carriers_of(self._api, camera_ids)
        cameras: defaultdict[str, list[str]] = defaultdict(list)
        for camera_id in camera_ids:
            cameras[carriers[camera_id]].append(camera_id)
        tiles = []
        for carrier, mine in cameras.items():
            viewer = Viewer(self._identity, "127.0.0.1")
            self._viewers.append(viewer)
            answer, location = await self._api.opened(f"/api/carriers/{carrier}", viewer.description(len(mine)))
            viewer.start(answer)
            slots = [{"mid": str(place), "camera_id": camera_id} for place, camera_id in enumerate(mine)]
            filled = await self._api.call("PUT", f"{location}/slots", {"slots": slots})
            if any(slot["view"] is None for slot in filled["slots"]):
                raise ConnectionError("a slot was refused")
            tiles += [CarrierTile(viewer, ssrc) for ssrc in ssrcs(answer)]
        return tiles

    def close(self) -> None:
        for viewer in self._viewers:
            viewer.close()


class SocketTile:
    transport = "websocket"

    def __init__(self, api: Api, camera_id: str) -> None:
        self._api = api
        self._camera_id = camera_id
        self.last_s = 0.0
        self.packets = 0

    async def run(self) -> None:
        async with self._api.websocket(f"/api/cameras/{self._camera_id}/live?stream=sub") as socket:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.BINARY:
                    self.packets, self.last_s = self.packets + 1, time.monotonic()


class RtspTile:
    transport = "rtsp"

    def __init__(self, port: int, camera_id: str, login: Credentials) -> None:
        self._url = f"rtsp://127.0.0.1:{port}/cameras/{camera_id}"
        self._port = port
        self._auth = Authenticator(login)
        self._cseq = 0
        self.last_s = 0.0
        self.packets = 0

    async def run(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._port)
        try:
            query = f"{self._url}?stream=sub"
            await self._ask(reader, writer, "DESCRIBE", query)
            await self._ask(reader, writer, "SETUP", f"{self._url}/trackID=0", "Transport: RTP/AVP/TCP;interleaved=0-1")
            await self._ask(reader, writer, "PLAY", self._url)
            while True:
                head = await reader.readexactly(4)
                packet = await reader.readexactly(int.from_bytes(head[2:], "big"))
                if head[1] == 0:
                    self.packets, self.last_s = self.packets + 1, time.monotonic()
                    self.take(packet)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    def take(self, packet: bytes) -> None:
        """An RTP packet; nothing is kept of it here."""

    async def _ask(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, method: str, url: str, *headers: str
    ) -> None:
        """Raises `ConnectionError` unless the answer is 200, once with the digest that was asked for."""
        for answered in (False, True):
            self._cseq += 1
            signed = [f"{name}: {value}" for name, value in self._auth.header(method, url)]
            lines = [f"{method} {url} RTSP/1.0", f"CSeq: {self._cseq}", *headers, *signed]
            writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
            answer = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            sizes = [int(line.partition(":")[2]) for line in answer if line.lower().startswith("content-length:")]
            await reader.readexactly(sum(sizes))
            status = answer[0].split(" ")[1]
            if status == "200":
                return
            if status != "401" or answered:
                break
            challenges = [line.partition(":")[2] for line in answer if line.startswith("WWW-Authenticate:")]
            self._auth.challenged(challenges, answered=False)
        raise ConnectionError(f"{method} was answered {answer[0]}")
