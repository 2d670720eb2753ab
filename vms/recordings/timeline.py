"""What a camera's timeline shows: recorded, moving, alarms, gaps and locks within a span; and a month, day by day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlmodel import col, or_, select
from sqlmodel.ext.asyncio.session import AsyncSession

from streams.types.camera import RecordingMode, ScheduleSpan
from streams.types.recording import GapCause
from vms.cameras.planned import plan_rows, stops
from vms.clock import Clock, day_begins_ms
from vms.db.engine import Database
from vms.db.tables.alarms import Alarm
from vms.db.tables.recordings import GapRow, RecordingPlanRow
from vms.recordings.index import DaySum, RecordingIndex
from vms.recordings.ledger import SLACK_MS, Gap, Planned, Source, gaps, owed, recovered
from vms.recordings.spans import Span, joined, total_ms, within, without

FOREVER_MS = 2**52
MOST_ALARMS = 2000
OPEN_ALARM_MS = 600_000
"""An alarm whose end was never told is shown as if it had been this long."""
UNTOLD_MS = 90_000
"""A segment is told of when it is complete: the youngest time of a camera is not missing, only not told of yet."""


@dataclass(frozen=True, slots=True)
class AlarmMark:
    id: str
    kind: str
    start_ms: int
    end_ms: int | None
    zone: str
    acknowledged: bool


@dataclass(frozen=True, slots=True)
class Lanes:
    """`recorded`: where there are pictures, files that follow each other as one; `from_card`: what of it was fetched later from the
    camera's own card, and is a gap all the same. `more_alarms`: there were too many to show all.
    """

    recorded: Sequence[Span]
    from_card: Sequence[Span]
    gaps: Sequence[Gap]
    alarms: Sequence[AlarmMark]
    more_alarms: bool


@dataclass(frozen=True, slots=True)
class Day:
    """`owed_ms`: how much the plan asked for; `missing_ms`: how much of that is not there."""

    day: date
    recorded_ms: int
    owed_ms: int
    missing_ms: int
    size_bytes: int


class Timeline:
    def __init__(self, db: Database, index: RecordingIndex, clock: Clock) -> None:
        self._db = db
        self._index = index
        self._clock = clock

    async def lanes(self, camera_id: str, span: Span) -> Lanes:
        """Everything but the locks, within `span`."""
        recorded = await self._index.recorded(camera_id, span, SLACK_MS)
        live, from_card = await self._apart(camera_id, span, recorded)
        async with self._db.session() as session:
            missing = await _gaps(session, camera_id, span, live, self._clock())
            alarms = await _alarms(session, camera_id, span)
        return Lanes(
            recorded=within(recorded, span),
            from_card=within(from_card, span),
            gaps=recovered(missing, from_card),
            alarms=alarms[:MOST_ALARMS],
            more_alarms=len(alarms) > MOST_ALARMS,
        )

    async def gaps(self, camera_id: str, span: Span) -> list[Gap]:
        """The gap ledger of a camera. What was fetched later from its own card stays in it, and is said to be recovered."""
        recorded = await self._index.recorded(camera_id, span, SLACK_MS)
        live, from_card = await self._apart(camera_id, span, recorded)
        async with self._db.session() as session:
            return recovered(await _gaps(session, camera_id, span, live, self._clock()), from_card)

    async def _apart(self, camera_id: str, span: Span, recorded: list[Span]) -> tuple[list[Span], list[Span]]:
        """What was recorded as it happened, and what was fetched later."""
        from_card = await self._index.recorded(camera_id, span, SLACK_MS, from_card=True)
        if not from_card:
            return recorded, []
        return await self._index.recorded(camera_id, span, SLACK_MS, from_card=False), from_card

    async def days(self, camera_id: str, first: date, last: date) -> list[Day]:
        """Every day from the first to the last, with what is there and what is owed; today's up to now."""
        sums = {one.day: one for one in await self._index.days(camera_id, first, last)}
        async with self._db.session() as session:
            plans = (await session.exec(plan_rows([camera_id]))).all()
        owed_of = _owed_of_days(plans, first, last, self._clock())
        return [
            _day(day, sums.get(day.isoformat(), DaySum(day.isoformat(), 0, 0, 0)), owed_of[day])
            for day in days_between(first, last)
        ]


