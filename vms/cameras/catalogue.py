"""The cameras and where they belong, read for lists, for rights and for the pages of one camera."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from streams.types.media import StreamKind
from vms.access import CameraObject, CameraRestriction
from vms.cameras.restricted import restrictions_of
from vms.cameras.sight import IS_COURT, UNIT_ID, Sight, camera_object, placed
from vms.db.engine import Database
from vms.db.tables.cameras import Camera, Device, Stream
from vms.db.tables.organisation import Angle, Courtroom, Site
from vms.hearings.facts import hearings_before
from vms.organisation import Organisation


@dataclass(frozen=True, slots=True)
class PlacedCamera:
    """`unit_id` is the unit that the camera belongs to, a court's for `court` cameras."""

    camera: Camera
    site: Site
    unit_id: str
    court: bool
    kinds: tuple[StreamKind, ...]
    restrictions: tuple[CameraRestriction, ...] = ()


@dataclass(frozen=True, slots=True)
class CourtroomView:
    courtroom: Courtroom
    angles: tuple[Angle, ...]


class Catalogue:
    def __init__(self, db: Database, organisation: Organisation) -> None:
        self._db = db
        self._organisation = organisation

    async def cameras(self, sight: Sight) -> list[PlacedCamera]:
        """The cameras in sight by number."""
        async with self._db.session() as session:
            query = (
                placed(select(Camera, Site, UNIT_ID, IS_COURT)).where(sight.condition()).order_by(col(Camera.number))
            )
            rows = (await session.exec(query)).all()
            kinds = await _kinds(session)
            restrictions = await restrictions_of(session)
        return [
            PlacedCamera(camera, site, unit, bool(court), kinds[camera.id], restrictions.get(camera.id, ()))
            for camera, site, unit, court in rows
        ]

    async def camera(self, camera_id: str) -> PlacedCamera | None:
        async with self._db.session() as session:
            query = placed(select(Camera, Site, UNIT_ID, IS_COURT)).where(col(Camera.id) == camera_id)
            row = (await session.exec(query)).one_or_none()
            kinds = await _kinds(session, camera_id)
            restrictions = await restrictions_of(session, [camera_id])
        if row is None:
            return None
        camera, site, unit, court = row
        return PlacedCamera(camera, site, unit, bool(court), kinds[camera_id], restrictions.get(camera_id, ()))

    async def object(self, camera_id: str) -> CameraObject | None:
        """The camera as `may` sees it, now; None when there is none."""
        return (await self.objects([camera_id])).get(camera_id)

    async def objects(self, camera_ids: Sequence[str]) -> dict[str, CameraObject]:
        """`object` for many."""
        tree = await self._organisation.tree()
        async with self._db.session() as session:
            query = placed(select(Camera.id, UNIT_ID, IS_COURT)).where(col(Camera.id).in_(camera_ids))
            rows = (await session.exec(query)).all()
            restrictions = await restrictions_of(session, camera_ids)
            courts = [row[0] for row in rows if row[2]]
            hearings = await hearings_before(session, courts, tree) if courts else {}
        return {
            row[0]: camera_object(
                row[0],
                row[1],
                court=bool(row[2]),
                tree=tree,
                restrictions=restrictions.get(row[0], ()),
                hearing=hearings.get(row[0]),
            )
            for row in rows
        }

    async def ids(self, sight: Sight) -> frozenset[str]:
        async with self._db.session() as session:
            return frozenset((await session.exec(placed(select(Camera.id)).where(sight.condition()))).all())

    async def device(self, device_id: str) -> Device | None:
        async with self._db.session() as session:
            return await session.get(Device, device_id)

    async def sites(self, units: frozenset[str]) -> list[Site]:
        """The sites of these units, by name."""
        async with self._db.session() as session:
            query = select(Site).where(col(Site.unit_id).in_(units)).order_by(col(Site.name), col(Site.id))
            return list((await session.exec(query)).all())

    async def site(self, site_id: str) -> Site | None:
        async with self._db.session() as session:
            return await session.get(Site, site_id)

    async def courtroom(self, courtroom_id: str) -> Courtroom | None:
        async with self._db.session() as session:
            return await session.get(Courtroom, courtroom_id)

    async def courtrooms(self, units: frozenset[str]) -> list[CourtroomView]:
        """The courtrooms of these courts by name, each with the pictures that have a camera."""
        async with self._db.session() as session:
            rooms = select(Courtroom).where(col(Courtroom.court_id).in_(units)).order_by(col(Courtroom.name))
            found = (await session.exec(rooms)).all()
            angles = (
                select(Angle).where(col(Angle.camera_id).is_not(None)).order_by(col(Angle.channel), col(Angle.kind))
            )
            of: defaultdict[str, list[Angle]] = defaultdict(list)
            for angle in await session.exec(angles):
                of[angle.courtroom_id].append(angle)
        return [CourtroomView(room, tuple(of[room.id])) for room in found]

    async def registered(self, addresses: Sequence[str], sight: Sight) -> dict[str, str]:
        """Which of these ONVIF addresses (host:port) are registered: address → id of the device's first camera in sight."""
        query = (
            placed(select(Device.address, Camera.id))
            .join(Device, col(Device.id) == col(Camera.device_id))
            .where(col(Device.key).in_([f"onvif:{address}" for address in addresses]), sight.condition())
            .order_by(col(Camera.number).desc())
        )
        async with self._db.session() as session:
            return dict((await session.exec(query)).all())


async def _kinds(session: AsyncSession, camera_id: str | None = None) -> defaultdict[str, tuple[StreamKind, ...]]:
    query = select(Stream.camera_id, Stream.kind).order_by(col(Stream.kind))
    if camera_id is not None:
        query = query.where(col(Stream.camera_id) == camera_id)
    kinds: defaultdict[str, tuple[StreamKind, ...]] = defaultdict(tuple)
    for owner, kind in await session.exec(query):
        kinds[owner] += (StreamKind(kind),)
    return kinds
