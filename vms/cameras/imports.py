"""A file with many cameras: what it would do, and doing it."""

from collections import defaultdict
from collections.abc import Iterable

from sqlmodel import col, select

from vms.cameras.camera_list import CheckedList, Known, checked
from vms.cameras.store import used_numbers
from vms.cameras.words import folded
from vms.db.engine import Database
from vms.db.tables.cameras import Device
from vms.db.tables.organisation import Angle, Courtroom, Site


class Imports:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def check(self, data: bytes, units: frozenset[str]) -> CheckedList:
        """Read a list for somebody who may register cameras in `units`; sites elsewhere are unknown to them.

        Raises `vms.cameras.csv_text.UnreadableFile`.
        """
        return checked(data, await self._known(units))

    async def _known(self, units: frozenset[str]) -> Known:
        async with self._db.session() as session:
            sites = await session.exec(select(Site.name, Site.key, Site.id).where(col(Site.unit_id).in_(units)))
            rooms = await session.exec(
                select(Courtroom.name, Courtroom.key, Courtroom.id).where(col(Courtroom.court_id).in_(units))
            )
            angles = await session.exec(select(Angle.courtroom_id, Angle.kind).where(col(Angle.camera_id).is_not(None)))
            return Known(
                sites=_by_name(sites),
                courtrooms=_by_name(rooms),
                numbers=await used_numbers(session),
                device_keys=set(await session.exec(select(Device.key))),
                angles=set(angles),
            )


def _by_name(rows: Iterable[tuple[str, str, str]]) -> dict[str, list[str]]:
    """Ids by folded name and by folded key, without repeats."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for name, key, row_id in rows:
        for word in {folded(name), folded(key)}:
            found[word].append(row_id)
    return dict(found)
