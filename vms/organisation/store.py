"""A checked plan into the tables, by key: what is there already is changed, nothing is ever removed but placements.

There is one root over everything. The root that the first start made gives its place to the plan's root: same row and id, so that
what was granted there stays granted. When the plan has several units at the top, they come below it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlmodel import select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.db.tables import Angle, Courtroom, Placement, Site, Unit
from vms.db.tables.row import Row
from vms.organisation.plan import AnglePlan, PlacementPlan, Plan, UnitPlan

RowT = TypeVar("RowT", bound=Row)
Span = tuple[str, str, int, int | None]


@dataclass(frozen=True, slots=True)
class ImportSummary:
    """How many rows were added, changed and (placements only) removed."""

    added: int
    changed: int
    removed: int

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed)


class _Tally:
    def __init__(self, session: AsyncSession) -> None:
        self.session = session
        self.added = self.changed = self.removed = 0

    def put(self, row: RowT | None, make: type[RowT], values: Mapping[str, Any]) -> RowT:
        """Change `row` to `values`, or add one when there is none."""
        if row is None:
            row = make(**values)
            self.session.add(row)
            self.added += 1
        elif any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            self.changed += 1
        return row


async def store(session: AsyncSession, plan: Plan, root: Unit, *, root_is_default: bool) -> ImportSummary:
    """Bring the tables to what `plan` says, within the caller's transaction."""
    tally = _Tally(session)
    units = await _units(tally, plan, root, root_is_default=root_is_default)
    await session.flush()
    await _placements(tally, plan, units, root)
    sites = {site.key: site for site in (await session.exec(select(Site))).all()}
    for place in plan.sites:
        sites[place.key] = tally.put(
            sites.get(place.key),
            Site,
            {
                "key": place.key,
                "name": place.name,
                "name_en": place.name_en,
                "unit_id": units[place.unit].id,
                "legacy_district": place.legacy_district,
                "latitude": place.latitude,
                "longitude": place.longitude,
                "owner": place.owner,
                "funding": place.funding,
            },
        )
    await session.flush()
    rooms = {room.key: room for room in (await session.exec(select(Courtroom))).all()}
    for room in plan.courtrooms:
        values = {"key": room.key, "name": room.name, "court_id": units[room.court].id, "site_id": sites[room.site].id}
        rooms[room.key] = tally.put(rooms.get(room.key), Courtroom, values)
    await session.flush()
    await _angles(tally, plan.angles, rooms)
    await session.flush()
    return ImportSummary(tally.added, tally.changed, tally.removed)


async def _units(tally: _Tally, plan: Plan, root: Unit, *, root_is_default: bool) -> dict[str, Unit]:
    units = {unit.key: unit for unit in (await tally.session.exec(select(Unit))).all()}
    tops = _tops(plan)
    if root_is_default and len(tops) == 1 and tops[0].key not in units:
        units[tops[0].key] = units.pop(root.key)
    for unit in plan.units:
        values = {
            "key": unit.key,
            "kind": unit.kind,
            "name": unit.name,
            "name_en": unit.name_en,
            "valid_from_ms": unit.valid_from_ms,
            "valid_to_ms": unit.valid_to_ms,
        }
        units[unit.key] = tally.put(units.get(unit.key), Unit, values)
    await tally.session.flush()
    for unit in plan.units:
        successor_id = units[unit.successor].id if unit.successor else None
        tally.put(units[unit.key], Unit, {"successor_id": successor_id})
    return units


async def _placements(tally: _Tally, plan: Plan, units: Mapping[str, Unit], root: Unit) -> None:
    wanted = {_span(placed, units) for placed in plan.placements}
    wanted |= {
        (units[top.key].id, root.id, top.valid_from_ms, top.valid_to_ms)
        for top in _tops(plan)
        if units[top.key].id != root.id
    }
    ours = {units[unit.key].id for unit in plan.units}
    for row in (await tally.session.exec(select(Placement))).all():
        span = (row.child_id, row.parent_id, row.valid_from_ms, row.valid_to_ms)
        if span in wanted:
            wanted.discard(span)
        elif row.child_id in ours:
            await tally.session.delete(row)
            tally.removed += 1
    for child_id, parent_id, from_ms, to_ms in sorted(wanted, key=lambda span: span[:3]):
        values = {"child_id": child_id, "parent_id": parent_id, "valid_from_ms": from_ms, "valid_to_ms": to_ms}
        tally.put(None, Placement, values)


async def _angles(tally: _Tally, angles: Iterable[AnglePlan], rooms: Mapping[str, Courtroom]) -> None:
    known = {(angle.courtroom_id, angle.kind): angle for angle in (await tally.session.exec(select(Angle))).all()}
    for angle in angles:
        room_id = rooms[angle.courtroom].id
        values = {
            "courtroom_id": room_id,
            "kind": angle.angle,
            "name": angle.name,
            "number": angle.number,
            "channel": angle.channel,
            "audio": angle.audio,
        }
        tally.put(known.get((room_id, angle.angle)), Angle, values)


def _tops(plan: Plan) -> list[UnitPlan]:
    """Units that never have a parent."""
    children = {placed.child for placed in plan.placements}
    return [unit for unit in plan.units if unit.key not in children]


def _span(placed: PlacementPlan, units: Mapping[str, Unit]) -> Span:
    return units[placed.child].id, units[placed.parent].id, placed.valid_from_ms, placed.valid_to_ms
