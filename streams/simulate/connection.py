"""One RTSP connection to a simulated device: parses, answers, writes; and misbehaves when a fault says so.

Knows the device only through `Host`. Requests are answered one after the other by `run`, which ends with the connection.
"""

import asyncio
import random
import socket
import struct
from typing import Final, Protocol, cast

import structlog

from streams.rtsp.gate import Gate
from streams.rtsp.requests import Request, RequestParser, Response, RtspSyntaxError
from streams.simulate.faults import Fault
from streams.simulate.session import Session

log = structlog.get_logger(__name__)

_REQUESTS: Final = 64
_DRIP_BYTES: Final = 65_536
_GARBAGE_SHARE: Final = 0.05
SESSION_TIMEOUT_S: Final = 60.0
_RESET: Final = struct.pack("ii", 1, 0)


class Host(Protocol):
    """What a connection asks of its device."""

    @property
    def dark(self) -> bool:
        """Without power: nothing is read, nothing is written."""

    def fault(self, fault: Fault) -> float | None:
        """The value of a fault in force on any channel."""

    def gate(self) -> Gate: ...

    def session(self, connection: "Connection") -> Session: ...

    def now_s(self) -> float: ...

    def joined(self, connection: "Connection") -> None: ...

    def left(self, connection: "Connection") -> None: ...


class Connection(asyncio.Protocol):
    def __init__(self, host: Host, rng: random.Random) -> None:
        self._host = host
        self._rng = rng
        self._gate = host.gate()
        self._parser = RequestParser()
        self._requests: asyncio.Queue[Request | None] = asyncio.Queue(_REQUESTS + 1)
        self._transport: asyncio.Transport | None = None
        self._session: Session | None = None
        self._drip = bytearray()
        self._drip_timer: asyncio.TimerHandle | None = None
        self._heard_s = host.now_s()

    # --- asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's transports are none by inheritance
        self._host.joined(self)

    def data_received(self, data: bytes) -> None:
        if self._host.dark:
            return
        self.heard()
        try:
            for request in self._parser.feed(data):
                if self._requests.qsize() >= _REQUESTS:
                    self.abort()
                    return
                self._requests.put_nowait(request)
        except RtspSyntaxError:
            self._write_response(Response(400), "0")
            self.close()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._transport = None
        if self._drip_timer is not None:
            self._drip_timer.cancel()
        self._end_session()
        self._host.left(self)
        while not self._requests.empty():
            self._requests.get_nowait()
        self._requests.put_nowait(None)

    # --- for the device and the session

    def heard(self) -> None:
        """The client lives."""
        self._heard_s = self._host.now_s()

    def end_if_idle(self) -> None:
        """Called now and then: a session not heard of for 60 s ends (RFC 2326 §12.37)."""
        if self._host.now_s() - self._heard_s > SESSION_TIMEOUT_S:
            self.close()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """End with RST."""
        if self._transport is not None:
            raw: socket.socket | None = self._transport.get_extra_info("socket")
            if raw is not None:
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            self._transport.abort()

    def backlog(self) -> int:
        held = 0 if self._transport is None else self._transport.get_write_buffer_size()
        return held + len(self._drip)

    def addresses(self) -> tuple[str, str]:
        """(ours, the client's)."""
        if self._transport is None:
            return "", ""
        return self._transport.get_extra_info("sockname")[0], self._transport.get_extra_info("peername")[0]

    def write(self, data: bytes) -> None:
        """Write whole packets or responses, as the faults in force will have it."""
        if self._transport is None or self._host.dark or self._transport.is_closing():
            return
        if self._host.fault(Fault.GARBAGE) is not None:
            data = self.spoil(data)
        rate = self._host.fault(Fault.DRIP)
        if rate is None and not self._drip:
            self._transport.write(data)
        elif len(self._drip) + len(data) <= _DRIP_BYTES:
            self._drip += data
            if self._drip_timer is None:
                self._drop()

    def spoil(self, data: bytes) -> bytes:
        """Junk in or after the data, now and then, while the fault `garbage` is in force."""
        if self._host.fault(Fault.GARBAGE) is None or self._rng.random() > _GARBAGE_SHARE * 4:
            return data
        junk = self._rng.randbytes(self._rng.randint(1, 64))
        if self._rng.random() < 0.5:
            return data + junk
        at = self._rng.randrange(len(data))
        return data[:at] + junk + data[at + len(junk) :]

    # --- dripping

    def _drop(self) -> None:
        self._drip_timer = None
        rate = self._host.fault(Fault.DRIP)
        if self._transport is None or self._host.dark:
            return
        size = len(self._drip) if rate is None else 1
        self._transport.write(bytes(self._drip[:size]))
        del self._drip[:size]
        if self._drip and rate is not None:
            self._drip_timer = asyncio.get_running_loop().call_later(1 / max(1.0, rate), self._drop)

    # --- requests

    async def run(self) -> None:
        """Answer requests until the connection is gone."""
        while (request := await self._requests.get()) is not None:
            response = await self._answer(request)
            self._write_response(response, request.headers.get("cseq", "0"))
            if request.method == "PLAY" and response.status == 200 and self._session is not None:
                self._session.start()

    def _write_response(self, response: Response, cseq: str) -> None:
        self.write(response.to_bytes(cseq[:32]))

    async def _answer(self, request: Request) -> Response:
        if request.method == "OPTIONS" and self._host.fault(Fault.UNAUTHORIZED) is None:
            methods = "OPTIONS, DESCRIBE, SETUP, PLAY, PAUSE, TEARDOWN, GET_PARAMETER, SET_PARAMETER"
            return Response(200, [("Public", methods)])
        if self._host.fault(Fault.UNAUTHORIZED) is not None or not self._gate.admits(request):
            return Response(401, self._gate.challenges())
        if self._session is None:
            self._session = self._host.session(self)
        return await self._session.answer(request)

    def _end_session(self) -> None:
        if self._session is not None:
            self._session.end()
            self._session = None
