"""Writing the log: whoever tells something goes on when it is on disk. Many tellers share one commit."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import structlog
from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.access import Deed
from vms.audit.chain import FIRST_HASH, Entry, canonical, linked
from vms.audit.rows import row_of
from vms.db.engine import Database
from vms.db.tables.audit import AuditAnchor, AuditRow

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 500
LONGEST_FACT = 500
MOST_ATTEMPTS = 5
_MOST_FACTS = 30


class Namer(Protocol):
    async def name(self, kind: str, object_id: str) -> tuple[str, str]:
        """(what people call it now, the unit it belongs to now); two empty strings for what is unknown."""


@dataclass(slots=True)
class _Waiting:
    entry: Entry
    done: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class AuditLog:
    """Implements `vms.access.Journal`. When the database cannot take a row, the teller's request fails: nothing happens unseen."""

    def __init__(self, db: Database, namer: Namer, head_file: Path | None = None) -> None:
        """`head_file` remembers outside of the database how long the log is, so that a cut end is seen."""
        self._db = db
        self._namer = namer
        self._head_file = head_file
        self._waiting: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def looked(self, deed: Deed) -> None:
        await self._tell(deed, reads=True)

    async def did(self, deed: Deed) -> None:
        await self._tell(deed, reads=False)

    async def _tell(self, deed: Deed, *, reads: bool) -> None:
        label, unit_id = await self._namer.name(deed.kind, deed.object_id) if deed.object_id else ("", "")
        waiting = _Waiting(_entry(deed, label, unit_id, reads=reads))
        self._waiting.append(waiting)
        if self._writing is None:
            # No TaskGroup: the writer lives as long as somebody waits for it, and everyone who waits learns how it ended.
            self._writing = asyncio.create_task(self._write(), name="audit")
        await waiting.done

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            try:
                await self._append([waiting.entry for waiting in batch])
            except Exception as error:  # noqa: BLE001 every teller gets it, whatever it is
                for waiting in batch:
                    if not waiting.done.done():
                        waiting.done.set_exception(error)
            else:
                for waiting in batch:
                    if not waiting.done.done():
                        waiting.done.set_result(None)
        self._writing = None

    async def _append(self, entries: list[Entry]) -> None:
        for attempt in range(MOST_ATTEMPTS):
            try:
                return await self._append_once(entries)
            except IntegrityError:
                # PostgreSQL: another process has taken our number meanwhile. The next attempt goes on behind its row.
                if attempt == MOST_ATTEMPTS - 1:
                    raise
        return None

    async def _append_once(self, entries: list[Entry]) -> None:
        async with self._db.transaction() as session:
            seq, prev_hash = await newest(session)
            rows = [row_of(entry) for entry in linked(entries, seq + 1, prev_hash)]
            session.add_all(rows)
        if self._head_file is not None:
            write_head(self._head_file, rows[-1].seq, rows[-1].hash)


def write_head(file: Path, seq: int, head: str) -> None:
    """In one step; not flushed to disk for each row, for the rows themselves are."""
    draft = file.with_name(file.name + ".new")
    draft.write_text(f"{seq} {head}\n", encoding="ascii")
    draft.replace(file)


def read_head(file: Path) -> tuple[int, str] | None:
    """None when there is none, or none that can be read."""
    try:
        seq, head = file.read_text(encoding="ascii").split()
        return int(seq), head
    except (OSError, ValueError):
        return None


async def newest(session: AsyncSession) -> tuple[int, str]:
    """Number and hash of the newest row; of the anchor when there is none."""
    row = (await session.exec(select(AuditRow).order_by(col(AuditRow.seq).desc()).limit(1))).first()
    if row is not None:
        return row.seq, row.hash
    anchor = await session.get(AuditAnchor, 1)
    return (0, FIRST_HASH) if anchor is None else (anchor.seq, anchor.hash)


def _entry(deed: Deed, label: str, unit_id: str, *, reads: bool) -> Entry:
    actor = deed.actor
    return Entry(
        seq=0,
        at_ms=deed.at_ms,
        address=actor.address[:64],
        account_id=actor.account_id,
        name=actor.name,
        roles=",".join(actor.roles),
        session_id=actor.session_id,
        console=actor.console,
        action=deed.action,
        reads=reads,
        kind=deed.kind,
        object_id=deed.object_id[:200],
        label=label,
        unit_id=unit_id,
        facts=canonical(_bounded(deed.facts)),
    )


def _bounded(facts: Mapping[str, str]) -> dict[str, str]:
    return {key[:60]: str(value)[:LONGEST_FACT] for key, value in list(facts.items())[:_MOST_FACTS]}
