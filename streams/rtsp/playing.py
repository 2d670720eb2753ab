"""A session while it plays: media of each read to the receivers, keep-alive, receiver reports, and the watch for a stall."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import structlog

from streams.rtsp.auth import Authenticator
from streams.rtsp.connection import Connection
from streams.rtsp.faults import BadBytes
from streams.rtsp.handshake import Session
from streams.rtsp.messages import Response
from streams.rtsp.receiver import Receiver, SoundReceiver, VideoReceiver
from streams.rtsp.reorder import ReorderWindow
from streams.rtsp.timeline import CameraClock
from streams.rtsp.udp import OnDatagram, PortPair
from streams.types.camera import FaultKind, SourceFault
from streams.types.media import Sink, Track

_log = structlog.get_logger(__name__)

_NS_PER_S = 1_000_000_000
_REPORT_EVERY_S = 5.0
_MAX_KEEPALIVE_S = 30.0
_MAX_PACKETS_PER_READ = 4096
_CLOCK_NEWS_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Link:
    """What stands between us and a camera once the tracks are set up. `pairs` is empty for TCP."""

    connection: Connection
    session: Session
    auth: Authenticator
    pairs: list[PortPair]


class Playing:
    """Built before PLAY is sent, because cameras send media before they answer it."""

    __slots__ = (
        "_auth",
        "_clock",
        "_clock_ns",
        "_connection",
        "_feeds",
        "_keepalive_at_s",
        "_keepalive_method",
        "_keepalive_s",
        "_loop",
        "_pairs",
        "_receivers",
        "_report_at_s",
        "_session",
        "_sink",
        "_told_offset_ns",
    )

    def __init__(self, link: Link, clock: CameraClock, sink: Sink, clock_ns: Callable[[], int]) -> None:
        self._connection = link.connection
        self._session = session = link.session
        self._auth = link.auth
        self._pairs = link.pairs
        self._sink = sink
        self._clock_ns = clock_ns
        self._keepalive_method = session.keepalive_method
        self._loop = asyncio.get_running_loop()
        self._report_at_s = self._loop.time() + _REPORT_EVERY_S
        self._keepalive_s = min(session.timeout_s / 2, _MAX_KEEPALIVE_S)
        self._keepalive_at_s = self._loop.time() + self._keepalive_s
        self._clock = clock
        self._told_offset_ns: int | None = None
        self._receivers = self._build_receivers(clock)
        self._feeds: list[tuple[list[bytes], Callable[[list[bytes], int], None]]] = []
        for index, receiver in enumerate(self._receivers):
            self._wire(index, receiver)

    @property
    def tracks(self) -> tuple[Track, ...]:
        return tuple(receiver.track for receiver in self._receivers)

    @property
    def lost(self) -> int:
        return sum(receiver.lost for receiver in self._receivers)

    @property
    def received(self) -> int:
        return sum(receiver.received for receiver in self._receivers)

    def on_read(self) -> None:
        """Hand on what the last read brought."""
        arrival_ns = 0
        for packets, feed in self._feeds:
            if packets:
                if not arrival_ns:
                    arrival_ns = self._clock_ns()
                if len(packets) > _MAX_PACKETS_PER_READ:
                    raise BadBytes("flood of tiny packets")
                feed(packets, arrival_ns)
                packets.clear()

    async def run(self, stall_s: float) -> None:
        """Until the connection ends or no picture came for `stall_s`; raises the `SourceFault` that says which."""
        watch = _StallWatch(self._loop.time(), stall_s)
        over: asyncio.Future[SourceFault] = self._loop.create_future()
        timer: asyncio.TimerHandle | None = None

        def tick() -> None:
            # A timer, not a waiting task: 240 tasks that wake every other second would cost more than the keep-alives.
            nonlocal timer
            now_s = self._loop.time()
            wake_s = watch.wake_s(now_s, self._receivers[0].newest_ns, self._clock_ns)
            if wake_s <= now_s:
                over.set_result(SourceFault(FaultKind.STALLED, f"connected, but no picture for {stall_s:g} s"))
                return
            self._speak(now_s)
            timer = self._loop.call_at(min(wake_s, self._report_at_s, self._keepalive_at_s), tick)

        tick()
        try:
            await asyncio.wait((self._connection.ended, over), return_when=asyncio.FIRST_COMPLETED)
            raise (over if over.done() else self._connection.ended).result()
        finally:
            if timer is not None:
                timer.cancel()

    def _build_receivers(self, clock: CameraClock) -> tuple[Receiver, ...]:
        receivers: list[Receiver] = []
        for track in self._session.tracks:
            if track.media.codec is not None and track.media.codec.is_video:
                receivers.append(VideoReceiver(track.media, clock, self._sink, self._announce))
            else:
                receivers.append(SoundReceiver(track.media, clock, self._sink, leads=not receivers))
        return tuple(receivers)

    def _announce(self) -> None:
        self._sink.on_tracks(self.tracks)

    def _wire(self, index: int, receiver: Receiver) -> None:
        track = self._session.tracks[index]
        if self._pairs:
            self._pairs[index].listen(self._from_udp(receiver), self._reports_from_udp(receiver))
            self._pairs[index].open_path(track.rtp)
        else:
            # Reports first: a read that brings both should place its pictures by the newer report.
            self._feeds.append((self._connection.listen(track.rtcp), receiver.reports.take))
            self._feeds.append((self._connection.listen(track.rtp), receiver.feed))

    def _from_udp(self, receiver: Receiver) -> OnDatagram:
        window = ReorderWindow()

        def take(packet: bytes) -> None:
            arrival_ns = self._clock_ns()
            if ready := window.push(packet, arrival_ns):
                receiver.feed(ready, arrival_ns)

        return take

    def _reports_from_udp(self, receiver: Receiver) -> OnDatagram:
        return lambda packet: receiver.reports.take([packet], self._clock_ns())

    def _speak(self, now_s: float) -> None:
        if now_s >= self._report_at_s:
            self._report_at_s = now_s + _REPORT_EVERY_S
            self._tell_offset()
            for index, receiver in enumerate(self._receivers):
                self._send_report(index, receiver.reports.write(self._clock_ns()))
        if now_s >= self._keepalive_at_s:
            self._keepalive_at_s = now_s + self._keepalive_s
            self._keep_alive(again=True)

    def _tell_offset(self) -> None:
        """Log the camera's clock when it is first known, and when it has moved by a second."""
        offset_ns, told_ns = self._clock.offset_ns, self._told_offset_ns
        if offset_ns is not None and (told_ns is None or abs(offset_ns - told_ns) >= _CLOCK_NEWS_NS):
            self._told_offset_ns = offset_ns
            _log.info("camera clock", host=self._connection.peer_host, ahead_ms=round(offset_ns / 1_000_000))

    def _send_report(self, index: int, report: bytes) -> None:
        port_or_channel = self._session.tracks[index].rtcp
        if report and self._pairs:
            self._pairs[index].send_rtcp(report, port_or_channel)
        elif report:
            self._connection.send_frame(port_or_channel, report)

    def _keep_alive(self, *, again: bool) -> None:
        """A camera that does not answer is no fault as long as pictures come; some never answer GET_PARAMETER."""
        call = self._session.call(self._keepalive_method, self._auth)

        def answered(response: Response) -> None:
            if response.status == 401:
                self._auth.challenged(response.all("www-authenticate"), answered=True)
                if again:
                    self._keep_alive(again=False)
            elif response.status in (405, 501, 551):
                self._keepalive_method = "OPTIONS"
            elif response.status == 454:
                raise SourceFault(FaultKind.LOST, "the camera forgot our session")

        self._connection.send(call, answered)


class _StallWatch:
    """When to look again whether pictures still come. Times are the loop's, in seconds."""

    def __init__(self, now_s: float, stall_s: float) -> None:
        self._stall_s = stall_s
        self._seen_s = self._woken_s = now_s
        self._newest_ns = 0

    def wake_s(self, now_s: float, newest_ns: int, clock_ns: Callable[[], int]) -> float:
        """When the stream counts as stalled unless a picture comes; not after `now_s` when it has."""
        if newest_ns != self._newest_ns:
            self._newest_ns = newest_ns
            # The wall clock may have been set meanwhile: an age is believed up to the time since we last looked.
            age_s = (clock_ns() - newest_ns) / _NS_PER_S
            self._seen_s = now_s - min(max(age_s, 0.0), now_s - self._woken_s)
        self._woken_s = now_s
        return self._seen_s + self._stall_s
