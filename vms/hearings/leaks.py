"""Whose copy it is: the attendance register asked for the views that a file's imprints name."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import col, select

from vms.db.engine import Database
from vms.db.tables import Account, AttendanceRow, HearingRow
from vms.hearings.imprint_reading import Seen


@dataclass(frozen=True, slots=True)
class Leak:
    """One view that a file is a copy of. `row`, `login` and `hearing` are None when the register has no entry (any more).

    `first_ms`, `last_ms`: when the first and the last imprinted picture of the file were captured; `keyframes`: how many there are.
    """

    view_id: str
    first_ms: int
    last_ms: int
    keyframes: int
    row: AttendanceRow | None
    login: str | None
    hearing: HearingRow | None


async def leaks_of(db: Database, views: Mapping[str, Seen]) -> list[Leak]:
    """By the time of what they show."""
    query = (
        select(AttendanceRow, Account.login, HearingRow)
        .join(Account, col(Account.id) == col(AttendanceRow.account_id))
        .join(HearingRow, col(HearingRow.id) == col(AttendanceRow.hearing_id))
        .where(col(AttendanceRow.id).in_(views))
    )
    async with db.session() as session:
        entries = {row.id: (row, login, hearing) for row, login, hearing in await session.exec(query)}
    found = [
        Leak(view_id, seen.first_ms, seen.last_ms, len(seen.captured_ms), *entries.get(view_id, (None, None, None)))
        for view_id, seen in views.items()
    ]
    return sorted(found, key=lambda leak: (leak.first_ms, leak.view_id))
