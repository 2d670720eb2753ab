"""All viewers of one worker, on one UDP port."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import structlog

from streams.relay.dtls import Dtls, Identity
from streams.relay.extensions import Extensions
from streams.relay.feed import Feed, FeedEvents
from streams.relay.quality import allot
from streams.relay.sdp import (
    Chosen,
    Format,
    Local,
    Offer,
    OfferRefused,
    Section,
    choose,
    new_ssrc,
    parse_offer,
    write_answer,
)
from streams.relay.slot import PayloadType, Slot
from streams.relay.stun import IceCredentials, parse_request, user_of
from streams.relay.transport import State, Transport, Wire
from streams.relay.udp import Address, UdpSocket
from streams.relay.view import Ladder, View, ViewInfo, sound_codec, video_codec
from streams.types.bus import RefusalCode
from streams.types.imprint import Stamp
from streams.types.media import Codec, Fanout
from streams.types.tap import EndReason

log = structlog.get_logger(__name__)

TICK_S = 0.1
_TURNS = 10
"""Connected transports have their second one tenth at a time, so that no tick is long."""
KEYFRAME_EVERY_S = 5.0
_H264_SPS = 7

OnClosed = Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class RelayLimits:
    max_views: int = 2000


@dataclass(frozen=True, slots=True)
class Clocks:
    """`utc_ns` is our clock, the authority for capture times; `monotonic_s` for time-outs."""

    utc_ns: Callable[[], int] = time.time_ns
    monotonic_s: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class Filled:
    """A slot that now shows a view. Pictures whose RTP timestamp is `first_rtp_timestamp` or later (mod 2³²) are the view's."""

    codec: Codec
    first_rtp_timestamp: int


@dataclass(slots=True)
class _Peer:
    """A transport and who wants to know of its end."""

    transport_id: str
    transport: Transport
    on_closed: OnClosed | None
    views: dict[str, View]
    turn: int


