"""Hearings put on the list, changed before they begin. What excludes observation must be answered first, point by point."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.access import Person, Role
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import Account, Courtroom, GrantRow, HearingMarkRow, HearingRow
from vms.hearings.changing import Done, HearingDesk, Mark
from vms.hearings.faults import NotPossible, Refused
from vms.hearings.gate import MEANS, Flag, Point
from vms.hearings.officers import Office, officers_of
from vms.hearings.papers import case_number
from vms.hearings.stages import Procedure
from vms.hearings.states import BEFORE
from vms.organisation import Organisation

LONGEST_MS = 31 * 86_400_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What a hearing is to be. `parties` are (role, name)."""

    courtroom_id: str
    case_number: str
    procedure: Procedure
    title: str
    parties: Sequence[tuple[str, str]]
    judge_id: str
    begins_ms: int
    ends_ms: int
    flags: Collection[Flag]
    checklist: Mapping[Point, bool]
    delay_s: int = 0
    officers: Collection[tuple[Office, str]] = ()


class Scheduling:
    def __init__(self, db: Database, organisation: Organisation, desk: HearingDesk, clock: Clock) -> None:
        self._db = db
        self._organisation = organisation
        self._desk = desk
        self._clock = clock

    async def schedule(self, by: Person, plan: Plan) -> str:
        """A new hearing; its id. Whoever calls has checked the right over the courtroom. Raises `Refused`."""
        flags = checked(plan)
        now_ms = self._clock()
        tree = await self._organisation.tree(now_ms)
        async with self._db.transaction() as session:
            room = await session.get(Courtroom, plan.courtroom_id)
            if room is None:
                raise Refused("courtroom", "courtroom_id")
            await _check_judge(session, plan.judge_id, tree.path(room.court_id), now_ms)
            row = HearingRow(
                court_id=room.court_id,
                courtroom_id=room.id,
                case_number=case_number(plan.case_number),
                procedure=plan.procedure,
                title=plan.title,
                judge_id=plan.judge_id,
                begins_ms=plan.begins_ms,
                ends_ms=plan.ends_ms,
                since_ms=now_ms,
                created_ms=now_ms,
                created_by=by.account_id,
            )
            _write(row, plan, flags)
            session.add(row)
            await session.flush()
            session.add(
                HearingMarkRow(
                    hearing_id=row.id,
                    number=1,
                    at_ms=now_ms,
                    act="schedule",
                    state=row.state,
                    account_id=by.account_id,
                    name=by.name,
                )
            )
        return row.id

    async def change(self, hearing_id: str, by: Person, version: int, plan: Plan) -> Done:
        """In place of what was planned, while the hearing has not begun. Raises `NoSuchHearing`, `Changed`, `NotPossible`, `Refused`."""
        flags = checked(plan)
        tree = await self._organisation.tree()

        async def apply(session: AsyncSession, row: HearingRow) -> Mark:
            if row.state not in BEFORE:
                raise NotPossible
            room = await session.get(Courtroom, plan.courtroom_id)
            if room is None or room.court_id != row.court_id:
                raise Refused("courtroom", "courtroom_id")
            await _check_judge(session, plan.judge_id, tree.path(room.court_id), self._clock())
            row.courtroom_id = room.id
            _write(row, plan, flags)
            return Mark("plan", hidden=True)

        return await self._desk.change(hearing_id, by, version, apply)


async def _check_judge(session: AsyncSession, judge_id: str, path: frozenset[str], now_ms: int) -> None:
    """A presiding judge is somebody who holds that role over this court (or above it: `path`) now."""
    account = await session.get(Account, judge_id)
    grants = await session.exec(
        select(GrantRow).where(
            col(GrantRow.account_id) == judge_id,
            col(GrantRow.role) == Role.PRESIDING_JUDGE,
            col(GrantRow.unit_id).in_(path),
        )
    )
    if account is None or account.locked or not any(grant.holds(now_ms) for grant in grants):
        raise Refused("judge", "judge_id")


def checked(plan: Plan) -> frozenset[Flag]:
    """The flags that the plan has with what its checklist says. Raises `Refused`: unanswered, period."""
    unanswered = [point for point in Point if point not in plan.checklist]
    if unanswered:
        raise Refused("unanswered", f"checklist.{unanswered[0]}")
    if not plan.begins_ms < plan.ends_ms <= plan.begins_ms + LONGEST_MS:
        raise Refused("period", "ends_ms")
    return frozenset(plan.flags) | {MEANS[point] for point, answer in plan.checklist.items() if answer}


def _write(row: HearingRow, plan: Plan, flags: frozenset[Flag]) -> None:
    row.case_number = case_number(plan.case_number)
    row.procedure, row.title, row.judge_id = plan.procedure, plan.title, plan.judge_id
    row.parties = [{"role": role, "name": name} for role, name in plan.parties]
    officers = officers_of(plan.officers, plan.procedure)
    row.officers = [{"office": str(office), "name": name} for office, name in officers]
    row.begins_ms, row.ends_ms = plan.begins_ms, plan.ends_ms
    row.flags = sorted(flags)
    row.delay_s = plan.delay_s
    row.checklist = {str(point): answer for point, answer in plan.checklist.items()}
