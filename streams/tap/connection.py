"""One connection to the tap listener: ticket, description, mask, then pieces as long as the other end takes them."""

import asyncio
import socket
from dataclasses import dataclass
from typing import Protocol, cast

from streams.tap.feed import Feed, Piece
from streams.types.imprint import Stamp
from streams.types.media import Fanout
from streams.types.tap import TapFormat, TapFrame, TapInfo, frame

_MOST_LINE_BYTES = 64
_MOST_BUFFERED_BYTES = 2 << 20
"""Beyond this a viewer is slow: it loses pictures up to the next keyframe, nobody else does."""
_SOCKET_BUFFER_BYTES = 256 << 10
"""Small on purpose: what lies in the kernel when a right ends can no longer be taken back."""
_HELLO_S = 5.0


@dataclass(frozen=True, slots=True)
class Ticket:
    view_id: str
    fanout: Fanout
    format: TapFormat
    info: TapInfo
    stamp: Stamp | None = None


class Desk(Protocol):
    def redeem(self, ticket: str, connection: "Connection") -> Ticket | None: ...

    def start(self, ticket: Ticket, mask: int, connection: "Connection") -> Feed: ...

    def gone(self, ticket: Ticket) -> None: ...


class Connection(asyncio.Protocol):
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._transport: asyncio.Transport | None = None
        self._line = b""
        self._ticket: Ticket | None = None
        self._feed: Feed | None = None
        self._waiting = True
        self._first = b""
        self._hello: asyncio.TimerHandle | None = None
        self.dropped_pieces = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)  # uvloop's transports are none by inheritance
        raw: socket.socket | None = self._transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SOCKET_BUFFER_BYTES)
        self._hello = asyncio.get_running_loop().call_later(_HELLO_S, self._transport.abort)

    def data_received(self, data: bytes) -> None:
        self._line += data
        line, feed, rest = self._line.partition(b"\n")
        if not feed and len(line) <= _MOST_LINE_BYTES:
            return
        self._line = rest
        if self._feed is not None or len(line) > _MOST_LINE_BYTES or not self._take(line.decode("ascii", "replace")):
            self._abort()

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._transport = None
        self._stop()
        if self._ticket is not None:
            self._desk.gone(self._ticket)

    # --- Outlet

    def offer(self, piece: Piece) -> None:
        if self._transport is None:
            return
        if self._waiting and not piece.starts:
            self.dropped_pieces += 1
            return
        if self._transport.get_write_buffer_size() > _MOST_BUFFERED_BYTES:
            self._waiting = True
            self.dropped_pieces += 1
            return
        self._waiting = False
        if piece.starts and piece.first != self._first:
            self._first = piece.first
            self._transport.write(piece.first)
        self._transport.write(self._bytes(piece))

    def hole(self) -> None:
        self._waiting = True

    def end(self, reason: str) -> None:
        """Say why and close. What is still buffered of the stream is thrown away: a right that ended leaves nothing behind."""
        self._stop()
        transport, self._transport = self._transport, None
        if transport is None:
            return
        self._ticket = None
        if transport.get_write_buffer_size():
            transport.abort()
            return
        transport.write(frame(TapFrame.END, reason.encode()))
        transport.close()

    def _take(self, line: str) -> bool:
        assert self._transport is not None
        if self._ticket is None:
            self._ticket = self._desk.redeem(line, self)
            if self._ticket is None:
                return False
            if self._hello is not None:
                self._hello.cancel()
            self._transport.write(frame(TapFrame.INFO, self._ticket.info.model_dump_json().encode()))
            return not self._line or self._take_buffered()
        if line not in ("1", "3"):
            return False
        self._feed = self._desk.start(self._ticket, int(line), self)
        return True

    def _take_buffered(self) -> bool:
        line, feed, self._line = self._line.partition(b"\n")
        return bool(feed) and self._take(line.decode("ascii", "replace"))

    def _bytes(self, piece: Piece) -> bytes:
        """The piece as this viewer gets it."""
        if piece.imprintable is None or self._ticket is None or self._ticket.stamp is None:
            return piece.data
        return piece.imprintable(self._ticket.stamp)

    def _stop(self) -> None:
        if self._hello is not None:
            self._hello.cancel()
        if self._feed is not None:
            self._feed.detach(self)
            self._feed = None

    def _abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()
