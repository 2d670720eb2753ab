"""What could not be reported yet. Keeps the newest reports while the bus is away, up to a limit; counts what it had to drop."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

import structlog
from nats.errors import Error as NatsError

from streams.bus.session import Bus, BusLost
from streams.types.bus import SUBJECT_ALARM, SUBJECT_DELETED, SUBJECT_GAP, SUBJECT_SEGMENT, AlarmEvent, encode
from streams.types.recording import GapNoted, SegmentClosed, SegmentDeleted

log = structlog.get_logger(__name__)

ALARMS = 2000
"""They carry pictures."""
RECORDINGS = 100_000
"""About 70 MB; seven hours of 240 cameras. What is dropped is still on the disk, and found by listing."""


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """`message_id` lets the stream forget a repetition. `acknowledged` is called once the stream has it, or it is dropped."""

    subject: str
    body: bytes
    message_id: str
    acknowledged: Callable[[], None] | None = None


class Outbox:
    """Reports on their way to the bus, in order."""

    def __init__(self, limit: int = ALARMS) -> None:
        self._limit = limit
        self._waiting: deque[Report] = deque()
        self._arrived = asyncio.Event()
        self.dropped = 0

    def put(self, report: Report) -> None:
        """Called on the event loop. Drops the oldest report when `limit` are waiting."""
        if len(self._waiting) >= self._limit:
            self._took(self._waiting.popleft())
            self.dropped += 1
            log.warning("report_dropped", dropped=self.dropped)
        self._waiting.append(report)
        self._arrived.set()

    async def send(self, bus: Bus) -> None:
        """Publish for ever. A report leaves the box only when the stream has acknowledged it."""
        while True:
            while self._waiting:
                report = self._waiting[0]
                try:
                    await bus.stream.publish(report.subject, report.body, headers={"Nats-Msg-Id": report.message_id})
                except (NatsError, TimeoutError) as error:
                    raise BusLost("a report was not acknowledged") from error
                if self._waiting and self._waiting[0] is report:
                    self._took(self._waiting.popleft())
            self._arrived.clear()
            await self._arrived.wait()

    def _took(self, report: Report) -> None:
        if report.acknowledged is not None:
            report.acknowledged()


def alarm_report(event: AlarmEvent) -> Report:
    subject = SUBJECT_ALARM.format(camera_id=event.camera_id)
    return Report(subject, encode(event), f"{event.alarm_id}-{event.phase.value}")


def segment_report(closed: SegmentClosed, acknowledged: Callable[[], None]) -> Report:
    return Report(
        SUBJECT_SEGMENT.format(camera_id=closed.camera_id), encode(closed), f"segment-{closed.path}", acknowledged
    )


def gap_report(gap: GapNoted) -> Report:
    subject = SUBJECT_GAP.format(camera_id=gap.camera_id)
    return Report(subject, encode(gap), f"gap-{gap.camera_id}-{gap.from_ms}-{gap.at_ms}-{gap.to_ms}")


def deleted_report(deleted: SegmentDeleted) -> Report:
    return Report(SUBJECT_DELETED.format(camera_id=deleted.camera_id), encode(deleted), f"deleted-{deleted.path}")
