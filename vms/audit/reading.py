"""Searching the log, for whoever may read it: filtered by unit in the query."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from sqlalchemy import ColumnElement
from sqlmodel import col, or_, select

from vms.audit.chain import Entry
from vms.audit.rows import entry_of
from vms.db.engine import Database
from vms.db.tables.audit import AuditAnchor, AuditRow

PAGE = 100
_CHUNK = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Search:
    """What is looked for; None for everything. `action` is one or several by commas; one that ends with a dot is all that begins so
    (`camera.` is all about cameras, `sign_in` is no refusal).

    `units`: rows of these units only; None for all of them, and for what belongs to no unit.
    """

    account_id: str | None = None
    action: str | None = None
    kind: str | None = None
    object_id: str | None = None
    from_ms: int | None = None
    to_ms: int | None = None
    acts_only: bool = False
    text: str = ""
    units: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """The newest first. `next_before` is where the next page begins, None at the end."""

    entries: tuple[Entry, ...]
    next_before: int | None


class AuditReader:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def page(self, search: Search, before: int | None = None, size: int = PAGE) -> Page:
        query = select(AuditRow).where(*_conditions(search))
        if before is not None:
            query = query.where(col(AuditRow.seq) < before)
        async with self._db.session() as session:
            rows = (await session.exec(query.order_by(col(AuditRow.seq).desc()).limit(size + 1))).all()
        entries = tuple(entry_of(row) for row in rows[:size])
        return Page(entries, entries[-1].seq if len(rows) > size else None)

    async def everything(self, search: Search, most: int) -> list[Entry]:
        """For a report: the oldest first, at most so many."""
        query = select(AuditRow).where(*_conditions(search)).order_by(col(AuditRow.seq)).limit(most)
        async with self._db.session() as session:
            return [entry_of(row) for row in await session.exec(query)]

    async def in_order(self, from_seq: int = 0) -> AsyncIterator[Entry]:
        """All rows behind `from_seq`, as they lie in the table, in chunks."""
        after = from_seq
        while True:
            query = select(AuditRow).where(col(AuditRow.seq) > after).order_by(col(AuditRow.seq)).limit(_CHUNK)
            async with self._db.session() as session:
                rows = (await session.exec(query)).all()
            for row in rows:
                yield entry_of(row)
            if len(rows) < _CHUNK:
                return
            after = rows[-1].seq

    async def anchor(self) -> tuple[int, str] | None:
        """Number and hash of the last row that was taken away for age; None while there was none."""
        async with self._db.session() as session:
            anchor = await session.get(AuditAnchor, 1)
        return None if anchor is None else (anchor.seq, anchor.hash)


def _is_action(wanted: str) -> ColumnElement[bool]:
    column = col(AuditRow.action)
    return column.startswith(wanted, autoescape=True) if wanted.endswith(".") else column == wanted


def _conditions(search: Search) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    for column, wanted in (
        (AuditRow.account_id, search.account_id),
        (AuditRow.kind, search.kind),
        (AuditRow.object_id, search.object_id),
    ):
        if wanted is not None:
            found.append(col(column) == wanted)
    if search.action:
        found.append(or_(*map(_is_action, search.action.split(","))))
    if search.from_ms is not None:
        found.append(col(AuditRow.at_ms) >= search.from_ms)
    if search.to_ms is not None:
        found.append(col(AuditRow.at_ms) < search.to_ms)
    if search.acts_only:
        found.append(col(AuditRow.reads).is_(False))
    if search.units is not None:
        found.append(col(AuditRow.unit_id).in_(search.units))
    if search.text:
        columns = (AuditRow.name, AuditRow.label, AuditRow.address, AuditRow.facts)
        found.append(or_(*(col(column).contains(search.text, autoescape=True) for column in columns)))
    return found
