"""Pairs of UDP ports for RTP and RTCP (RFC 3550 §11: even and odd), connected to one client."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

_ATTEMPTS = 20


@dataclass(frozen=True, slots=True)
class PortPair:
    media: socket.socket
    control: socket.socket
    port: int

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self.control)
        self.media.close()
        self.control.close()


def open_pair(ours: str, theirs: str, client_port: int, heard: Callable[[], None]) -> PortPair:
    """Open a pair from our address to two consecutive ports of the client. `heard` is called for RTCP that comes in.

    Raises OSError when no pair is free or the client's address is none.
    """
    for _ in range(_ATTEMPTS):
        pair = _bind(ours)
        if pair is None:
            continue
        pair.media.connect((theirs, client_port))
        pair.control.connect((theirs, client_port + 1))
        control = pair.control

        def read(control: socket.socket = control) -> None:
            with suppress(OSError):  # a closed port on the other side answers by ICMP; RTP over UDP does not care
                control.recv(2048)
                heard()

        asyncio.get_running_loop().add_reader(control, read)
        return pair
    raise OSError("no free pair of UDP ports")


def _bind(address: str) -> PortPair | None:
    media, control = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    try:
        media.bind((address, 0))
        port = media.getsockname()[1]
        if port % 2:
            raise OSError("odd")  # noqa: TRY301 the one exit closes both
        control.bind((address, port + 1))
    except OSError:
        media.close()
        control.close()
        return None
    for one in (media, control):
        one.setblocking(False)  # noqa: FBT003 the socket's own signature
    return PortPair(media, control, port)
