"""Where a device answered, and what it says of other addresses brought back to there. Pure.

Devices behind NAT name addresses at which something else may live (quirks 5 to 7). We keep scheme, host and port that answered and
take nothing but the path of what they say: no device can send us, or our login, to another host.
"""

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import SplitResult, urlsplit

DEFAULT_PATH: Final = "/onvif/device_service"
RTSP_PORT: Final = 554
_LONGEST: Final = 2000
_PATH: Final = re.compile(r"/[\x21\x23-\x7e]*")  # no double quote: it goes into HTTP digest's quoted strings
_UNPRINTABLE: Final = re.compile(r"[\x00-\x20\x7f-\uffff\\]")


@dataclass(frozen=True, slots=True)
class Origin:
    """`host` is a name or an address; an IPv6 address has no brackets here."""

    host: str
    port: int
    scheme: str = "http"

    @property
    def authority(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def url(self, path: str) -> str:
        return f"{self.scheme}://{self.authority}{path}"

    def path_of(self, said: str, otherwise: str = DEFAULT_PATH) -> str:
        """The path and query of an address that the device says, or `otherwise` when there is none that can be used."""
        parts = split(said)
        if parts is None or parts.scheme not in ("http", "https"):
            return otherwise
        target = parts.path + (f"?{parts.query}" if parts.query else "")
        return target if _PATH.fullmatch(target) and target != "/" else otherwise

    def stream_url(self, said: str, rtsp_port: int | None = None) -> str | None:
        """A stream's address on this host, without user information; None when it is no RTSP address.

        `rtsp_port` replaces the port that the device says.
        """
        parts = split(said.strip().replace(" ", "%20"))
        if parts is None or parts.scheme not in ("rtsp", "rtsps"):
            return None
        port = rtsp_port or _port(parts)
        host = f"[{self.host}]" if ":" in self.host else self.host
        netloc = f"{host}:{port}" if port else host
        return parts._replace(netloc=netloc, fragment="").geturl()


def origin_of(xaddr: str) -> tuple[Origin, str]:
    """Read a device service's address into where it is and its path. Raises ValueError."""
    parts = split(xaddr)
    if parts is None or parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        raise ValueError("no address of a device service")
    origin = Origin(parts.hostname, _port(parts) or (443 if parts.scheme == "https" else 80), parts.scheme)
    return origin, origin.path_of(xaddr)


def split(text: str) -> SplitResult | None:
    """`text` as an address whose port is a number, or None. `urlsplit` alone drops line breaks silently."""
    if not text or len(text) > _LONGEST or _UNPRINTABLE.search(text):
        return None
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 reading it is what checks it
    except ValueError:
        return None
    return parts


def says_http_port(said: str, origin: Origin) -> bool:
    """Whether a stream's address carries a port at which HTTP lives (quirk 6)."""
    parts = split(said.strip().replace(" ", "%20"))
    return parts is not None and _port(parts) in (80, 443, origin.port)


def best(said: Iterable[str], source_host: str) -> tuple[Origin, str] | None:
    """The address to use of those in a ProbeMatch, on the host that the answer came from.

    http comes before https (a camera's certificate proves nothing), an address that names the source before one that does not, and
    IPv4 before IPv6: what is left over of another network is often there too (quirk 7).
    """
    candidates: list[tuple[tuple[bool, bool, bool], Origin, str]] = []
    for text in said:
        try:
            origin, path = origin_of(text)
        except ValueError:
            continue
        order = origin.host != source_host, origin.scheme != "http", _is_v6(origin.host)
        candidates.append((order, Origin(source_host, origin.port, origin.scheme), path))
    chosen = min(candidates, key=lambda candidate: candidate[0], default=None)
    return None if chosen is None else chosen[1:]


def _port(parts: SplitResult) -> int | None:
    return parts.port or None


def _is_v6(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).version == 6
    except ValueError:
        return False
