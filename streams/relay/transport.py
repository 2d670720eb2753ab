"""One peer: ICE checks, the DTLS handshake, then slots. No sockets here; datagrams come and go through the relay."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from streams.relay.dtls import Dtls, DtlsClosed, DtlsFailed
from streams.relay.feed import Feed
from streams.relay.pacer import Pacer
from streams.relay.packets import Picture
from streams.relay.quality import Budget, Heard
from streams.relay.queue import SendQueue
from streams.relay.sdp import Offer
from streams.relay.slot import Slot
from streams.relay.srtp import BadMedia, Protection, protection
from streams.relay.stun import IceCredentials, Request, check
from streams.relay.udp import Address, Runs
from streams.rtcp import Bandwidth, KeyframeWanted, Nack, Report, goodbye, parse, sender_report

HANDSHAKE_S = 12.0
CONSENT_S = 20.0
"""Without a connectivity check for this long the peer has gone (RFC 7675 asks for 30 s at most)."""
FIRST_RATE_BPS = 12_000_000
FIRST_RATE_PER_SLOT_BPS = 4_000_000
"""Before anything is known of the link: a whole wall's cached pictures leave within a third of a second."""
RATE_OVER_LIMIT = 1.25
RATE_OVER_SENT = 4
REPORTS_AT_FIRST, REPORT_EVERY_S = 5, 5
"""Sender reports: every second until lip sync has settled, then as rarely as RFC 3550 does."""
_REPORTS_AT_ONCE = 20  # of 44 bytes each


class State(Enum):
    CHECKING = "checking"
    HANDSHAKE = "handshake"
    CONNECTED = "connected"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Wire:
    """How a transport reaches its peer, and the clock. `later(delay_s, call)` calls once."""

    send: Callable[[bytes, Address], bool]
    send_run: Callable[[Sequence[bytes], Address, Runs | None], bool]
    later: Callable[[float, Callable[[], None]], object]
    utc_ns: Callable[[], int]


@dataclass(slots=True)
class _Bound:
    slot: Slot
    feed: Feed
    video: bool


