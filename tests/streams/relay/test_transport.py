"""The life of one peer without a socket or a clock of its own."""

import hmac
import os
from dataclasses import dataclass, field

from streams.hub import Hub
from streams.relay.feed import Feed, FeedEvents
from streams.relay.sdp import Offer
from streams.relay.slot import PayloadType, Slot
from streams.relay.srtp import GCM, Keys, protection
from streams.relay.stun import IceCredentials, Request
from streams.relay.transport import CONSENT_S, HANDSHAKE_S, State, Transport, Wire
from streams.rtcp import Sent, sender_report
from streams.types.media import AccessUnit, Codec, Track

HERE, THERE = ("192.0.2.1", 4000), ("198.51.100.1", 5000)
ICE = IceCredentials("ours", "secret")


def keys() -> tuple[Keys, Keys]:
    """Ours, and the same as the peer has them."""
    own, salt, peer, peer_salt = os.urandom(16), os.urandom(12), os.urandom(16), os.urandom(12)
    return Keys(GCM, own, salt, peer, peer_salt), Keys(GCM, peer, peer_salt, own, salt)


@dataclass
class Handshake:
    """DTLS that is done with the first datagram."""

    ready: Keys
    keys: Keys | None = None

    def take(self, datagram: bytes) -> list[bytes]:
        self.keys = self.ready
        return [b"finished"]

    def tick(self) -> list[bytes]:
        return [b"again"]

    def goodbye(self) -> list[bytes]:
        return [b"goodbye"]


@dataclass
class Peer:
    sent: list[tuple[bytes, tuple[str, int]]] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    now_ns: int = 10**18
    later: list = field(default_factory=list)

    def __post_init__(self) -> None:
        ours, theirs = keys()
        self.protection = protection(theirs)
        wire = Wire(self._send, self._send_run, lambda _s, call: self.later.append(call), lambda: self.now_ns)
        offer = Offer("theirs", "password", (), ())
        self.transport = Transport(offer, ICE, Handshake(ours), wire, on_end=self.ended.append, now_s=0.0)
        self.slot = Slot(self.transport, 7, {Codec.H264: PayloadType(102, 90_000)})
        self.transport.carry({"0": self.slot})
        self.hub = Hub()
        self.hub.on_tracks((Track(Codec.H264, 90_000),))
        self.feed = Feed(self.hub, FeedEvents(lambda _feed: None, lambda _feed: None))

    def _send(self, datagram, address) -> bool:
        self.sent.append((datagram, address))
        return True

    def _send_run(self, datagrams, address, known) -> bool:
        self.sent += [(datagram, address) for datagram in datagrams]
        return True

    def check(self, now_s: float, source=HERE, *, nominated: bool = True) -> bool:
        signed = b"\x00\x01\x00\x18" + bytes(16)
        digest = hmac.digest(b"secret", signed, "sha1")
        return self.transport.on_stun(Request(bytes(12), "ours:theirs", nominated, signed, digest), source, now_s)

    def connect(self) -> "Peer":
        assert self.check(0.0)
        self.transport.bind(self.slot, self.feed, video=True)
        self.transport.on_dtls(b"hello")
        assert self.transport.state is State.CONNECTED
        return self

    def picture(self, *, keyframe: bool, size: int = 500) -> None:
        nal = bytes([0x65 if keyframe else 0x41]) + bytes(size)
        self.hub.on_unit(AccessUnit(Codec.H264, (nal,), 0, self.now_ns, self.now_ns, keyframe))


def second(peer: Peer, now_s: float) -> None:
    peer.transport.second(now_s, peer.now_ns, lambda: 0)


def test_a_peer_that_stops_checking_is_gone_after_its_consent():
    peer = Peer().connect()
    assert peer.check(5.0)
    second(peer, 5.0 + CONSENT_S)
    assert peer.ended == []
    second(peer, 5.1 + CONSENT_S)
    assert peer.ended == ["consent expired"]
    before = len(peer.sent)
    peer.picture(keyframe=True)
    assert len(peer.sent) == before
    assert not peer.check(30.0)


