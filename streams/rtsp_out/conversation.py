"""One player's connection: its requests answered in turn, then pictures as long as its right stands.

A player that does not take its bytes loses pictures in the worker, never here: at most one frame waits.
"""

import asyncio
import re
import secrets
import socket
from collections.abc import Callable, Mapping
from typing import Protocol, cast
from urllib.parse import parse_qs, urlsplit

import structlog

from streams.rtcp import goodbye
from streams.rtsp.gate import Gate, Scheme
from streams.rtsp.requests import Request, RequestParser, Response, RtspSyntaxError
from streams.rtsp_out.description import describe
from streams.rtsp_out.door import Door, Stream
from streams.types.media import StreamKind

log = structlog.get_logger(__name__)

_MOST_REQUESTS = 16
_MOST_REFUSALS = 3
_SOCKET_BUFFER_BYTES = 256 << 10
"""Small on purpose: what lies in the kernel when a right ends can no longer be taken back."""
_STUCK_S = 10.0
_IDLE_S = 60.0
_PATH = re.compile(r"^/cameras/([0-9a-zA-Z_-]{8,64})(?:/trackID=([01]))?/?$")
_METHODS = "OPTIONS, DESCRIBE, SETUP, PLAY, TEARDOWN, GET_PARAMETER, SET_PARAMETER"


class Room(Protocol):
    """Where the conversations of a server are counted."""

    def joined(self, conversation: "Conversation") -> bool: ...

    def left(self, conversation: "Conversation") -> None: ...


