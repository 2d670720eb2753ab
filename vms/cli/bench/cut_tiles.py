"""Observers on three transports who keep what they receive, so that the strips in it can be read afterwards."""

import asyncio
import time
from typing import Final, Protocol

import aiohttp
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from streams.relay.srtp import KEY_BYTES, derive
from streams.rtsp.h264 import h264_nals
from streams.simulate.seen import times_of_h264, times_of_mp4
from streams.types.camera import Credentials
from vms.cli.bench.revoke_tiles import RtspTile
from vms.cli.bench.viewer import ClientIdentity, Viewer
from vms.cli.client import Api

_RTP_KEY: Final = 0
_RTP_SALT: Final = 2


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
        self._opening: tuple[AESGCM, int] | None = None
        self._indices: dict[bytes, int] = {}

    def _count(self, datagram: bytes) -> None:
        super()._count(datagram)
        if 192 <= datagram[1] <= 223:
            return
        self.last_s = time.monotonic()
        self.count += 1
        self.kept.packets.append(self._open(datagram))

    def _open(self, datagram: bytes) -> bytes:
        """The packet in clear, without header extension."""
        cipher, salt = self._opening or self._keys_for_media()
        header = 12 if not datagram[0] & 0x10 else 16 + 4 * int.from_bytes(datagram[14:16], "big")
        ssrc, seq = datagram[8:12], int.from_bytes(datagram[2:4], "big")
        known = self._indices.get(ssrc, seq)
        # The index is the sequence number with the wraps that were seen: whichever is nearest to the last one.
        index = min((known & ~0xFFFF) + seq + wraps for wraps in (-0x10000, 0, 0x10000) if _near(known, seq, wraps))
        self._indices[ssrc] = max(known, index)
        nonce = ((int.from_bytes(ssrc, "big") << 48 | index) ^ salt).to_bytes(12, "big")
        return datagram[:12] + cipher.decrypt(nonce, datagram[header:], datagram[:header])

    def _keys_for_media(self) -> tuple[AESGCM, int]:
        keys = self._keys()
        salt = int.from_bytes(derive(keys.peer_key, keys.peer_salt, _RTP_SALT, 12), "big")
        self._opening = AESGCM(derive(keys.peer_key, keys.peer_salt, _RTP_KEY, KEY_BYTES)), salt
        return self._opening


def _near(known: int, seq: int, wraps: int) -> bool:
    return abs((known & ~0xFFFF) + seq + wraps - known) <= 0x8000


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
