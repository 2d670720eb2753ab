"""The organisation in the database: read at a moment, seeded on the first start, imported from files."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import Angle, Courtroom, Meta, Placement, Site, Unit
from vms.organisation.files import read_folder
from vms.organisation.outline import OutlinedCourtroom, OutlinedSite, OutlinedUnit, outline
from vms.organisation.store import ImportSummary, store
from vms.organisation.tree import OrgTree, UnitNode

ROOT_KEY = "root"
_ROOT_ID = "root_unit_id"
REVISION = "organisation_revision"


class Organisation:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock
        self._read: tuple[str, Sequence[Unit], Sequence[Placement]] | None = None

    async def tree(self, at_ms: int | None = None) -> OrgTree:
        """The organisation as it is now, or as it was at `at_ms`."""
        async with self._db.session() as session:
            units, placements = await self._rows(session)
        return build_tree(units, placements, self._clock() if at_ms is None else at_ms)

    async def outline(self, reach_units: frozenset[str], at_ms: int) -> list[OutlinedUnit]:
        """The units at `at_ms` that one of `reach_units` is or was above of, by name."""
        async with self._db.session() as session:
            units, placements = await self._rows(session)
        tree = build_tree(units, placements, at_ms)
        return outline(units, placements, tree, tree.subtree(reach_units), at_ms)

    async def places(self, reach_units: frozenset[str]) -> list[OutlinedSite]:
        """The sites of now in the care of these units and all below, by name, each with its courtrooms."""
        tree = await self.tree()
        reached = tree.subtree(reach_units)
        query = select(Site).where(col(Site.unit_id).in_(reached)).order_by(col(Site.name), col(Site.id))
        async with self._db.session() as session:
            sites = (await session.exec(query)).all()
            rooms = select(Courtroom).where(col(Courtroom.court_id).in_(reached)).order_by(col(Courtroom.name))
            of_site = defaultdict(list)
            for room in await session.exec(rooms):
                of_site[room.site_id].append(room)
        return [OutlinedSite(site, tree.chain(site.unit_id)[0], tuple(of_site[site.id])) for site in sites]

    async def rooms(self, reach_units: frozenset[str]) -> list[OutlinedCourtroom]:
        """The courtrooms of now of these courts and all below, by name, each with its angles."""
        tree = await self.tree()
        mine = col(Courtroom.court_id).in_(tree.subtree(reach_units))
        query = select(Courtroom, Site).join(Site, col(Site.id) == col(Courtroom.site_id)).where(mine)
        async with self._db.session() as session:
            found = (await session.exec(query.order_by(col(Courtroom.name), col(Courtroom.id)))).all()
            of_room = defaultdict(list)
            angles = select(Angle).join(Courtroom, col(Courtroom.id) == col(Angle.courtroom_id)).where(mine)
            for angle in await session.exec(angles.order_by(col(Angle.kind))):
                of_room[angle.courtroom_id].append(angle)
        return [
            OutlinedCourtroom(room, tree.chain(room.court_id)[0], site.key, tuple(of_room[room.id]))
            for room, site in found
        ]

    async def ensure_root(self) -> str:
        """The id of the one unit above all others, created when there is none."""
        async with self._db.transaction() as session:
            return (await ensure_root(session)).id

    async def import_folder(self, folder: Path) -> ImportSummary:
        """Take over the files of `folder` (see `vms.organisation.files`), all or nothing; a second time changes nothing.

        Raises `vms.organisation.files.ImportRefused`.
        """
        plan = await asyncio.to_thread(read_folder, folder)
        async with self._db.transaction() as session:
            root = await ensure_root(session)
            await session.flush()
            summary = await store(session, plan, root, root_is_default=root.key == ROOT_KEY)
            if summary:
                await raise_revision(session)
        return summary

    async def _rows(self, session: AsyncSession) -> tuple[Sequence[Unit], Sequence[Placement]]:
        # Rights ask on every request; the rows change a few times in a year.
        row = await session.get(Meta, REVISION)
        revision = "" if row is None else row.value
        if self._read is None or self._read[0] != revision:
            units = (await session.exec(select(Unit))).all()
            self._read = (revision, units, (await session.exec(select(Placement))).all())
        return self._read[1], self._read[2]


async def ensure_root(session: AsyncSession) -> Unit:
    """Find or create the root within a transaction."""
    known = await session.get(Meta, _ROOT_ID)
    if known is not None and (unit := await session.get(Unit, known.value)) is not None:
        return unit
    root = Unit(key=ROOT_KEY, kind="province", name="Toàn tỉnh", name_en="The whole province", valid_from_ms=0)
    session.add_all([root, Meta(key=_ROOT_ID, value=root.id)])
    await raise_revision(session)
    return root


async def raise_revision(session: AsyncSession) -> None:
    """Tell all readers, in whatever process, that units or placements changed."""
    row = await session.get(Meta, REVISION)
    if row is None:
        session.add(Meta(key=REVISION, value="1"))
    else:
        row.value = str(int(row.value) + 1)
    await session.flush()


def build_tree(units: Sequence[Unit], placements: Sequence[Placement], at_ms: int) -> OrgTree:
    """The rows that hold at `at_ms`, as a tree."""
    return OrgTree(
        [UnitNode(unit.id, unit.key, unit.kind, unit.name, unit.name_en) for unit in units if unit.holds(at_ms)],
        {placement.child_id: placement.parent_id for placement in placements if placement.holds(at_ms)},
        {unit.id: unit.successor_id for unit in units if unit.successor_id is not None and not unit.holds(at_ms)},
    )
