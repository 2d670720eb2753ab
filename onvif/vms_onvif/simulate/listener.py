"""A listening socket of a host that can lose power: then a connect gets no answer at all, not even a refusal.

Linux drops a SYN silently while the accept queue is full, so a dark host has a queue of length zero, filled by itself. The media
half does the same; neither half may know the other.
"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Final

_BACKLOG: Final = 64
_PLUGS: Final = 2


class Listener:
    """Hands each connection to `accepted` between `open` and `close`. Raises OSError when it cannot bind."""

    def __init__(self, address: str, port: int, accepted: Callable[[socket.socket], None]) -> None:
        self._accepted = accepted
        self._plugs: list[socket.socket] = []
        self._reads = False
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.bind((address, port))
            self._socket.listen(_BACKLOG)
        except OSError:
            self._socket.close()
            raise
        self._socket.setblocking(False)  # noqa: FBT003 the socket's own signature

    @property
    def port(self) -> int:
        port: int = self._socket.getsockname()[1]
        return port

    def open(self) -> None:
        if not self._reads:
            self._reads = True
            asyncio.get_running_loop().add_reader(self._socket, self._accept)

    def go_dark(self) -> None:
        """Nobody gets an answer from now on. Connections that exist are the caller's business."""
        if self._plugs:
            return
        self._ignore()
        self._accept()
        self._socket.listen(0)
        for _ in range(_PLUGS):
            plug = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            plug.setblocking(False)  # noqa: FBT003 the socket's own signature
            plug.connect_ex(self._socket.getsockname())
            self._plugs.append(plug)

    def light_up(self) -> None:
        if not self._plugs:
            return
        self._pull_plugs()
        with suppress(BlockingIOError):
            while True:
                self._socket.accept()[0].close()
        self._socket.listen(_BACKLOG)
        self.open()

    def close(self) -> None:
        self._ignore()
        self._pull_plugs()
        self._socket.close()

    def _ignore(self) -> None:
        if self._reads:
            self._reads = False
            asyncio.get_running_loop().remove_reader(self._socket)

    def _pull_plugs(self) -> None:
        for plug in self._plugs:
            plug.close()
        self._plugs.clear()

    def _accept(self) -> None:
        with suppress(BlockingIOError):
            while True:
                self._accepted(self._socket.accept()[0])
