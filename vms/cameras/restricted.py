"""Restrictions of single cameras: as a condition of a query, and as what `may` is asked about. Both must say the same; a test compares."""

from collections import defaultdict
from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, and_, exists, false, or_
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.access import CameraRestriction, CameraRule
from vms.db.tables.cameras import Camera
from vms.db.tables.restrictions import RestrictedCamera, RestrictionRow, RestrictionRuleRow

Restrictions = Mapping[str, tuple[CameraRestriction, ...]]
"""By camera; nothing for a camera that has none."""


def blocked(subjects: frozenset[str], at_ms: int, *, shows: bool) -> ColumnElement[bool]:
    """True for a `Camera` of the query with a restriction that does not admit `subjects`: `CameraRestriction.admits` in SQL."""
    closed = and_(col(RestrictionRow.sensitive), ~_said(subjects, at_ms, allow=True)) if shows else false()
    return exists().where(
        col(RestrictedCamera.camera_id) == col(Camera.id),
        col(RestrictionRow.id) == col(RestrictedCamera.restriction_id),
        or_(_said(subjects, at_ms, allow=False), closed),
    )


def _said(subjects: frozenset[str], at_ms: int, *, allow: bool) -> ColumnElement[bool]:
    rule = RestrictionRuleRow
    return exists().where(
        col(rule.restriction_id) == col(RestrictionRow.id),
        col(rule.allow).is_(allow),
        col(rule.subject).in_(subjects),
        col(rule.valid_from_ms) <= at_ms,
        or_(col(rule.valid_to_ms).is_(None), col(rule.valid_to_ms) > at_ms),
    )


async def restrictions_of(session: AsyncSession, camera_ids: Collection[str] | None = None) -> Restrictions:
    """The restrictions of these cameras, or of all. There are few: sensitive cameras are the exception."""
    query = select(RestrictedCamera.camera_id, RestrictionRow).join(
        RestrictionRow, col(RestrictionRow.id) == col(RestrictedCamera.restriction_id)
    )
    if camera_ids is not None:
        query = query.where(col(RestrictedCamera.camera_id).in_(camera_ids))
    pairs = (await session.exec(query)).all()
    if not pairs:
        return {}
    wanted = {restriction.id for _, restriction in pairs}
    rules: defaultdict[str, list[CameraRule]] = defaultdict(list)
    for row in await session.exec(select(RestrictionRuleRow).where(col(RestrictionRuleRow.restriction_id).in_(wanted))):
        rules[row.restriction_id].append(CameraRule(row.subject, row.allow, row.valid_from_ms, row.valid_to_ms))
    found: defaultdict[str, tuple[CameraRestriction, ...]] = defaultdict(tuple)
    for camera_id, restriction in pairs:
        found[camera_id] += (CameraRestriction(restriction.sensitive, tuple(rules[restriction.id])),)
    return dict(found)
