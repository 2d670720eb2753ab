"""The organisation as files again, in the form that `vms.organisation.files` reads: what was written reads back the same. Pure."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from vms.db.tables import Angle, Courtroom, Placement, Site, Unit
from vms.organisation.files import COLUMNS, VIETNAM


def write_texts(
    units: Iterable[Unit],
    placements: Iterable[Placement],
    sites: Iterable[Site],
    courtrooms: Iterable[Courtroom],
    angles: Iterable[Angle],
) -> dict[str, str]:
    """The five files by name."""
    unit_keys = {unit.id: unit.key for unit in units}
    site_keys = {site.id: site.key for site in sites}
    room_keys = {room.id: room.key for room in courtrooms}
    return {
        "units.csv": write_rows("units.csv", (_unit(unit, unit_keys) for unit in units)),
        "placements.csv": write_rows("placements.csv", (_placement(placed, unit_keys) for placed in placements)),
        "sites.csv": write_rows("sites.csv", (_site(site, unit_keys) for site in sites)),
        "courtrooms.csv": write_rows(
            "courtrooms.csv",
            ((room.key, unit_keys[room.court_id], room.name, site_keys[room.site_id]) for room in courtrooms),
        ),
        "angles.csv": write_rows("angles.csv", (_angle(angle, room_keys) for angle in angles)),
    }


def write_rows(name: str, rows: Iterable[tuple[str, ...]]) -> str:
    """One file; its rows sorted, so that the same organisation is the same file."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS[name])
    writer.writerows(sorted(rows))
    return text.getvalue()


def _unit(unit: Unit, keys: Mapping[str, str]) -> tuple[str, ...]:
    successor = keys.get(unit.successor_id or "", "")
    dates = _day(unit.valid_from_ms or None), _day(unit.valid_to_ms)
    return unit.key, unit.kind, unit.name, unit.name_en, *dates, successor


def _placement(placed: Placement, keys: Mapping[str, str]) -> tuple[str, ...]:
    return keys[placed.child_id], keys[placed.parent_id], _day(placed.valid_from_ms or None), _day(placed.valid_to_ms)


def _site(site: Site, keys: Mapping[str, str]) -> tuple[str, ...]:
    place = tuple("" if degrees is None else repr(degrees) for degrees in (site.latitude, site.longitude))
    return (
        site.key,
        site.name,
        site.name_en,
        keys[site.unit_id],
        site.legacy_district,
        *place,
        site.owner,
        site.funding,
    )


def _angle(angle: Angle, rooms: Mapping[str, str]) -> tuple[str, ...]:
    number = "" if angle.number is None else str(angle.number)
    return rooms[angle.courtroom_id], angle.kind, angle.name, number, str(angle.channel), str(angle.audio).lower()


def _day(at_ms: int | None) -> str:
    """The day in Vietnam at whose beginning something holds or ends."""
    if at_ms is None:
        return ""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(VIETNAM).date().isoformat()
