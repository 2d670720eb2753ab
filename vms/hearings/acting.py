"""What is done in a running hearing: its acts, stages and flags."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from streams.types.gate import Audience
from vms.access import Person
from vms.clock import Clock
from vms.db.tables import Courtroom, HearingRow
from vms.hearings.changing import Done, HearingDesk, Mark
from vms.hearings.delay import Span, unseen, with_span
from vms.hearings.facts import RUNNING, course_of
from vms.hearings.faults import JudgeOnly, NotPossible, RoomBusy
from vms.hearings.gate import Flag, audiences
from vms.hearings.stages import OF_STATE, Procedure, Stage, may_mark
from vms.hearings.states import IDLE, PAUSED, WIDENING, Act, Course, NotNow, Outcome, State, after

DUMP = "dump"
"""The word for it in marks: no act of the course."""
_HIDDEN = frozenset({State.CLOSED_PART, State.DELIBERATION})


@dataclass(frozen=True, slots=True)
class Wish:
    """An act with what goes with it."""

    act: Act
    version: int | None
    expected_ms: int | None = None
    outcome: Outcome | None = None
    reason: str = ""


class Acting:
    def __init__(self, desk: HearingDesk, clock: Clock) -> None:
        self._desk = desk
        self._clock = clock

    async def act(self, hearing_id: str, by: Person, wish: Wish, *, presiding: bool) -> Done:
        """Raises `NoSuchHearing`, `Changed`, `NotPossible`, `JudgeOnly` (unless `presiding`), `RoomBusy`."""
        if wish.act in WIDENING and not presiding:
            raise JudgeOnly

        async def apply(session: AsyncSession, row: HearingRow) -> Mark:
            course = _course(row)
            if wish.act is Act.CUT and course.cut:
                return Mark(wish.act, {"again": "true"})
            try:
                to = after(course, wish.act, wish.outcome)
            except NotNow as error:
                raise NotPossible from error
            if State(course.state) in IDLE and to.state not in IDLE:
                await _room_is_free(session, row)
            _write(row, to)
            row.expected_ms = wish.expected_ms if to.state in PAUSED or to.cut else None
            facts = {"reason": wish.reason} if wish.reason else {}
            if to.outcome is not None:
                facts["outcome"] = to.outcome
            return Mark(wish.act, facts)

        if wish.act is Act.CUT and wish.version is None:
            return await self._desk.cut(hearing_id, by, apply)
        return await self._desk.change(hearing_id, by, wish.version, apply)

    async def dump(self, hearing_id: str, by: Person, seconds: int | None) -> Done:
        """Drop the last seconds (None: all) of what observers have not seen yet. Counts whatever happened meanwhile.

        Raises `NoSuchHearing`, and `NotPossible` where nothing waits to be seen.
        """

        async def apply(_session: AsyncSession, row: HearingRow) -> Mark:
            if not may_dump(row):
                raise NotPossible
            span = unseen(self._clock(), row.since_ms, row.delay_s, seconds)
            spans = with_span((Span(**one) for one in row.dropped), span)
            row.dropped = [{"from_ms": one.from_ms, "to_ms": one.to_ms} for one in spans]
            facts = {"from_ms": str(span.from_ms), "to_ms": str(span.to_ms)}
            return Mark(DUMP, facts, tells=True)

        return await self._desk.change(hearing_id, by, None, apply)

    async def mark_stage(self, hearing_id: str, by: Person, version: int, stage: Stage) -> Done:
        """Raises `NoSuchHearing`, `Changed`, `NotPossible`."""

        async def apply(_session: AsyncSession, row: HearingRow) -> Mark:
            state = _course(row).state
            if not may_mark(Procedure(row.procedure), stage, state):
                raise NotPossible
            row.stage = stage
            return Mark("stage", {"stage": stage}, hidden=state in _HIDDEN or bool(row.flags))

        return await self._desk.change(hearing_id, by, version, apply)

    async def set_flags(
        self, hearing_id: str, by: Person, version: int, flags: Collection[Flag], reason: str, *, presiding: bool
    ) -> Done:
        """Raises `NoSuchHearing`, `Changed`, `NotPossible`, and `JudgeOnly` for a flag that is taken away (unless `presiding`)."""

        async def apply(_session: AsyncSession, row: HearingRow) -> Mark:
            if _course(row).state is State.ENDED:
                raise NotPossible
            gone = set(row.flags) - set(flags)
            if gone and not presiding:
                raise JudgeOnly
            facts = {"added": ",".join(sorted(set(flags) - set(row.flags))), "removed": ",".join(sorted(gone))}
            row.flags = sorted(flags)
            return Mark(
                "flags", {name: text for name, text in (*facts.items(), ("reason", reason)) if text}, hidden=True
            )

        return await self._desk.change(hearing_id, by, version, apply)


def may_dump(row: HearingRow) -> bool:
    """Whether something waits that observers have not seen yet."""
    course = course_of(row)
    return row.delay_s > 0 and course is not None and Audience.OBSERVERS in audiences(course, row.flags)


def _course(row: HearingRow) -> Course:
    course = course_of(row)
    if course is None:
        raise NotPossible
    return course


def _write(row: HearingRow, course: Course) -> None:
    if course.state != row.state:
        row.stage = OF_STATE.get(course.state, Stage.OPENING if row.stage == Stage.PREPARATION else row.stage)
        if row.state == State.DELIBERATION and course.state in (State.OPEN, State.CLOSED_PART):
            row.stage = Stage.QUESTIONING  # trở lại xét hỏi
    row.state = course.state
    row.paused_from = course.paused_from
    row.closed_before, row.technical = course.closed_before, course.technical
    row.cut, row.judgment_open = course.cut, course.judgment_open
    row.outcome = course.outcome


async def _room_is_free(session: AsyncSession, row: HearingRow) -> None:
    # Locked: two hearings that begin at once in one room must see each other.
    await session.get(Courtroom, row.courtroom_id, with_for_update=True)
    others = select(HearingRow.id).where(
        col(HearingRow.courtroom_id) == row.courtroom_id,
        col(HearingRow.state).in_(RUNNING),
        col(HearingRow.id) != row.id,
    )
    if (await session.exec(others)).first() is not None:
        raise RoomBusy
