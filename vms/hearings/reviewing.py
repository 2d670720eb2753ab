"""Minutes of a body's meeting about a hearing ("biên bản họp rút kinh nghiệm"): written together, final once."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.access import HearingObject, Person
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import GrantRow, HearingRow, ReviewRow
from vms.hearings.faults import Changed, NoSuchHearing, NotPossible, Refused
from vms.hearings.observing import body_of
from vms.hearings.states import State


@dataclass(frozen=True, slots=True)
class Written:
    """What stands in the minutes. `participants`: name, office, unit; `opinions`: name, text."""

    began_ms: int
    ended_ms: int | None
    place: str
    chair: str
    secretary: str
    prosecutor_id: str | None
    participants: Sequence[tuple[str, str, str]]
    opinions: Sequence[tuple[str, str]]
    strengths: str
    weaknesses: str
    conclusion: str
    final: bool


class Reviewing:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def minutes(self, hearing: HearingObject, by: Person) -> ReviewRow | None:
        """Those of the body for which somebody observes."""
        async with self._db.session() as session:
            return await _minutes(session, hearing.id, body_of(hearing, by, self._clock()))

    async def save(self, hearing: HearingObject, by: Person, version: int, text: Written) -> ReviewRow:
        """`version` 0 begins them. Raises `Changed`, `NotPossible` (final already; the hearing is not over), `Refused`."""
        if text.ended_ms is not None and text.ended_ms < text.began_ms:
            raise Refused("period", "ended_ms")
        now_ms = self._clock()
        unit_id = body_of(hearing, by, now_ms)
        async with self._db.transaction() as session:
            held = await session.get(HearingRow, hearing.id, with_for_update=True)
            if held is None:
                raise NoSuchHearing
            row = await _minutes(session, hearing.id, unit_id)
            if version != (0 if row is None else row.version):
                raise Changed(0 if row is None else row.version)
            if held.state != State.ENDED or (row is not None and row.final_ms is not None):
                raise NotPossible
            if text.prosecutor_id is not None and not await _belongs(session, text.prosecutor_id, unit_id):
                raise Refused("prosecutor", "prosecutor_id")
            if text.final and not text.conclusion.strip():
                raise Refused("unanswered", "conclusion")
            row = row or ReviewRow(
                hearing_id=hearing.id,
                unit_id=unit_id,
                began_ms=0,
                place="",
                chair="",
                secretary="",
                at_ms=0,
                account_id=by.account_id,
                version=0,
            )
            _write(row, text)
            row.at_ms, row.account_id = now_ms, by.account_id
            row.final_ms = now_ms if text.final else None
            row.version += 1
            session.add(row)
        return row


def _write(row: ReviewRow, text: Written) -> None:
    row.began_ms, row.ended_ms, row.place = text.began_ms, text.ended_ms, text.place
    row.chair, row.secretary, row.prosecutor_id = text.chair, text.secretary, text.prosecutor_id
    row.participants = [{"name": name, "office": office, "unit": unit} for name, office, unit in text.participants]
    row.opinions = [{"name": name, "text": said} for name, said in text.opinions]
    row.strengths, row.weaknesses, row.conclusion = text.strengths, text.weaknesses, text.conclusion


async def _minutes(session: AsyncSession, hearing_id: str, unit_id: str) -> ReviewRow | None:
    query = select(ReviewRow).where(col(ReviewRow.hearing_id) == hearing_id, col(ReviewRow.unit_id) == unit_id)
    return (await session.exec(query)).first()


async def _belongs(session: AsyncSession, account_id: str, unit_id: str) -> bool:
    """Whether somebody has ever held a role in this body."""
    query = select(GrantRow.id).where(col(GrantRow.account_id) == account_id, col(GrantRow.unit_id) == unit_id)
    return (await session.exec(query)).first() is not None