class Transport:
    """Begins with an answered offer, ends with `on_end(reason)`, once. Its slots show what feeds are bound to them, by SSRC."""

    def __init__(
        self, offer: Offer, ice: IceCredentials, dtls: Dtls, wire: Wire, *, on_end: Callable[[str], None], now_s: float
    ) -> None:
        self.state = State.CHECKING
        self.ice = ice
        self.address: Address | None = None
        self.protection: Protection | None = None
        self.lost_share = 0.0
        self.round_trip_ms: float | None = None
        self.budget = Budget(now_s)
        self._their_ufrag = offer.ufrag
        self._dtls = dtls
        self._wire = wire
        self._on_end = on_end
        self._began_s = now_s
        self._checked_s = now_s
        self._slots: Mapping[str, Slot] = {}
        self._bound: dict[int, _Bound] = {}
        self._queue = SendQueue(Pacer(FIRST_RATE_BPS))
        self._flushing = False
        self._estimate_bps: int | None = None
        self._worst_share = 0.0
        self._seen = (0, 0)
        self._seconds = 0

    def carry(self, slots: Mapping[str, Slot]) -> None:
        """The slots that the answer named, by mid."""
        self._slots = slots
        self._queue.pacer.rate_bps = FIRST_RATE_BPS + FIRST_RATE_PER_SLOT_BPS * len(slots)

    def slot(self, mid: str) -> Slot | None:
        return self._slots.get(mid)

    def bind(self, slot: Slot, feed: Feed, *, video: bool) -> None:
        """Show a feed in a slot, instead of what it shows; it starts when the handshake is done."""
        self.unbind(slot)
        self._bound[slot.ssrc] = _Bound(slot, feed, video)
        if self.protection is not None:
            feed.attach(slot, video=video)

    def unbind(self, slot: Slot) -> None:
        """Nothing more leaves through the slot after this."""
        bound = self._bound.pop(slot.ssrc, None)
        if bound is not None and self.protection is not None:
            bound.feed.detach(slot)
        slot.stop()

    def on_stun(self, request: Request, source: Address, now_s: float) -> bool:
        """Answer a check; true when it was this peer's. A nominated check moves the peer's address (it roams)."""
        checked = check(request, self.ice, self._their_ufrag, source)
        if checked is None or self.state is State.CLOSED:
            return False
        self._checked_s = now_s
        if self.address is None or checked.nominated:
            self.address = source
        if self.state is State.CHECKING:
            self.state = State.HANDSHAKE
        self._wire.send(checked.answer, source)
        return True

    def on_dtls(self, datagram: bytes) -> None:
        try:
            self._send_all(self._dtls.take(datagram))
        except DtlsClosed:
            self.end("the browser left")
            return
        except DtlsFailed as error:
            self.end(str(error))
            return
        if self._dtls.keys is not None and self.protection is None:
            self.protection = protection(self._dtls.keys)
            self.state = State.CONNECTED
            for bound in tuple(self._bound.values()):
                bound.feed.attach(bound.slot, video=bound.video)

    def on_rtcp(self, datagram: bytes, now_ns: int) -> None:
        if self.protection is None:
            return
        try:
            packet = self.protection.open_rtcp(datagram)
        except BadMedia:
            return
        for said in parse(packet):
            if isinstance(said, Report):
                self._worst_share = max(self._worst_share, said.lost_share)
                self.round_trip_ms = said.round_trip_ms(now_ns)
            elif isinstance(said, Bandwidth):
                self._estimate_bps = said.bps
            elif isinstance(said, Nack | KeyframeWanted):
                self._serve(said, now_ns)
            # A goodbye is one stream's end; the transport ends by DTLS or consent.

    def _serve(self, wanted: Nack | KeyframeWanted, now_ns: int) -> None:
        bound = self._bound.get(wanted.ssrc)
        if bound is None:
            return
        if isinstance(wanted, Nack):
            self._queue.pacer.sent(bound.slot.resend(wanted.seqs), now_ns)
        else:
            bound.feed.replay(bound.slot, now_ns)

    def submit(self, slot: Slot, picture: Picture) -> bool:
        queue = self._queue
        taken = queue.submit(slot, picture, self._wire.utc_ns())
        if queue.waiting and not self._flushing:
            self._flush()
        return taken

    def withdraw(self, slot: Slot) -> None:
        self._queue.withdraw(slot)

    def send_media(self, packets: Sequence[bytes], known: Runs | None = None) -> bool:
        return self.address is not None and self._wire.send_run(packets, self.address, known)

    def _flush(self) -> None:
        wait_ns = self._queue.flush(self._wire.utc_ns()) if self.state is State.CONNECTED else None
        self._flushing = wait_ns is not None
        if wait_ns is not None:
            self._wire.later(max(0.002, wait_ns / 1e9), self._flush)

    def tick(self, now_s: float) -> None:
        """A few times a second until the handshake is done: time-outs and retransmission."""
        if self.state in (State.CHECKING, State.HANDSHAKE):
            if now_s - self._began_s > HANDSHAKE_S:
                self.end("the browser did not connect")
            elif self.state is State.HANDSHAKE:
                self._retransmit()

    def second(self, now_s: float, now_ns: int, wanted_bps: Callable[[], int]) -> None:
        """Once a second when connected: consent, sender reports, what the link carries."""
        if now_s - self._checked_s > CONSENT_S:
            self.end("consent expired")
            return
        self._seconds += 1
        if self._seconds <= REPORTS_AT_FIRST or self._seconds % REPORT_EVERY_S == 0:
            self._report(now_ns)
        for slot in self._slots.values():
            slot.each_second()
        sent_bytes, dropped = self._seen
        counters = [slot.counters for slot in self._slots.values()]
        self._seen = sum(each.payload_bytes for each in counters), sum(each.dropped_pictures for each in counters)
        sent_bps = 8 * (self._seen[0] - sent_bytes)
        self.lost_share, self._worst_share = self._worst_share, 0.0
        heard = Heard(
            sent_bps=sent_bps,
            wanted_bps=0 if self.budget.limit_bps is None else wanted_bps(),
            lost_share=self.lost_share,
            round_trip_ms=self.round_trip_ms,
            estimate_bps=self._estimate_bps,
            pictures_dropped=self._seen[1] > dropped,
        )
        self._estimate_bps = self.round_trip_ms = None
        limit_bps = self.budget.second(heard, now_s)
        if limit_bps is not None:
            self._queue.pacer.rate_bps = int(limit_bps * RATE_OVER_LIMIT)
        else:
            first_bps = FIRST_RATE_BPS + FIRST_RATE_PER_SLOT_BPS * len(self._slots)
            self._queue.pacer.rate_bps = max(first_bps, RATE_OVER_SENT * sent_bps)

    def end(self, reason: str) -> None:
        """Say goodbye and stop; harmless when it has ended already."""
        if self.state is State.CLOSED:
            return
        connected = self.state is State.CONNECTED
        self.state = State.CLOSED
        for bound in tuple(self._bound.values()):
            self.unbind(bound.slot)
            if connected and self.protection is not None and self.address is not None:
                self._wire.send(self.protection.rtcp(goodbye(bound.slot.ssrc)), self.address)
        if connected:
            self._send_all(self._dtls.goodbye())
        self._on_end(reason)

    def _retransmit(self) -> None:
        try:
            self._send_all(self._dtls.tick())
        except DtlsFailed as error:
            self.end(str(error))

    def _report(self, now_ns: int) -> None:
        if self.protection is None or self.address is None:
            return
        reports = [
            sender_report(sent, now_ns) for bound in self._bound.values() if (sent := bound.slot.sent(now_ns)).packets
        ]
        for first in range(0, len(reports), _REPORTS_AT_ONCE):
            compound = b"".join(reports[first : first + _REPORTS_AT_ONCE])
            self._wire.send(self.protection.rtcp(compound), self.address)

    def _send_all(self, datagrams: list[bytes]) -> None:
        if self.address is not None:
            for datagram in datagrams:
                self._wire.send(datagram, self.address)
