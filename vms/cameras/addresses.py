"""Addresses that people and devices write, checked before anything is sent there. Pure; resolves no name.

An address never carries user information: it would end in logs, lists and SDP.
"""

import ipaddress
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from urllib.parse import SplitResult, urlsplit

_LABEL = re.compile(r"^(?!-)[A-Za-z0-9_-]{1,63}(?<!-)$")
_DIGITS = re.compile(r"^[0-9]{1,5}$")
_UNPRINTABLE = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]")
_ONVIF_PATH = "/onvif/device_service"
_LONGEST_ADDRESS = 500

HTTP_PORT = 80
RTSP_PORT = 554
MOST_ADDRESSES = 4096
"""In one discovery: a probe every few milliseconds still ends within its ten seconds."""


class BadAddress(ValueError):
    """An address that we refuse to use. `code` is stable: bad_address, user_info, too_many."""

    def __init__(self, code: str, value: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.value = value


def rtsp_url(text: str) -> str:
    """Check the address of a stream: rtsp or rtsps, a host, no user information. Raises `BadAddress`."""
    parts = _split(text, ("rtsp", "rtsps"))
    _authority(parts, RTSP_PORT)
    if parts.fragment:
        raise BadAddress("bad_address")
    return text.strip()


def onvif_url(text: str) -> str:
    """The device service of `text`, which is a host, host:port or an http(s) address. Raises `BadAddress`."""
    stripped = text.strip()
    if "://" not in stripped:
        host, port = host_and_port(stripped)
        return f"http://{authority(host, port or HTTP_PORT)}{_ONVIF_PATH}"
    parts = _split(stripped, ("http", "https"))
    _authority(parts, HTTP_PORT)
    if parts.fragment or parts.query:
        raise BadAddress("bad_address")
    path = parts.path if parts.path not in ("", "/") else _ONVIF_PATH
    return f"{parts.scheme}://{parts.netloc}{path}"


def authority_of(url: str) -> str:
    """host:port of an address that was checked before, in lower case: what tells one device from another."""
    parts = urlsplit(url)
    default = {"http": HTTP_PORT, "https": 443, "rtsps": 322}.get(parts.scheme, RTSP_PORT)
    return authority(parts.hostname or "", parts.port or default)


def at_host(url: str, host: str) -> str:
    """`url`, a checked address, on `host`: devices behind NAT name addresses at which something else may live."""
    parts = urlsplit(url)
    named = f"[{host}]" if ":" in host else host
    return parts._replace(netloc=f"{named}:{parts.port}" if parts.port else named).geturl()


def authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host.lower()}:{port}"


def host_and_port(text: str) -> tuple[str, int | None]:
    """Read `host`, `host:port`, an IPv6 literal or `[IPv6]:port`. Raises `BadAddress`."""
    stripped = text.strip()
    if not stripped or len(stripped) > _LONGEST_ADDRESS or "@" in stripped:
        raise BadAddress("user_info" if "@" in stripped else "bad_address")
    if stripped.startswith("["):
        host, bracket, rest = stripped[1:].partition("]")
        if not bracket or (rest and not rest.startswith(":")):
            raise BadAddress("bad_address")
        return _host(host), _port(rest[1:]) if rest else None
    if stripped.count(":") > 1:
        return _host(stripped), None
    host, colon, port = stripped.partition(":")
    return _host(host), _port(port) if colon else None


def probe_list(ranges: Iterable[str], addresses: Iterable[str]) -> list[tuple[str, int | None]]:
    """Unroll `ranges` (CIDR or first-last, IPv4 or IPv6) and `addresses`, without repeats. Raises `BadAddress`."""
    wanted: dict[tuple[str, int | None], None] = {}
    for text in ranges:
        for host in _range(text.strip()):
            wanted[host, None] = None
        _not_too_many(wanted)
    for text in addresses:
        wanted[host_and_port(text)] = None
        _not_too_many(wanted)
    return list(wanted)


def _not_too_many(wanted: dict[tuple[str, int | None], None]) -> None:
    if len(wanted) > MOST_ADDRESSES:
        raise BadAddress("too_many", str(MOST_ADDRESSES))


def _range(text: str) -> Iterator[str]:
    try:
        first, dash, last = text.partition("-")
        if dash:
            low, high = ipaddress.ip_address(first.strip()), ipaddress.ip_address(last.strip())
            if low.version != high.version or int(high) < int(low):
                raise BadAddress("bad_address", text)
            numbers = range(int(low), min(int(high), int(low) + MOST_ADDRESSES) + 1)
            return (str(type(low)(number)) for number in numbers)
        network = ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise BadAddress("bad_address", text[:_LONGEST_ADDRESS]) from error
    # hosts() of a /0 is endless for our purposes: one more than allowed is enough to refuse it.
    return (str(host) for host in islice(network.hosts(), MOST_ADDRESSES + 1))


def _split(text: str, schemes: tuple[str, ...]) -> SplitResult:
    stripped = text.strip()
    # urlsplit drops tabs and line breaks silently; what we check must be what is used later.
    if not stripped or len(stripped) > _LONGEST_ADDRESS or _UNPRINTABLE.search(stripped) or "\\" in stripped:
        raise BadAddress("bad_address")
    try:
        parts = urlsplit(stripped)
    except ValueError as error:
        raise BadAddress("bad_address") from error
    if parts.scheme not in schemes:
        raise BadAddress("bad_address")
    return parts


def _authority(parts: SplitResult, default_port: int) -> tuple[str, int]:
    if "@" in parts.netloc:
        raise BadAddress("user_info")
    host, port = host_and_port(parts.netloc)
    return host, port or default_port


def _port(text: str) -> int:
    if not _DIGITS.match(text) or not 1 <= int(text) <= 65535:
        raise BadAddress("bad_address")
    return int(text)


def _host(text: str) -> str:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return _name(text)
    if address.is_multicast or address.is_unspecified:
        raise BadAddress("bad_address")
    return str(address)


def _name(text: str) -> str:
    labels = text.rstrip(".").split(".")
    # A last label of digits only is a broken IPv4 address ("10.0.0.300"), which some resolvers accept as something else.
    if len(text) > 253 or not all(map(_LABEL.match, labels)) or labels[-1].isdigit():
        raise BadAddress("bad_address")
    return text.lower()