class Relay:
    """Open views, feed them, end them. Everything runs on one event loop; no method blocks."""

    def __init__(self, limits: RelayLimits, clocks: Clocks) -> None:
        self._limits = limits
        self._clocks = clocks
        self._identity = Identity()
        self._views: dict[str, View] = {}
        self._peers: dict[str, _Peer] = {}
        self._by_ufrag: dict[str, _Peer] = {}
        self._by_address: dict[Address, _Peer] = {}
        self._feeds: dict[int, Feed] = {}
        self._asked_s: dict[int, float] = {}
        self._turn = 0
        self._socket: UdpSocket
        self.on_rung: Callable[[ViewInfo], None] | None = None
        """A view now shows more or less than before, as its link carries."""
        self._timer: asyncio.TimerHandle | None = None
        self.on_keyframe_wanted: Callable[[Fanout], None] | None = None
        """A viewer waits and nothing cached helps: the camera should be asked. At most every `KEYFRAME_EVERY_S` for a fan-out."""

    @classmethod
    async def open(
        cls, host: str, port: int = 0, *, limits: RelayLimits | None = None, clocks: Clocks | None = None
    ) -> Self:
        """Bind the port (0 lets the kernel choose). Raises `OSError` when it is taken."""
        relay = cls(limits or RelayLimits(), clocks or Clocks())
        relay._socket = UdpSocket(host, port, relay._on_datagram)
        relay._tick()
        return relay

    @property
    def port(self) -> int:
        return self._socket.port

    @property
    def segmentation(self) -> bool:
        """Whether the kernel splits runs of packets for us."""
        return self._socket.segmentation

    @property
    def dropped_datagrams(self) -> int:
        return self._socket.dropped_datagrams

    def open_view(
        self,
        view_id: str,
        offer_sdp: str,
        fanout: Fanout,
        *,
        addresses: tuple[str, ...],
        on_closed: OnClosed,
        cheaper: Fanout | None = None,
        stamp: Stamp | None = None,
    ) -> str:
        """Answer an offer with the tracks of `fanout`: one transport for one view, whose id it shares.

        `addresses` go into the candidates, best first. `cheaper` is shown where the link does not carry `fanout`. With `stamp` every
        keyframe is imprinted.
        `on_closed(view_id, reason)` is called when the view ends by itself, not after `close_view`. Raises `OfferRefused`.
        """
        self._check_room()
        offer = parse_offer(offer_sdp)
        ladder = Ladder(fanout, cheaper)
        chosen = _chosen_for_view(offer, ladder, view_id)
        peer, answer = self._answer(view_id, offer, chosen, addresses, None)
        view = View(view_id, peer.transport, view_id, ladder, on_closed, whole=True, stamp=stamp)
        for choice in chosen:
            slot = peer.transport.slot(choice.section.mid)
            if choice.is_video:
                view.picture = slot
            else:
                view.sound = slot
        self._begin(view, peer)
        return answer

    def open_carrier(
        self, transport_id: str, offer_sdp: str, *, addresses: tuple[str, ...], on_closed: OnClosed
    ) -> str:
        """Answer an offer with an empty slot for each of its sections; `fill` shows something in them. Raises `OfferRefused`."""
        self._check_room()
        offer = parse_offer(offer_sdp)
        chosen = _chosen_for_carrier(offer, transport_id)
        _peer, answer = self._answer(transport_id, offer, chosen, addresses, on_closed)
        return answer

    def fill(
        self,
        transport_id: str,
        mid: str,
        view_id: str,
        fanout: Fanout,
        *,
        on_closed: OnClosed,
        cheaper: Fanout | None = None,
        stamp: Stamp | None = None,
    ) -> Filled:
        """Show a camera in a slot, instead of what it shows: no handshake, the cached pictures first.

        The view that was there ends, and is told so. A section for sound takes the camera's sound. Raises `OfferRefused`:
        NOT_FOUND without such a slot, CODEC when the peer does not take what the camera sends.
        """
        self._check_room()
        peer = self._peers.get(transport_id)
        slot = peer.transport.slot(mid) if peer else None
        if peer is None or slot is None or view_id in self._views:
            raise OfferRefused(RefusalCode.NOT_FOUND, "no such slot")
        ladder = Ladder(fanout, cheaper)
        codec = _playable(ladder, slot)
        for old in [view for view in peer.views.values() if slot in view.slots]:
            self._finish(old, "another camera took its place")
        cached = fanout.cached()
        boundary = slot.boundary(cached[0].capture_ns if cached else self._clocks.utc_ns())
        view = View(view_id, peer.transport, transport_id, ladder, on_closed, whole=False, stamp=stamp)
        if codec.is_video:
            view.picture = slot
        else:
            view.sound = slot
        self._begin(view, peer)
        return Filled(codec, boundary)

    def is_for_sound(self, transport_id: str, mid: str) -> bool:
        """Whether a slot takes sound and no pictures; false without such a slot."""
        peer = self._peers.get(transport_id)
        slot = peer.transport.slot(mid) if peer else None
        return slot is not None and not slot.takes_pictures

    def close_view(self, view_id: str, reason: str) -> None:
        """End a view now: no packet of it leaves after this. Does nothing for one that has ended."""
        view = self._views.pop(view_id, None)
        if view is None:
            return
        peer = self._peers[view.transport_id]
        peer.views.pop(view_id, None)
        if view.whole:
            peer.transport.end(reason)
        view.stop()
        self._drop_feeds(view)

    def close_carrier(self, transport_id: str, reason: str) -> None:
        """End a transport and the views on it, which are told so. Its own `on_closed` is not called."""
        peer = self._peers.get(transport_id)
        if peer is not None:
            peer.on_closed = None
            peer.transport.end(reason)

    def views(self) -> tuple[ViewInfo, ...]:
        return tuple(view.info() for view in self._views.values())

    def view(self, view_id: str) -> ViewInfo | None:
        view = self._views.get(view_id)
        return None if view is None else view.info()

    def viewers(self, fanout: Fanout) -> int:
        """How many views show this fan-out."""
        feed = self._feeds.get(id(fanout))
        return feed.viewers if feed is not None else 0

    async def close(self) -> None:
        for view_id in list(self._views):
            self.close_view(view_id, EndReason.STOPPED)
        for transport_id in list(self._peers):
            self.close_carrier(transport_id, EndReason.STOPPED)
        if self._timer is not None:
            self._timer.cancel()
        self._socket.close()

    def _check_room(self) -> None:
        if max(len(self._views), len(self._peers)) >= self._limits.max_views:
            raise OfferRefused(RefusalCode.FULL, "this worker serves as many viewers as it may")

    def _answer(
        self,
        transport_id: str,
        offer: Offer,
        chosen: tuple[Chosen, ...],
        addresses: tuple[str, ...],
        on_closed: OnClosed | None,
    ) -> tuple[_Peer, str]:
        ice = IceCredentials.new()
        loop = asyncio.get_running_loop()
        wire = Wire(self._socket.send, self._socket.send_run, loop.call_later, self._clocks.utc_ns)
        dtls = Dtls(self._identity, offer.fingerprints)
        transport = Transport(
            offer, ice, dtls, wire, on_end=lambda reason: self._ended(peer, reason), now_s=self._clocks.monotonic_s()
        )
        peer = _Peer(transport_id, transport, on_closed, {}, self._turn)
        transport.carry({choice.section.mid: _slot(transport, choice) for choice in chosen})
        self._peers[transport_id] = self._by_ufrag[ice.ufrag] = peer
        local = Local(ice.ufrag, ice.password, self._identity.fingerprint, addresses, self.port)
        return peer, write_answer(offer, local, chosen)

    def _begin(self, view: View, peer: _Peer) -> None:
        self._views[view.view_id] = peer.views[view.view_id] = view
        view.begin(self._feed)

    def _finish(self, view: View, reason: str) -> None:
        """A view on a shared transport ends by itself."""
        self.close_view(view.view_id, reason)
        view.on_closed(view.view_id, reason)

    def _feed(self, fanout: Fanout) -> Feed:
        feed = self._feeds.get(id(fanout))
        if feed is None:
            feed = self._feeds[id(fanout)] = Feed(fanout, FeedEvents(self._drop_feed, self._want_keyframe))
        return feed

    def _drop_feeds(self, view: View) -> None:
        for fanout in (view.ladder.asked, view.ladder.cheaper):
            feed = self._feeds.get(id(fanout))
            if feed is not None:
                self._drop_feed(feed)

    def _drop_feed(self, feed: Feed) -> None:
        fanout = feed.fanout
        if not any(fanout in (view.ladder.asked, view.ladder.cheaper) for view in self._views.values()):
            self._feeds.pop(id(fanout), None)
            self._asked_s.pop(id(fanout), None)

    def _want_keyframe(self, feed: Feed) -> None:
        now_s, key = self._clocks.monotonic_s(), id(feed.fanout)
        if self.on_keyframe_wanted is None or now_s - self._asked_s.get(key, -KEYFRAME_EVERY_S) < KEYFRAME_EVERY_S:
            return
        self._asked_s[key] = now_s
        self.on_keyframe_wanted(feed.fanout)

    def _ended(self, peer: _Peer, reason: str) -> None:
        """A transport has ended: everything on it has."""
        self._peers.pop(peer.transport_id, None)
        self._by_ufrag.pop(peer.transport.ice.ufrag, None)
        for address in [key for key, value in self._by_address.items() if value is peer]:
            del self._by_address[address]
        for view in tuple(peer.views.values()):
            self._views.pop(view.view_id, None)
            view.stop()
            self._drop_feeds(view)
            view.on_closed(view.view_id, reason)
        peer.views.clear()
        if peer.on_closed is not None:
            peer.on_closed(peer.transport_id, reason)

    def _on_datagram(self, datagram: bytes, source: Address) -> None:
        """RFC 7983: the first byte tells what it is. Nothing but STUN is looked at from an address that did not pass a check."""
        if len(datagram) < 2:
            return
        first = datagram[0]
        if first < 4:
            self._on_stun(datagram, source)
            return
        peer = self._by_address.get(source)
        if peer is None:
            return
        if 20 <= first <= 63:
            peer.transport.on_dtls(datagram)
        elif 128 <= first <= 191 and 192 <= datagram[1] <= 223:
            peer.transport.on_rtcp(datagram, self._clocks.utc_ns())

    def _on_stun(self, datagram: bytes, source: Address) -> None:
        request = parse_request(datagram)
        if request is None:
            return
        peer = self._by_ufrag.get(user_of(request))
        if peer is not None and peer.transport.on_stun(request, source, self._clocks.monotonic_s()):
            self._by_address[source] = peer

    def _tick(self) -> None:
        now_s, now_ns = self._clocks.monotonic_s(), self._clocks.utc_ns()
        self._turn = (self._turn + 1) % _TURNS
        for peer in tuple(self._peers.values()):
            if peer.transport.state is not State.CONNECTED:
                peer.transport.tick(now_s)
            elif peer.turn == self._turn:
                self._second(peer, now_s, now_ns)
        self._timer = asyncio.get_running_loop().call_later(TICK_S, self._tick)

    def _second(self, peer: _Peer, now_s: float, now_ns: int) -> None:
        views = tuple(peer.views.values())
        peer.transport.second(now_s, now_ns, lambda: sum(view.ladder.costs_bps()[-1] for view in views))
        for view in views:
            if any(slot.unplayable for slot in view.slots):
                self._unplayable(view)
        limit_bps = peer.transport.budget.limit_bps
        pictured = [view for view in peer.views.values() if view.picture is not None]
        if limit_bps is None and all(view.rung is view.ladder.rungs[-1] for view in pictured):
            return
        for view, place in zip(pictured, allot([view.ladder.costs_bps() for view in pictured], limit_bps), strict=True):
            before = view.rung
            view.show(view.ladder.rungs[place], self._feed)
            if view.rung is not before and self.on_rung is not None:
                self.on_rung(view.info())

    def _unplayable(self, view: View) -> None:
        reason = EndReason.CODEC
        if view.whole:
            view.transport.end(reason)
        else:
            self._finish(view, reason)