def days_between(first: date, last: date) -> list[date]:
    return [first + timedelta(days=number) for number in range((last - first).days + 1)]


def planned(rows: Sequence[RecordingPlanRow]) -> list[Planned]:
    """What was owed when, by every plan that the camera ever had."""
    found = []
    for row in rows:
        span = Span(row.valid_from_ms, FOREVER_MS if row.valid_to_ms is None else row.valid_to_ms)
        match RecordingMode(row.mode):
            case RecordingMode.CONTINUOUS:
                found.append(Planned(span, None))
            case RecordingMode.SCHEDULE:
                found.append(Planned(span, [ScheduleSpan.model_validate(one) for one in row.schedule]))
            case RecordingMode.MOTION | RecordingMode.NEVER:
                found.append(Planned(span, ()))
    return found


def _day(day: date, found: DaySum, owed_spans: Sequence[Span]) -> Day:
    owed_ms = total_ms(owed_spans)
    return Day(day, found.recorded_ms, owed_ms, max(0, owed_ms - found.recorded_ms), found.size_bytes)


def _owed_of_days(rows: Sequence[RecordingPlanRow], first: date, last: date, now_ms: int) -> dict[date, list[Span]]:
    plans = planned(rows)
    return {
        day: owed(plans, Span(day_begins_ms(day), min(day_begins_ms(day + timedelta(days=1)), now_ms - UNTOLD_MS)))
        for day in days_between(first, last)
    }


async def _gaps(session: AsyncSession, camera_id: str, span: Span, recorded: Sequence[Span], now_ms: int) -> list[Gap]:
    rows = (await session.exec(plan_rows([camera_id]))).all()
    stopped = [
        Gap(
            stop.from_ms,
            FOREVER_MS if stop.to_ms is None else stop.to_ms,
            GapCause.STOPPED_BY,
            Source.CONTROL,
            by=stop.by,
        )
        for stop in stops(rows)
    ]
    known = [*await _known(session, camera_id, span), *stopped]
    # Time that is not told of yet is not missing, unless somebody has said already that it is.
    until = [Span(span.start_ms, min(span.end_ms, now_ms - UNTOLD_MS))]
    until += [gap.span.cut(Span(span.start_ms, min(span.end_ms, now_ms))) for gap in known]
    wanted = [*owed(planned(rows), span), *(gap.span.cut(span) for gap in stopped)]
    open_until = without([span], joined(until))
    return gaps(without(wanted, open_until), recorded, known)


async def _known(session: AsyncSession, camera_id: str, span: Span) -> list[Gap]:
    query = select(GapRow).where(
        col(GapRow.camera_id) == camera_id,
        col(GapRow.start_ms) < span.end_ms,
        or_(col(GapRow.end_ms).is_(None), col(GapRow.end_ms) > span.start_ms),
    )
    return [
        Gap(
            row.start_ms,
            FOREVER_MS if row.end_ms is None else row.end_ms,
            GapCause(row.cause),
            Source(row.source),
            row.fault,
            row.by,
        )
        for row in await session.exec(query)
    ]


async def _alarms(session: AsyncSession, camera_id: str, span: Span) -> list[AlarmMark]:
    query = (
        select(Alarm)
        .where(
            col(Alarm.camera_id) == camera_id,
            col(Alarm.start_ms) < span.end_ms,
            col(Alarm.start_ms) > span.start_ms - 86_400_000,
            or_(
                col(Alarm.end_ms) > span.start_ms,
                col(Alarm.end_ms).is_(None) & (col(Alarm.start_ms) > span.start_ms - OPEN_ALARM_MS),
            ),
        )
        .order_by(col(Alarm.start_ms))
        .limit(MOST_ALARMS + 1)
    )
    return [
        AlarmMark(row.id, row.kind, row.start_ms, row.end_ms, row.zone, row.acknowledged_ms is not None)
        for row in await session.exec(query)
    ]
