"""The conversation with a camera, without a socket: generators that yield calls and are sent the responses (RFC 2326 section 10).

    set_up()  OPTIONS, DESCRIBE, SETUP of each track      → Session
    play()    PLAY

Sign-in is answered within; a camera's refusal becomes the `SourceFault` that says why.
"""

import re
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from streams.rtsp.auth import Authenticator
from streams.rtsp.faults import BadBytes, NotSpoken
from streams.rtsp.messages import Call, Response
from streams.rtsp.sdp import Description, Media, parse_sdp
from streams.types.camera import FaultKind, SourceFault

_MAX_ATTEMPTS = 3
_DEFAULT_SESSION_S = 60
_SESSION = re.compile(r"([!-:<-~]{1,200})(?:\s*;\s*timeout\s*=\s*(\d{1,5}))?", re.IGNORECASE)


class Redirected(Exception):
    """The same host wants to be asked at another address."""

    def __init__(self, url: str) -> None:
        super().__init__("redirected")
        self.url = url


class TransportRefused(Exception):
    """461: not over this transport."""


@dataclass(frozen=True, slots=True)
class TrackSession:
    """One track as set up: its interleaved channels, or the camera's UDP ports (0 when it did not say)."""

    media: Media
    rtp: int
    rtcp: int


@dataclass(frozen=True, slots=True)
class Session:
    session_id: str
    timeout_s: int
    control: str
    keepalive_method: str
    tracks: tuple[TrackSession, ...]

    def call(self, method: str, auth: Authenticator) -> Call:
        """A signed call on the whole session."""
        return Call(method, self.control, (("Session", self.session_id), *auth.header(method, self.control)))


def exchange(call: Call, auth: Authenticator) -> Generator[Call, Response, Response]:
    """Send one call, sign in when asked. Raises what the status means unless it is a 2xx."""
    for _ in range(_MAX_ATTEMPTS):
        credentials = auth.header(call.method, call.url)
        response = yield Call(call.method, call.url, call.headers + credentials)
        if response.status != 401:
            break
        auth.challenged(response.all("www-authenticate"), answered=bool(credentials))
    if 200 <= response.status < 300:
        return response
    raise _meaning(call, response)


def _meaning(call: Call, response: Response) -> Exception:
    status = response.status
    said = f"{call.method} was answered {status}"
    if 300 <= status < 400:
        return _redirect(call.url, response.header("location"))
    if status == 461:
        return TransportRefused()
    kinds = {
        401: FaultKind.AUTHENTICATION,
        403: FaultKind.AUTHENTICATION,
        404: FaultKind.NOT_FOUND,
        410: FaultKind.NOT_FOUND,
        453: FaultKind.REFUSED,
        503: FaultKind.REFUSED,
    }
    return SourceFault(kinds.get(status, FaultKind.FORMAT), said)


def _redirect(url: str, location: str) -> Exception:
    """Only to the same host and never to a weaker scheme: our credentials go there."""
    foreign = SourceFault(FaultKind.NOT_FOUND, "the camera sends us to another address")
    try:
        old, new = urlsplit(url), urlsplit(urljoin(url, location))
        same = new.hostname == old.hostname and new.username is None and new.port != 0
    except ValueError:
        return foreign
    if not location or not location.isascii() or not location.isprintable() or len(location) > 2000 or not same:
        return foreign
    if new.scheme not in ("rtsp", "rtsps") or (old.scheme == "rtsps" and new.scheme == "rtsp"):
        return foreign
    return Redirected(new.geturl())


