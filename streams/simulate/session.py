"""The RTSP state of one client: what it described, set up and plays (RFC 2326). Answers requests; sends nothing by itself."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Final, Protocol
from urllib.parse import urlsplit

from streams.rtsp.requests import Request, Response
from streams.simulate import sdp
from streams.simulate.audio import AudioLoop
from streams.simulate.card import Card, asked_range
from streams.simulate.ports import PortPair, open_pair
from streams.simulate.replaying import Replay
from streams.simulate.sender import DatagramLine, InterleavedLine, Line, RtpSender
from streams.simulate.stream import PictureStream, SoundStream
from streams.simulate.weave_types import Weave

_TRACK: Final = re.compile(r"^(?P<path>.*?)/trackID=(?P<track>[01])$")
_PAIR: Final = re.compile(r"^(\d{1,5})(?:-(\d{1,5}))?$")
_LONGEST_REPLAY_NS: Final = 86_400 * 1_000_000_000
_BACKLOG_BYTES: Final = 4_194_304  # more than the GOP of a main stream, with which a session begins


@dataclass(frozen=True, slots=True)
class Offer:
    """One stream of a device that can be played; with a `card`, what is recorded of it on there."""

    weave: Weave
    pictures: PictureStream
    sound: SoundStream | None
    card: Card | None = None

    @property
    def audio(self) -> AudioLoop | None:
        return self.sound.loop if self.sound is not None else None


class Stage(Protocol):
    """What a session asks of its device."""

    async def offer(self, path: str) -> Offer | None:
        """The stream behind a path like `/main` or `/ch2/sub`; waits until it is ready. None for an unknown path."""

    def play(self, stream: PictureStream | SoundStream, sender: RtpSender) -> None: ...

    def stop(self, stream: PictureStream | SoundStream, sender: RtpSender) -> None: ...

    def newest(self, stream: PictureStream | SoundStream) -> int:
        """The number of the stream's newest unit."""

    def replay(self, replay: Replay) -> Callable[[], None]:
        """Send what a card has until it is over; what is returned ends it before."""


class Wire(Protocol):
    """What a session asks of its connection."""

    def write(self, data: bytes) -> None: ...

    def backlog(self) -> int: ...

    def addresses(self) -> tuple[str, str]: ...

    def heard(self) -> None: ...

    def spoil(self, data: bytes) -> bytes: ...


@dataclass(slots=True)
class _Track:
    stream: PictureStream | SoundStream
    sender: RtpSender
    url: str
    close: Callable[[], None]
    channel: int | None
    """Interleaved; None for UDP."""
    playing: bool = field(default=False)


