"""A listening socket that can lose power: then a connect gets no answer at all, as from a host that is gone.

Linux drops a SYN silently while the accept queue is full, so darkness is a queue of length zero, filled by ourselves.
"""

import asyncio
import socket
from collections.abc import Callable
from contextlib import suppress
from typing import Final

_BACKLOG: Final = 128
_FILLERS: Final = 2


class Listener:
    """Accepts TCP connections on one address, and hands each socket to `accepted`. Raises OSError when it cannot bind."""

    def __init__(self, address: str, port: int, accepted: Callable[[socket.socket], None]) -> None:
        self._accepted = accepted
        self._fillers: list[socket.socket] = []
        self._dark = False
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
        asyncio.get_running_loop().add_reader(self._socket, self._accept)

    def go_dark(self) -> None:
        """From now on nobody gets an answer."""
        if self._dark:
            return
        self._dark = True
        asyncio.get_running_loop().remove_reader(self._socket)
        self._accept()
        self._socket.listen(0)
        for _ in range(_FILLERS):
            filler = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            filler.setblocking(False)  # noqa: FBT003 the socket's own signature
            filler.connect_ex(self._socket.getsockname())
            self._fillers.append(filler)

    def light_up(self) -> None:
        if not self._dark:
            return
        self._dark = False
        self._drop_fillers()
        with suppress(BlockingIOError):
            while True:
                self._socket.accept()[0].close()
        self._socket.listen(_BACKLOG)
        self.open()

    def close(self) -> None:
        if not self._dark:
            asyncio.get_running_loop().remove_reader(self._socket)
        self._drop_fillers()
        self._socket.close()

    def _drop_fillers(self) -> None:
        for filler in self._fillers:
            filler.close()
        self._fillers.clear()

    def _accept(self) -> None:
        with suppress(BlockingIOError):
            while True:
                self._accepted(self._socket.accept()[0])
