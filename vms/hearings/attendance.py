"""The attendance register: one row for each picture that somebody watched, from when to when, written as views begin and end.

`began` and `ended` never wait; `run` writes, in order, and tries again for as long as it takes.
"""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import structlog
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from streams.types.gate import Audience
from vms.access import Action, Person, reach
from vms.clock import Clock
from vms.db.engine import Database, DatabaseUnavailableError
from vms.db.tables import AcceptanceRow, Angle, AttendanceRow, HearingRow
from vms.hearings.facts import RUNNING, hearing_object, orders_of
from vms.organisation import Organisation

log = structlog.get_logger(__name__)

MOST_WAITING = 20_000
RETRY_S = 1.0
TOGETHER_MS = 3_000
"""Two views of one person that lie closer together than this are one visit: a picture that was swapped is no gap."""


class View(Protocol):
    @property
    def view_id(self) -> str: ...

    @property
    def camera_id(self) -> str: ...

    @property
    def account_id(self) -> str: ...

    @property
    def session_id(self) -> str: ...

    @property
    def address(self) -> str: ...

    @property
    def began_ms(self) -> int: ...

    @property
    def audience(self) -> Audience: ...


@dataclass(frozen=True, slots=True)
class Visit:
    """One person at one place: from the first picture to the last, and when there was none in between."""

    account_id: str
    name: str
    unit: str
    address: str
    observer: bool
    angles: tuple[str, ...]
    from_ms: int
    to_ms: int | None
    gaps: tuple[tuple[int, int], ...]
    accepted_ms: int | None = None


class Attendance:
    def __init__(
        self,
        db: Database,
        organisation: Organisation,
        person: Callable[[str], Awaitable[Person | None]],
        address: Callable[[str], Awaitable[str]],
        clock: Clock,
    ) -> None:
        """`person` finds an account, `address` from where a session was opened ("" when that is not known any more)."""
        self._db = db
        self._organisation = organisation
        self._person = person
        self._address = address
        self._clock = clock
        self._news: asyncio.Queue[tuple[View, int | None]] = asyncio.Queue(MOST_WAITING)

    def began(self, view: View) -> None:
        self._put(view, None)

    def ended(self, view: View) -> None:
        self._put(view, self._clock())

    async def run(self) -> None:
        """Write until cancelled."""
        while True:
            view, ended_ms = await self._news.get()
            while True:
                try:
                    await (self.write_begin(view) if ended_ms is None else self.write_end(view, ended_ms))
                    break
                except DatabaseUnavailableError as error:
                    log.warning("attendance_waits", detail=str(error), waiting=self._news.qsize())
                    await asyncio.sleep(RETRY_S)

    async def write_begin(self, view: View) -> None:
        """A view of a courtroom has begun."""
        person = await self._person(view.account_id)
        address = view.address or await self._address(view.session_id)
        tree = await self._organisation.tree()
        async with self._db.transaction() as session:
            found = await _hearing(session, view.camera_id)
            if found is None or person is None or await session.get(AttendanceRow, view.view_id) is not None:
                return
            row, angle = found
            unit_id, observer = row.court_id, view.audience is Audience.OBSERVERS
            if observer:
                units = reach(person, Action.HEARING_LIST, self._clock()).orders
                admissions = hearing_object(row, await orders_of(session, [row]), tree).admissions
                unit_id = next((one.unit_id for one in admissions if one.names(person.account_id, units)), "")
            session.add(
                AttendanceRow(
                    id=view.view_id,
                    hearing_id=row.id,
                    account_id=person.account_id,
                    name=person.name,
                    unit_id=unit_id,
                    unit=tree.name(unit_id),
                    address=address,
                    angle=angle,
                    camera_id=view.camera_id,
                    observer=observer,
                    began_ms=view.began_ms,
                )
            )

    async def write_end(self, view: View, ended_ms: int) -> None:
        """It has ended."""
        async with self._db.transaction() as session:
            row = await session.get(AttendanceRow, view.view_id)
            if row is not None and row.ended_ms is None:
                row.ended_ms = ended_ms
                session.add(row)

    async def register(self, hearing_id: str, running: Collection[str]) -> list[Visit]:
        """Who was there, by unit and name. `running`: the views that run now; whatever else has no end ended without our knowing."""
        query = select(AttendanceRow).where(col(AttendanceRow.hearing_id) == hearing_id)
        accepted = select(AcceptanceRow).where(col(AcceptanceRow.hearing_id) == hearing_id)
        accepted = accepted.order_by(col(AcceptanceRow.at_ms).desc())
        async with self._db.session() as session:
            rows = (await session.exec(query.order_by(col(AttendanceRow.began_ms)))).all()
            times: dict[tuple[str, str], int] = {}
            for one in await session.exec(accepted):  # the newest first: what stays is the first
                times[one.account_id, one.address] = times[one.account_id, ""] = one.at_ms
            hearing = await session.get(HearingRow, hearing_id)
        over_ms = hearing.since_ms if hearing is not None and hearing.state not in RUNNING else self._clock()
        for row in rows:
            if row.ended_ms is None and row.id not in running:
                row.ended_ms = max(row.began_ms, over_ms)
        visits = visits_of(rows, times)
        return sorted(visits, key=lambda visit: (not visit.observer, visit.unit, visit.name, visit.from_ms))

    def _put(self, view: View, ended_ms: int | None) -> None:
        if view.audience is Audience.ANYONE or not view.camera_id:
            return
        if self._news.full():
            log.error("attendance_full", view_id=view.view_id)
            return
        self._news.put_nowait((view, ended_ms))


def visits_of(rows: Iterable[AttendanceRow], accepted: Mapping[tuple[str, str], int]) -> list[Visit]:
    """Views put together to visits. `accepted`: when, by account and address; without an address wherever it was. Pure."""
    people: defaultdict[tuple[str, str, bool], list[AttendanceRow]] = defaultdict(list)
    for row in rows:
        people[row.account_id, row.address, row.observer].append(row)
    return [
        _visit(found, accepted.get((account_id, address), accepted.get((account_id, ""))))
        for (account_id, address, _), found in people.items()
    ]


def _visit(rows: Sequence[AttendanceRow], accepted_ms: int | None) -> Visit:
    rows = sorted(rows, key=lambda row: row.began_ms)
    gaps: list[tuple[int, int]] = []
    seen_to_ms: int | None = rows[0].began_ms
    for row in rows:
        if seen_to_ms is not None and row.began_ms > seen_to_ms + TOGETHER_MS:
            gaps.append((seen_to_ms, row.began_ms))
        if seen_to_ms is not None:
            seen_to_ms = None if row.ended_ms is None else max(seen_to_ms, row.ended_ms)
    first = rows[0]
    return Visit(
        first.account_id,
        first.name,
        first.unit,
        first.address,
        first.observer,
        tuple(sorted({row.angle for row in rows})),
        first.began_ms,
        seen_to_ms,
        tuple(gaps),
        accepted_ms,
    )


async def _hearing(session: AsyncSession, camera_id: str) -> tuple[HearingRow, str] | None:
    """The hearing that runs before a camera, and which angle the camera is."""
    query = (
        select(HearingRow, Angle.kind)
        .join(Angle, col(Angle.courtroom_id) == col(HearingRow.courtroom_id))
        .where(col(Angle.camera_id) == camera_id, col(HearingRow.state).in_(RUNNING))
    )
    rows = (await session.exec(query)).all()
    return rows[0] if len(rows) == 1 else None