def set_up(
    url: str, auth: Authenticator, udp_ports: Sequence[tuple[int, int]] = (), *, require: str = ""
) -> Generator[Call, Response, Session]:
    """`udp_ports`: our (RTP, RTCP) ports, one pair per track; none for TCP. `require`: a feature without which we want no track."""
    public = yield from _options(url, auth)
    description = yield from _describe(url, auth)
    chosen = choose(description)
    tracks: list[TrackSession] = []
    session_id, timeout_s = "", _DEFAULT_SESSION_S
    for index, media in enumerate(chosen):
        transport = _transport(index, udp_ports)
        headers = (("Transport", transport),) + ((("Session", session_id),) if session_id else ())
        headers += (("Require", require),) if require else ()
        response = yield from exchange(Call("SETUP", media.control, headers), auth)
        session_id, timeout_s = _session(response, session_id, timeout_s)
        tracks.append(_track(media, response.header("transport"), index, udp=bool(udp_ports)))
    keepalive = "GET_PARAMETER" if "GET_PARAMETER" in public else "OPTIONS"
    return Session(session_id, timeout_s, description.control, keepalive, tuple(tracks))


def play(session: Session, auth: Authenticator) -> Generator[Call, Response, Response]:
    headers = (("Session", session.session_id), ("Range", "npt=0.000-"))
    return (yield from exchange(Call("PLAY", session.control, headers), auth))


def choose(description: Description) -> tuple[Media, ...]:
    """The first video and the first sound track that we speak. Raises `NotSpoken` when a video track is there and none is ours."""
    chosen: list[Media] = []
    for kind in ("video", "audio"):
        offered = [media for media in description.media if media.kind == kind]
        spoken = [media for media in offered if media.codec is not None and _speaks(media)]
        if offered and not spoken and kind == "video":
            raise NotSpoken("a video codec or packetisation that our reader does not speak")
        chosen += spoken[:1]
    if not chosen:
        raise NotSpoken("no track that our reader speaks")
    return tuple(chosen)


def _speaks(media: Media) -> bool:
    is_video = media.codec is not None and media.codec.is_video
    interleaved = media.integer("packetization-mode", 0) > 1 or media.integer("sprop-max-don-diff", 0) > 0
    return is_video == (media.kind == "video") and not interleaved


def _options(url: str, auth: Authenticator) -> Generator[Call, Response, str]:
    """The methods that the camera names; none when it does not know OPTIONS (some cheap encoders)."""
    try:
        response = yield from exchange(Call("OPTIONS", url), auth)
    except SourceFault as fault:
        if fault.kind is FaultKind.FORMAT:
            return ""
        raise
    return response.header("public").upper()


def _describe(url: str, auth: Authenticator) -> Generator[Call, Response, Description]:
    response = yield from exchange(Call("DESCRIBE", url, (("Accept", "application/sdp"),)), auth)
    base = response.header("content-base") or response.header("content-location")
    usable = (
        base.lower().startswith(("rtsp://", "rtsps://")) and base.isascii() and base.isprintable() and " " not in base
    )
    return parse_sdp(response.body, base if usable and len(base) < 2000 else url)


def _transport(index: int, udp_ports: Sequence[tuple[int, int]]) -> str:
    if udp_ports:
        rtp, rtcp = udp_ports[index]
        return f"RTP/AVP;unicast;client_port={rtp}-{rtcp}"
    return f"RTP/AVP/TCP;unicast;interleaved={2 * index}-{2 * index + 1}"


def _session(response: Response, known: str, timeout_s: int) -> tuple[str, int]:
    match = _SESSION.match(response.header("session"))
    if match is None:
        if known:
            return known, timeout_s
        raise BadBytes("SETUP without a session")
    return match[1], min(max(int(match[2]), 2), 3600) if match[2] else timeout_s


def _track(media: Media, transport: str, index: int, *, udp: bool) -> TrackSession:
    name, default = ("server_port", (0, 0)) if udp else ("interleaved", (2 * index, 2 * index + 1))
    match = re.search(name + r"=(\d{1,5})(?:-(\d{1,5}))?", transport)
    if match is None:
        return TrackSession(media, *default)
    first = int(match[1])
    second = int(match[2]) if match[2] else first + 1
    limit = 65535 if udp else 255
    if first > limit or second > limit:
        raise BadBytes("implausible transport")
    return TrackSession(media, first, second)
