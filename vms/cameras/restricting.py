"""Restrictions set, changed and lifted by whoever administers security, who sees none of the pictures."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlmodel import col, delete, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.access import PEOPLES_ROLES, Person, Role, UnitObject
from vms.cameras.notices import Notices, TreeMoved
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import Account, ConsoleRow, RestrictedCamera, RestrictionRow, RestrictionRuleRow
from vms.organisation import Organisation

_log = structlog.get_logger(__name__)
MOST_RESTRICTIONS = 1_000


class BadRule(ValueError):
    """A rule names nobody, or somebody who does not exist, or ends before it begins. `field` says which, by its place."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class TooManyRestrictions(Exception):
    pass


class NoSuchRestriction(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Rule:
    """`subject` is an account, a console or a role's name."""

    subject: str
    allow: bool
    valid_from_ms: int | None
    valid_to_ms: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Wanted:
    name: str
    unit_id: str
    sensitive: bool
    camera_ids: Sequence[str]
    rules: Sequence[Rule]


@dataclass(frozen=True, slots=True)
class RestrictionView:
    row: RestrictionRow
    unit: str
    camera_ids: tuple[str, ...]
    rules: tuple[RestrictionRuleRow, ...]


class Restricting:
    def __init__(self, db: Database, organisation: Organisation, notices: Notices, clock: Clock) -> None:
        self._db = db
        self._organisation = organisation
        self._notices = notices
        self._clock = clock

    async def listed(self, units: frozenset[str]) -> list[RestrictionView]:
        """Those of these units, by name."""
        query = select(RestrictionRow).where(col(RestrictionRow.unit_id).in_(units))
        async with self._db.session() as session:
            rows = (await session.exec(query.order_by(col(RestrictionRow.name), col(RestrictionRow.id)))).all()
            return [await self._view(session, row) for row in rows]

    async def object(self, restriction_id: str) -> UnitObject | None:
        """What rights are asked about: where the restriction belongs."""
        async with self._db.session() as session:
            row = await session.get(RestrictionRow, restriction_id)
        if row is None:
            return None
        return UnitObject(row.id, (await self._organisation.tree()).path(row.unit_id))

    async def save(self, by: Person, wanted: Wanted, restriction_id: str | None = None) -> RestrictionView:
        """A new one, or in place of one. Whoever calls has checked the right over the unit and each camera.

        Raises `BadRule`, `TooManyRestrictions`, `NoSuchRestriction`.
        """
        async with self._db.transaction() as session:
            await _check_rules(session, wanted.rules)
            row = await self._row(session, by, wanted, restriction_id)
            row.name, row.unit_id, row.sensitive = wanted.name, wanted.unit_id, wanted.sensitive
            session.add(row)
            await session.flush()
            await _clear(session, row.id)
            for camera_id in dict.fromkeys(wanted.camera_ids):
                session.add(RestrictedCamera(restriction_id=row.id, camera_id=camera_id))
            session.add_all(_rule_row(row.id, rule) for rule in wanted.rules)
            await session.flush()
            view = await self._view(session, row)
        _log.info("restriction_saved", restriction_id=row.id, cameras=len(view.camera_ids), by=by.account_id)
        self._notices.publish(TreeMoved())
        return view

    async def lift(self, by: Person, restriction_id: str) -> None:
        """Raises `NoSuchRestriction`."""
        async with self._db.transaction() as session:
            row = await session.get(RestrictionRow, restriction_id)
            if row is None:
                raise NoSuchRestriction
            await _clear(session, row.id)
            await session.delete(row)
        _log.info("restriction_lifted", restriction_id=restriction_id, by=by.account_id)
        self._notices.publish(TreeMoved())

    async def _row(
        self, session: AsyncSession, by: Person, wanted: Wanted, restriction_id: str | None
    ) -> RestrictionRow:
        if restriction_id is not None:
            if (row := await session.get(RestrictionRow, restriction_id)) is None:
                raise NoSuchRestriction
            return row
        if len((await session.exec(select(RestrictionRow.id).limit(MOST_RESTRICTIONS))).all()) >= MOST_RESTRICTIONS:
            raise TooManyRestrictions
        return RestrictionRow(
            name=wanted.name,
            unit_id=wanted.unit_id,
            sensitive=wanted.sensitive,
            created_ms=self._clock(),
            created_by=by.account_id,
        )

    async def _view(self, session: AsyncSession, row: RestrictionRow) -> RestrictionView:
        tree = await self._organisation.tree()
        cameras = select(RestrictedCamera.camera_id).where(RestrictedCamera.restriction_id == row.id)
        rules = select(RestrictionRuleRow).where(RestrictionRuleRow.restriction_id == row.id)
        return RestrictionView(
            row,
            tree.units[row.unit_id].name if row.unit_id in tree.units else "",
            tuple(sorted((await session.exec(cameras)).all())),
            tuple((await session.exec(rules.order_by(col(RestrictionRuleRow.id)))).all()),
        )


async def _check_rules(session: AsyncSession, rules: Sequence[Rule]) -> None:
    for number, rule in enumerate(rules):
        known = rule.subject in PEOPLES_ROLES | {Role.WALL_CONSOLE}
        for table in (Account, ConsoleRow):
            known = known or await session.get(table, rule.subject) is not None
        if not known:
            raise BadRule(f"rules.{number}")
        if rule.valid_to_ms is not None and rule.valid_to_ms <= (rule.valid_from_ms or 0):
            raise BadRule(f"rules.{number}.valid_to_ms")


async def _clear(session: AsyncSession, restriction_id: str) -> None:
    await session.exec(delete(RestrictedCamera).where(col(RestrictedCamera.restriction_id) == restriction_id))
    await session.exec(delete(RestrictionRuleRow).where(col(RestrictionRuleRow.restriction_id) == restriction_id))


def _rule_row(restriction_id: str, rule: Rule) -> RestrictionRuleRow:
    return RestrictionRuleRow(
        restriction_id=restriction_id,
        subject=rule.subject,
        allow=rule.allow,
        valid_from_ms=rule.valid_from_ms or 0,
        valid_to_ms=rule.valid_to_ms,
        reason=rule.reason,
    )
