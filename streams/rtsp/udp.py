"""UDP sockets for RTP and RTCP: an even and an odd port, deaf to everyone but the camera."""

import asyncio
import socket
from collections.abc import Callable
from typing import cast

from streams.types.camera import FaultKind, SourceFault

_ATTEMPTS = 32
_BUFFER_BYTES = 1 << 20

OnDatagram = Callable[[bytes], None]


class _Socket(asyncio.DatagramProtocol):
    def __init__(self, peer_host: str) -> None:
        self._peer_host = peer_host
        self.transport: asyncio.DatagramTransport | None = None
        self.on_datagram: OnDatagram | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Neither asyncio nor uvloop gives an instance of the class that it documents.
        self.transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str | int, ...]) -> None:
        if self.on_datagram is not None and addr[0] == self._peer_host:
            self.on_datagram(data)


class PortPair:
    """Two bound sockets for one track."""

    def __init__(self, rtp: _Socket, rtcp: _Socket, port: int, peer_host: str) -> None:
        self._rtp = rtp
        self._rtcp = rtcp
        self._peer_host = peer_host
        self.ports = (port, port + 1)

    def listen(self, on_rtp: OnDatagram, on_rtcp: OnDatagram) -> None:
        self._rtp.on_datagram = on_rtp
        self._rtcp.on_datagram = on_rtcp

    def send_rtcp(self, payload: bytes, port: int) -> None:
        if self._rtcp.transport is not None and port:
            self._rtcp.transport.sendto(payload, (self._peer_host, port))

    def open_path(self, rtp_port: int) -> None:
        """Send one empty RTP packet so that a firewall between lets the answers in."""
        if self._rtp.transport is not None and rtp_port:
            self._rtp.transport.sendto(b"\x80" + bytes(11), (self._peer_host, rtp_port))

    def close(self) -> None:
        for side in (self._rtp, self._rtcp):
            if side.transport is not None:
                side.transport.close()


async def open_pair(local_host: str, peer_host: str) -> PortPair:
    """Bind an even port and the odd one above it. Raises `SourceFault` (UNREACHABLE) when none is free."""
    loop = asyncio.get_running_loop()
    for _ in range(_ATTEMPTS):
        sockets = _bind_pair(local_host)
        if sockets is None:
            continue
        sides: list[_Socket] = []
        for side in sockets:
            _, protocol = await loop.create_datagram_endpoint(lambda: _Socket(peer_host), sock=side)
            sides.append(protocol)
        return PortPair(sides[0], sides[1], sockets[0].getsockname()[1], peer_host)
    raise SourceFault(FaultKind.UNREACHABLE, "no free pair of UDP ports")


def _bind_pair(host: str) -> tuple[socket.socket, socket.socket] | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    rtp = socket.socket(family, socket.SOCK_DGRAM)
    rtcp = socket.socket(family, socket.SOCK_DGRAM)
    try:
        rtp.bind((host, 0))
        port = rtp.getsockname()[1]
        if port % 2 == 0:
            rtcp.bind((host, port + 1))
            return _tuned(rtp), _tuned(rtcp)
    except OSError:
        pass
    rtp.close()
    rtcp.close()
    return None


def _tuned(side: socket.socket) -> socket.socket:
    side.setblocking(False)  # noqa: FBT003 the name that the socket module gives it
    side.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
    return side
