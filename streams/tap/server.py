"""The TCP listener that control fetches running views from. A connection without a fresh ticket gets nothing."""

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

from streams.tap.connection import Connection, Ticket
from streams.tap.feed import Feed
from streams.tap.fmp4_feed import Fmp4Feed, fmp4_info
from streams.tap.rtp_feed import RtpFeed, rtp_info
from streams.types.bus import RefusalCode, Refused
from streams.types.imprint import Stamp
from streams.types.media import Fanout
from streams.types.tap import SOUND, EndReason, TapFormat

log = structlog.get_logger(__name__)

TICKET_S = 5.0
START_S = 30.0
"""A player may look at the description before it starts to play."""
MOST_TAPS = 500

FeedKey = tuple[int, TapFormat, bool, bool]
"""Fan-out, format, with sound, with imprints."""


@dataclass(slots=True)
class _Tap:
    ticket: Ticket
    secret: str
    timer: asyncio.TimerHandle
    connection: Connection | None = field(default=None)


class TapServer:
    """`on_closed(view_id, reason)` hears of taps that end by themselves, not of those that `close` ends."""

    def __init__(self, on_closed: Callable[[str, str], None], utc_ns: Callable[[], int] = time.time_ns) -> None:
        self._on_closed = on_closed
        self._base_ms = utc_ns() // 1_000_000
        self._taps: dict[str, _Tap] = {}
        self._tickets: dict[str, str] = {}
        self._feeds: dict[FeedKey, Feed] = {}
        self._server: asyncio.Server | None = None
        self.port = 0

    async def listen(self, host: str, port: int = 0) -> None:
        """Port 0: any free one. Raises `OSError` when the port is taken."""
        self._server = await asyncio.get_running_loop().create_server(lambda: Connection(self), host, port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def aclose(self) -> None:
        for view_id in tuple(self._taps):
            self.close(view_id, EndReason.STOPPED)
        if self._server is not None:
            self._server.close()

    def viewers(self, fanout: Fanout) -> int:
        """How many taps show this fan-out."""
        return sum(1 for tap in self._taps.values() if tap.ticket.fanout is fanout)

    def issue(self, view_id: str, fanout: Fanout, tap_format: TapFormat, stamp: Stamp | None = None) -> str:
        """A ticket that one connection may show within `TICKET_S`. With `stamp` its keyframes are imprinted. Raises `Refused`."""
        if len(self._taps) >= MOST_TAPS:
            raise Refused(RefusalCode.FULL, "this worker serves as many viewers as it may")
        info = (fmp4_info if tap_format is TapFormat.FMP4 else rtp_info)(fanout, self._base_ms)
        if info is None:
            raise Refused(RefusalCode.NO_PICTURE, "the camera has not sent anything yet")
        secret = secrets.token_hex(24)
        timer = asyncio.get_running_loop().call_later(TICKET_S, self._give_up, view_id)
        self._taps[view_id] = _Tap(Ticket(view_id, fanout, tap_format, info, stamp), secret, timer)
        self._tickets[secret] = view_id
        return secret

    def close(self, view_id: str, reason: str) -> None:
        """End a tap now: nothing of the stream is written after this returns."""
        tap = self._taps.pop(view_id, None)
        if tap is not None:
            self._tickets.pop(tap.secret, None)
            tap.timer.cancel()
            if tap.connection is not None:
                tap.connection.end(reason)

    # --- for connections

    def redeem(self, ticket: str, connection: Connection) -> Ticket | None:
        """What the ticket is for; None for one that is unknown, used, or too old."""
        tap = self._taps.get(self._tickets.pop(ticket, ""))
        if tap is None or tap.connection is not None:
            log.warning("tap_ticket_refused")
            return None
        tap.connection = connection
        tap.timer.cancel()
        tap.timer = asyncio.get_running_loop().call_later(START_S, self._give_up, tap.ticket.view_id)
        return tap.ticket

    def start(self, ticket: Ticket, mask: int, connection: Connection) -> Feed:
        """The connection wants its pictures now."""
        tap = self._taps[ticket.view_id]
        tap.timer.cancel()
        key = (id(ticket.fanout), ticket.format, bool(mask & SOUND), ticket.stamp is not None)
        feed = self._feeds.get(key)
        if feed is None:
            feed = self._feeds[key] = self._make(ticket, key)
        feed.attach(connection)
        return feed

    def gone(self, ticket: Ticket) -> None:
        """The other end has closed, or misbehaved."""
        tap = self._taps.pop(ticket.view_id, None)
        if tap is not None:
            tap.timer.cancel()
            self._on_closed(ticket.view_id, EndReason.CLOSED)

    def _make(self, ticket: Ticket, key: FeedKey) -> Feed:
        def drop(_feed: Feed) -> None:
            self._feeds.pop(key, None)

        if ticket.format is TapFormat.FMP4:
            return Fmp4Feed(ticket.fanout, ticket.info.base_ms, drop, sound=key[2], imprinted=key[3])
        return RtpFeed(ticket.fanout, drop, sound=key[2], imprinted=key[3])

    def _give_up(self, view_id: str) -> None:
        tap = self._taps.get(view_id)
        if tap is not None:
            self.close(view_id, EndReason.CLOSED)
            self._on_closed(view_id, EndReason.CLOSED)
