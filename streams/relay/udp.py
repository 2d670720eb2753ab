"""One UDP socket for all viewers of a worker: many datagrams read at each wake-up, runs of equal size sent with one call."""

import asyncio
import errno
import socket
import sys
from collections.abc import Callable, Iterable, Sequence

import structlog

from streams.relay.packets import runs

log = structlog.get_logger(__name__)

Address = tuple[str, int]
Runs = Iterable[tuple[int, int]]

_UDP_SEGMENT = 103  # linux/udp.h; not in the socket module
_READS_AT_ONCE = 128
_BUFFER_BYTES = 4 * 1024 * 1024
_FULL = (errno.EAGAIN, errno.EWOULDBLOCK, errno.ENOBUFS)
_UNREACHABLE = (errno.ECONNREFUSED, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EPERM)
_NO_SEGMENTATION = (errno.EINVAL, errno.EIO, errno.EMSGSIZE)


class UdpSocket:
    """Bound and reading from `open` to `close`. `on_datagram` runs on the event loop for each datagram."""

    def __init__(self, host: str, port: int, on_datagram: Callable[[bytes, Address], None]) -> None:
        """Raises `OSError` when the port is taken."""
        self._on_datagram = on_datagram
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.settimeout(0)
        for option in (socket.SO_RCVBUF, socket.SO_SNDBUF):
            self._socket.setsockopt(socket.SOL_SOCKET, option, _BUFFER_BYTES)
        try:
            self._socket.bind((host, port))
        except OSError:
            self._socket.close()
            raise
        self.port: int = self._socket.getsockname()[1]
        self.segmentation = self._has_segmentation()
        self.dropped_datagrams = 0
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(self._socket.fileno(), self._read)

    def close(self) -> None:
        self._loop.remove_reader(self._socket.fileno())
        self._socket.close()

    def send(self, datagram: bytes, address: Address) -> bool:
        """False when it was dropped: the socket is full, or the peer unreachable (its consent will expire)."""
        try:
            self._socket.sendto(datagram, address)
        except OSError as error:
            return self._dropped(error, 1)
        return True

    def send_run(self, datagrams: Sequence[bytes], address: Address, known: Runs | None = None) -> bool:
        """Send in order; false when the socket was full and the rest was dropped. `known` are the runs of `packets.runs`."""
        if not self.segmentation:
            return all(self.send(datagram, address) for datagram in datagrams)
        for start, end in known or runs(datagrams):
            if end - start == 1:
                if not self.send(datagrams[start], address):
                    return False
            elif not self._send_segmented(
                datagrams if end - start == len(datagrams) else datagrams[start:end], address
            ):
                return False
        return True

    def _send_segmented(self, datagrams: Sequence[bytes], address: Address) -> bool:
        control = [(socket.SOL_UDP, _UDP_SEGMENT, len(datagrams[0]).to_bytes(2, sys.byteorder))]
        try:
            self._socket.sendmsg(datagrams, control, 0, address)
        except OSError as error:
            if error.errno in _NO_SEGMENTATION:
                # Some drivers refuse at send time what the kernel accepts as an option.
                log.warning("udp_segmentation_off", detail=error.strerror)
                self.segmentation = False
                return self.send_run(datagrams, address)
            return self._dropped(error, len(datagrams))
        return True

    def _dropped(self, error: OSError, count: int) -> bool:
        if error.errno not in _FULL + _UNREACHABLE:
            raise error
        self.dropped_datagrams += count
        return False

    def _has_segmentation(self) -> bool:
        try:
            self._socket.setsockopt(socket.SOL_UDP, _UDP_SEGMENT, 0)
        except OSError:
            return False
        return True

    def _read(self) -> None:
        receive, take = self._socket.recvfrom, self._on_datagram
        for _ in range(_READS_AT_ONCE):
            try:
                datagram, address = receive(2048)
            except BlockingIOError:
                return
            except ConnectionRefusedError:
                continue  # an ICMP answer to something sent earlier
            take(datagram, address)
