"""Which cameras somebody reaches, as a condition of a query: lists are filtered in SQL, never after it.

A camera is a court's when it is attached to a courtroom, or stands at a site that has one: a courtroom's camera that nobody attached
yet must not show up on a police wall. Its unit is then the court, otherwise the unit of its site.
"""

from dataclasses import dataclass, field
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select, and_, exists, false, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import col

from vms.access import CameraObject, CameraRestriction, HearingObject, Reach
from vms.cameras.restricted import blocked
from vms.db.tables.cameras import Camera
from vms.db.tables.organisation import Angle, Courtroom, Site
from vms.organisation import OrgTree

Query = TypeVar("Query", bound="Select[*tuple[Any, ...]]")

_room = aliased(Courtroom)
_ROOM_AT_SITE = exists().where(col(_room.site_id) == col(Camera.site_id))
IS_COURT: ColumnElement[bool] = or_(col(Angle.id).is_not(None), _ROOM_AT_SITE)
UNIT_ID: ColumnElement[str] = func.coalesce(col(Courtroom.court_id), col(Site.unit_id))


@dataclass(frozen=True, slots=True)
class Sight:
    """A `Reach` with every unit below it spelled out, at one moment."""

    police: frozenset[str]
    court: frozenset[str]
    reach: Reach = field(default_factory=Reach)

    @classmethod
    def of(cls, reach: Reach, tree: OrgTree) -> "Sight":
        return cls(tree.subtree(reach.police), tree.subtree(reach.court), reach)

    @property
    def units(self) -> frozenset[str]:
        return self.police | self.court

    def condition(self) -> ColumnElement[bool]:
        """True for the cameras in sight; for queries made by `placed`."""
        sides = []
        if self.police:
            sides.append(and_(~IS_COURT, UNIT_ID.in_(self.police)))
        if self.court:
            sides.append(and_(IS_COURT, UNIT_ID.in_(self.court)))
        if not sides:
            return false()
        admitted = ~blocked(self.reach.subjects, self.reach.at_ms, shows=self.reach.shows)
        wall = [] if self.reach.only is None else [col(Camera.id).in_(self.reach.only)]
        return and_(or_(*sides), admitted, *wall)


def placed(query: Query) -> Query:
    """`query`, which selects from `Camera`, over those that were not removed, joined with what decides where they belong."""
    return with_places(query.select_from(Camera)).where(col(Camera.removed_ms).is_(None))


def with_places(query: Query) -> Query:
    """`query`, which has `Camera` in it, joined with its site and its courtroom (if any)."""
    return (
        query.join(Site, col(Site.id) == col(Camera.site_id))
        .outerjoin(Angle, col(Angle.camera_id) == col(Camera.id))
        .outerjoin(Courtroom, col(Courtroom.id) == col(Angle.courtroom_id))
    )


def camera_object(
    camera_id: str,
    unit_id: str,
    *,
    court: bool,
    tree: OrgTree,
    restrictions: tuple[CameraRestriction, ...],
    hearing: HearingObject | None = None,
) -> CameraObject:
    """What `vms.access.may` is asked about. Without its hearing a court's camera shows nothing."""
    return CameraObject(camera_id, tree.path(unit_id), court, restrictions, hearing)
