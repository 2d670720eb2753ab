"""One peer: ICE checks, the DTLS handshake, then slots. No sockets here; datagrams come and go through the relay."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum

from aioice import stun

from streams.relay.dtls import Dtls, DtlsClosed, DtlsFailed
from streams.relay.feed import Feed
from streams.relay.rtcp import Bye, KeyframeWanted, Nack, Report, goodbye, parse, sender_report
from streams.relay.sdp import Offer
from streams.relay.slot import Slot
from streams.relay.srtp import BadMedia, Protection, protection
from streams.relay.stun import IceCredentials, check
from streams.relay.udp import Address

HANDSHAKE_S = 12.0
CONSENT_S = 20.0
"""Without a connectivity check for this long the peer has gone (RFC 7675 asks for 30 s at most)."""


class State(Enum):
    CHECKING = "checking"
    HANDSHAKE = "handshake"
    CONNECTED = "connected"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Wire:
    """How a transport reaches its peer."""

    send: Callable[[bytes, Address], bool]
    send_run: Callable[[Sequence[bytes], Address], bool]


class Transport:
    """Begins with an answered offer, ends with `on_end(reason)`, once."""

    def __init__(
        self, offer: Offer, ice: IceCredentials, dtls: Dtls, wire: Wire, *, on_end: Callable[[str], None], now_s: float
    ) -> None:
        self.state = State.CHECKING
        self.ice = ice
        self.address: Address | None = None
        self.protection: Protection | None = None
        self.lost_share = 0.0
        self._their_ufrag = offer.ufrag
        self._dtls = dtls
        self._wire = wire
        self._on_end = on_end
        self._began_s = now_s
        self._checked_s = now_s
        self._reported_s = now_s
        self._slots: dict[int, tuple[Slot, Feed, bool]] = {}

    def add(self, slot: Slot, feed: Feed, *, video: bool) -> None:
        """Bind a slot to a feed; it starts when the handshake is done."""
        self._slots[slot.ssrc] = (slot, feed, video)
        if self.protection is not None:
            feed.attach(slot, video=video)

    def swap(self, slot: Slot, feed: Feed) -> None:
        """Show another feed in a slot, without a new handshake."""
        _slot, old, video = self._slots[slot.ssrc]
        old.detach(slot)
        self.add(slot, feed, video=video)

    def slots(self) -> list[Slot]:
        return [slot for slot, _feed, _video in self._slots.values()]

    def on_stun(self, request: stun.Message, source: Address, now_s: float) -> bool:
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
            for slot, feed, video in self._slots.values():
                feed.attach(slot, video=video)

    def on_rtcp(self, datagram: bytes, now_ns: int) -> None:
        if self.protection is None:
            return
        try:
            packet = self.protection.open_rtcp(datagram)
        except BadMedia:
            return
        for said in parse(packet):
            if isinstance(said, Report):
                self.lost_share = said.lost_share
            elif isinstance(said, Bye):
                continue  # one stream's end; the transport ends by DTLS or consent
            else:
                self._serve(said, now_ns)

    def _serve(self, wanted: Nack | KeyframeWanted, now_ns: int) -> None:
        bound = self._slots.get(wanted.ssrc)
        if bound is None:
            return
        slot, feed, _video = bound
        if isinstance(wanted, Nack):
            slot.resend(wanted.seqs)
        else:
            feed.replay(slot, now_ns)

    def send_media(self, packets: Sequence[bytes]) -> bool:
        return self.address is not None and self._wire.send_run(packets, self.address)

    def tick(self, now_s: float, now_ns: int) -> None:
        """A few times a second: time-outs, retransmission, reports."""
        if self.state is State.CONNECTED:
            if now_s - self._checked_s > CONSENT_S:
                self.end("consent expired")
            elif now_s - self._reported_s >= 1.0:
                self._reported_s = now_s
                self._report(now_ns)
        elif self.state is not State.CLOSED:
            if now_s - self._began_s > HANDSHAKE_S:
                self.end("the browser did not connect")
            elif self.state is State.HANDSHAKE:
                self._retransmit()

    def end(self, reason: str) -> None:
        """Say goodbye and stop; harmless when it has ended already."""
        if self.state is State.CLOSED:
            return
        connected = self.state is State.CONNECTED
        self.state = State.CLOSED
        for slot, feed, _video in self._slots.values():
            if self.protection is not None:
                feed.detach(slot)
                if connected and self.address is not None:
                    self._wire.send(self.protection.rtcp(goodbye(slot.ssrc)), self.address)
        if connected:
            self._send_all(self._dtls.goodbye())
        self._slots.clear()
        self._on_end(reason)

    def _retransmit(self) -> None:
        try:
            self._send_all(self._dtls.tick())
        except DtlsFailed as error:
            self.end(str(error))

    def _report(self, now_ns: int) -> None:
        if self.protection is None or self.address is None:
            return
        for slot in self.slots():
            sent = slot.each_second(now_ns)
            if sent.packets:
                self._wire.send(self.protection.rtcp(sender_report(sent, now_ns)), self.address)

    def _send_all(self, datagrams: list[bytes]) -> None:
        if self.address is not None:
            for datagram in datagrams:
                self._wire.send(datagram, self.address)
