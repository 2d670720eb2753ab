"""The listener for players."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from streams.rtsp_out.conversation import Conversation
from streams.rtsp_out.door import Door

log = structlog.get_logger(__name__)

MOST_CONNECTIONS = 400


class _Room:
    """Runs each conversation as a task of one group; a bug in one ends that one only."""

    def __init__(self, group: asyncio.TaskGroup) -> None:
        self._group = group
        self._running: set[Conversation] = set()

    def joined(self, conversation: Conversation) -> bool:
        if len(self._running) >= MOST_CONNECTIONS:
            return False
        self._running.add(conversation)
        self._group.create_task(self._run(conversation), name="rtsp player")
        return True

    def left(self, conversation: Conversation) -> None:
        self._running.discard(conversation)

    def end_all(self) -> None:
        for conversation in tuple(self._running):
            conversation.abort()

    async def _run(self, conversation: Conversation) -> None:
        try:
            await conversation.run()
        except Exception:
            # The border between players: what one of them sent must not end the others' pictures.
            log.exception("rtsp_out_failed")


@asynccontextmanager
async def listening(door: Door, host: str, port: int, tls: ssl.SSLContext | None) -> AsyncIterator[int]:
    """Serve players and give the port. Raises `OSError` when it is taken."""
    async with asyncio.TaskGroup() as group:
        room = _Room(group)
        server = await asyncio.get_running_loop().create_server(lambda: Conversation(door, room), host, port, ssl=tls)
        try:
            yield server.sockets[0].getsockname()[1]
        finally:
            server.close()
            room.end_all()