def _slot(transport: Transport, choice: Chosen) -> Slot:
    types = {codec: PayloadType(found.payload_type, found.clock_rate_hz) for codec, found in choice.formats.items()}
    return Slot(transport, choice.ssrc, types, Extensions.of(choice.section.extensions))


def _chosen_for_view(offer: Offer, ladder: Ladder, view_id: str) -> tuple[Chosen, ...]:
    """The first section for pictures that takes the camera's codec, and the first for its sound."""
    codec = video_codec(ladder.asked)
    if codec is None:
        raise OfferRefused(RefusalCode.NO_PICTURE, "the camera has not sent anything yet")
    profile_idc = _profile_idc(ladder.asked)
    video = _first(offer, "video", (codec,), view_id, profile_idc)
    if video is None:
        raise OfferRefused(RefusalCode.CODEC, f"the browser does not take {codec.value}")
    sounding = ladder.sounding
    sound = _first(offer, "audio", _sent_as(sounding), view_id) if sounding is not None else None
    return (video,) if sound is None else (video, sound)


def _first(
    offer: Offer, kind: str, codecs: tuple[Codec, ...], stream_id: str, profile_idc: int | None = None
) -> Chosen | None:
    for section in offer.sections:
        formats = choose(section, profile_idc) if section.kind == kind else {}
        if any(codec in formats for codec in codecs):
            ordered = dict(sorted(formats.items(), key=lambda item: item[0] not in codecs))
            return Chosen(section, ordered, new_ssrc(), stream_id)
    return None


