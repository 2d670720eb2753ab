"""Incidents as somebody sees them: those of the units in reach, and of their footage and pictures only those of cameras in sight."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import defer
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.access import IncidentObject
from vms.accounts.two_people import names_of
from vms.cameras.sight import Sight, with_places
from vms.db.engine import Database
from vms.db.tables.cameras import Camera
from vms.db.tables.incidents import IncidentEntryRow, IncidentPartRow, IncidentPictureRow, IncidentRow
from vms.db.tables.organisation import Site
from vms.db.tables.recordings import LockRow
from vms.organisation import Organisation
from vms.recordings.spans import Span

PAGE = 100
MOST_ENTRIES = 1000


@dataclass(frozen=True, slots=True)
class CameraShown:
    """`number` is 0 for a camera that was removed since."""

    id: str
    number: int
    name: str
    site: str


@dataclass(frozen=True, slots=True)
class IncidentShown:
    row: IncidentRow
    unit: str
    opened_by: str


@dataclass(frozen=True, slots=True)
class PartShown:
    row: IncidentPartRow
    camera: CameraShown
    locked: bool
    added_by: str


@dataclass(frozen=True, slots=True)
class PictureShown:
    """Without the picture itself."""

    id: str
    capture_ms: int
    camera: CameraShown
    added_by: str
    added_ms: int


@dataclass(frozen=True, slots=True)
class EntryShown:
    row: IncidentEntryRow
    by: str
    incident: IncidentRow


@dataclass(frozen=True, slots=True)
class IncidentFile:
    """`hidden`: how many stretches and pictures there are of cameras that this person does not see."""

    shown: IncidentShown
    parts: Sequence[PartShown]
    pictures: Sequence[PictureShown]
    entries: Sequence[EntryShown]
    hidden: int


class IncidentReader:
    def __init__(self, db: Database, organisation: Organisation) -> None:
        self._db = db
        self._organisation = organisation

    async def object(self, incident_id: str) -> IncidentObject | None:
        """The incident as `may` sees it, now."""
        async with self._db.session() as session:
            row = await session.get(IncidentRow, incident_id)
        return None if row is None else IncidentObject(row.id, (await self._organisation.tree()).path(row.unit_id))

    async def listed(
        self, units: frozenset[str], *, state: str | None = None, before_ms: int | None = None
    ) -> list[IncidentShown]:
        """Those of these units, the newest first, at most `PAGE`."""
        query = select(IncidentRow).where(col(IncidentRow.unit_id).in_(units))
        if state is not None:
            query = query.where(col(IncidentRow.state) == state)
        if before_ms is not None:
            query = query.where(col(IncidentRow.opened_ms) < before_ms)
        async with self._db.session() as session:
            rows = (
                await session.exec(query.order_by(col(IncidentRow.opened_ms).desc(), col(IncidentRow.id)).limit(PAGE))
            ).all()
            return await self._shown(session, rows)

    async def file(self, incident_id: str, sight: Sight) -> IncidentFile | None:
        """The whole of it, as far as the cameras are in `sight`."""
        async with self._db.session() as session:
            row = await session.get(IncidentRow, incident_id)
            if row is None:
                return None
            (shown,) = await self._shown(session, [row])
            parts = await _parts(session, incident_id, sight)
            pictures = await _pictures(session, incident_id, sight)
            hidden = await _count(session, incident_id) - len(parts) - len(pictures)
            query = select(IncidentEntryRow, IncidentRow).where(col(IncidentEntryRow.incident_id) == incident_id)
            entries = await _entries(session, query)
        return IncidentFile(shown, parts, pictures, entries, hidden)

    async def picture(self, incident_id: str, picture_id: str, sight: Sight) -> bytes | None:
        """None also for one of a camera that is not in sight."""
        query = with_places(
            select(IncidentPictureRow.jpeg)
            .select_from(IncidentPictureRow)
            .join(Camera, col(Camera.id) == col(IncidentPictureRow.camera_id))
        ).where(
            col(IncidentPictureRow.id) == picture_id,
            col(IncidentPictureRow.incident_id) == incident_id,
            sight.condition(),
        )
        async with self._db.session() as session:
            return (await session.exec(query)).one_or_none()

    async def duty_log(self, units: frozenset[str], span: Span) -> list[EntryShown]:
        """Every line about incidents of these units in the span, in order, at most `MOST_ENTRIES`."""
        query = select(IncidentEntryRow, IncidentRow).where(
            col(IncidentRow.unit_id).in_(units),
            col(IncidentEntryRow.at_ms) >= span.start_ms,
            col(IncidentEntryRow.at_ms) < span.end_ms,
        )
        async with self._db.session() as session:
            return await _entries(session, query)

    async def _shown(self, session: AsyncSession, rows: Sequence[IncidentRow]) -> list[IncidentShown]:
        tree = await self._organisation.tree()
        names = await names_of(session, [row.opened_by for row in rows])
        return [IncidentShown(row, tree.name(row.unit_id), names[row.opened_by]) for row in rows]


async def _parts(session: AsyncSession, incident_id: str, sight: Sight) -> list[PartShown]:
    query = with_places(
        select(IncidentPartRow, LockRow.released_ms, Camera, Site.name)
        .select_from(IncidentPartRow)
        .join(LockRow, col(LockRow.id) == col(IncidentPartRow.lock_id))
        .join(Camera, col(Camera.id) == col(IncidentPartRow.camera_id))
    ).where(col(IncidentPartRow.incident_id) == incident_id, sight.condition())
    rows = (await session.exec(query.order_by(col(IncidentPartRow.from_ms), col(IncidentPartRow.id)))).all()
    names = await names_of(session, [row[0].added_by for row in rows])
    return [
        PartShown(part, _camera(camera, site), released_ms is None, names[part.added_by])
        for part, released_ms, camera, site in rows
    ]


async def _pictures(session: AsyncSession, incident_id: str, sight: Sight) -> list[PictureShown]:
    query = with_places(
        select(IncidentPictureRow, Camera, Site.name)
        .select_from(IncidentPictureRow)
        .join(Camera, col(Camera.id) == col(IncidentPictureRow.camera_id))
    ).where(col(IncidentPictureRow.incident_id) == incident_id, sight.condition())
    ordered = query.order_by(col(IncidentPictureRow.capture_ms), col(IncidentPictureRow.id))
    rows = (await session.exec(ordered.options(defer(IncidentPictureRow.jpeg)))).all()  # type: ignore[arg-type]  # SQLModel types columns as their values
    names = await names_of(session, [row[0].added_by for row in rows])
    return [
        PictureShown(row.id, row.capture_ms, _camera(camera, site), names[row.added_by], row.added_ms)
        for row, camera, site in rows
    ]


async def _count(session: AsyncSession, incident_id: str) -> int:
    """All stretches and pictures, whoever sees them."""
    parts = select(func.count()).select_from(IncidentPartRow).where(col(IncidentPartRow.incident_id) == incident_id)
    pictures = (
        select(func.count()).select_from(IncidentPictureRow).where(col(IncidentPictureRow.incident_id) == incident_id)
    )
    return (await session.exec(parts)).one() + (await session.exec(pictures)).one()


async def _entries(session: AsyncSession, query: Any) -> list[EntryShown]:
    joined = query.join(IncidentRow, col(IncidentRow.id) == col(IncidentEntryRow.incident_id))
    ordered = joined.order_by(col(IncidentEntryRow.at_ms), col(IncidentEntryRow.id)).limit(MOST_ENTRIES)
    rows = (await session.exec(ordered)).all()
    names = await names_of(session, [entry.account_id for entry, _ in rows])
    return [EntryShown(entry, names[entry.account_id], incident) for entry, incident in rows]


def _camera(camera: Camera, site: str) -> CameraShown:
    return CameraShown(camera.id, camera.number or 0, camera.name, site)
