"""Hearings that somebody may write about, and how far their body has come with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlmodel import col, select

from vms.access import HearingObject, Person
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import EvaluationRow, ReviewRow
from vms.hearings.observing import body_of


class Progress(StrEnum):
    NONE = "none"
    DRAFT = "draft"
    FINAL = "final"


@dataclass(frozen=True, slots=True)
class Standing:
    """Of one hearing: `unit_id` is the reader's body, `sheet` their own one, `sheets` how many the body has handed in."""

    unit_id: str
    sheet: Progress
    sheets: int
    minutes: Progress


class Reviewed:
    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def standing(self, hearings: Sequence[HearingObject], by: Person) -> Mapping[str, Standing]:
        """By hearing. Each must be one that `by` may write about."""
        now_ms = self._clock()
        units = {hearing.id: body_of(hearing, by, now_ms) for hearing in hearings}
        async with self._db.session() as session:
            of_hearings = col(EvaluationRow.hearing_id).in_(units)
            sheets = (await session.exec(select(EvaluationRow).where(of_hearings))).all()
            minutes = (await session.exec(select(ReviewRow).where(col(ReviewRow.hearing_id).in_(units)))).all()
        own = {sheet.hearing_id: sheet for sheet in sheets if sheet.account_id == by.account_id}
        bodys = {row.hearing_id: row for row in minutes if row.unit_id == units[row.hearing_id]}
        return {
            hearing_id: Standing(
                unit_id=unit_id,
                sheet=_progress(own.get(hearing_id)),
                sheets=sum(
                    sheet.hearing_id == hearing_id and sheet.unit_id == unit_id and sheet.final_ms is not None
                    for sheet in sheets
                ),
                minutes=_progress(bodys.get(hearing_id)),
            )
            for hearing_id, unit_id in units.items()
        }


def _progress(row: EvaluationRow | ReviewRow | None) -> Progress:
    if row is None:
        return Progress.NONE
    return Progress.DRAFT if row.final_ms is None else Progress.FINAL
