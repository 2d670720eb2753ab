"""Recording a hearing: only for a purpose, started and stopped by the court, whole or in part (docs/adr/0033).

Whether a purpose is set is the court's decision; whether pictures are recorded at a moment follows from it and from what observers may see
(`gate.with_recorder`). The times in which they were are written down: nothing else of the cameras' recordings is ever shown.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlmodel.ext.asyncio.session import AsyncSession

from vms.access import Person
from vms.db.tables import HearingRow
from vms.hearings.changing import Done, HearingDesk, Mark
from vms.hearings.facts import course_of
from vms.hearings.faults import NotPossible, Refused
from vms.hearings.states import IDLE


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a hearing may be recorded for, as the court's policy names it."""

    code: str
    name: str
    name_en: str


class HearingRecorder:
    def __init__(self, desk: HearingDesk, purposes: Sequence[Purpose]) -> None:
        self._desk = desk
        self.purposes: Mapping[str, Purpose] = {one.code: one for one in purposes}

    async def start(self, hearing_id: str, by: Person, version: int, purpose: str, reason: str) -> Done:
        """From now on, or from when there is something that may be recorded. Raises `NoSuchHearing`, `Changed`, `NotPossible`,
        `Refused`.
        """
        if purpose not in self.purposes:
            raise Refused("unknown_purpose", "purpose")

        async def apply(_session: AsyncSession, row: HearingRow) -> Mark:
            course = course_of(row)
            if course is None or course.state in IDLE or row.recording_purpose == purpose:
                raise NotPossible
            row.recording_purpose = purpose
            return Mark("record", {"purpose": self.purposes[purpose].name} | ({"reason": reason} if reason else {}))

        return await self._desk.change(hearing_id, by, version, apply)

    async def stop(self, hearing_id: str, by: Person, version: int) -> Done:
        """Raises `NoSuchHearing`, `Changed`, `NotPossible` when it is not recorded."""

        async def apply(_session: AsyncSession, row: HearingRow) -> Mark:
            if row.recording_purpose is None:
                raise NotPossible
            row.recording_purpose = None
            return Mark("record_stop")

        return await self._desk.change(hearing_id, by, version, apply)