class Session:
    def __init__(self, stage: Stage, wire: Wire, rng: Random) -> None:
        self._stage = stage
        self._wire = wire
        self._rng = rng
        self._id = f"{rng.getrandbits(64):016x}"
        self._tracks: dict[int, _Track] = {}
        self._card: Card | None = None
        self._replay: Replay | None = None
        self._end_replay: Callable[[], None] | None = None

    async def answer(self, request: Request) -> Response:
        """The response to an authorized request."""
        if request.method == "DESCRIBE":
            return await self._describe(request)
        if request.method == "SETUP":
            return await self._setup(request)
        if request.method in ("PLAY", "PAUSE", "TEARDOWN"):
            return self._control(request)
        if request.method in ("GET_PARAMETER", "SET_PARAMETER"):
            return Response(200, [self._header()] if self._tracks else [])
        return Response(501)

    def start(self) -> None:
        """Begin to send, once the response to PLAY is written."""
        if self._replay is not None:
            self._end_replay = self._stage.replay(self._replay)
            self._replay = None
            return
        for track in self._tracks.values():
            if not track.playing:
                track.playing = True
                self._stage.play(track.stream, track.sender)

    def end(self) -> None:
        self._pause()
        for track in self._tracks.values():
            track.close()
        self._tracks.clear()

    def _header(self) -> tuple[str, str]:
        return "Session", f"{self._id};timeout=60"

    async def _describe(self, request: Request) -> Response:
        path = urlsplit(request.url).path.rstrip("/")
        offer = await self._stage.offer(path)
        if offer is None:
            return Response(404)
        body = sdp.describe(offer.weave, offer.audio, self._wire.addresses()[0])
        base = request.url.split("?", 1)[0].rstrip("/") + "/"
        return Response(200, [("Content-Type", "application/sdp"), ("Content-Base", base)], body)

    async def _setup(self, request: Request) -> Response:
        parts = urlsplit(request.url)
        matched = _TRACK.match(parts.path.rstrip("/") + (f"?{parts.query}" if "trackID" in parts.query else ""))
        offer = await self._stage.offer(matched["path"].rstrip("/")) if matched else None
        if offer is None or matched is None:
            return Response(404)
        number = int(matched["track"])
        stream = offer.sound if number else offer.pictures
        if stream is None:
            return Response(404)
        if number in self._tracks or (self._tracks and offer.card is not self._card):
            return Response(455)
        codec = stream.loop.codec if isinstance(stream, SoundStream) else offer.weave.codec
        for choice in request.headers.get("transport", "").split(","):
            made = self._line(choice.strip(), number)
            if made is None or (offer.card is not None and not isinstance(made[0], InterleavedLine)):
                if made is not None:
                    made[2]()
                continue
            line, transport, close = made
            self._card = offer.card
            channel = line.channel if isinstance(line, InterleavedLine) else None
            sender = RtpSender(line, sdp.payload_type(codec), self._rng.getrandbits(32), self._rng.getrandbits(16))
            self._tracks[number] = _Track(stream, sender, request.url, close, channel)
            return Response(200, [self._header(), ("Transport", f'{transport};ssrc={sender.ssrc:08X};mode="PLAY"')])
        return Response(461)

    def _line(self, wanted: str, number: int) -> tuple[Line, str, Callable[[], None]] | None:
        """The line for one transport that the client offers, or None when it is none of ours."""
        kind, *rest = (word.strip() for word in wanted.split(";"))
        options = dict(word.partition("=")[::2] for word in rest)
        if "multicast" in options:
            return None
        if kind == "RTP/AVP/TCP":
            channel = _pair(options.get("interleaved", ""), 2 * number)
            if channel > 254:
                return None
            line = InterleavedLine(channel, self._wire.write, self._wire.backlog, _BACKLOG_BYTES)
            return line, f"RTP/AVP/TCP;unicast;interleaved={channel}-{channel + 1}", lambda: None
        if kind in ("RTP/AVP", "RTP/AVP/UDP"):
            port = _pair(options.get("client_port", ""), 0)
            return self._datagrams(port) if 0 < port < 65535 else None
        return None

    def _datagrams(self, client_port: int) -> tuple[Line, str, Callable[[], None]] | None:
        ours, theirs = self._wire.addresses()
        try:
            pair: PortPair = open_pair(ours, theirs, client_port, self._wire.heard)
        except OSError:
            return None
        line = DatagramLine(pair.media, pair.control, self._wire.spoil)
        transport = (
            f"RTP/AVP;unicast;client_port={client_port}-{client_port + 1};server_port={pair.port}-{pair.port + 1}"
        )
        return line, transport, pair.close

    def _control(self, request: Request) -> Response:
        if not self._tracks or request.headers.get("session", "").split(";")[0] != self._id:
            return Response(454)
        if request.method == "PLAY" and self._card is not None:
            return self._play_card(self._card, request)
        if request.method == "PLAY":
            return Response(200, [self._header(), ("Range", "npt=now-"), ("RTP-Info", self._rtp_info())])
        if request.method == "PAUSE":
            self._pause()
            return Response(200, [self._header()])
        self.end()
        return Response(200, [self._header()])

    def _play_card(self, card: Card, request: Request) -> Response:
        """ONVIF Streaming Specification §6: a range by the camera's clock; paced unless the client wants none of it."""
        asked = asked_range(request.headers.get("range", ""))
        pictures, sound = self._tracks.get(0), self._tracks.get(1)
        if asked is None or pictures is None or not isinstance(pictures.stream, PictureStream):
            return Response(457)
        skew_ns = pictures.stream.skew_ns
        from_ns = asked[0] - skew_ns
        to_ns = card.now_ns if asked[1] is None else asked[1] - skew_ns
        if not 0 < to_ns - from_ns <= _LONGEST_REPLAY_NS:
            return Response(457)
        self._pause()
        self._replay = Replay(
            card,
            pictures.stream,
            sound.stream if sound is not None and isinstance(sound.stream, SoundStream) else None,
            (from_ns, to_ns),
            {number: (track.sender, track.channel or 0) for number, track in self._tracks.items()},
            self._wire,
            paced=request.headers.get("rate-control", "yes").lower() != "no",
        )
        return Response(200, [self._header(), ("Range", request.headers["range"]), ("RTP-Info", self._rtp_info())])

    def _rtp_info(self) -> str:
        infos = []
        for track in self._tracks.values():
            newest = self._stage.newest(track.stream)
            first = track.stream.timestamp(track.stream.first_of_burst(newest)) & 0xFFFFFFFF
            infos.append(f"url={track.url};seq={track.sender.sequence & 0xFFFF};rtptime={first}")
        return ",".join(infos)

    def _pause(self) -> None:
        if self._end_replay is not None:
            self._end_replay()
            self._end_replay = None
        for track in self._tracks.values():
            if track.playing:
                track.playing = False
                self._stage.stop(track.stream, track.sender)


def _pair(text: str, default: int) -> int:
    """The first of two consecutive numbers; `default` when there is none, a huge one when it is nonsense."""
    if not text:
        return default
    matched = _PAIR.match(text)
    return int(matched[1]) if matched else 1 << 16
