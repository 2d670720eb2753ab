"""Observers on three transports who keep what they receive, so that the strips in it can be read afterwards."""

import asyncio
import time
from typing import Protocol

import aiohttp

from streams.rtsp.h264 import h264_nals
from streams.simulate.seen import times_of_h264, times_of_mp4
from streams.types.camera import Credentials
from vms.cli.bench.media_opener import MediaOpener
from vms.cli.bench.revoke_tiles import RtspTile
from vms.cli.bench.viewer import ClientIdentity, Viewer
from vms.cli.client import Api


class Observer(Protocol):
    """`last_s` (monotonic) is when the newest media packet came; `seen` reads the strips of everything since `begin`."""

    @property
    def transport(self) -> str: ...

    @property
    def last_s(self) -> float: ...

    @property
    def packets(self) -> int: ...

    async def run(self) -> None:
        """Watch until the other side ends it."""

    def begin(self) -> None:
        """Forget what was received so far, and what the counters say."""

    def seen(self, near_ms: int) -> list[int]: ...


class _Packets:
    """RTP packets of one stream, put together to pictures by their timestamps."""

    def __init__(self) -> None:
        self.packets: list[bytes] = []

    def pictures(self) -> list[list[bytes]]:
        by_time: dict[bytes, list[bytes]] = {}
        for packet in self.packets:
            by_time.setdefault(packet[4:8], []).append(packet)
        return [nals for packets in by_time.values() if (nals := h264_nals(packets)[0])]


class DecryptingViewer(Viewer):
    """Knows when each packet came, and what is in it (SRTP with GCM, RFC 7714)."""

    def __init__(self, identity: ClientIdentity, host: str) -> None:
        super().__init__(identity, host)
        self.kept = _Packets()
        self.last_s = 0.0
        self.count = 0
        self._opener: MediaOpener | None = None

    def _count(self, datagram: bytes) -> None:
        super()._count(datagram)
        if 192 <= datagram[1] <= 223:
            return
        self.last_s = time.monotonic()
        self.count += 1
        if self._opener is None:
            self._opener = MediaOpener(self._keys())
        self.kept.packets.append(self._opener.open(datagram))


class WebRtcObserver:
    transport = "webrtc"

    def __init__(self, api: Api, camera_id: str, identity: ClientIdentity) -> None:
        self._api = api
        self._camera_id = camera_id
        self._identity = identity
        self._viewer: DecryptingViewer | None = None

    @property
    def last_s(self) -> float:
        return self._viewer.last_s if self._viewer else 0.0

    @property
    def packets(self) -> int:
        return self._viewer.count if self._viewer else 0

    async def run(self) -> None:
        viewer = self._viewer = DecryptingViewer(self._identity, "127.0.0.1")
        try:
            viewer.start(await self._api.offer(f"/api/cameras/{self._camera_id}/whep?stream=sub", viewer.description()))
            await asyncio.Event().wait()
        finally:
            viewer.close()

    def begin(self) -> None:
        self._viewer = None

    def seen(self, near_ms: int) -> list[int]:
        return times_of_h264(self._viewer.kept.pictures(), near_ms) if self._viewer else []


class SocketObserver:
    transport = "websocket"

    def __init__(self, api: Api, camera_id: str) -> None:
        self._api = api
        self._camera_id = camera_id
        self._received: list[bytes] = []
        self.last_s = 0.0
        self.packets = 0

    async def run(self) -> None:
        async with self._api.websocket(f"/api/cameras/{self._camera_id}/live?stream=sub") as socket:
            async for message in socket:
                if message.type is aiohttp.WSMsgType.BINARY:
                    self.packets, self.last_s = self.packets + 1, time.monotonic()
                    self._received.append(message.data)

    def begin(self) -> None:
        self._received, self.packets, self.last_s = [], 0, 0.0

    def seen(self, near_ms: int) -> list[int]:
        return times_of_mp4(b"".join(self._received), near_ms)


class RtspObserver(RtspTile):
    def __init__(self, port: int, camera_id: str, login: Credentials) -> None:
        super().__init__(port, camera_id, login)
        self._kept = _Packets()

    def take(self, packet: bytes) -> None:
        self._kept.packets.append(packet)

    def begin(self) -> None:
        self._kept, self.packets, self.last_s = _Packets(), 0, 0.0

    def seen(self, near_ms: int) -> list[int]:
        return times_of_h264(self._kept.pictures(), near_ms)
