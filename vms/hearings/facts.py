"""Rows made into what rights are asked about: hearings as `HearingObject`, alone or by the camera that they run before."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from sqlalchemy import ColumnElement, and_, exists, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.access import Admission, HearingObject, Reach
from vms.db.tables.hearings import AcceptanceRow, AdmissionRow, BodyOffRow, HearingRow, ObservationOrderRow
from vms.db.tables.organisation import Angle
from vms.hearings.gate import NOBODY, audiences
from vms.hearings.states import IDLE, Course, Outcome, State
from vms.organisation import OrgTree

_NO_CAMERAS: Mapping[str, str] = MappingProxyType({})
RUNNING = tuple(str(state) for state in State if state not in IDLE)


def course_of(row: HearingRow) -> Course | None:
    """Where the hearing stands; None for a row that says something that we do not know: it shows nothing."""
    try:
        return Course(
            state=State(row.state),
            paused_from=None if row.paused_from is None else State(row.paused_from),
            closed_before=row.closed_before,
            technical=row.technical,
            cut=row.cut,
            judgment_open=row.judgment_open,
            outcome=None if row.outcome is None else Outcome(row.outcome),
        )
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Orders:
    """Of several hearings: their orders with whom they name, the bodies that are off, who accepted the warning, cameras by angle."""

    orders: Mapping[str, Sequence[ObservationOrderRow]]
    admissions: Mapping[str, Sequence[AdmissionRow]]
    """By order."""
    off: Mapping[str, Collection[str]]
    accepted: Mapping[str, Collection[tuple[str, str]]]
    """Account and session."""
    cameras: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """By courtroom: camera by angle."""


async def orders_of(session: AsyncSession, hearings: Sequence[HearingRow]) -> Orders:
    """Everything that decides who observes these hearings."""
    ids = [row.id for row in hearings]
    orders: defaultdict[str, list[ObservationOrderRow]] = defaultdict(list)
    query = select(ObservationOrderRow).where(col(ObservationOrderRow.hearing_id).in_(ids))
    for order in await session.exec(query.order_by(col(ObservationOrderRow.created_ms), col(ObservationOrderRow.id))):
        orders[order.hearing_id].append(order)
    order_ids = [order.id for found in orders.values() for order in found]
    admissions: defaultdict[str, list[AdmissionRow]] = defaultdict(list)
    named = select(AdmissionRow).where(col(AdmissionRow.order_id).in_(order_ids)).order_by(col(AdmissionRow.id))
    for admission in await session.exec(named):
        admissions[admission.order_id].append(admission)
    off: defaultdict[str, set[str]] = defaultdict(set)
    for body in await session.exec(select(BodyOffRow).where(col(BodyOffRow.hearing_id).in_(ids))):
        off[body.hearing_id].add(body.unit_id)
    accepted: defaultdict[str, set[tuple[str, str]]] = defaultdict(set)
    for one in await session.exec(select(AcceptanceRow).where(col(AcceptanceRow.hearing_id).in_(ids))):
        accepted[one.hearing_id].add((one.account_id, one.session_id))
    cameras: defaultdict[str, dict[str, str]] = defaultdict(dict)
    rooms = {row.courtroom_id for row in hearings}
    angles = select(Angle).where(col(Angle.courtroom_id).in_(rooms), col(Angle.camera_id).is_not(None))
    for angle in await session.exec(angles):
        cameras[angle.courtroom_id][angle.kind] = angle.camera_id or ""
    return Orders(orders, admissions, off, accepted, cameras)


def hearing_object(row: HearingRow, orders: Orders, tree: OrgTree) -> HearingObject:
    course = course_of(row)
    return HearingObject(
        id=row.id,
        unit_path=tree.path(row.court_id),
        judge_id=row.judge_id,
        audiences=NOBODY if course is None else audiences(course, row.flags),
        admissions=tuple(_admissions(row, orders)),
        accepted=frozenset(orders.accepted.get(row.id, ())),
    )


def _admissions(row: HearingRow, orders: Orders) -> Iterable[Admission]:
    cameras = orders.cameras.get(row.courtroom_id, _NO_CAMERAS)
    off = orders.off.get(row.id, ())
    for order in orders.orders.get(row.id, ()):
        ends_ms = order.valid_to_ms or 0
        if order.revoked_ms is not None:
            ends_ms = min(ends_ms, order.revoked_ms)
        shown = frozenset(cameras[angle] for angle in order.angles if angle in cameras)
        for named in orders.admissions.get(order.id, ()):
            yield Admission(
                named.unit_id, named.account_id, shown, order.valid_from_ms, ends_ms, on=named.unit_id not in off
            )


async def hearings_before(
    session: AsyncSession, camera_ids: Collection[str], tree: OrgTree
) -> dict[str, HearingObject]:
    """By camera, the hearing that runs before it now. Two in one courtroom are none: nobody knows whose picture it is."""
    angles = select(Angle.camera_id, Angle.courtroom_id).where(col(Angle.camera_id).in_(camera_ids))
    rooms = {camera_id: room_id for camera_id, room_id in await session.exec(angles) if camera_id is not None}
    if not rooms:
        return {}
    running = select(HearingRow).where(
        col(HearingRow.courtroom_id).in_(set(rooms.values())), col(HearingRow.state).in_(RUNNING)
    )
    rows = (await session.exec(running)).all()
    of: defaultdict[str, list[HearingRow]] = defaultdict(list)
    for row in rows:
        of[row.courtroom_id].append(row)
    alone = {room_id: found[0] for room_id, found in of.items() if len(found) == 1}
    orders = await orders_of(session, list(alone.values()))
    objects = {room_id: hearing_object(row, orders, tree) for room_id, row in alone.items()}
    return {camera_id: objects[room_id] for camera_id, room_id in rooms.items() if room_id in objects}


def listed(reach: Reach, account_id: str, tree: OrgTree) -> ColumnElement[bool]:
    """True for the hearings of a query that `may(person, HEARING_LIST, …)` allows: the same decision in SQL; a test compares."""
    order, named, off = ObservationOrderRow, AdmissionRow, BodyOffRow
    switched_off = exists().where(col(off.hearing_id) == col(order.hearing_id), col(off.unit_id) == col(named.unit_id))
    admitted = exists().where(
        col(order.hearing_id) == col(HearingRow.id),
        col(named.order_id) == col(order.id),
        col(named.unit_id).in_(reach.orders),
        or_(col(named.account_id).is_(None), col(named.account_id) == account_id),
        col(order.valid_to_ms) > reach.at_ms,
        or_(col(order.revoked_ms).is_(None), col(order.revoked_ms) > reach.at_ms),
        ~switched_off,
    )
    ours = col(HearingRow.court_id).in_(tree.subtree(reach.court))
    return or_(ours, and_(admitted, col(HearingRow.court_id).in_(tree.subtree(tree.units))))


def noted(reach: Reach, account_id: str) -> ColumnElement[bool]:
    """True for the hearings of a query that `may(person, HEARING_NOTE, …)` allows by an order, also one that has ended since."""
    order, named = ObservationOrderRow, AdmissionRow
    return exists().where(
        col(order.hearing_id) == col(HearingRow.id),
        col(named.order_id) == col(order.id),
        col(named.unit_id).in_(reach.orders),
        or_(col(named.account_id).is_(None), col(named.account_id) == account_id),
        col(order.valid_from_ms) <= reach.at_ms,
    )
