"""What could not be reported yet. Keeps the newest `LIMIT` events while the bus is away; counts what it had to drop."""

import asyncio
from collections import deque

import structlog
from nats.errors import Error as NatsError

from streams.bus.session import Bus, BusLost
from streams.types.bus import SUBJECT_ALARM, AlarmEvent, encode

log = structlog.get_logger(__name__)

LIMIT = 2000


class Outbox:
    """Alarm events on their way to the bus, in order."""

    def __init__(self) -> None:
        self._waiting: deque[AlarmEvent] = deque()
        self._arrived = asyncio.Event()
        self.dropped = 0

    def put(self, event: AlarmEvent) -> None:
        """Called on the event loop. Drops the oldest event when `LIMIT` are waiting."""
        if len(self._waiting) >= LIMIT:
            self._waiting.popleft()
            self.dropped += 1
            log.warning("alarm_dropped", dropped=self.dropped)
        self._waiting.append(event)
        self._arrived.set()

    async def send(self, bus: Bus) -> None:
        """Publish for ever. An event leaves the box only when the stream has acknowledged it."""
        while True:
            while self._waiting:
                event = self._waiting[0]
                try:
                    await bus.stream.publish(
                        SUBJECT_ALARM.format(camera_id=event.camera_id),
                        encode(event),
                        headers={"Nats-Msg-Id": f"{event.alarm_id}-{event.phase.value}"},
                    )
                except (NatsError, TimeoutError) as error:
                    raise BusLost("an alarm was not acknowledged") from error
                if self._waiting and self._waiting[0] is event:
                    self._waiting.popleft()
            self._arrived.clear()
            await self._arrived.wait()