class Conversation(asyncio.Protocol):
    def __init__(self, door: Door, room: Room) -> None:
        self._door = door
        self._room = room
        self._parser = RequestParser()
        self._requests: asyncio.Queue[Request | None] = asyncio.Queue(_MOST_REQUESTS + 1)
        self._transport: asyncio.Transport | None = None
        self._writable = asyncio.Event()
        self._writable.set()
        self._nonce = secrets.token_hex(16)
        self._refusals = 0
        self._id = secrets.token_hex(8)
        self._stream: Stream | None = None
        self._camera = ""
        self._tracks: set[int] = set()
        self._playing: asyncio.Task[None] | None = None
        self._answers: Mapping[str, Callable[[Request], Response]] = {
            "SETUP": self._setup,
            "PLAY": self._start,
            "TEARDOWN": self._tear_down,
            "GET_PARAMETER": self._keep_alive,
            "SET_PARAMETER": self._keep_alive,
        }

    # --- asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's transports are none by inheritance
        raw: socket.socket | None = self._transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SOCKET_BUFFER_BYTES)
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if not self._room.joined(self):
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        try:
            for request in self._parser.feed(data):
                if self._requests.qsize() >= _MOST_REQUESTS:
                    self.abort()
                    return
                self._requests.put_nowait(request)
        except RtspSyntaxError:
            self._write(Response(400), "0")
            self.close()

    def pause_writing(self) -> None:
        self._writable.clear()

    def resume_writing(self) -> None:
        self._writable.set()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._transport = None
        self._writable.set()
        while not self._requests.empty():
            self._requests.get_nowait()
        self._requests.put_nowait(None)

    # --- for the server

    async def run(self) -> None:
        """Answer until the connection is gone; then end the view."""
        try:
            async with asyncio.TaskGroup() as group:
                while (request := await self._next()) is not None:
                    response = await self._answer(request)
                    self._write(response, request.headers.get("cseq", "0"))
                    if request.method == "PLAY" and response.status == 200 and self._playing is None:
                        self._playing = group.create_task(self._play(), name="rtsp out")
                if self._playing is not None:
                    self._playing.cancel()
        finally:
            self.abort()
            self._room.left(self)
            if self._stream is not None:
                await self._stream.close()

    async def _next(self) -> Request | None:
        """The next request; a connection that plays nothing may be silent for `_IDLE_S` only."""
        if self._playing is not None:
            return await self._requests.get()
        try:
            async with asyncio.timeout(_IDLE_S):
                return await self._requests.get()
        except TimeoutError:
            return None

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    @property
    def address(self) -> str:
        peer = self._transport.get_extra_info("peername") if self._transport is not None else None
        return str(peer[0]) if peer else ""

    # --- requests

    async def _answer(self, request: Request) -> Response:
        if request.method == "OPTIONS":
            return Response(200, [("Public", _METHODS)])
        username = await self._admitted(request)
        if username is None:
            return self._refused()
        if request.method == "DESCRIBE":
            return await self._describe(request, username)
        answer = self._answers.get(request.method)
        if answer is None:
            return Response(501)
        return Response(455) if self._stream is None else answer(request)

    def _keep_alive(self, _request: Request) -> Response:
        return Response(200, [self._session()])

    def _start(self, _request: Request) -> Response:
        return Response(200, [self._session(), ("Range", "npt=now-")]) if self._tracks else Response(455)

    def _tear_down(self, _request: Request) -> Response:
        self._requests.put_nowait(None)
        return Response(200, [self._session()])

    async def _admitted(self, request: Request) -> str | None:
        username = Gate.username(request)
        if not username or len(username) > 64:
            return None
        secret = await self._door.secret(username)
        # An unknown name costs the same work as a wrong secret.
        gate = Gate(username, secret or secrets.token_hex(16), Scheme.DIGEST, self._nonce)
        return username if gate.admits(request) and secret is not None else None

    def _refused(self) -> Response:
        self._refusals += 1
        if self._refusals > _MOST_REFUSALS:
            log.warning("rtsp_out_refused", address=self.address)
            self._requests.put_nowait(None)
        return Response(401, Gate("", "", Scheme.DIGEST, self._nonce).challenges())

    async def _describe(self, request: Request, username: str) -> Response:
        parts = urlsplit(request.url)
        matched = _PATH.match(parts.path)
        if matched is None or matched[2] is not None:
            return Response(404)
        if self._stream is not None:
            return Response(455)
        wanted = parse_qs(parts.query).get("stream", ["main"])[0]
        if wanted not in tuple(StreamKind):
            return Response(404)
        self._stream = await self._door.open(username, matched[1], StreamKind(wanted), self.address)
        if self._stream is None:
            return Response(404)
        self._camera = matched[1]
        base = request.url.split("?", 1)[0].rstrip("/") + "/"
        headers = [("Content-Type", "application/sdp"), ("Content-Base", base)]
        return Response(200, headers, describe(self._stream.info))

    def _setup(self, request: Request) -> Response:
        assert self._stream is not None, "checked by the caller"
        matched = _PATH.match(urlsplit(request.url).path)
        if matched is None or matched[1] != self._camera or matched[2] is None:
            return Response(404)
        number = int(matched[2])
        if number == 1 and self._stream.info.sound is None:
            return Response(404)
        if self._playing is not None:
            return Response(455)
        if not any(
            choice.strip().startswith("RTP/AVP/TCP") for choice in request.headers.get("transport", "").split(",")
        ):
            return Response(461)
        self._tracks.add(number)
        channel = 2 * number
        return Response(
            200, [self._session(), ("Transport", f"RTP/AVP/TCP;unicast;interleaved={channel}-{channel + 1}")]
        )

    def _session(self) -> tuple[str, str]:
        return "Session", f"{self._id};timeout=60"

    def _write(self, response: Response, cseq: str) -> None:
        if self._transport is not None:
            self._transport.write(response.to_bytes(cseq[:32]))

    # --- pictures

    async def _play(self) -> None:
        stream = self._stream
        assert stream is not None, "SETUP comes before PLAY"
        stream.start(sound=1 in self._tracks)
        async for _, body in stream.frames():
            if self._transport is None:
                return
            self._transport.write(body)
            if not await self._drained():
                log.info("rtsp_out_stuck", address=self.address)
                self.abort()
                return
        self._say_goodbye(stream)

    async def _drained(self) -> bool:
        try:
            async with asyncio.timeout(_STUCK_S):
                await self._writable.wait()
        except TimeoutError:
            return False
        return True

    def _say_goodbye(self, stream: Stream) -> None:
        """The view has ended: RTCP BYE with the reason (RFC 3550 section 6.6), then the connection."""
        if self._transport is None:
            return
        if self._transport.get_write_buffer_size():
            self._transport.abort()  # a right that ended leaves nothing behind
            return
        bye = goodbye(0, stream.reason or "")
        for number in self._tracks:
            self._transport.write(bytes((0x24, 2 * number + 1)) + len(bye).to_bytes(2, "big") + bye)
        self._transport.close()
