"""Whether the organisation's files fit together. Pure.

A file may refer to what is in the files only: a folder stands for itself, and reads the same on every machine.
"""

from collections import Counter
from collections.abc import Iterable, Iterator

from vms.organisation.plan import PlacementPlan, Plan, Problem, ProblemCode


def check(plan: Plan) -> list[Problem]:
    """Everything that is wrong; empty when the plan can be stored."""
    units = {unit.key for unit in plan.units}
    sites = {site.key for site in plan.sites}
    rooms = {room.key for room in plan.courtrooms}
    problems = [
        *_twice("units.csv", ((unit.key, unit.line) for unit in plan.units)),
        *_twice("sites.csv", ((site.key, site.line) for site in plan.sites)),
        *_twice("courtrooms.csv", ((room.key, room.line) for room in plan.courtrooms)),
        *_twice("angles.csv", ((f"{angle.courtroom} {angle.angle}", angle.line) for angle in plan.angles)),
        *_unknown(
            "units.csv",
            ProblemCode.UNKNOWN_UNIT,
            units,
            ((unit.successor, unit.line) for unit in plan.units if unit.successor),
        ),
        *_unknown(
            "placements.csv",
            ProblemCode.UNKNOWN_UNIT,
            units,
            ((placed.child, placed.line) for placed in plan.placements),
        ),
        *_unknown(
            "placements.csv",
            ProblemCode.UNKNOWN_UNIT,
            units,
            ((placed.parent, placed.line) for placed in plan.placements),
        ),
        *_unknown("sites.csv", ProblemCode.UNKNOWN_UNIT, units, ((site.unit, site.line) for site in plan.sites)),
        *_unknown(
            "courtrooms.csv", ProblemCode.UNKNOWN_UNIT, units, ((room.court, room.line) for room in plan.courtrooms)
        ),
        *_unknown(
            "courtrooms.csv", ProblemCode.UNKNOWN_SITE, sites, ((room.site, room.line) for room in plan.courtrooms)
        ),
        *_unknown(
            "angles.csv", ProblemCode.UNKNOWN_COURTROOM, rooms, ((angle.courtroom, angle.line) for angle in plan.angles)
        ),
        *_dates(plan),
    ]
    return problems or list(_shape(plan.placements))


def _twice(file: str, keys: Iterable[tuple[str, int]]) -> Iterator[Problem]:
    seen: set[str] = set()
    for key, line in keys:
        if key in seen:
            yield Problem(file, line, ProblemCode.TWICE, key)
        seen.add(key)


def _unknown(file: str, code: ProblemCode, known: set[str], keys: Iterable[tuple[str, int]]) -> Iterator[Problem]:
    return (Problem(file, line, code, key) for key, line in keys if key not in known)


def _dates(plan: Plan) -> Iterator[Problem]:
    for file, dated in (("units.csv", plan.units), ("placements.csv", plan.placements)):
        for row in dated:
            if row.valid_to_ms is not None and row.valid_to_ms <= row.valid_from_ms:
                yield Problem(file, row.line, ProblemCode.ENDS_FIRST)


def _shape(placements: tuple[PlacementPlan, ...]) -> Iterator[Problem]:
    """At every moment at which something begins: one parent for each unit, and no circle."""
    for at_ms in sorted({placed.valid_from_ms for placed in placements}):
        current = [placed for placed in placements if placed.holds(at_ms)]
        counted = Counter(placed.child for placed in current)
        for placed in current:
            if counted[placed.child] > 1 and placed.valid_from_ms == at_ms:
                yield Problem("placements.csv", placed.line, ProblemCode.TWO_PARENTS, placed.child)
        parents = {placed.child: placed.parent for placed in current}
        for placed in current:
            if placed.valid_from_ms == at_ms and _in_circle(placed.child, parents):
                yield Problem("placements.csv", placed.line, ProblemCode.CIRCLE, placed.child)


def _in_circle(start: str, parents: dict[str, str]) -> bool:
    seen: set[str] = set()
    current: str | None = start
    while current is not None and current not in seen:
        seen.add(current)
        current = parents.get(current)
    return current is not None
