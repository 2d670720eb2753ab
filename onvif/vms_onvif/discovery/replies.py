"""Collects what sockets receive into the devices found. Event loop only; bounded whatever the network sends."""

import asyncio
import socket
from collections import Counter
from typing import Final

from vms_onvif.discovery.matches import MOST_DATAGRAM_BYTES, Found, read_matches

MOST_FOUND: Final = 5000
_MOST_FROM_ONE: Final = 32
_MOST_SOURCES: Final = 20_000
_MOST_AT_ONCE: Final = 256


class Replies:
    """`found` is keyed by host and port; the first answer of a device counts, unless a later one says its name first."""

    def __init__(self) -> None:
        self.found: dict[tuple[str, int], Found] = {}
        self.asked: set[str] = set()
        """Our message ids in lower case."""
        self._heard: Counter[str] = Counter()
        self._hosts: set[str] = set()

    def listen(self, sock: socket.socket) -> None:
        asyncio.get_running_loop().add_reader(sock, self._drain, sock)

    def stop(self, sock: socket.socket) -> None:
        asyncio.get_running_loop().remove_reader(sock)

    def add(self, device: Found) -> None:
        key = device.host, device.port
        known = self.found.get(key)
        if (known is None and len(self.found) < MOST_FOUND) or (known is not None and device.name and not known.name):
            self.found[key] = device
            self._hosts.add(device.host)

    def heard(self, host: str, port: int | None) -> bool:
        """Whether a device was found on `host`, and at `port` if one is given."""
        return host in self._hosts if port is None else (host, port) in self.found

    def _drain(self, sock: socket.socket) -> None:
        for _ in range(_MOST_AT_ONCE):
            try:
                datagram, address = sock.recvfrom(MOST_DATAGRAM_BYTES)
            except BlockingIOError:
                return
            except (
                OSError
            ):  # a host said that nobody listens: about one of many probes, and not worth ending the search
                continue
            self._take(datagram, str(address[0]))

    def _take(self, datagram: bytes, host: str) -> None:
        if self._heard[host] >= _MOST_FROM_ONE or len(self._heard) > _MOST_SOURCES:
            return
        self._heard[host] += 1
        for device in read_matches(datagram, host, self.asked):
            self.add(device)
