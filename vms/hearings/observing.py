"""What observers leave behind: that they accepted the warning, and notes that nobody else reads before the hearing is over."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, or_, select, update
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.access import HearingObject, Person, reach
from vms.access.actions import Action
from vms.accounts.sessions import Visitor
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import AcceptanceRow, HearingMarkRow, HearingNoteRow, HearingRow
from vms.hearings.facts import course_of
from vms.hearings.faults import NoSuchHearing, NotPossible, Refused
from vms.hearings.gate import Card, card
from vms.hearings.states import State

WARNING = "2026-1"
"""The version of the warning that pages show: no photographing, no recording, no passing on."""
MOST_NOTES = 5_000
MOST_AGENT = 300


@dataclass(frozen=True, slots=True)
class NewNote:
    kind: str
    text: str


class Observing:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def accept(self, hearing_id: str, by: Person, warning: str, visitor: Visitor) -> None:
        """Recorded once for each session; the first time counts. Raises `Refused` for another warning than the present one."""
        if warning != WARNING:
            raise Refused("warning", "warning")
        async with self._db.transaction() as session:
            if await session.get(AcceptanceRow, (hearing_id, by.account_id, by.session_id)) is None:
                session.add(
                    AcceptanceRow(
                        hearing_id=hearing_id,
                        account_id=by.account_id,
                        session_id=by.session_id,
                        at_ms=self._clock(),
                        address=visitor.address,
                        agent=visitor.agent[:MOST_AGENT],
                        warning=warning,
                    )
                )

    async def note(self, hearing: HearingObject, by: Person, new: NewNote) -> HearingNoteRow:
        """Append one. Raises `NoSuchHearing`, `Refused`: empty, too_many."""
        if new.kind == "note" and not new.text.strip():
            raise Refused("empty", "text")
        now_ms = self._clock()
        async with self._db.transaction() as session:
            row = await session.get(HearingRow, hearing.id)
            if row is None:
                raise NoSuchHearing
            if len(await _own(session, hearing.id, by.account_id)) >= MOST_NOTES:
                raise Refused("too_many", "text")
            course = course_of(row)
            seen = course is not None and card(course, row.flags) not in (Card.CLOSED, Card.CUT)
            written = HearingNoteRow(
                hearing_id=hearing.id,
                account_id=by.account_id,
                unit_id=body_of(hearing, by, now_ms),
                name=by.name,
                at_ms=now_ms,
                kind=new.kind,
                stage=await _stage_seen(session, row, now_ms) if seen else "",
                text=new.text,
            )
            session.add(written)
        return written

    async def notes(self, hearing: HearingObject, by: Person) -> list[HearingNoteRow]:
        """The own notes, and those that colleagues of the own unit have shared since the hearing was over; by time."""
        units = reach(by, Action.HEARING_NOTE, self._clock()).orders
        note = HearingNoteRow
        query = select(note).where(
            col(note.hearing_id) == hearing.id,
            or_(
                col(note.account_id) == by.account_id,
                (col(note.shared_ms).is_not(None)) & (col(note.unit_id).in_(units)),
            ),
        )
        async with self._db.session() as session:
            return list((await session.exec(query.order_by(col(note.at_ms), col(note.id)))).all())

    async def share(self, hearing: HearingObject, by: Person) -> None:
        """Let the own unit read the own notes. Raises `NotPossible` before the hearing is over."""
        async with self._db.transaction() as session:
            row = await session.get(HearingRow, hearing.id)
            if row is None:
                raise NoSuchHearing
            if row.state != State.ENDED:
                raise NotPossible
            note = HearingNoteRow
            mine = (
                update(note)
                .where(col(note.hearing_id) == hearing.id, col(note.account_id) == by.account_id)
                .where(col(note.shared_ms).is_(None))
                .values(shared_ms=self._clock())
            )
            await session.exec(mine)


async def _stage_seen(session: AsyncSession, row: HearingRow, now_ms: int) -> str:
    """The stage of what observers see: with a delay that of some minutes ago."""
    if not row.delay_s:
        return row.stage
    mark = HearingMarkRow
    query = select(mark.stage).where(col(mark.hearing_id) == row.id, col(mark.at_ms) <= now_ms - row.delay_s * 1000)
    return (await session.exec(query.order_by(col(mark.number).desc()).limit(1))).first() or ""


async def _own(session: AsyncSession, hearing_id: str, account_id: str) -> Sequence[str]:
    query = select(HearingNoteRow.id).where(
        col(HearingNoteRow.hearing_id) == hearing_id, col(HearingNoteRow.account_id) == account_id
    )
    return (await session.exec(query)).all()


def body_of(hearing: HearingObject, by: Person, now_ms: int) -> str:
    """For which body somebody observes."""
    units = reach(by, Action.HEARING_NOTE, now_ms).orders
    return next(one.unit_id for one in hearing.admissions if one.names(by.account_id, units))
