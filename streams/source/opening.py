"""Choose the reader of a stream: ours for RTSP, PyAV for other schemes, and PyAV after ours said that it does not speak it."""

import time
from urllib.parse import urlsplit

import structlog

from streams.source.contract import ClockNs, MeasuredSource, Timeouts
from streams.source.pyav import PyavSource
from streams.types.camera import Credentials, FaultKind, SourceFault, StreamSpec

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
    _checked_scheme(spec.url)
    return PyavSource(spec, credentials, timeouts, clock_ns)


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
