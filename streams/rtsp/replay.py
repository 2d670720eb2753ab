"""What a camera stored on its own card, played to us over RTSP (ONVIF Streaming Specification §6).

Every access unit carries the camera's time in a header extension. Our clock is the authority: capture time is that time less what the
camera's clock was measured to be ahead.
"""

from collections import OrderedDict
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime
from struct import Struct
from typing import Final

from streams.contract import ClockNs, Timeouts
from streams.rtsp.auth import Authenticator
from streams.rtsp.faults import BadBytes
from streams.rtsp.handshake import Session, exchange, set_up
from streams.rtsp.messages import Call, Response
from streams.rtsp.playing import Link, Playing
from streams.rtsp.reader import RtspSource
from streams.rtsp.receiver import Receiver, SoundReceiver, VideoReceiver
from streams.rtsp.timeline import CameraClock
from streams.types.camera import Credentials, FaultKind, SourceFault, StreamSpec, Transport
from streams.types.media import Sink

FEATURE: Final = "onvif-replay"
_PROFILE: Final = 0xABAC
_TERMINAL: Final = 0x10
_MOST_WAITING: Final = 512
_NTP_EPOCH_S: Final = 2_208_988_800
_NS_PER_S: Final = 1_000_000_000
_WRAP: Final = 1 << 32
_HALF: Final = 1 << 31
_LONGEST_STEP_NS: Final = 60 * _NS_PER_S
_head: Final = Struct("!HHQB").unpack_from


class ReplayOver(SourceFault):
    """Everything that was asked for has come. Ends a session as a fault does, and is none."""

    def __init__(self) -> None:
        super().__init__(FaultKind.LOST, "the replay is over")


@dataclass(frozen=True, slots=True)
class Stretch:
    """What is asked for: from when to when on our clock, and how the camera's clock goes. `rate_bytes_per_s`: no faster than this."""

    from_ns: int
    to_ns: int
    offset_ns: int
    rate_bytes_per_s: int


def stamp_of(packet: bytes) -> tuple[int, int] | None:
    """(the camera's time in ns UTC, flags) of a packet with a replay's header extension; None for any other."""
    if len(packet) < 12 or packet[0] & 0xD0 != 0x90:
        return None
    begin = 12 + 4 * (packet[0] & 15)
    if len(packet) < begin + 16:
        return None
    profile, words, ntp, flags = _head(packet, begin)
    if profile != _PROFILE or words < 3:
        return None
    # Like the camera's sender reports: seconds since 1900 that wrap in 2036 (RFC 5905 §6).
    era_s = 0 if ntp >> 63 else 1 << 32
    seconds = (ntp >> 32) + era_s - _NTP_EPOCH_S
    return seconds * _NS_PER_S + ((ntp & 0xFFFFFFFF) * _NS_PER_S >> 32), flags


class StampedTimes:
    """`receiver.Times` of one replayed track: capture times as the packets say them. A unit without one counts on from the last."""

    def __init__(self, clock_rate_hz: int, offset_ns: int) -> None:
        self._rate_hz = clock_rate_hz
        self._offset_ns = offset_ns
        self._said: OrderedDict[int, int] = OrderedDict()
        self._anchor: tuple[int, int] | None = None
        self._capture_ns = 0
        self._terminal: int | None = None
        self.over = False
        """The unit that the camera called its last has come whole."""

    def stamp(self, packets: list[bytes]) -> None:
        """Call before the packets are gathered."""
        for packet in packets:
            said = stamp_of(packet)
            if said is None:
                continue
            timestamp = int.from_bytes(packet[4:8], "big")
            self._said[timestamp] = said[0]
            if said[1] & _TERMINAL:
                self._terminal = timestamp
            if len(self._said) > _MOST_WAITING:
                self._said.popitem(last=False)

    def place(self, rtp_timestamp: int, arrival_ns: int) -> tuple[int, int]:
        """(RTP timestamp, capture time). Raises `BadBytes` when no time was ever said."""
        del arrival_ns
        camera_ns = self._said.pop(rtp_timestamp, None)
        if camera_ns is None:
            camera_ns = self._counted(rtp_timestamp)
        self._anchor = (rtp_timestamp, camera_ns)
        self.over = self.over or rtp_timestamp == self._terminal
        self._capture_ns = max(self._capture_ns + 1, camera_ns - self._offset_ns)
        return rtp_timestamp, self._capture_ns

    def report(self, camera_ns: int, rtp_timestamp: int, arrival_ns: int) -> None:
        """A sender report says when packets are sent, which is not when pictures were taken."""

    def restart(self) -> None:
        self._anchor = None

    def _counted(self, rtp_timestamp: int) -> int:
        if self._anchor is None:
            raise BadBytes("a replay that does not say when its pictures were taken")
        known, known_ns = self._anchor
        step_ns = ((rtp_timestamp - known + _HALF) % _WRAP - _HALF) * _NS_PER_S // self._rate_hz
        if not 0 <= step_ns <= _LONGEST_STEP_NS:
            raise BadBytes("a replay that jumps without saying where to")
        return known_ns + step_ns


