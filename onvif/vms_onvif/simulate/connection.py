"""One HTTP connection to a simulated device, and what the device's faults do to its answers."""

import asyncio
from http import HTTPStatus
from typing import Final, Protocol

import structlog

from vms_onvif.simulate import garbage
from vms_onvif.simulate.faults import Fault
from vms_onvif.simulate.http import MOST_HEAD_BYTES, BadRequest, Head, Reply, parse_head
from vms_onvif.simulate.services.event_service import Dropped

log = structlog.get_logger(__name__)

_IDLE_S: Final = 75.0
_HUNDRED: Final = b"HTTP/1.1 100 Continue\r\n\r\n"


class Host(Protocol):
    """The device, as its connections see it."""

    @property
    def speaking(self) -> asyncio.Event:
        """Set unless the device is off or stalled."""

    @property
    def hangs_up(self) -> bool:
        """Closes after each answer without having said so (quirk 14)."""

    async def answer(self, head: Head, body: bytes) -> Reply: ...

    def fault(self, fault: Fault) -> float | None: ...

    def turn(self) -> int:
        """Counts up with each answer that is garbage."""


class Connection:
    def __init__(self, host: Host, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._host = host
        self._reader = reader
        self._writer = writer

    async def run(self) -> None:
        """Answer until the client leaves, is silent for long, or must be sent away."""
        try:
            while await self._one():
                pass
        except (OSError, EOFError, TimeoutError, Dropped) as error:
            log.debug("connection ended", reason=type(error).__name__)
        finally:
            self._writer.close()

    def abort(self) -> None:
        self._writer.transport.abort()

    async def _one(self) -> bool:
        """One request and its answer; False when it was the last."""
        try:
            async with asyncio.timeout(_IDLE_S):
                head, body = await self._read()
        except BadRequest as error:
            await self._send(Reply(error.status, closes=True))
            return False
        if not self._host.speaking.is_set():
            return await self._hold()
        try:
            reply = await self._host.answer(head, body)
        except Dropped:
            raise
        except Exception:
            log.exception("a simulated device failed", path=head.path)
            reply = Reply(HTTPStatus.INTERNAL_SERVER_ERROR, closes=True)
        goes_on = await self._send(reply)
        return goes_on and head.keep_alive and not reply.closes and not self._host.hangs_up

    async def _read(self) -> tuple[Head, bytes]:
        """Raises `BadRequest`, `EOFError` at the end, OSError."""
        try:
            raw = await self._reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError as error:
            raise BadRequest(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE) from error
        if len(raw) > MOST_HEAD_BYTES:
            raise BadRequest(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
        head = parse_head(raw)
        if head.length and head.headers.get("expect", "").lower() == "100-continue" and self._host.speaking.is_set():
            self._write(_HUNDRED)
        return head, await self._reader.readexactly(head.length)

    async def _send(self, reply: Reply) -> bool:
        """False when nothing can follow."""
        if not self._host.speaking.is_set():
            return await self._hold()
        kind = self._host.fault(Fault.GARBAGE)
        if kind is not None:
            chosen = garbage.chosen(kind, self._host.turn())
            for piece in garbage.pieces(chosen):
                self._write(piece)
                await self._drained()
            return not garbage.closes(chosen)
        encoded = reply.encode()
        if self._host.fault(Fault.DRIP) is not None:
            return await self._drip(encoded)
        self._write(encoded)
        await self._drained()
        return True

    async def _hold(self) -> bool:
        """Say nothing, and do nothing either, until the device is back; a client that is still there has to ask again."""
        await self._host.speaking.wait()
        return False

    async def _drip(self, encoded: bytes) -> bool:
        for at in range(len(encoded)):
            rate = self._host.fault(Fault.DRIP)
            if rate is None:
                self._write(encoded[at:])
                break
            if not self._host.speaking.is_set():
                return False
            self._write(encoded[at : at + 1])
            await self._drained()
            await asyncio.sleep(1 / max(1.0, rate))
        await self._drained()
        return True

    def _write(self, raw: bytes) -> None:
        """Raises ConnectionResetError when it is closed: uvloop's transports would raise RuntimeError."""
        if self._writer.is_closing():
            raise ConnectionResetError
        self._writer.write(raw)

    async def _drained(self) -> None:
        async with asyncio.timeout(_IDLE_S):
            await self._writer.drain()
