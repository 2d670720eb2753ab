"""Alarms: stored as they are told, listed to those who may see the camera, acknowledged by those on duty, forgotten in time."""

from dataclasses import dataclass

import structlog
from sqlalchemy import func
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession
from sqlmodel.sql.expression import Select

from streams.types.bus import AlarmEvent
from vms.access import CameraObject
from vms.alarms.merge import Told, is_better_peak
from vms.cameras.notices import AlarmMoved, Notices
from vms.cameras.restricted import restrictions_of
from vms.cameras.sight import IS_COURT, UNIT_ID, Sight, camera_object, with_places
from vms.cameras.survey import picture
from vms.cameras.words import clean
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables.accounts import Account
from vms.db.tables.alarms import Alarm, AlarmSnapshot
from vms.db.tables.cameras import Camera
from vms.db.tables.organisation import Site
from vms.organisation import Organisation

PAGE = 50
_MOST_AT_ONE_MOMENT = 500
MOST_COUNTED = 1000
"""The badge says "1000" for this many and more."""
_FORGET_BATCH = 1000

_Views = Select[Alarm, Camera, str, str]  # the last is None while nobody acknowledged

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class AlarmView:
    alarm: Alarm
    camera_number: int
    """0 for a camera that was removed since."""
    camera_name: str
    site: str
    acknowledged_by: str | None


@dataclass(frozen=True, slots=True)
class Page:
    """`next_before_ms` asks for the next page; None on the last one."""

    alarms: tuple[AlarmView, ...]
    next_before_ms: int | None
    unacknowledged: int


@dataclass(frozen=True, slots=True)
class Query:
    before_ms: int | None = None
    camera_id: str | None = None
    unacknowledged: bool = False


class Alarms:
    def __init__(self, db: Database, organisation: Organisation, notices: Notices, clock: Clock) -> None:
        self._db = db
        self._organisation = organisation
        self._notices = notices
        self._clock = clock

    async def apply(self, event: AlarmEvent) -> Alarm | None:
        """Store what a worker tells; the same event again changes nothing. None for a camera that we do not have."""
        try:
            alarm, changed = await self._apply(event)
        except IntegrityError:  # start and end arrived at the same moment (PostgreSQL): the second finds the row
            alarm, changed = await self._apply(event)
        if alarm is None:
            log.warning("alarm of an unknown camera", camera=event.camera_id, alarm=event.alarm_id)
        elif changed:
            self._notices.publish(AlarmMoved(alarm.id, alarm.camera_id))
        return alarm

    async def page(self, sight: Sight, query: Query) -> Page:
        """The newest alarms that began before `before_ms`, of cameras in sight."""
        wanted = _wanted(sight, query)
        async with self._db.session() as session:
            rows = await _read(session, wanted.limit(PAGE + 1))
            unacknowledged = await _count_unacknowledged(session, sight)
            if len(rows) <= PAGE:
                return Page(tuple(rows), None, unacknowledged)
            rows, after = rows[:PAGE], rows[PAGE].alarm.start_ms
            last_ms = rows[-1].alarm.start_ms
            if after == last_ms:
                # The next page begins before this moment: every alarm of it must be on this page.
                same = await _read(session, wanted.where(col(Alarm.start_ms) == last_ms).limit(_MOST_AT_ONE_MOMENT))
                rows = [row for row in rows if row.alarm.start_ms > last_ms] + same
        return Page(tuple(rows), last_ms, unacknowledged)

    async def view(self, alarm_id: str) -> AlarmView | None:
        async with self._db.session() as session:
            row = (await session.exec(_views().where(col(Alarm.id) == alarm_id))).one_or_none()
        return _view(row) if row else None

    async def object(self, alarm_id: str) -> CameraObject | None:
        """The camera of an alarm, as `may` sees it; a removed camera still belongs where it stood."""
        query = with_places(
            select(Camera.id, UNIT_ID, IS_COURT).select_from(Alarm).join(Camera, col(Camera.id) == col(Alarm.camera_id))
        )
        async with self._db.session() as session:
            row = (await session.exec(query.where(col(Alarm.id) == alarm_id))).one_or_none()
            if row is None:
                return None
            restrictions = (await restrictions_of(session, [row[0]])).get(row[0], ())
        tree = await self._organisation.tree()
        return camera_object(row[0], row[1], court=bool(row[2]), tree=tree, restrictions=restrictions)

    async def snapshot(self, alarm_id: str) -> bytes | None:
        async with self._db.session() as session:
            found = await session.get(AlarmSnapshot, alarm_id)
        return found.jpeg if found else None

    async def acknowledge(self, alarm_id: str, account_id: str) -> AlarmView | None:
        """Somebody on duty has seen it. The first one counts; None when there is no such alarm."""
        async with self._db.transaction() as session:
            alarm = await session.get(Alarm, alarm_id)
            if alarm is None:
                return None
            if fresh := alarm.acknowledged_ms is None:
                alarm.acknowledged_ms, alarm.acknowledged_by = self._clock(), account_id
                session.add(alarm)
        if fresh:
            self._notices.publish(AlarmMoved(alarm.id, alarm.camera_id))
        return await self.view(alarm_id)

    async def forget(self, before_ms: int) -> int:
        """Delete the alarms that began before, with their pictures, in small transactions. Returns how many."""
        total = 0
        while True:
            async with self._db.transaction() as session:
                old = select(Alarm.id).where(col(Alarm.start_ms) < before_ms).limit(_FORGET_BATCH)
                ids = (await session.exec(old)).all()
                await session.exec(delete(AlarmSnapshot).where(col(AlarmSnapshot.alarm_id).in_(ids)))
                await session.exec(delete(Alarm).where(col(Alarm.id).in_(ids)))
            total += len(ids)
            if len(ids) < _FORGET_BATCH:
                return total

    async def _apply(self, event: AlarmEvent) -> tuple[Alarm | None, bool]:
        told, jpeg = Told.by(event), picture(event.snapshot_base64)
        async with self._db.transaction() as session:
            alarm = await session.get(Alarm, event.alarm_id)
            if alarm is None:
                if await session.get(Camera, event.camera_id) is None:
                    return None, False
                alarm = _new(event, told)
                session.add(alarm)
                await session.flush()
                await _keep_picture(session, alarm, jpeg)
                return alarm, True
            if alarm.camera_id != event.camera_id:
                # Ids are unguessable: two cameras with one id is a worker's bug, and no reason to mix their alarms.
                log.warning("alarm id of another camera", camera=event.camera_id, alarm=event.alarm_id)
                return alarm, False
            known = Told(alarm.start_ms, alarm.end_ms, alarm.peak_ms, alarm.peak_share)
            better = bool(jpeg) and (not alarm.has_snapshot or is_better_peak(told, known))
            merged = known.merged(told)
            if merged == known and not (jpeg and not alarm.has_snapshot):
                return alarm, False
            alarm.start_ms, alarm.end_ms = merged.start_ms, merged.end_ms
            alarm.peak_ms, alarm.peak_share = merged.peak_ms, merged.peak_share
            if better:
                await _keep_picture(session, alarm, jpeg)
            session.add(alarm)
            return alarm, True