class ReplaySource(RtspSource):
    """One stretch of a recording at a camera. `run_once` returns when it is over, and raises `SourceFault` for anything else."""

    def __init__(
        self, spec: StreamSpec, credentials: Credentials, timeouts: Timeouts, clock_ns: ClockNs, stretch: Stretch
    ) -> None:
        """Over TCP only, whatever `spec` says: what paces us is that we do not read."""
        super().__init__(spec.model_copy(update={"transport": Transport.TCP}), credentials, timeouts, clock_ns)
        self._stretch = stretch
        self._replaying: _Replaying | None = None

    async def run_once(self, sink: Sink) -> None:
        try:
            await super().run_once(sink)
        except ReplayOver:
            return
        except SourceFault:
            # Sound may end without a word: then the silence behind the last picture is the end.
            if self._replaying is None or not self._replaying.seen_all:
                raise

    def _set_up(
        self, url: str, auth: Authenticator, ports: list[tuple[int, int]]
    ) -> Generator[Call, Response, Session]:
        return set_up(url, auth, ports, require=FEATURE)

    def _play(self, session: Session, auth: Authenticator) -> Generator[Call, Response, Response]:
        return play_stretch(session, auth, self._stretch)

    def _playing_of(self, link: Link, clock: CameraClock, sink: Sink) -> Playing:
        link.connection.read_no_faster_than(self._stretch.rate_bytes_per_s)
        self._replaying = _Replaying(link, clock, sink, self._clock_ns, self._stretch)
        return self._replaying


def play_stretch(session: Session, auth: Authenticator, stretch: Stretch) -> Generator[Call, Response, Response]:
    """PLAY of a stretch, as fast as we read it."""
    headers = (
        ("Session", session.session_id),
        ("Require", FEATURE),
        (
            "Range",
            f"clock={_utc(stretch.from_ns + stretch.offset_ns)}-{_utc(stretch.to_ns + stretch.offset_ns)}",
        ),
        ("Rate-Control", "no"),
    )
    return (yield from exchange(Call("PLAY", session.control, headers), auth))


def _utc(at_ns: int) -> str:
    seconds, nanos = divmod(at_ns, _NS_PER_S)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y%m%dT%H%M%S}.{nanos // 1_000_000:03}Z"


class _Replaying(Playing):
    __slots__ = ("_stretch", "_times")

    def __init__(self, link: Link, clock: CameraClock, sink: Sink, clock_ns: ClockNs, stretch: Stretch) -> None:
        self._stretch = stretch
        self._times: list[StampedTimes] = []
        super().__init__(link, clock, sink, clock_ns)

    def on_read(self) -> None:
        for packets, times in zip((packets for packets, _ in self._feeds[1::2]), self._times, strict=False):
            times.stamp(packets)
        super().on_read()
        if all(times.over for times in self._times):
            raise ReplayOver

    @property
    def seen_all(self) -> bool:
        """The last picture has come."""
        return self._times[0].over

    def _build_receivers(self, clock: CameraClock) -> tuple[Receiver, ...]:
        receivers: list[Receiver] = []
        for track in self._session.tracks:
            times = StampedTimes(track.media.clock_rate_hz, self._stretch.offset_ns)
            self._times.append(times)
            if track.media.codec is not None and track.media.codec.is_video:
                receivers.append(VideoReceiver(track.media, clock, self._sink, self._announce, times))
            else:
                receivers.append(SoundReceiver(track.media, clock, self._sink, leads=False, times=times))
        return tuple(receivers)
