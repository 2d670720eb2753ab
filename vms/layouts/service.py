"""Saved walls. A tile may name a camera that the person does not see (any more): it is shown empty, and comes back with the right."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, func, select

from vms.cameras.words import clean
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables.layouts import Layout

SIZES = (1, 4, 6, 8, 9, 16, 25, 36, 64)
"""6 and 8 have one large tile, the first."""
MOST_LAYOUTS = 100
LONGEST_NAME = 80


class BadLayout(ValueError):
    """`field` is size, tiles or name."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class TooManyLayouts(Exception):
    """An account has `MOST_LAYOUTS` already."""


@dataclass(frozen=True, slots=True)
class Wall:
    """`tiles` row by row, None for an empty one: exactly `size`. The name "" is the last wall used."""

    name: str
    size: int
    tiles: Sequence[str | None]


class Layouts:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def all_of(self, account_id: str) -> list[Wall]:
        """The walls of an account by name, the last one used first."""
        async with self._db.session() as session:
            query = select(Layout).where(col(Layout.account_id) == account_id).order_by(col(Layout.name))
            return [Wall(row.name, row.size, row.tiles) for row in await session.exec(query)]

    async def save(self, account_id: str, wall: Wall) -> Wall:
        """Save, in place of one with the same name. Raises `BadLayout` and `TooManyLayouts`."""
        name = wall.name
        if not is_layout_name(name):
            raise BadLayout("name")
        tiles = checked_tiles(wall)
        async with self._db.transaction() as session:
            row = await session.get(Layout, (account_id, name))
            if row is None:
                owned = select(func.count()).select_from(Layout).where(col(Layout.account_id) == account_id)
                if (await session.exec(owned)).one() >= MOST_LAYOUTS:
                    raise TooManyLayouts
                row = Layout(account_id=account_id, name=name, size=wall.size, saved_ms=self._clock())
            row.size, row.tiles, row.saved_ms = wall.size, tiles, self._clock()
            session.add(row)
        return Wall(name, wall.size, tiles)

    async def delete(self, account_id: str, name: str) -> bool:
        """Whether there was one."""
        async with self._db.transaction() as session:
            row = await session.get(Layout, (account_id, name))
            if row is None:
                return False
            await session.delete(row)
        return True


def is_layout_name(name: str) -> bool:
    """Whether a wall can be called so: what cannot be shown is no name."""
    return clean(name, LONGEST_NAME) == name


def checked_tiles(wall: Wall) -> list[str | None]:
    """The tiles, filled up to the size. Raises `BadLayout` for more tiles than the wall has, or a camera shown twice."""
    if wall.size not in SIZES:
        raise BadLayout("size")
    shown = [tile for tile in wall.tiles if tile is not None]
    if len(wall.tiles) > wall.size or len(shown) != len(set(shown)):
        raise BadLayout("tiles")
    return [*wall.tiles, *([None] * (wall.size - len(wall.tiles)))]
