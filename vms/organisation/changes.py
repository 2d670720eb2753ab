"""What two states of the organisation differ in, for people: which units begin, end, move or are called otherwise, and when. Pure."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from vms.organisation.plan import PlacementPlan, Plan, UnitPlan

What = Literal[
    "unit_added",
    "unit_renamed",
    "unit_closed",
    "unit_moved",
    "unit_changed",
    "site_added",
    "site_moved",
    "site_changed",
    "courtroom_added",
    "courtroom_moved",
    "courtroom_changed",
]


@dataclass(frozen=True, slots=True)
class Change:
    """`old` and `new` are names: before and after, where it was and where it goes, or (`unit_closed`) who takes over as `new`.

    `day_ms` is when a dated change begins to hold, UTC ms; None for what holds at once.
    """

    what: What
    name: str
    old: str = ""
    new: str = ""
    day_ms: int | None = None


def changes(before: Plan, after: Plan) -> list[Change]:
    """Units first, then sites and courtrooms; each in the order of their keys. What `after` does not name stays as it is."""
    names = {unit.key: unit.name for plan in (before, after) for unit in plan.units}
    return [*_units(before, after, names), *_moves(before, after, names), *_places(before, after, names)]


def _units(before: Plan, after: Plan, names: Mapping[str, str]) -> Iterator[Change]:
    old_units = {unit.key: unit for unit in before.units}
    parents = _first_parents(after)
    for unit in sorted(after.units, key=lambda unit: unit.key):
        old = old_units.get(unit.key)
        if old is None:
            parent = names.get(parents.get(unit.key, ""), "")
            yield Change("unit_added", unit.name, "", parent, unit.valid_from_ms or None)
            continue
        if (unit.name, unit.name_en) != (old.name, old.name_en):
            yield Change("unit_renamed", unit.name, _both(old), _both(unit))
        if unit.valid_to_ms is not None and old.valid_to_ms is None:
            yield Change("unit_closed", unit.name, "", names.get(unit.successor, ""), unit.valid_to_ms)
        elif _rest(unit) != _rest(old):
            yield Change("unit_changed", unit.name)


def _moves(before: Plan, after: Plan, names: Mapping[str, str]) -> Iterator[Change]:
    old_spans, new_spans = _spans(before), _spans(after)
    for key in sorted(new_spans):
        old = old_spans.get(key)
        if old is None:
            continue
        known = {(span.parent, span.valid_from_ms) for span in old}
        for span in new_spans[key]:
            if (span.parent, span.valid_from_ms) not in known:
                left = next((one.parent for one in old if one.holds(span.valid_from_ms)), "")
                if left != span.parent:
                    day_ms = span.valid_from_ms or None
                    yield Change("unit_moved", names.get(key, key), names.get(left, ""), names[span.parent], day_ms)


def _places(before: Plan, after: Plan, names: Mapping[str, str]) -> Iterator[Change]:
    sites = {site.key: site for site in before.sites}
    for site in sorted(after.sites, key=lambda site: site.key):
        old = sites.get(site.key)
        if old is None:
            yield Change("site_added", site.name, "", names[site.unit])
        elif old.unit != site.unit:
            yield Change("site_moved", site.name, names[old.unit], names[site.unit])
        elif _without_line(old) != _without_line(site):
            yield Change("site_changed", site.name)
    rooms, old_angles, angles = {room.key: room for room in before.courtrooms}, _angles(before), _angles(after)
    for room in sorted(after.courtrooms, key=lambda room: room.key):
        known = rooms.get(room.key)
        if known is None:
            yield Change("courtroom_added", room.name, "", names[room.court])
        elif known.court != room.court:
            yield Change("courtroom_moved", room.name, names[known.court], names[room.court])
        elif _without_line(known) != _without_line(room) or angles[room.key] != old_angles[room.key]:
            yield Change("courtroom_changed", room.name)


def _angles(plan: Plan) -> defaultdict[str, set[tuple[object, ...]]]:
    found: defaultdict[str, set[tuple[object, ...]]] = defaultdict(set)
    for angle in plan.angles:
        found[angle.courtroom].add(_without_line(angle))
    return found


def _without_line(row: object) -> tuple[object, ...]:
    # The line is where it stood in its file, and says nothing about it.
    return tuple(getattr(row, name) for name in row.__slots__ if name != "line")  # type: ignore[attr-defined]


def _both(unit: UnitPlan) -> str:
    return f"{unit.name} ({unit.name_en})" if unit.name_en else unit.name


def _rest(unit: UnitPlan) -> tuple[object, ...]:
    return unit.kind, unit.valid_from_ms, unit.valid_to_ms, unit.successor


def _spans(plan: Plan) -> dict[str, list[PlacementPlan]]:
    found: defaultdict[str, list[PlacementPlan]] = defaultdict(list)
    for placed in sorted(plan.placements, key=lambda placed: placed.valid_from_ms):
        found[placed.child].append(placed)
    return found


def _first_parents(plan: Plan) -> dict[str, str]:
    return {key: spans[0].parent for key, spans in _spans(plan).items()}
