"""Which cameras have a gate: a court's, and every other one of a box that has a court's picture, whoever registered it as whose."""

from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from vms.cameras.sight import IS_COURT, placed
from vms.db.tables.cameras import Camera, Device


async def gated_cameras(session: AsyncSession) -> frozenset[str]:
    """Their ids. A twin of a courtroom's camera is nobody's angle: its gate never opens."""
    courts = placed(select(Camera.id, Device.address)).join(Device, col(Device.id) == col(Camera.device_id))
    rows = (await session.exec(courts.where(IS_COURT))).all()
    hosts = {_host(address) for _, address in rows}
    found = {camera_id for camera_id, _ in rows}
    everywhere = placed(select(Camera.id, Device.address)).join(Device, col(Device.id) == col(Camera.device_id))
    for camera_id, address in await session.exec(everywhere):
        if _host(address) in hosts:
            found.add(camera_id)
    return frozenset(found)


def _host(address: str) -> str:
    """host:port without its port: a box answers ONVIF and RTSP on different ones."""
    return address.rpartition(":")[0] or address
