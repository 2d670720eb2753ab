"""Changing a hearing: one winner, one mark, and the gates told as soon as it is written.

Whoever changes something names the version that they saw. The gates are worked out in the same transaction and told right behind it; that
they stand is waited for, so that an act is "done" when nothing runs any more that it ends.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from streams.types.gate import Gate
from vms.access import Person
from vms.cameras.notices import HearingMoved, Notices
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import HearingMarkRow, HearingRow
from vms.hearings.facts import RUNNING, course_of
from vms.hearings.faults import Changed, NoSuchHearing
from vms.hearings.gate import NOBODY, audiences, card
from vms.hearings.gates import gates_now, gates_numbered
from vms.hearings.ports import Confirmation, GatePort
from vms.hearings.recorded_times import keep_times, recorded_for
from vms.hearings.states import OVER, Act, Course, State

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Mark:
    """What was done, for the time-line. `hidden`: nobody else looked, so observers do not read of it. `tells`: the gates are told anew."""

    act: str
    facts: dict[str, str] = field(default_factory=dict)
    hidden: bool = False
    tells: bool = False


Apply = Callable[[AsyncSession, HearingRow], Awaitable[Mark]]


@dataclass(frozen=True, slots=True)
class Done:
    """`took_ms`: from the beginning until the gates stood, or could not be made to."""

    hearing_id: str
    confirmation: Confirmation
    took_ms: int


class HearingDesk:
    def __init__(self, db: Database, clock: Clock, notices: Notices, gates: GatePort) -> None:
        self._db = db
        self._clock = clock
        self._notices = notices
        self._gates = gates

    async def change(self, hearing_id: str, by: Person, version: int | None, apply: Apply) -> Done:
        """Apply a change. Without `version` it counts whatever happened meanwhile.

        Raises `NoSuchHearing`, `Changed`, and what `apply` raises.
        """
        began_s = time.monotonic()
        async with self._db.transaction() as session:
            row = await session.get(HearingRow, hearing_id, with_for_update=True)
            if row is None:
                raise NoSuchHearing
            if version is not None and row.version != version:
                log.info("hearing_conflict", hearing_id=hearing_id, version=row.version, seen=version, by=by.account_id)
                raise Changed(row.version)
            before, recorded = _shown(row), recorded_for(row)
            mark = await apply(session, row)
            now_ms = self._clock()
            if row.state in OVER:
                row.recording_purpose = None
            await keep_times(session, row, recorded, by, now_ms)
            shows_otherwise = _shown(row) != before
            if shows_otherwise:
                row.since_ms, row.dropped = now_ms, []
            row.version += 1
            session.add(row)
            written = await _mark(session, row, by, mark, now_ms)
            await session.flush()
            # A cut that is pressed again asks again whether it stands.
            tells = shows_otherwise or mark.tells or recorded_for(row) != recorded or mark.act == Act.CUT
            gates = await gates_now(session, [row.courtroom_id]) if tells else []
        confirmation = await self._tell(row, gates, now_ms)
        if gates and confirmation.confirmed:
            await self._confirmed(written.id)
        log.info("hearing_changed", hearing_id=hearing_id, act=mark.act, version=row.version, by=by.account_id)
        return Done(hearing_id, confirmation, round((time.monotonic() - began_s) * 1000))

    async def cut(self, hearing_id: str, by: Person, apply: Apply) -> Done:
        """`change` for what must not wait for the database's other writers: the gates are shut while it is being written.

        When the database is lost in between they stay shut. Raises what `change` raises.
        """
        async with self._db.session() as session:
            row = await session.get(HearingRow, hearing_id)
            running = row is not None and row.state in RUNNING
            gates = await gates_numbered(session, 0, [row.courtroom_id]) if row is not None and running else []
        shutting = self._gates.shut([gate.camera_id for gate in gates])
        _, done = await asyncio.gather(shutting, self.change(hearing_id, by, None, apply))
        return done

    async def _tell(self, row: HearingRow, gates: list[Gate], now_ms: int) -> Confirmation:
        # Pages learn at once why their pictures end; the gates are what ends them.
        course = course_of(row) or Course(State.CLOSED_PART)
        self._notices.publish(HearingMoved(row.id, row.version, card(course, row.flags), row.expected_ms))
        return await self._gates.set(gates) if gates else Confirmation(confirmed=True, latest_ms=now_ms)

    async def _confirmed(self, mark_id: str) -> None:
        async with self._db.transaction() as session:
            row = await session.get(HearingMarkRow, mark_id)
            if row is not None:
                row.confirmed_ms = self._clock()
                session.add(row)


def _shown(row: HearingRow) -> object:
    course = course_of(row)
    return NOBODY if course is None else audiences(course, row.flags)


async def _mark(session: AsyncSession, row: HearingRow, by: Person, mark: Mark, now_ms: int) -> HearingMarkRow:
    last = select(func.max(HearingMarkRow.number)).where(col(HearingMarkRow.hearing_id) == row.id)
    written = HearingMarkRow(
        hearing_id=row.id,
        number=((await session.exec(last)).one() or 0) + 1,
        at_ms=now_ms,
        act=mark.act,
        state=row.state,
        stage=row.stage,
        account_id=by.account_id,
        name=by.name,
        facts=dict(mark.facts),
        hidden=mark.hidden,
    )
    session.add(written)
    return written
