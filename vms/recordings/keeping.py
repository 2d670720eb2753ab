"""How long which camera's recordings are kept, as it is set: classes, and what differs from them for single cameras."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.db.engine import Database
from vms.db.tables.recordings import KeepingRow, RecordingClassRow
from vms.recordings.retention import Keeping

STANDARD = "standard"
"""The class of a camera that nobody gave one. The migration makes it."""
LONGEST_DAYS = 3650


@dataclass(frozen=True, slots=True)
class CameraKeeping:
    """`own` is where the camera differs from its class: (min_days, max_days), each None for the class's."""

    class_key: str
    own: tuple[int | None, int | None]
    keeping: Keeping
    priority: int


class BadKeeping(ValueError):
    """`field` is what cannot be so; `code` says why."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


class Keepings:
    def __init__(self, db: Database) -> None:
        self._db = db

    async def classes(self) -> Sequence[RecordingClassRow]:
        """By key."""
        async with self._db.session() as session:
            return (await session.exec(select(RecordingClassRow).order_by(col(RecordingClassRow.key)))).all()

    async def of_camera(self, camera_id: str) -> CameraKeeping:
        async with self._db.session() as session:
            return await keeping_of(session, camera_id)

    async def of_cameras(self, camera_ids: Iterable[str]) -> dict[str, CameraKeeping]:
        async with self._db.session() as session:
            classes = {kind.key: kind for kind in await session.exec(select(RecordingClassRow))}
            rows = {row.camera_id: row for row in await session.exec(select(KeepingRow))}
        return {camera_id: _camera_keeping(rows.get(camera_id), classes) for camera_id in camera_ids}


async def keeping_of(session: AsyncSession, camera_id: str) -> CameraKeeping:
    """What holds for one camera."""
    row = await session.get(KeepingRow, camera_id)
    key = STANDARD if row is None else row.class_key
    return _camera_keeping(row, {key: await session.get_one(RecordingClassRow, key)})


def _camera_keeping(row: KeepingRow | None, classes: Mapping[str, RecordingClassRow]) -> CameraKeeping:
    kind = classes[STANDARD if row is None else row.class_key]
    own = (None, None) if row is None else (row.min_days, row.max_days)
    return CameraKeeping(kind.key, own, resolved(kind, *own), kind.priority)


async def all_keepings(session: AsyncSession) -> tuple[Keeping, Mapping[str, Keeping]]:
    """The default, and what holds for the cameras that have something of their own."""
    classes = {kind.key: kind for kind in await session.exec(select(RecordingClassRow))}
    rows = await session.exec(select(KeepingRow))
    return resolved(classes[STANDARD], None, None), {
        row.camera_id: resolved(classes[row.class_key], row.min_days, row.max_days) for row in rows
    }


async def set_class(session: AsyncSession, key: str, min_days: int, max_days: int, priority: int) -> None:
    """Raises `BadKeeping`."""
    kind = await session.get(RecordingClassRow, key)
    if kind is None:
        raise BadKeeping("class_key", "unknown")
    check_days(min_days, max_days)
    kind.min_days, kind.max_days, kind.priority = min_days, max_days, priority
    session.add(kind)


async def set_camera(
    session: AsyncSession, camera_id: str, class_key: str, min_days: int | None, max_days: int | None
) -> None:
    """Raises `BadKeeping`."""
    kind = await session.get(RecordingClassRow, class_key)
    if kind is None:
        raise BadKeeping("class_key", "unknown")
    check_days(kind.min_days if min_days is None else min_days, kind.max_days if max_days is None else max_days)
    row = await session.get(KeepingRow, camera_id) or KeepingRow(camera_id=camera_id, class_key=class_key)
    row.class_key, row.min_days, row.max_days = class_key, min_days, max_days
    session.add(row)


def check_days(min_days: int, max_days: int) -> None:
    """Raises `BadKeeping`."""
    if not 0 <= min_days <= LONGEST_DAYS:
        raise BadKeeping("min_days", "range")
    if not max(1, min_days) <= max_days <= LONGEST_DAYS:
        raise BadKeeping("max_days", "range")


def resolved(kind: RecordingClassRow, min_days: int | None, max_days: int | None) -> Keeping:
    """A class changed later may no longer fit a camera's own days: then what keeps longer counts."""
    least = kind.min_days if min_days is None else min_days
    return Keeping(least, max(least, kind.max_days if max_days is None else max_days))
