"""Probes of WS-Discovery to simulated devices on loopback, and what comes back."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from lxml import etree

GROUP = "239.255.255.250"
_SOAP = "http://www.w3.org/2003/05/soap-envelope"
_WSA = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
_WSD = "http://schemas.xmlsoap.org/ws/2005/04/discovery"


@dataclass(frozen=True)
class Match:
    source: tuple[str, int]
    relates_to: str
    endpoint: str
    scopes: tuple[str, ...]
    xaddrs: tuple[str, ...]
    size_bytes: int


def probe(types: str = "dn:NetworkVideoTransmitter", scopes: str = "", match_by: str = "", gap: str = "") -> bytes:
    """A Probe; `gap` stands between its elements."""
    rule = f' MatchBy="{match_by}"' if match_by else ""
    root = (
        f'<e:Envelope xmlns:e="{_SOAP}" xmlns:w="{_WSA}" xmlns:d="{_WSD}" '
        'xmlns:dn="http://www.onvif.org/ver10/network/wsdl" xmlns:tds="http://www.onvif.org/ver10/device/wsdl">'
    )
    parts = (
        root,
        "<e:Header>",
        "<w:MessageID>uuid:17</w:MessageID>",
        "<w:To>urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>",
        f"<w:Action>{_WSD}/Probe</w:Action>",
        "</e:Header>",
        "<e:Body>",
        f"<d:Probe><d:Types>{types}</d:Types><d:Scopes{rule}>{scopes}</d:Scopes></d:Probe>",
        "</e:Body></e:Envelope>",
    )
    return gap.join(parts).encode()


def resolve(endpoint: str) -> bytes:
    return (
        f'<e:Envelope xmlns:e="{_SOAP}" xmlns:w="{_WSA}" xmlns:d="{_WSD}"><e:Header><w:MessageID>uuid:17</w:MessageID>'
        f"</e:Header><e:Body><d:Resolve><w:EndpointReference><w:Address>{endpoint}</w:Address></w:EndpointReference>"
        "</d:Resolve></e:Body></e:Envelope>"
    ).encode()


class Prober:
    def __init__(self, own: socket.socket, port: int) -> None:
        self._own = own
        self._port = port

    async def ask(self, raw: bytes, to: str = GROUP, expect: int = 1) -> list[Match]:
        """Send, and read as many answers as are expected."""
        self.send(raw, to)
        return [await self.read() for _ in range(expect)]

    def send(self, raw: bytes, to: str = GROUP) -> None:
        self._own.sendto(raw, (to, self._port))

    async def read(self) -> Match:
        await self._readable()
        raw, source = self._own.recvfrom(65_536)
        root = etree.fromstring(raw)

        def text(name: str) -> str:
            return root.findtext(f".//{{*}}{name}") or ""

        return Match(
            (source[0], source[1]),
            text("RelatesTo"),
            root.findtext(f".//{{*}}Body//{{{_WSA}}}Address") or "",
            tuple(text("Scopes").split()),
            tuple(text("XAddrs").split()),
            len(raw),
        )

    async def _readable(self) -> None:
        """Not `sock_recvfrom`, which uvloop does not have."""
        loop, there = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self._own, there.set)
        try:
            await there.wait()
        finally:
            loop.remove_reader(self._own)


@contextmanager
def prober(port: int | None) -> Iterator[Prober]:
    assert port is not None
    own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
    own.setsockopt(socket.IPPROTO_IP, socket.IP_MULTICAST_IF, socket.inet_aton("127.0.0.1"))
    own.bind(("127.0.0.1", 0))
    own.setblocking(False)
    with own:
        yield Prober(own, port)
