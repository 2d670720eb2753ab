"""Takes events from the bus, each at least once, in the order in which they were stored."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

import structlog
from nats.aio.msg import Msg
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js.api import ConsumerConfig
from pydantic import ValidationError

from streams.bus.session import Bus
from streams.types.bus import STREAM_EVENTS
from streams.types.camera import Wire

log = structlog.get_logger(__name__)

BATCH = 32
WAIT_S = 5.0
REDELIVER_S = 30
MAX_DELIVER = 10
"""An event that fails ten times is given up, with an error in the log each time: it must not block those behind it."""

EventT = TypeVar("EventT", bound=Wire)


class Intake(Generic[EventT]):
    """Runs as a duty of the bus link. `apply` must be idempotent: a crash between it and the acknowledgement repeats it.

    `subject` has `{camera_id}` in it; `durable` is the name under which the bus remembers how far we are.
    """

    def __init__(
        self, subject: str, durable: str, model: type[EventT], apply: Callable[[EventT], Awaitable[object]]
    ) -> None:
        self._subject = subject.format(camera_id="*")
        self._durable = durable
        self._model = model
        self._apply = apply

    async def duty(self, bus: Bus) -> None:
        subscription = await bus.stream.pull_subscribe(
            self._subject,
            durable=self._durable,
            stream=STREAM_EVENTS,
            config=ConsumerConfig(ack_wait=REDELIVER_S, max_deliver=MAX_DELIVER),
        )
        while True:
            try:
                messages = await subscription.fetch(BATCH, timeout=WAIT_S)
            except (NatsTimeoutError, TimeoutError):
                await asyncio.sleep(0)
                continue
            for message in messages:
                await self._take(message)

    async def _take(self, message: Msg) -> None:
        try:
            event = self._model.model_validate_json(message.data)
        except ValidationError as error:
            log.warning("event_unreadable", subject=message.subject, errors=error.error_count())
            await message.term()
            return
        try:
            await self._apply(event)
        except Exception:
            # One event that cannot be stored (a bug, a full disk) must not stop the ones behind it; it is delivered again.
            log.exception("event_not_stored", subject=message.subject)
            await message.nak(delay=1)
            return
        await message.ack()
