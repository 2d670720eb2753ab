"""Which cameras have a gate: a court's, and every other one of a box that has a court's picture, whoever registered it as whose."""

from collections.abc import Collection

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.cameras.sight import IS_COURT, placed
from vms.db.tables.cameras import Camera, Device


async def gated_cameras(session: AsyncSession, camera_ids: Collection[str] | None = None) -> frozenset[str]:
    """Those of these cameras (None: of all) that have one. A twin of a courtroom's camera is nobody's angle: its gate never opens."""
    courts = dict(await _places(session, courts=True))
    hosts = {_host(address) for address in courts.values()}
    wanted = await _places(session, camera_ids)
    return frozenset(camera_id for camera_id, address in wanted if camera_id in courts or _host(address) in hosts)


async def with_twins(session: AsyncSession, camera_ids: Collection[str]) -> frozenset[str]:
    """These, and every other camera of a box of theirs that shows a courtroom: what one becomes, the others become."""
    gated = await gated_cameras(session, camera_ids)
    hosts = {_host(address) for _, address in await _places(session, gated)} if gated else set()
    if not hosts:
        return frozenset(camera_ids)
    twins = {camera_id for camera_id, address in await _places(session) if _host(address) in hosts}
    return frozenset(camera_ids) | twins


async def _places(
    session: AsyncSession, camera_ids: Collection[str] | None = None, *, courts: bool = False
) -> list[tuple[str, str]]:
    """(camera, address of its box)."""
    query = placed(select(Camera.id, Device.address)).join(Device, col(Device.id) == col(Camera.device_id))
    if courts:
        query = query.where(IS_COURT)
    if camera_ids is not None:
        query = query.where(col(Camera.id).in_(camera_ids))
    return [(camera_id, address) for camera_id, address in await session.exec(query)]


def _host(address: str) -> str:
    """host:port without its port: a box answers ONVIF and RTSP on different ones."""
    return address.rpartition(":")[0] or address
