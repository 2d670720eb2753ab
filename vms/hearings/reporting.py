"""Figures of a month for each body, and of a year for each judge and prosecutor: of the courts and bodies that the reader reaches."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, or_
from sqlmodel import col, func, select
from sqlmodel.sql.expression import SelectOfScalar

from vms.access import Reach, Role
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import AttendanceRow, EvaluationRow, HearingMarkRow, HearingRow, ReviewRow
from vms.hearings.attendance import visits_of
from vms.hearings.interruptions import technical_pauses
from vms.hearings.reading import HearingReader
from vms.hearings.states import State
from vms.organisation import Organisation
from vms.papers.monthly import BodyFigures
from vms.papers.quota import QuotaRow

JUDGE, PROSECUTOR = "Thẩm phán", "Kiểm sát viên"


@dataclass(slots=True)
class _Counted:
    held: int = 0
    interruptions: int = 0
    interrupted_ms: int = 0
    hearings: set[str] = field(default_factory=set)
    people: set[tuple[str, str]] = field(default_factory=set)
    watched_ms: int = 0
    sheets: int = 0
    minutes: int = 0


class Reporting:
    def __init__(self, db: Database, organisation: Organisation, reader: HearingReader, clock: Clock) -> None:
        self._db = db
        self._organisation = organisation
        self._reader = reader
        self._clock = clock

    async def monthly(self, where: Reach, from_ms: int, to_ms: int) -> list[BodyFigures]:
        """By name. To a court also what others watched of its hearings; to a body what it watched itself."""
        tree = await self._organisation.tree()
        courts = tree.subtree(where.court)
        counted: defaultdict[str, _Counted] = defaultdict(_Counted)
        await self._held(counted, courts, from_ms, to_ms)
        await self._watched(counted, courts, where.orders, from_ms, to_ms)
        await self._written(counted, courts, where.orders, from_ms, to_ms)
        named = [(tree.units[chain[0]].name, one) for unit, one in counted.items() if (chain := tree.chain(unit))]
        return [
            BodyFigures(
                body=name,
                held=one.held,
                interruptions=one.interruptions,
                interrupted_ms=one.interrupted_ms,
                watched=len(one.hearings),
                people=len(one.people),
                watched_ms=one.watched_ms,
                sheets=one.sheets,
                minutes=one.minutes,
            )
            for name, one in sorted(named, key=lambda each: each[0])
        ]

    async def quota(self, where: Reach, from_ms: int, to_ms: int, owed: int) -> list[QuotaRow]:
        """Everyone who holds the office now, by unit and name, with the hearings of theirs whose minutes became final in this time."""
        tree = await self._organisation.tree()
        courts = tree.subtree(where.court)
        final = col(ReviewRow.final_ms).is_not(None) & _within(ReviewRow.final_ms, from_ms, to_ms)
        by_judge = (
            select(HearingRow.judge_id, func.count(func.distinct(HearingRow.id)))
            .join(ReviewRow, col(ReviewRow.hearing_id) == col(HearingRow.id))
            .where(final)
            .group_by(col(HearingRow.judge_id))
        )
        by_prosecutor = (
            select(ReviewRow.prosecutor_id, func.count(func.distinct(ReviewRow.hearing_id)))
            .where(final, col(ReviewRow.prosecutor_id).is_not(None))
            .group_by(col(ReviewRow.prosecutor_id))
        )
        async with self._db.session() as session:
            judges = dict((await session.exec(by_judge)).all())
            prosecutors = dict((await session.exec(by_prosecutor)).all())
        rows = [
            QuotaRow(name, office, tree.units[unit_id].name, done.get(account_id, 0), owed)
            for office, role, units, done in (
                (JUDGE, Role.PRESIDING_JUDGE, courts, judges),
                (PROSECUTOR, Role.PROSECUTOR, where.orders, prosecutors),
            )
            for unit_id, people in (await self._reader.holders([role])).items()
            if unit_id in units and unit_id in tree.units
            for account_id, name in people
        ]
        return sorted(rows, key=lambda row: (row.office != JUDGE, row.unit, row.name))

    async def _held(self, counted: dict[str, _Counted], courts: frozenset[str], from_ms: int, to_ms: int) -> None:
        query = select(HearingRow).where(
            col(HearingRow.court_id).in_(courts),
            _within(HearingRow.begins_ms, from_ms, to_ms),
            col(HearingRow.state) == State.ENDED,
        )
        async with self._db.session() as session:
            hearings = {row.id: row for row in await session.exec(query)}
            marks: defaultdict[str, list[HearingMarkRow]] = defaultdict(list)
            of = select(HearingMarkRow).where(col(HearingMarkRow.hearing_id).in_(hearings))
            for mark in await session.exec(of.order_by(col(HearingMarkRow.number))):
                marks[mark.hearing_id].append(mark)
        for hearing_id, row in hearings.items():
            pauses = technical_pauses(marks[hearing_id])
            one = counted[row.court_id]
            one.held += 1
            one.interruptions += len(pauses)
            one.interrupted_ms += sum(pause.to_ms - pause.from_ms for pause in pauses if pause.to_ms is not None)

    async def _watched(
        self,
        counted: dict[str, _Counted],
        courts: frozenset[str],
        bodies: frozenset[str],
        from_ms: int,
        to_ms: int,
    ) -> None:
        query = (
            select(AttendanceRow)
            .join(HearingRow, col(HearingRow.id) == col(AttendanceRow.hearing_id))
            .where(_within(AttendanceRow.began_ms, from_ms, to_ms), col(AttendanceRow.observer).is_(True))
            .where(or_(col(HearingRow.court_id).in_(courts), col(AttendanceRow.unit_id).in_(bodies)))
        )
        groups: defaultdict[tuple[str, str], list[AttendanceRow]] = defaultdict(list)
        async with self._db.session() as session:
            for row in await session.exec(query):
                groups[row.unit_id, row.hearing_id].append(row)
        for (unit_id, hearing_id), rows in groups.items():
            one = counted[unit_id]
            one.hearings.add(hearing_id)
            one.people |= {(hearing_id, row.account_id) for row in rows}
            one.watched_ms += self._length_ms(rows)

    def _length_ms(self, rows: Sequence[AttendanceRow]) -> int:
        """Several pictures at once count once for each person and place."""
        now_ms = self._clock()
        return sum(
            (now_ms if visit.to_ms is None else visit.to_ms)
            - visit.from_ms
            - sum(end - begin for begin, end in visit.gaps)
            for visit in visits_of(rows, {})
        )

    async def _written(
        self,
        counted: dict[str, _Counted],
        courts: frozenset[str],
        bodies: frozenset[str],
        from_ms: int,
        to_ms: int,
    ) -> None:
        async with self._db.session() as session:
            for unit_id in await session.exec(_final(EvaluationRow, courts, bodies, from_ms, to_ms)):
                counted[unit_id].sheets += 1
            for unit_id in await session.exec(_final(ReviewRow, courts, bodies, from_ms, to_ms)):
                counted[unit_id].minutes += 1


def _final(
    table: type[EvaluationRow | ReviewRow], courts: Iterable[str], bodies: Iterable[str], from_ms: int, to_ms: int
) -> SelectOfScalar[str]:
    return (
        select(table.unit_id)
        .join(HearingRow, col(HearingRow.id) == col(table.hearing_id))
        .where(_within(table.final_ms, from_ms, to_ms))
        .where(or_(col(HearingRow.court_id).in_(courts), col(table.unit_id).in_(bodies)))
    )


def _within(column: int | None, from_ms: int, to_ms: int) -> ColumnElement[bool]:
    return (col(column) >= from_ms) & (col(column) < to_ms)