def _views() -> _Views:
    columns = select(Alarm, Camera, Site.name, Account.name).select_from(Alarm)
    joined = with_places(columns.join(Camera, col(Camera.id) == col(Alarm.camera_id)))
    return joined.outerjoin(Account, col(Account.id) == col(Alarm.acknowledged_by))


def _view(row: tuple[Alarm, Camera, str, str | None]) -> AlarmView:
    alarm, camera, site, person = row
    return AlarmView(alarm, camera.number or 0, camera.name, site, person)


def _wanted(sight: Sight, query: Query) -> _Views:
    wanted = _views().where(sight.condition()).order_by(col(Alarm.start_ms).desc(), col(Alarm.id).desc())
    if query.before_ms is not None:
        wanted = wanted.where(col(Alarm.start_ms) < query.before_ms)
    if query.camera_id is not None:
        wanted = wanted.where(col(Alarm.camera_id) == query.camera_id)
    return wanted.where(col(Alarm.acknowledged_ms).is_(None)) if query.unacknowledged else wanted


async def _read(session: AsyncSession, wanted: _Views) -> list[AlarmView]:
    return [_view(row) for row in (await session.exec(wanted)).all()]


async def _count_unacknowledged(session: AsyncSession, sight: Sight) -> int:
    open_ones = with_places(select(Alarm.id).select_from(Alarm).join(Camera, col(Camera.id) == col(Alarm.camera_id)))
    some = open_ones.where(sight.condition(), col(Alarm.acknowledged_ms).is_(None)).limit(MOST_COUNTED).subquery()
    return (await session.exec(select(func.count()).select_from(some))).one()


def _new(event: AlarmEvent, told: Told) -> Alarm:
    return Alarm(
        id=event.alarm_id,
        camera_id=event.camera_id,
        kind=event.kind.value,
        zone=clean(event.zone),
        start_ms=told.start_ms,
        end_ms=told.end_ms,
        peak_ms=told.peak_ms,
        peak_share=told.peak_share,
    )


async def _keep_picture(session: AsyncSession, alarm: Alarm, jpeg: bytes) -> None:
    if not jpeg:
        return
    kept = await session.get(AlarmSnapshot, alarm.id)
    if kept is None:
        session.add(AlarmSnapshot(alarm_id=alarm.id, jpeg=jpeg))
    else:
        kept.jpeg = jpeg
        session.add(kept)
    alarm.has_snapshot = True