def test_a_peer_that_never_connects_is_given_up():
    peer = Peer()
    peer.transport.tick(HANDSHAKE_S)
    assert peer.ended == []
    peer.transport.tick(HANDSHAKE_S + 0.1)
    assert peer.ended == ["the browser did not connect"]


def test_pictures_follow_a_peer_that_roams_but_only_by_a_nominated_check():
    peer = Peer().connect()
    peer.picture(keyframe=True)
    assert peer.sent[-1][1] == HERE
    assert peer.check(1.0, THERE, nominated=False)
    peer.picture(keyframe=True)
    assert peer.sent[-1][1] == HERE
    assert peer.check(2.0, THERE)
    peer.picture(keyframe=True)
    assert peer.sent[-1][1] == THERE


def test_the_cached_pictures_leave_as_soon_as_the_handshake_is_done():
    peer = Peer()
    peer.hub.on_unit(AccessUnit(Codec.H264, (b"\x65" + bytes(500),), 0, peer.now_ns, peer.now_ns, keyframe=True))
    peer.connect()
    assert len([datagram for datagram, _ in peer.sent if datagram[0] >= 0x80]) == 1


def test_a_wish_for_a_keyframe_is_answered_from_the_cache():
    peer = Peer().connect()
    peer.picture(keyframe=True)
    peer.picture(keyframe=False)
    before = len(peer.sent)
    pli = bytes((0x81, 206, 0, 2)) + bytes(4) + (7).to_bytes(4, "big")
    peer.transport.on_rtcp(peer.protection.rtcp(pli), peer.now_ns)
    assert len(peer.sent) == before + 2
    peer.transport.on_rtcp(peer.protection.rtcp(pli), peer.now_ns)
    assert len(peer.sent) == before + 2


def test_feedback_that_is_forged_or_said_twice_is_not_heard():
    peer = Peer().connect()
    peer.picture(keyframe=True)
    before = len(peer.sent)
    nack = bytes((0x81, 205, 0, 3)) + bytes(4) + (7).to_bytes(4, "big") + peer.sent[-1][0][2:4] + bytes(2)
    protected = peer.protection.rtcp(nack)
    peer.transport.on_rtcp(bytes(protected[:-5]) + bytes(5), peer.now_ns)
    assert len(peer.sent) == before
    peer.transport.on_rtcp(protected, peer.now_ns)
    assert peer.sent[before:] == peer.sent[before - 1 : before]
    peer.transport.on_rtcp(protected, peer.now_ns)
    assert len(peer.sent) == before + 1


def test_after_unbinding_nothing_leaves_not_even_what_waited_or_is_asked_for_again():
    peer = Peer().connect()
    peer.transport._queue.pacer.rate_bps = 100_000
    peer.picture(keyframe=True, size=100_000)
    seq = peer.sent[-1][0][2:4]
    assert peer.later, "nothing waits: the test tests nothing"
    peer.transport.unbind(peer.slot)
    before = len(peer.sent)
    peer.now_ns += 10**9
    for call in peer.later:
        call()
    nack = bytes((0x81, 205, 0, 3)) + bytes(4) + (7).to_bytes(4, "big") + seq + bytes(2)
    peer.transport.on_rtcp(peer.protection.rtcp(nack), peer.now_ns)
    peer.picture(keyframe=True)
    assert len(peer.sent) == before


def test_sender_reports_come_every_second_at_first_and_then_seldom():
    peer = Peer().connect()
    reports = []
    for number in range(1, 21):
        peer.check(float(number))
        peer.picture(keyframe=True)
        before = len(peer.sent)
        second(peer, float(number))
        reports.append(len(peer.sent) - before)
    assert reports[:5] == [1] * 5
    assert sum(reports[5:]) == 3
    assert len(sender_report(Sent(7, 1, 1, 1), 10**18)) % 4 == 0


def test_a_closed_transport_says_goodbye_once():
    peer = Peer().connect()
    peer.transport.end("right taken away")
    peer.transport.end("twice is harmless")
    assert peer.ended == ["right taken away"]
    assert [datagram for datagram, _ in peer.sent].count(b"goodbye") == 1