def _chosen_for_carrier(offer: Offer, transport_id: str) -> tuple[Chosen, ...]:
    """Every section that takes anything of ours. The nth sound plays in step with the nth picture: one stream for both."""
    counts = {"video": 0, "audio": 0}
    chosen = []
    for section in offer.sections:
        formats = choose(section)
        if formats:
            chosen.append(_numbered(section, formats, transport_id, counts))
    if not any(choice.is_video for choice in chosen):
        raise OfferRefused(RefusalCode.CODEC, "the browser takes no picture that we could send")
    return tuple(chosen)


def _numbered(section: Section, formats: dict[Codec, Format], transport_id: str, counts: dict[str, int]) -> Chosen:
    counts[section.kind] += 1
    return Chosen(section, formats, new_ssrc(), f"{transport_id}-{counts[section.kind]}")


def _sent_as(fanout: Fanout) -> tuple[Codec, ...]:
    codec = sound_codec(fanout)
    return () if codec is None else (Codec.OPUS if codec is Codec.AAC else codec,)


def _playable(ladder: Ladder, slot: Slot) -> Codec:
    """What a slot would show of a camera. Raises `OfferRefused`."""
    if slot.takes_pictures:
        codec = video_codec(ladder.asked)
        if codec is None:
            raise OfferRefused(RefusalCode.NO_PICTURE, "the camera has not sent anything yet")
        codecs: tuple[Codec, ...] = (codec,)
    else:
        codecs = _sent_as(ladder.sounding) if ladder.sounding is not None else ()
        if not codecs:
            raise OfferRefused(RefusalCode.NO_STREAM, "the camera has no sound")
    if not slot.takes(codecs[0]):
        raise OfferRefused(RefusalCode.CODEC, f"the browser does not take {codecs[0].value}")
    return codecs[0]


def _profile_idc(fanout: Fanout) -> int | None:
    """The H.264 profile of the cached keyframe's parameter set; None when it cannot be told."""
    cached = fanout.cached()
    if not cached or cached[0].codec is not Codec.H264:
        return None
    return next((part[1] for part in cached[0].parts if len(part) > 3 and part[0] & 0x1F == _H264_SPS), None)
