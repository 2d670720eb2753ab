"""Which cameras an area has: faults strike a site, a commune, an area centre or a former district as a whole. Pure but for reading."""

import csv
from pathlib import Path

from vms.cli.simulator.simulation import Simulation


class NoSuchArea(Exception):
    """Nothing in the province has this key."""


def numbers_in(simulation: Simulation, area: str) -> list[int]:
    """The numbers of the simulated cameras whose site, courtroom, unit (as it is today) or legacy district is `area`.

    Raises `NoSuchArea`.
    """
    folder = simulation.province
    sites = _read(folder / "sites.csv")
    rooms = {row["key"]: row["site"] for row in _read(folder / "courtrooms.csv")}
    units = {row["key"] for row in _read(folder / "units.csv")}
    if area not in units.union(rooms, *((row["key"], row["legacy_district"]) for row in sites)):
        raise NoSuchArea(f"There is no site, courtroom, unit or district {area} in {folder}.")
    parents = {row["child"]: row["parent"] for row in _read(folder / "placements.csv") if not row["valid_to"]}
    chosen = {row["key"] for row in sites if area in (row["key"], row["legacy_district"], *chain(row["unit"], parents))}
    cameras = [row.number for row in simulation.camera_rows() if row.site in chosen]
    struck = [row for row in simulation.encoder_rows() if row.courtroom == area or rooms[row.courtroom] in chosen]
    return cameras + [angle.number for row in struck for angle in row.angles]


def chain(unit: str, parents: dict[str, str]) -> list[str]:
    """`unit` and everything above it. The files were checked for circles when they were imported; here one only ends the walk."""
    found = [unit]
    while (above := parents.get(found[-1])) is not None and above not in found:
        found.append(above)
    return found


def _read(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))
