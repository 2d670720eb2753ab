"""All viewers of one worker, on one UDP port."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

import structlog

from streams.relay.dtls import Dtls, Identity
from streams.relay.feed import Feed
from streams.relay.sdp import Chosen, Local, Offer, OfferRefused, choose, parse_offer, write_answer
from streams.relay.slot import Counters, Slot
from streams.relay.stun import IceCredentials, parse_request, user_of
from streams.relay.transport import State, Transport, Wire
from streams.relay.udp import Address, UdpSocket
from streams.types.bus import RefusalCode
from streams.types.media import Codec, Fanout

log = structlog.get_logger(__name__)

TICK_S = 0.1
_SOUND = (Codec.PCMA, Codec.PCMU)
_H264_SPS = 7


@dataclass(frozen=True, slots=True)
class RelayLimits:
    max_views: int = 2000


@dataclass(frozen=True, slots=True)
class Clocks:
    """`utc_ns` is our clock, the authority for capture times; `monotonic_s` for time-outs."""

    utc_ns: Callable[[], int] = time.time_ns
    monotonic_s: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class ViewInfo:
    """`lost_share` 0..1 as the browser last reported it. `fanout` is what the picture comes from."""

    view_id: str
    state: State
    fanout: Fanout
    lost_share: float
    slots: tuple[Counters, ...]


@dataclass(slots=True)
class _View:
    view_id: str
    transport: Transport
    feed: Feed
    on_closed: Callable[[str, str], None]
    silent: bool = field(default=False)


class Relay:
    """Open views, feed them, end them. Everything runs on one event loop; no method blocks."""

    def __init__(self, limits: RelayLimits, clocks: Clocks) -> None:
        self._limits = limits
        self._clocks = clocks
        self._identity = Identity()
        self._views: dict[str, _View] = {}
        self._by_ufrag: dict[str, _View] = {}
        self._by_address: dict[Address, _View] = {}
        self._feeds: dict[int, Feed] = {}
        self._socket: UdpSocket
        self._timer: asyncio.TimerHandle | None = None

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
        on_closed: Callable[[str, str], None],
    ) -> str:
        """Answer an offer with the tracks of `fanout`. `addresses` go into the candidates, best first.

        `on_closed(view_id, reason)` is called when the view ends by itself, not after `close_view`. Raises `OfferRefused`.
        """
        if len(self._views) >= self._limits.max_views:
            raise OfferRefused(RefusalCode.FULL, "this worker serves as many viewers as it may")
        offer = parse_offer(offer_sdp)
        video, chosen = self._choose(offer, fanout)
        ice = IceCredentials.new()
        feed = self._feed(fanout)
        wire = Wire(self._socket.send, self._socket.send_run)
        dtls = Dtls(self._identity, offer.fingerprints)
        transport = Transport(
            offer, ice, dtls, wire, on_end=lambda reason: self._ended(view, reason), now_s=self._clocks.monotonic_s()
        )
        view = _View(view_id, transport, feed, on_closed)
        for choice in chosen:
            found = choice.format
            transport.add(
                Slot(transport, choice.ssrc, found.payload_type, found.clock_rate_hz), feed, video=choice is video
            )
        self._views[view_id] = self._by_ufrag[ice.ufrag] = view
        local = Local(ice.ufrag, ice.password, self._identity.fingerprint, addresses, self.port)
        return write_answer(offer, local, chosen, stream_id=view_id)

    def close_view(self, view_id: str, reason: str) -> None:
        """End a view now. Does nothing for one that has ended."""
        view = self._views.get(view_id)
        if view is not None:
            view.silent = True
            view.transport.end(reason)

    def views(self) -> tuple[ViewInfo, ...]:
        return tuple(
            ViewInfo(
                view.view_id,
                view.transport.state,
                view.feed.fanout,
                view.transport.lost_share,
                tuple(slot.counters for slot in view.transport.slots()),
            )
            for view in self._views.values()
        )

    def viewers(self, fanout: Fanout) -> int:
        """How many views show this fan-out."""
        feed = self._feeds.get(id(fanout))
        return feed.viewers if feed is not None else 0

    async def close(self) -> None:
        for view_id in list(self._views):
            self.close_view(view_id, "the server stops")
        if self._timer is not None:
            self._timer.cancel()
        self._socket.close()

    def _choose(self, offer: Offer, fanout: Fanout) -> tuple[Chosen, tuple[Chosen, ...]]:
        track = next((track for track in fanout.tracks if track.codec.is_video), None)
        if track is None:
            raise OfferRefused(RefusalCode.NO_PICTURE, "the camera has not sent anything yet")
        video = choose(offer, track.codec, _profile_idc(fanout))
        if video is None:
            raise OfferRefused(RefusalCode.CODEC, f"the browser does not take {track.codec.value}")
        sound = next((track for track in fanout.tracks if track.codec in _SOUND), None)
        audio = choose(offer, sound.codec) if sound is not None else None
        return video, (video,) if audio is None else (video, audio)

    def _feed(self, fanout: Fanout) -> Feed:
        feed = self._feeds.get(id(fanout))
        if feed is None:
            feed = self._feeds[id(fanout)] = Feed(fanout, self._drop_feed)
        return feed

    def _drop_feed(self, feed: Feed) -> None:
        if not any(view.feed is feed for view in self._views.values()):
            self._feeds.pop(id(feed.fanout), None)

    def _ended(self, view: _View, reason: str) -> None:
        self._views.pop(view.view_id, None)
        self._by_ufrag.pop(view.transport.ice.ufrag, None)
        for address in [key for key, value in self._by_address.items() if value is view]:
            del self._by_address[address]
        self._drop_feed(view.feed)
        if not view.silent:
            view.on_closed(view.view_id, reason)

    def _on_datagram(self, datagram: bytes, source: Address) -> None:
        """RFC 7983: the first byte tells what it is. Nothing but STUN is looked at from an address that did not pass a check."""
        if len(datagram) < 2:
            return
        first = datagram[0]
        if first < 4:
            self._on_stun(datagram, source)
            return
        view = self._by_address.get(source)
        if view is None:
            return
        if 20 <= first <= 63:
            view.transport.on_dtls(datagram)
        elif 128 <= first <= 191 and 192 <= datagram[1] <= 223:
            view.transport.on_rtcp(datagram, self._clocks.utc_ns())

    def _on_stun(self, datagram: bytes, source: Address) -> None:
        request = parse_request(datagram)
        if request is None:
            return
        view = self._by_ufrag.get(user_of(request))
        if view is not None and view.transport.on_stun(request, source, self._clocks.monotonic_s()):
            self._by_address[source] = view

    def _tick(self) -> None:
        now_s, now_ns = self._clocks.monotonic_s(), self._clocks.utc_ns()
        for view in tuple(self._views.values()):
            view.transport.tick(now_s, now_ns)
            if view.feed.codec_changed:
                view.transport.end("the camera changed its codec")
        self._timer = asyncio.get_running_loop().call_later(TICK_S, self._tick)


def _profile_idc(fanout: Fanout) -> int | None:
    """The H.264 profile of the cached keyframe's parameter set; None when it cannot be told."""
    cached = fanout.cached()
    if not cached or cached[0].codec is not Codec.H264:
        return None
    return next((part[1] for part in cached[0].parts if len(part) > 3 and part[0] & 0x1F == _H264_SPS), None)
