"""One TCP (or TLS) connection to a camera: sends calls, matches their answers, hands the media of each read on in one go.

Knows nothing of what is said; `handshake` does.
"""

import asyncio
import hashlib
import ssl
from collections.abc import Callable, Generator
from typing import TypeVar, cast

from streams.rtsp.faults import BadBytes
from streams.rtsp.messages import Call, Message, Request, Response, Splitter, encode_reply
from streams.types.camera import FaultKind, SourceFault

_Result = TypeVar("_Result")
_MAX_PENDING = 8
_MAX_REQUESTS_ANSWERED = 1000
_LARGE_READ_BYTES = 64 << 10
_RATE_BYTES_PER_S = 16 << 20
_BURST_BYTES = 16 << 20


class Connection(asyncio.Protocol):
    """`ended` gets the `SourceFault` that ended the connection; it is never cancelled by us.

    A camera that sends more than 128 Mb/s for long is read no faster than that: TCP makes it wait, and the others do not.
    """

    __slots__ = (
        "_answered",
        "_credit_at_s",
        "_credit_bytes",
        "_cseq",
        "_paced",
        "_pending",
        "_rate_bytes_per_s",
        "_splitter",
        "_transport",
        "ended",
        "on_read",
    )

    def __init__(self) -> None:
        self.on_read: Callable[[], None] = _nobody
        """Called after each read that may have filled a listened channel."""
        self._splitter = Splitter()
        self._transport: asyncio.Transport | None = None
        self._pending: dict[int, Callable[[Response], None]] = {}
        self._cseq = 0
        self._answered = 0
        self._rate_bytes_per_s = _RATE_BYTES_PER_S
        self._paced = False
        self._credit_bytes = float(_BURST_BYTES)
        self._credit_at_s = 0.0
        self.ended: asyncio.Future[SourceFault] = asyncio.get_running_loop().create_future()

    def listen(self, channel: int) -> list[bytes]:
        """The list that this interleaved channel's packets go to; empty it in `on_read`."""
        return self._splitter.listen(channel)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._paced or len(data) >= _LARGE_READ_BYTES:
            self._spend(len(data))
        try:
            messages = self._splitter.feed(data)
            if messages:
                self._take(messages)
            self.on_read()
        except SourceFault as fault:
            self.fail(fault)

    def read_no_faster_than(self, bytes_per_s: int) -> None:
        """From now on, with no more than a second's worth at once."""
        self._rate_bytes_per_s, self._paced = bytes_per_s, True
        self._credit_bytes = 0.0
        self._credit_at_s = asyncio.get_running_loop().time()

    def _spend(self, size_bytes: int) -> None:
        loop = asyncio.get_running_loop()
        now_s = loop.time()
        saved = (now_s - self._credit_at_s) * self._rate_bytes_per_s
        most = self._rate_bytes_per_s if self._paced else _BURST_BYTES
        self._credit_bytes = min(self._credit_bytes + saved, most) - size_bytes
        self._credit_at_s = now_s
        if self._credit_bytes < 0 and self._transport is not None:
            self._transport.pause_reading()
            loop.call_later(-self._credit_bytes / self._rate_bytes_per_s, self._read_on)

    def _read_on(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(
            SourceFault(FaultKind.LOST, "the connection was reset" if exc else "the camera closed the connection")
        )

    def fail(self, fault: SourceFault) -> None:
        """End the connection at once for this reason."""
        self._end(fault)
        if self._transport is not None:
            self._transport.abort()

    def close(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    @property
    def certificate_sha256(self) -> str:
        """The camera's certificate as the hexadecimal SHA-256 of its DER form; '' without TLS."""
        tls = self._transport.get_extra_info("ssl_object") if self._transport is not None else None
        shown = tls.getpeercert(binary_form=True) if tls is not None else None
        return hashlib.sha256(shown).hexdigest() if shown else ""

    @property
    def local_host(self) -> str:
        assert self._transport is not None
        return str(self._transport.get_extra_info("sockname")[0])

    @property
    def peer_host(self) -> str:
        assert self._transport is not None
        return str(self._transport.get_extra_info("peername")[0])

    def send(self, call: Call, on_response: Callable[[Response], None]) -> None:
        """Send without waiting. Unanswered calls beyond eight are forgotten, oldest first."""
        self._cseq += 1
        if len(self._pending) >= _MAX_PENDING:
            self._pending.pop(next(iter(self._pending)))
        self._pending[self._cseq] = on_response
        self._write(call.encode(self._cseq))

    def send_frame(self, channel: int, payload: bytes) -> None:
        self._write(b"$" + bytes((channel,)) + len(payload).to_bytes(2, "big") + payload)

    async def drive(self, conversation: Generator[Call, Response, _Result], response_s: float) -> _Result:
        """Hold a conversation of `handshake`. Raises `SourceFault` (STALLED) when an answer takes longer than `response_s`."""
        try:
            call = next(conversation)
            while True:
                call = conversation.send(await self.ask(call, response_s))
        except StopIteration as stop:
            result: _Result = stop.value
            return result

    async def ask(self, call: Call, response_s: float) -> Response:
        """The answer to one call. Raises `SourceFault`: STALLED after `response_s`, or why the connection ended."""
        answer: asyncio.Future[Response] = asyncio.get_running_loop().create_future()
        self.send(call, lambda response: None if answer.done() else answer.set_result(response))
        await asyncio.wait((answer, self.ended), timeout=response_s, return_when=asyncio.FIRST_COMPLETED)
        if answer.done():
            return answer.result()
        if self.ended.done():
            raise self.ended.result()
        raise SourceFault(FaultKind.STALLED, f"no answer to {call.method}")

    def _write(self, data: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    def _end(self, fault: SourceFault) -> None:
        if not self.ended.done():
            self.ended.set_result(fault)

    def _take(self, messages: list[Message]) -> None:
        for message in messages:
            if isinstance(message, Response):
                self._match(message)
            elif isinstance(message, Request):
                self._answered += 1
                if self._answered > _MAX_REQUESTS_ANSWERED:
                    raise BadBytes("flood of RTSP requests")
                status = "200 OK" if message.method in ("OPTIONS", "GET_PARAMETER") else "501 Not Implemented"
                self._write(encode_reply(status, message.header("cseq")))

    def _match(self, response: Response) -> None:
        cseq = response.header("cseq")
        if cseq.isascii() and cseq.isdigit() and len(cseq) < 10:
            on_response = self._pending.pop(int(cseq), None)
        elif self._pending:
            # Without a CSeq it answers the oldest call (seen with cheap encoders).
            on_response = self._pending.pop(next(iter(self._pending)))
        else:
            on_response = None
        if on_response is not None:
            on_response(response)


def _nobody() -> None:
    """Nothing plays yet."""


async def connect(host: str, port: int, tls: ssl.SSLContext | None, connect_s: float) -> Connection:
    """Raises `SourceFault`: REFUSED, UNREACHABLE, or LOST when TLS fails."""
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(connect_s):
            _, connection = await loop.create_connection(Connection, host, port, ssl=tls)
            return connection
    except TimeoutError:
        raise SourceFault(FaultKind.UNREACHABLE, "no answer to our connection attempt") from None
    except ConnectionRefusedError:
        raise SourceFault(FaultKind.REFUSED, "nobody listens on this port") from None
    except (ssl.SSLError, ConnectionError) as error:
        raise SourceFault(FaultKind.LOST, f"connection failed: {type(error).__name__}") from None
    except (OSError, UnicodeError) as error:
        raise SourceFault(FaultKind.UNREACHABLE, f"no way there: {type(error).__name__}") from None
