"""Change and remove cameras: row first, then desired state, then everyone who looks at the tree is told."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, select
from sqlmodel.sql.expression import SelectOfScalar

from streams.types.camera import Zone
from vms.cameras.desired import Desired
from vms.cameras.notices import Notices, TreeMoved
from vms.cameras.store import remove
from vms.cameras.words import clean
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables.cameras import Camera
from vms.db.tables.organisation import Site

MOST_ZONES = 16
MOST_POINTS = 32


class BadEdit(ValueError):
    """`field` is what cannot be so; `code` says why."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


class NumberTaken(Exception):
    """Another camera has this number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """None leaves a thing as it is."""

    name: str | None = None
    number: int | None = None
    site_id: str | None = None
    motion: bool | None = None
    sensitivity: int | None = None
    min_duration_s: float | None = None
    zones: Sequence[Zone] | None = None


class Editing:
    def __init__(self, db: Database, desired: Desired, notices: Notices, clock: Clock) -> None:
        self._db = db
        self._desired = desired
        self._notices = notices
        self._clock = clock

    async def change(self, camera_id: str, edit: Edit) -> bool:
        """Whether there is such a camera. Raises `BadEdit` and `NumberTaken`; then nothing was changed."""
        changes = _changes(edit)
        try:
            async with self._db.transaction() as session:
                camera = await session.get(Camera, camera_id)
                if camera is None or camera.removed_ms is not None:
                    return False
                if "number" in changes and await session.scalar(_others_with(changes["number"], camera_id)):
                    raise NumberTaken
                if "site_id" in changes and await session.get(Site, changes["site_id"]) is None:
                    raise BadEdit("site_id", "unknown")
                if all(getattr(camera, name) == value for name, value in changes.items()):
                    return True
                for name, value in changes.items():
                    setattr(camera, name, value)
                camera.revision += 1
                session.add(camera)
        except IntegrityError as error:  # taken at the same moment (PostgreSQL)
            raise NumberTaken from error
        await self._tell(camera_id)
        return True

    async def remove(self, camera_id: str) -> bool:
        """Whether there was such a camera."""
        async with self._db.transaction() as session:
            camera = await session.get(Camera, camera_id)
            if camera is None or camera.removed_ms is not None:
                return False
            await remove(session, camera, self._clock())
        await self._tell(camera_id)
        return True

    async def _tell(self, camera_id: str) -> None:
        await self._desired.tell([camera_id])
        self._notices.publish(TreeMoved())


def checked_zones(zones: Sequence[Zone]) -> list[Zone]:
    """Zones that a detector can draw: named apart, 3 to `MOST_POINTS` points within the picture, some area. Raises `BadEdit`."""
    if len(zones) > MOST_ZONES:
        raise BadEdit("zones", "too_many")
    if len({zone.name for zone in zones}) != len(zones):
        raise BadEdit("zones", "repeated_name")
    for zone in zones:
        if not zone.name or clean(zone.name, 80) != zone.name:
            raise BadEdit("zones", "bad_name")
        if not 3 <= len(zone.points) <= MOST_POINTS:
            raise BadEdit("zones", "bad_points")
        # NaN fails every comparison, so this refuses it too.
        if not all(0 <= value <= 1 for point in zone.points for value in point):
            raise BadEdit("zones", "outside")
        if _area(zone.points) < 1e-4:
            raise BadEdit("zones", "no_area")
    return list(zones)


def _area(points: Sequence[tuple[float, float]]) -> float:
    """The area of a polygon as a share of the picture (shoelace formula)."""
    turns = zip(points, [*points[1:], points[0]], strict=True)
    return abs(math.fsum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in turns)) / 2


def _changes(edit: Edit) -> dict[str, object]:
    changes: dict[str, object] = {
        "number": edit.number,
        "site_id": edit.site_id,
        "motion": edit.motion,
        "sensitivity": edit.sensitivity,
        "min_duration_s": edit.min_duration_s,
    }
    if edit.name is not None:
        changes["name"] = clean(edit.name)
        if not changes["name"]:
            raise BadEdit("name", "empty")
    if edit.zones is not None:
        changes["zones"] = [zone.model_dump(mode="json") for zone in checked_zones(edit.zones)]
    return {name: value for name, value in changes.items() if value is not None}


def _others_with(number: object, camera_id: str) -> SelectOfScalar[str]:
    return select(Camera.id).where(col(Camera.number) == number, col(Camera.id) != camera_id)
