"""The one UDP socket on which all simulated devices hear probes, each answering from its own address.

It is bound to every address of the machine, and looks at which address a datagram was sent to (IP_PKTINFO, ip(7)): the group's,
or that of one device. What is for neither is nobody's.
"""

import asyncio
import socket
import struct
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final

from vms_onvif.simulate.discovery import MOST_PROBE_BYTES, answer, matches, parse_probe
from vms_onvif.simulate.simulated import SimulatedDevice

GROUP: Final = "239.255.255.250"
PORT: Final = 3702
_IP_PKTINFO: Final = 8
_IP_MULTICAST_ALL: Final = 49
_PKTINFO: Final = struct.Struct("=I4s4s")
_BUFFER_BYTES: Final = 4 << 20
_MOST_AT_ONCE: Final = 16
"""probes read before others get their turn"""


class DiscoverySocket:
    """Answers from `open` to `close`. Raises OSError when the port is taken or `interface` is no address of this machine."""

    def __init__(self, devices: Iterable[SimulatedDevice], interface: str, port: int, fresh: Callable[[], str]) -> None:
        self._devices = {device.device.address: device for device in devices}
        self._fresh = fresh
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._set_up(interface, port)
        except OSError:
            self._socket.close()
            raise

    @property
    def port(self) -> int:
        port: int = self._socket.getsockname()[1]
        return port

    def open(self) -> None:
        asyncio.get_running_loop().add_reader(self._socket, self._readable)

    def close(self) -> None:
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()

    def _set_up(self, interface: str, port: int) -> None:
        own = self._socket
        own.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        own.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER_BYTES)
        own.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER_BYTES)
        own.setsockopt(socket.IPPROTO_IP, _IP_PKTINFO, 1)
        own.setsockopt(socket.IPPROTO_IP, _IP_MULTICAST_ALL, 0)  # only the interface that we joined on
        own.bind(("", port))
        own.setsockopt(
            socket.IPPROTO_IP, socket.IP_ADD_MEMBERSHIP, socket.inet_aton(GROUP) + socket.inet_aton(interface)
        )
        own.setblocking(False)  # noqa: FBT003 the socket's own signature

    def _readable(self) -> None:
        with suppress(BlockingIOError):
            for _ in range(_MOST_AT_ONCE):
                raw, ancillary, _, sender = self._socket.recvmsg(MOST_PROBE_BYTES + 1, socket.CMSG_SPACE(_PKTINFO.size))
                for level, kind, data in ancillary:
                    if level == socket.IPPROTO_IP and kind == _IP_PKTINFO:
                        self._received(raw, socket.inet_ntoa(_PKTINFO.unpack(data)[2]), sender)

    def _received(self, raw: bytes, sent_to: str, sender: tuple[str, int]) -> None:
        one = self._devices.get(sent_to)
        asked = self._devices.values() if sent_to == GROUP else [one] if one is not None else []
        probe = parse_probe(raw) if asked else None
        if probe is None:
            return
        for device in asked:
            if device.speaking.is_set() and matches(device.device, probe):
                self._send(device, answer(device.device, device.addresses, probe, self._fresh), sender)

    def _send(self, device: SimulatedDevice, datagram: bytes, to: tuple[str, int]) -> None:
        """An answer that does not fit into the buffers is lost, as on a real network."""
        source = _PKTINFO.pack(0, socket.inet_aton(device.device.address), bytes(4))
        with suppress(OSError):
            self._socket.sendmsg([datagram], [(socket.IPPROTO_IP, _IP_PKTINFO, source)], 0, to)
