"""Hears from workers that a viewer waits for a keyframe. A message that is lost is told again while the viewer waits."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from pydantic import ValidationError

from streams.bus.session import Bus
from streams.types.bus import SUBJECT_KEYFRAME, KeyframeWanted

log = structlog.get_logger(__name__)

MOST_PENDING = 64


class KeyframeRequests:
    """Runs as a duty of the bus link. More than `MOST_PENDING` requests under way: the rest is dropped."""

    def __init__(
        self, wanted: Callable[[KeyframeWanted], Coroutine[Any, Any, None]], owner: Callable[[str], str | None]
    ) -> None:
        """`owner` tells which worker has a camera: nobody else's word for it counts."""
        self._wanted = wanted
        self._owner = owner
        self._pending: set[asyncio.Task[None]] = set()

    async def duty(self, bus: Bus) -> None:
        subscription = await bus.client.subscribe(
            SUBJECT_KEYFRAME.format(worker_id="*"), pending_msgs_limit=MOST_PENDING
        )
        async with asyncio.TaskGroup() as group:
            async for message in subscription.messages:
                try:
                    request = KeyframeWanted.model_validate_json(message.data)
                except ValidationError:
                    log.warning("keyframe_request_unreadable")
                    continue
                theirs = self._owner(request.camera_id) == message.subject.rpartition(".")[2]
                if theirs and len(self._pending) < MOST_PENDING:
                    task = group.create_task(self._wanted(request), name=f"keyframe {request.camera_id}")
                    self._pending.add(task)
                    task.add_done_callback(self._pending.discard)
