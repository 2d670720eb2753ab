"""Choose the reader of a stream: ours for RTSP, PyAV for other schemes, and PyAV after ours said that it does not speak it."""

import time
from urllib.parse import urlsplit

import structlog

from streams.contract import ClockNs, MeasuredSource, Timeouts
from streams.rtsp.faults import NotSpoken
from streams.rtsp.reader import RtspSource
from streams.source.pyav import PyavSource
from streams.types.camera import Credentials, FaultKind, Ingest, SourceFault, StreamSpec
from streams.types.media import Sink

_log = structlog.get_logger(__name__)

_RTSP_SCHEMES = frozenset({"rtsp", "rtsps"})
_OTHER_SCHEMES = frozenset({"http", "https", "rtmp", "rtmps"})


def open_source(
    spec: StreamSpec,
    credentials: Credentials,
    timeouts: Timeouts | None = None,
    clock_ns: ClockNs = time.time_ns,
) -> MeasuredSource:
    """A source that is not connected yet; connect with `run_once`.

    Raises `SourceFault` (FORMAT) for an address that no reader may open: other schemes, user information, no host.
    """
    timeouts = timeouts or Timeouts()
    scheme = _checked_scheme(spec.url)
    pyav = PyavSource(spec, credentials, timeouts, clock_ns)
    if spec.certificate_sha256 and scheme == "rtsps":
        # FFmpeg cannot hold a camera to its certificate: what is pinned is read by ours or not at all.
        return RtspSource(spec, credentials, timeouts, clock_ns)
    if spec.ingest is Ingest.PYAV or scheme not in _RTSP_SCHEMES:
        return pyav
    own = RtspSource(spec, credentials, timeouts, clock_ns)
    return own if spec.ingest is Ingest.OWN else _OwnThenPyav(own, pyav)


class _OwnThenPyav:
    """Ours until it says that it does not speak what the camera sends; PyAV from then on."""

    def __init__(self, own: RtspSource, pyav: PyavSource) -> None:
        self._own = own
        self._pyav = pyav
        self._now: MeasuredSource = own

    @property
    def clock_offset_ms(self) -> int | None:
        return self._now.clock_offset_ms

    @property
    def lost_packets(self) -> int:
        return self._own.lost_packets

    @property
    def received_packets(self) -> int:
        return self._own.received_packets

    @property
    def certificate_sha256(self) -> str:
        return self._now.certificate_sha256

    async def run_once(self, sink: Sink) -> None:
        try:
            await self._now.run_once(sink)
        except NotSpoken as fault:
            if self._now is self._pyav:
                raise
            _log.info("our reader does not speak this camera, PyAV takes over", detail=fault.detail)
            self._now = self._pyav
            await self._now.run_once(sink)


def _checked_scheme(url: str) -> str:
    try:
        parts = urlsplit(url)
        host, user, _ = parts.hostname, parts.username, parts.port
    except ValueError:
        raise SourceFault(FaultKind.FORMAT, "not an address") from None
    if not host or any(ord(letter) <= 32 or ord(letter) == 127 for letter in url):
        raise SourceFault(FaultKind.FORMAT, "not an address")
    if user is not None:
        raise SourceFault(FaultKind.FORMAT, "an address must not carry user information")
    if parts.scheme not in _RTSP_SCHEMES | _OTHER_SCHEMES:
        raise SourceFault(FaultKind.FORMAT, "unknown scheme")
    return parts.scheme
