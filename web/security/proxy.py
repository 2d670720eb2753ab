"""Who is really on the other end. Forwarding headers are believed only from proxies that are set, one hop at a time."""

import ipaddress
from collections.abc import Iterable

from aiohttp import web

from vms.settings.model import WebSettings

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_MOST_HOPS = 10


def client_address(request: web.Request, settings: WebSettings) -> str:
    """The address of the browser: of the peer, or of the last hop that no trusted proxy stands for."""
    forwarded = ",".join(request.headers.getall("X-Forwarded-For", [])[:_MOST_HOPS])
    return last_untrusted(request.remote or "", forwarded, settings.trusted_proxies)


def last_untrusted(peer: str, forwarded: str, trusted: Iterable[_Network]) -> str:
    """Walk from the peer backwards through `X-Forwarded-For` while the hop is a trusted proxy. Pure."""
    networks = list(trusted)
    current = _plain(peer)
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()][-_MOST_HOPS:]
    while hops and _within(current, networks):
        hop = _plain(hops.pop())
        if not _is_address(hop):
            break
        current = hop
    return current


def is_https(request: web.Request, settings: WebSettings) -> bool:
    """Whether the browser's side of the connection is encrypted."""
    if request.transport is not None and request.transport.get_extra_info("sslcontext") is not None:
        return True
    proxied = _within(_plain(request.remote or ""), settings.trusted_proxies)
    return proxied and request.headers.get("X-Forwarded-Proto", "").lower() == "https"


def is_from(request: web.Request, settings: WebSettings, networks: Iterable[_Network]) -> bool:
    """Whether the browser is in one of `networks`. A forwarding header from a proxy that is not set counts as outside."""
    peer_trusted = _within(_plain(request.remote or ""), settings.trusted_proxies)
    forwarded = any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "X-Real-IP"))
    if forwarded and not peer_trusted:
        return False
    return _within(client_address(request, settings), networks)


def _within(address: str, networks: Iterable[_Network]) -> bool:
    return _is_address(address) and any(ipaddress.ip_address(address) in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _plain(address: str) -> str:
    """Without a zone and without the IPv6 form of an IPv4 address, so that one machine has one name."""
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return str(mapped or parsed)
