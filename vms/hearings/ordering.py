"""Observation orders: who may observe a hearing, by which paper; and the chair's switch for each body."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.access import Person
from vms.clock import Clock
from vms.db.tables import Account, AdmissionRow, BodyOffRow, GrantRow, HearingRow, ObservationOrderRow, Unit
from vms.hearings.changing import Done, HearingDesk, Mark
from vms.hearings.faults import NoSuchHearing, NotPossible, Refused
from vms.hearings.gate import Point
from vms.hearings.reading import OBSERVING
from vms.hearings.scheduling import LONGEST_MS
from vms.hearings.states import State

MOST_ORDERS = 50


@dataclass(frozen=True, slots=True)
class NamedBody:
    """Everyone of `unit_id`, or only `account_ids`."""

    unit_id: str
    account_ids: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class NewOrder:
    number: str
    signer: str
    angles: Sequence[str]
    valid_from_ms: int
    valid_to_ms: int
    bodies: Sequence[NamedBody]


class Ordering:
    def __init__(self, desk: HearingDesk, clock: Clock) -> None:
        self._desk = desk
        self._clock = clock

    async def order(self, hearing_id: str, by: Person, version: int, wanted: NewOrder) -> Done:
        """Raises `NoSuchHearing`, `Changed`, `NotPossible`, `Refused`: period, body, person, too_many, unanswered."""

        async def apply(session: AsyncSession, row: HearingRow) -> Mark:
            if row.state == State.ENDED:
                raise NotPossible
            if any(point not in row.checklist for point in Point):
                raise Refused("unanswered", "checklist")
            await self._check(session, row, wanted)
            order = ObservationOrderRow(
                hearing_id=row.id,
                number=wanted.number,
                signer=wanted.signer,
                angles=sorted(set(wanted.angles)),
                valid_from_ms=wanted.valid_from_ms,
                valid_to_ms=wanted.valid_to_ms,
                created_ms=self._clock(),
                created_by=by.account_id,
            )
            session.add(order)
            await session.flush()
            for body in wanted.bodies:
                for account_id in dict.fromkeys(body.account_ids) or (None,):
                    session.add(AdmissionRow(order_id=order.id, unit_id=body.unit_id, account_id=account_id))
            facts = {"number": wanted.number, "units": ",".join(body.unit_id for body in wanted.bodies)}
            return Mark("order", facts, hidden=True)

        return await self._desk.change(hearing_id, by, version, apply)

    async def revoke(self, hearing_id: str, by: Person, version: int, order_id: str) -> Done:
        """An order ends now. Raises `NoSuchHearing` (also for an order of another hearing), `Changed`."""

        async def apply(session: AsyncSession, row: HearingRow) -> Mark:
            order = await session.get(ObservationOrderRow, order_id)
            if order is None or order.hearing_id != row.id:
                raise NoSuchHearing
            if order.revoked_ms is None:
                order.revoked_ms = self._clock()
                session.add(order)
            return Mark("order_revoked", {"number": order.number}, hidden=True)

        return await self._desk.change(hearing_id, by, version, apply)

    async def switch(self, hearing_id: str, by: Person, unit_id: str, reason: str, *, on: bool) -> Done:
        """The chair lets a body in or out: at any time, whatever else happens meanwhile. Raises `NoSuchHearing`, `Refused`: body."""

        async def apply(session: AsyncSession, row: HearingRow) -> Mark:
            if await session.get(Unit, unit_id) is None:
                raise Refused("body", "unit_id")
            off = await session.get(BodyOffRow, (row.id, unit_id))
            if on and off is not None:
                await session.delete(off)
            elif not on and off is None:
                now_ms, account_id = self._clock(), by.account_id
                session.add(
                    BodyOffRow(hearing_id=row.id, unit_id=unit_id, at_ms=now_ms, account_id=account_id, reason=reason)
                )
            facts = {"unit": unit_id, "reason": reason} if reason else {"unit": unit_id}
            return Mark("body_on" if on else "body_off", facts, hidden=True)

        return await self._desk.change(hearing_id, by, None, apply)

    async def _check(self, session: AsyncSession, row: HearingRow, wanted: NewOrder) -> None:
        if not wanted.valid_from_ms < wanted.valid_to_ms <= wanted.valid_from_ms + LONGEST_MS:
            raise Refused("period", "valid_to_ms")
        orders = select(func.count()).where(col(ObservationOrderRow.hearing_id) == row.id)
        if (await session.exec(orders)).one() >= MOST_ORDERS:
            raise Refused("too_many", "bodies")
        for number, body in enumerate(wanted.bodies):
            unit = await session.get(Unit, body.unit_id)
            if unit is None or not unit.holds(self._clock()):
                raise Refused("body", f"bodies.{number}.unit_id")
            for account_id in body.account_ids:
                if not await self._observes(session, account_id, body.unit_id):
                    raise Refused("person", f"bodies.{number}.account_ids")

    async def _observes(self, session: AsyncSession, account_id: str, unit_id: str) -> bool:
        """Whether this person holds an observer's role in exactly this unit now."""
        account = await session.get(Account, account_id)
        grants = await session.exec(
            select(GrantRow).where(
                col(GrantRow.account_id) == account_id,
                col(GrantRow.unit_id) == unit_id,
                col(GrantRow.role).in_(OBSERVING),
            )
        )
        return account is not None and not account.locked and any(grant.holds(self._clock()) for grant in grants)
