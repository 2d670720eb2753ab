"""Bookmarks: moments of a camera's recordings that somebody wants to find again, for oneself or for the own unit."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import col, func, or_, select

from vms.accounts.two_people import names_of
from vms.cameras.words import clean
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import BookmarkRow
from vms.recordings.spans import Span

MOST_OF_A_PERSON = 5000
MOST_SHOWN = 500


class TooManyBookmarks(Exception):
    """Somebody has as many as one may have."""


@dataclass(frozen=True, slots=True)
class NewBookmark:
    """`unit_id`: for whom it is beside its maker; empty: for nobody."""

    camera_id: str
    at_ms: int
    note: str
    unit_id: str = ""


@dataclass(frozen=True, slots=True)
class Bookmark:
    row: BookmarkRow
    made_by: str


class Bookmarks:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def add(self, account_id: str, new: NewBookmark) -> Bookmark:
        """Raises `TooManyBookmarks`."""
        row = BookmarkRow(
            camera_id=new.camera_id,
            at_ms=new.at_ms,
            note=clean(new.note, 500),
            unit_id=new.unit_id or None,
            account_id=account_id,
            made_ms=self._clock(),
        )
        mine = select(func.count()).select_from(BookmarkRow).where(col(BookmarkRow.account_id) == account_id)
        async with self._db.transaction() as session:
            if (await session.exec(mine)).one() >= MOST_OF_A_PERSON:
                raise TooManyBookmarks
            session.add(row)
            await session.flush()
            return Bookmark(row, (await names_of(session, [account_id]))[account_id])

    async def of_camera(self, camera_id: str, span: Span, account_id: str, unit_ids: Collection[str]) -> list[Bookmark]:
        """One's own, and those that were made for one of these units; the earliest first, at most 500."""
        query = (
            select(BookmarkRow)
            .where(
                col(BookmarkRow.camera_id) == camera_id,
                col(BookmarkRow.at_ms) >= span.start_ms,
                col(BookmarkRow.at_ms) < span.end_ms,
                or_(col(BookmarkRow.account_id) == account_id, col(BookmarkRow.unit_id).in_(list(unit_ids))),
            )
            .order_by(col(BookmarkRow.at_ms), col(BookmarkRow.id))
            .limit(MOST_SHOWN)
        )
        async with self._db.session() as session:
            rows = (await session.exec(query)).all()
            names = await names_of(session, [row.account_id for row in rows])
        return [Bookmark(row, names[row.account_id]) for row in rows]

    async def owner(self, bookmark_id: str) -> str | None:
        """Whose it is; None when there is none."""
        async with self._db.session() as session:
            row = await session.get(BookmarkRow, bookmark_id)
        return None if row is None else row.account_id

    async def remove(self, bookmark_id: str) -> None:
        async with self._db.transaction() as session:
            row = await session.get(BookmarkRow, bookmark_id)
            if row is not None:
                await session.delete(row)
