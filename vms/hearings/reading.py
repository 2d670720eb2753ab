"""Hearings read: lists filtered in the query, one with everything that belongs to it, and what rights are asked about."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import and_, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.access import HearingObject, Reach, Role
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import (
    Account,
    Angle,
    Courtroom,
    GrantRow,
    HearingMarkRow,
    HearingRecordingRow,
    HearingRow,
    RoomCheckRow,
)
from vms.hearings.facts import Orders, hearing_object, listed, noted, orders_of
from vms.hearings.states import State
from vms.organisation import Organisation, OrgTree

MOST_LISTED = 500
OBSERVING = (Role.PROSECUTOR, Role.PROSECUTORS_LEADER, Role.OVERSIGHT_OBSERVER)


@dataclass(frozen=True, slots=True)
class HearingView:
    """A hearing with what a page shows of it. `names`: of every account that it mentions."""

    row: HearingRow
    object: HearingObject
    courtroom: Courtroom
    angles: tuple[Angle, ...]
    orders: Orders
    tree: OrgTree
    names: Mapping[str, str]
    recordings: tuple[HearingRecordingRow, ...] = ()
    """The times in which it was recorded, the earliest first."""

    def unit(self, unit_id: str) -> str:
        return self.tree.name(unit_id)


class HearingReader:
    def __init__(self, db: Database, organisation: Organisation, clock: Clock) -> None:
        self._db = db
        self._organisation = organisation
        self._clock = clock

    async def listed(self, reach: Reach, account_id: str, from_ms: int, to_ms: int) -> list[HearingView]:
        """Those that begin in this time and those that still run, as far as the reader may know of them; by time."""
        tree = await self._organisation.tree(reach.at_ms)
        begins = col(HearingRow.begins_ms)
        running = col(HearingRow.state).not_in([State.SCHEDULED, State.ADJOURNED, State.ENDED])
        query = (
            select(HearingRow)
            .where(or_(and_(begins >= from_ms, begins < to_ms), and_(running, begins < to_ms)))
            .where(listed(reach, account_id, tree))
            .order_by(begins, col(HearingRow.id))
            .limit(MOST_LISTED)
        )
        async with self._db.session() as session:
            return await _views(session, (await session.exec(query)).all(), tree)

    async def reviewed(self, reach: Reach, account_id: str, from_ms: int, to_ms: int) -> list[HearingView]:
        """Those that began or were to begin in this time and that the reader may write about; the newest first."""
        tree = await self._organisation.tree(reach.at_ms)
        begins = col(HearingRow.begins_ms)
        query = (
            select(HearingRow)
            .where(begins >= from_ms, begins < to_ms, noted(reach, account_id))
            .where(col(HearingRow.court_id).in_(tree.subtree(tree.units)))
            .order_by(begins.desc(), col(HearingRow.id))
            .limit(MOST_LISTED)
        )
        async with self._db.session() as session:
            return await _views(session, (await session.exec(query)).all(), tree)

    async def view(self, hearing_id: str) -> HearingView | None:
        tree = await self._organisation.tree()
        async with self._db.session() as session:
            row = await session.get(HearingRow, hearing_id)
            return None if row is None else (await _views(session, [row], tree))[0]

    async def object(self, hearing_id: str) -> HearingObject | None:
        """What rights are asked about."""
        tree = await self._organisation.tree()
        async with self._db.session() as session:
            row = await session.get(HearingRow, hearing_id)
            return None if row is None else hearing_object(row, await orders_of(session, [row]), tree)

    async def marks(self, hearing_id: str, *, hidden: bool) -> list[HearingMarkRow]:
        """The time-line; without what is hidden for observers."""
        query = select(HearingMarkRow).where(col(HearingMarkRow.hearing_id) == hearing_id)
        if not hidden:
            query = query.where(col(HearingMarkRow.hidden).is_(False))
        async with self._db.session() as session:
            return list((await session.exec(query.order_by(col(HearingMarkRow.number)))).all())

    async def room_checks(self, hearing_id: str) -> list[RoomCheckRow]:
        """The newest first."""
        query = select(RoomCheckRow).where(col(RoomCheckRow.hearing_id) == hearing_id)
        async with self._db.session() as session:
            return list((await session.exec(query.order_by(col(RoomCheckRow.at_ms).desc()))).all())

    async def holders(self, roles: Sequence[Role]) -> dict[str, list[tuple[str, str]]]:
        """By unit, who holds one of these roles there now: (account id, name), by name."""
        now_ms, ends = self._clock(), col(GrantRow.valid_to_ms)
        query = (
            select(GrantRow.unit_id, Account.id, Account.name)
            .join(Account, col(Account.id) == col(GrantRow.account_id))
            .where(col(GrantRow.role).in_(roles), col(Account.locked).is_(False))
            .where(col(GrantRow.valid_from_ms) <= now_ms, or_(ends.is_(None), ends > now_ms))
            .distinct()
        )
        found: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
        async with self._db.session() as session:
            for unit_id, account_id, name in await session.exec(query):
                found[unit_id].append((account_id, name))
        return {unit_id: sorted(people, key=lambda one: (one[1], one[0])) for unit_id, people in found.items()}


async def _views(session: AsyncSession, rows: Sequence[HearingRow], tree: OrgTree) -> list[HearingView]:
    orders = await orders_of(session, rows)
    room_ids = {row.courtroom_id for row in rows}
    rooms = {room.id: room for room in await session.exec(select(Courtroom).where(col(Courtroom.id).in_(room_ids)))}
    angles: defaultdict[str, list[Angle]] = defaultdict(list)
    query = select(Angle).where(col(Angle.courtroom_id).in_(room_ids), col(Angle.camera_id).is_not(None))
    for angle in await session.exec(query.order_by(col(Angle.channel), col(Angle.kind))):
        angles[angle.courtroom_id].append(angle)
    mentioned = {row.judge_id for row in rows}
    mentioned |= {named.account_id for found in orders.admissions.values() for named in found if named.account_id}
    times = select(HearingRecordingRow).where(col(HearingRecordingRow.hearing_id).in_([row.id for row in rows]))
    recorded: defaultdict[str, list[HearingRecordingRow]] = defaultdict(list)
    for time in await session.exec(times.order_by(col(HearingRecordingRow.from_ms))):
        recorded[time.hearing_id].append(time)
    accounts = await session.exec(select(Account.id, Account.name).where(col(Account.id).in_(mentioned)))
    names = dict(accounts.all())
    return [
        HearingView(
            row,
            hearing_object(row, orders, tree),
            rooms[row.courtroom_id],
            tuple(angles[row.courtroom_id]),
            orders,
            tree,
            names,
            tuple(recorded[row.id]),
        )
        for row in rows
    ]
