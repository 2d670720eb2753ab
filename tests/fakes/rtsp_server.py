"""A scripted RTSP camera on loopback: answers as told, plays what a test gives it, keeps what it was asked."""

import asyncio
import base64
import contextlib
import hashlib
import re
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

from fakes.rtp_packets import PPS, SPS_640X360, framed

SDP = (
    "v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n"
    f"a=fmtp:96 packetization-mode=1;sprop-parameter-sets={base64.b64encode(SPS_640X360).decode()},"
    f"{base64.b64encode(PPS).decode()}\r\na=control:track1\r\n"
).encode()
REALM, NONCE = "camera", "4e6f6e6365"


@dataclass
class Asked:
    method: str
    url: str
    headers: dict[str, str]


class Player:
    """What a test's script plays on: packets over TCP or UDP, raw bytes, the end."""

    def __init__(self, writer: asyncio.StreamWriter, udp_port: int) -> None:
        self.writer = writer
        self._udp_port = udp_port

    async def send(self, packets: list[bytes], channel: int = 0) -> None:
        if self._udp_port:
            loop = asyncio.get_running_loop()
            target = ("127.0.0.1", self._udp_port + channel)
            transport, _ = await loop.create_datagram_endpoint(asyncio.DatagramProtocol, remote_addr=target)
            for packet in packets:
                transport.sendto(packet)
            transport.close()
        else:
            await self.raw(b"".join(framed(channel, packet) for packet in packets))

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()

    def reset(self) -> None:
        self.writer.transport.abort()


async def play_nothing(_: Player) -> None:
    await asyncio.Event().wait()


@dataclass
class FakeCamera:
    """`replies`: whole answers by method, used up in order before the usual ones. `password`: asks for digest when set."""

    play: Callable[[Player], Awaitable[None]] = play_nothing
    sdp: bytes = SDP
    replies: dict[str, list[str]] = field(default_factory=dict)
    password: str = ""
    basic: bool = False
    public: str = "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER"
    session: str = "12345678;timeout=60"
    tls: ssl.SSLContext | None = None
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    refused_sign_ins: int = 0
    port: int = 0

    def methods(self) -> list[str]:
        return [request.method for request in self.asked]

    @property
    def url(self) -> str:
        return f"{'rtsps' if self.tls else 'rtsp'}://127.0.0.1:{self.port}/live"

    @contextlib.asynccontextmanager
    async def serving(self) -> AsyncIterator["FakeCamera"]:
        tasks: set[asyncio.Task[None]] = set()

        async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            tasks.add(task)
            self.connections += 1
            try:
                with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
                    await self._serve(reader, writer)
            finally:
                writer.transport.abort()

        server = await asyncio.start_server(accept, "127.0.0.1", self.port, ssl=self.tls)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            # Transports close in the loop's next turn.
            await asyncio.sleep(0)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        playing: asyncio.Task[None] | None = None
        udp_port = 0
        try:
            while True:
                request = await self._read(reader)
                udp = re.search(r"client_port=(\d+)", request.headers.get("transport", ""))
                udp_port = int(udp[1]) if udp else udp_port
                status, extra, body = self._answer(request)
                head = f"RTSP/1.0 {status}\r\nCSeq: {request.headers['cseq']}\r\n{extra}"
                if "content-length" not in extra.lower():
                    head += f"Content-Length: {len(body)}\r\n"
                writer.write(head.encode() + b"\r\n" + body)
                if request.method == "PLAY" and status.startswith("200"):
                    playing = asyncio.create_task(self._play(Player(writer, udp_port)))
        finally:
            if playing is not None:
                playing.cancel()
                await asyncio.gather(playing, return_exceptions=True)

    async def _play(self, player: Player) -> None:
        with contextlib.suppress(ConnectionError):
            await self.play(player)

    async def _read(self, reader: asyncio.StreamReader) -> Asked:
        while True:
            first = await reader.readexactly(1)
            if first == b"$":
                head = await reader.readexactly(3)
                await reader.readexactly(int.from_bytes(head[1:], "big"))
                continue
            lines = (first + await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            method, url, _ = lines[0].split(" ")
            headers = dict(line.split(": ", 1) for line in lines[1:] if line)
            request = Asked(method, url, {name.lower(): value for name, value in headers.items()})
            self.asked.append(request)
            return request

    def _answer(self, request: Asked) -> tuple[str, str, bytes]:
        scripted = self.replies.get(request.method)
        if scripted:
            status, _, extra = scripted.pop(0).partition("\r\n")
            return status, extra, b""
        if self.password and not self._signed(request):
            way = f'Basic realm="{REALM}"' if self.basic else f'Digest realm="{REALM}", nonce="{NONCE}"'
            return "401 Unauthorized", f"WWW-Authenticate: {way}\r\n", b""
        if request.method == "OPTIONS":
            return "200 OK", f"Public: {self.public}\r\n", b""
        if request.method == "DESCRIBE":
            return "200 OK", "Content-Type: application/sdp\r\n", self.sdp
        if request.method == "SETUP":
            transport = request.headers["transport"]
            extra = ";server_port=40000-40001" if "client_port" in transport else ""
            return "200 OK", f"Transport: {transport}{extra}\r\nSession: {self.session}\r\n", b""
        return "200 OK", "", b""

    def _signed(self, request: Asked) -> bool:
        given = request.headers.get("authorization", "")
        if not given:
            return False
        if self.basic:
            right = given == "Basic " + base64.b64encode(f"vong:{self.password}".encode()).decode()
        else:
            secret = _md5(f"vong:{REALM}:{self.password}")
            asked = _md5(f"{request.method}:{request.url}")
            right = 'response="' + _md5(f"{secret}:{NONCE}:{asked}") + '"' in given
        self.refused_sign_ins += not right
        return right


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()
