"""The organisation as somebody sees it at one moment: units with their dates, and the sites and courtrooms in their care. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from vms.db.tables import Angle, Courtroom, Placement, Site, Unit
from vms.organisation.tree import OrgTree


@dataclass(frozen=True, slots=True)
class OutlinedUnit:
    """`placed` is where it belongs at that moment, None at the top. `successor` is the name of who takes (or took) over."""

    unit: Unit
    placed: Placement | None
    successor: str


@dataclass(frozen=True, slots=True)
class OutlinedSite:
    """`unit_id` is who cares for it now: a successor, when the unit that it was given to is gone."""

    site: Site
    unit_id: str
    courtrooms: tuple[Courtroom, ...]


@dataclass(frozen=True, slots=True)
class OutlinedCourtroom:
    """`court_id` is who has it now: a successor, when the court that it was given to is gone. `site` is a key."""

    courtroom: Courtroom
    court_id: str
    site: str
    angles: tuple[Angle, ...]


def outline(
    units: Sequence[Unit], placements: Sequence[Placement], tree: OrgTree, reached: frozenset[str], at_ms: int
) -> list[OutlinedUnit]:
    """The units among `reached` that exist at `at_ms`, by name; `tree` is the organisation at that moment."""
    names = {unit.id: unit.name for unit in units}
    placed = {placement.child_id: placement for placement in placements if placement.holds(at_ms)}
    found = [
        OutlinedUnit(unit, placed.get(unit.id), names.get(unit.successor_id or "", ""))
        for unit in units
        if unit.id in reached and unit.id in tree.units
    ]
    return sorted(found, key=lambda one: (one.unit.name, one.unit.id))
