"""Our RTSP source: connect, converse, play, and feed a sink until something ends it.

The thin shell: everything that can be wrong with bytes is decided in the pure modules beside this one.
"""

import contextlib
import hmac
import ssl
from collections.abc import Generator
from urllib.parse import urlsplit

import structlog

from streams.contract import ClockNs, Timeouts
from streams.rtsp.auth import Authenticator
from streams.rtsp.connection import Connection, connect
from streams.rtsp.faults import BadBytes
from streams.rtsp.handshake import Redirected, Session, TransportRefused, play, set_up
from streams.rtsp.messages import Call, Response
from streams.rtsp.playing import Link, Playing
from streams.rtsp.timeline import CameraClock
from streams.rtsp.udp import PortPair, open_pair
from streams.types.camera import Credentials, FaultKind, SourceFault, StreamSpec, Transport
from streams.types.media import Sink

_log = structlog.get_logger(__name__)

_DEFAULT_PORTS = {"rtsp": 554, "rtsps": 322}
_MAX_ATTEMPTS = 4
_MAX_TRACKS = 2


class RtspSource:
    """`Source` for one RTSP stream. Holds no connection until it runs; may run again after it ended."""

    def __init__(self, spec: StreamSpec, credentials: Credentials, timeouts: Timeouts, clock_ns: ClockNs) -> None:
        self._spec = spec
        self._credentials = credentials
        self._timeouts = timeouts
        self._clock_ns = clock_ns
        self._clock = CameraClock()
        self._lost_before = self._received_before = 0
        self._playing: Playing | None = None
        self.certificate_sha256 = ""

    @property
    def clock_offset_ms(self) -> int | None:
        offset_ns = self._clock.offset_ns
        return None if offset_ns is None else round(offset_ns / 1_000_000)

    @property
    def lost_packets(self) -> int:
        return self._lost_before + (self._playing.lost if self._playing else 0)

    @property
    def received_packets(self) -> int:
        return self._received_before + (self._playing.received if self._playing else 0)

    async def run_once(self, sink: Sink) -> None:
        """See `Source.run_once`. Follows up to three redirects and changes of transport."""
        url, transport = self._spec.url, self._spec.transport
        for _ in range(_MAX_ATTEMPTS):
            try:
                await self._session(url, transport, sink)
            except Redirected as redirect:
                url = redirect.url
            except TransportRefused:
                if transport is not self._spec.transport:
                    break
                transport = Transport.UDP if transport is Transport.TCP else Transport.TCP
                _log.info("transport refused, trying the other", host=urlsplit(url).hostname, transport=transport.value)
        raise SourceFault(FaultKind.FORMAT, "the camera sends us round in circles")

    async def _session(self, url: str, transport: Transport, sink: Sink) -> None:
        self._clock = CameraClock()
        connection = await self._connect(url)
        self.certificate_sha256 = connection.certificate_sha256
        pinned = self._spec.certificate_sha256
        if pinned and not hmac.compare_digest(pinned, self.certificate_sha256):
            connection.close()
            raise SourceFault(FaultKind.AUTHENTICATION, "the camera shows another certificate than the pinned one")
        pairs: list[PortPair] = []
        session: Session | None = None
        auth = Authenticator(self._credentials)
        response_s = self._timeouts.response_s
        try:
            if transport is Transport.UDP:
                await _open_pairs(connection, pairs)
            session = await connection.drive(self._set_up(url, auth, [pair.ports for pair in pairs]), response_s)
            self._playing = self._playing_of(Link(connection, session, auth, pairs), self._clock, sink)
            connection.on_read = self._playing.on_read
            sink.on_tracks(self._playing.tracks)
            await connection.drive(self._play(session, auth), response_s)
            await self._playing.run(self._timeouts.stall_s)
        except ValueError as error:
            raise BadBytes("not a conversation that we can follow") from error
        finally:
            self._lost_before, self._received_before = self.lost_packets, self.received_packets
            self._playing = None
            if session is not None:
                await self._say_goodbye(connection, session, auth)
            connection.close()
            for pair in pairs:
                pair.close()

    def _set_up(
        self, url: str, auth: Authenticator, ports: list[tuple[int, int]]
    ) -> Generator[Call, Response, Session]:
        return set_up(url, auth, ports)

    def _play(self, session: Session, auth: Authenticator) -> Generator[Call, Response, Response]:
        return play(session, auth)

    def _playing_of(self, link: Link, clock: CameraClock, sink: Sink) -> Playing:
        return Playing(link, clock, sink, self._clock_ns)

    async def _connect(self, url: str) -> Connection:
        parts = urlsplit(url)
        tls = _tls() if parts.scheme == "rtsps" else None
        port = parts.port or _DEFAULT_PORTS[parts.scheme]
        return await connect(parts.hostname or "", port, tls, self._timeouts.connect_s)

    async def _say_goodbye(self, connection: Connection, session: Session, auth: Authenticator) -> None:
        if connection.ended.done():
            return
        call = session.call("TEARDOWN", auth)
        with contextlib.suppress(SourceFault):
            await connection.ask(call, self._timeouts.close_s)


async def _open_pairs(connection: Connection, into: list[PortPair]) -> None:
    """Into a list that the caller closes, so that none leaks when a later one fails."""
    while len(into) < _MAX_TRACKS:
        into.append(await open_pair(connection.local_host, connection.peer_host))


def _tls() -> ssl.SSLContext:
    """Cameras sign their own certificates: any is accepted here, shown in the state, and held to once it is pinned (ADR 21)."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
