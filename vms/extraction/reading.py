"""Extractions as somebody sees them: those of the units in reach; of their cameras only those in sight."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from streams.types.extraction import Region
from vms.access import ExtractionObject
from vms.accounts.two_people import names_of
from vms.cameras.sight import Sight, with_places
from vms.db.engine import Database
from vms.db.tables.cameras import Camera
from vms.db.tables.extractions import ExtractionPartRow, ExtractionRow
from vms.db.tables.organisation import Site
from vms.extraction.states import State
from vms.incidents.reading import CameraShown
from vms.organisation import Organisation

PAGE = 100


@dataclass(frozen=True, slots=True)
class ExtractionShown:
    row: ExtractionRow
    unit: str
    requested_by: str
    decided_by: str
    handed_by: str


@dataclass(frozen=True, slots=True)
class ExtractionPartShown:
    row: ExtractionPartRow
    camera: CameraShown

    @property
    def regions(self) -> list[Region]:
        return [Region.model_validate(one) for one in self.row.regions]


@dataclass(frozen=True, slots=True)
class ExtractionFile:
    """`hidden`: how many stretches are of cameras that this person does not see."""

    shown: ExtractionShown
    parts: Sequence[ExtractionPartShown]
    hidden: int


class ExtractionReader:
    def __init__(self, db: Database, organisation: Organisation) -> None:
        self._db = db
        self._organisation = organisation

    async def object(self, extraction_id: str) -> ExtractionObject | None:
        """The extraction as `may` sees it, now."""
        async with self._db.session() as session:
            row = await session.get(ExtractionRow, extraction_id)
        return None if row is None else ExtractionObject(row.id, (await self._organisation.tree()).path(row.unit_id))

    async def row(self, extraction_id: str) -> ExtractionRow:
        async with self._db.session() as session:
            return await session.get_one(ExtractionRow, extraction_id)

    async def camera_ids(self, extraction_id: str) -> list[tuple[str, int]]:
        """Every stretch's camera, and when it begins: also of cameras that nobody sees any more."""
        query = select(ExtractionPartRow.camera_id, ExtractionPartRow.from_ms).where(
            col(ExtractionPartRow.extraction_id) == extraction_id
        )
        async with self._db.session() as session:
            return list((await session.exec(query)).all())

    async def listed(
        self, units: frozenset[str], *, state: State | None = None, before_ms: int | None = None
    ) -> list[ExtractionShown]:
        """Those of these units, the newest first, at most `PAGE`."""
        query = select(ExtractionRow).where(col(ExtractionRow.unit_id).in_(units))
        if state is not None:
            query = query.where(col(ExtractionRow.state) == state.value)
        if before_ms is not None:
            query = query.where(col(ExtractionRow.requested_ms) < before_ms)
        ordered = query.order_by(col(ExtractionRow.requested_ms).desc(), col(ExtractionRow.id)).limit(PAGE)
        async with self._db.session() as session:
            return await self._shown(session, (await session.exec(ordered)).all())

    async def file(self, extraction_id: str, sight: Sight) -> ExtractionFile:
        async with self._db.session() as session:
            row = await session.get_one(ExtractionRow, extraction_id)
            (shown,) = await self._shown(session, [row])
            part = ExtractionPartRow
            mine = col(part.extraction_id) == extraction_id
            query = with_places(
                select(part, Camera, Site.name).select_from(part).join(Camera, col(Camera.id) == col(part.camera_id))
            ).where(mine, sight.condition())
            rows = (await session.exec(query.order_by(col(part.from_ms), col(part.camera_id), col(part.id)))).all()
            count = (await session.exec(select(func.count()).select_from(part).where(mine))).one()
        parts = [
            ExtractionPartShown(one, CameraShown(camera.id, camera.number or 0, camera.name, site))
            for one, camera, site in rows
        ]
        return ExtractionFile(shown, parts, count - len(parts))

    async def _shown(self, session: AsyncSession, rows: Sequence[ExtractionRow]) -> list[ExtractionShown]:
        tree = await self._organisation.tree()
        names = await names_of(
            session, [one for row in rows for one in (row.requested_by, row.decided_by, row.handed_by)]
        )
        return [
            ExtractionShown(
                row, tree.name(row.unit_id), names[row.requested_by], names[row.decided_by], names[row.handed_by]
            )
            for row in rows
        ]
