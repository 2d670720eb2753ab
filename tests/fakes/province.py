"""A small province for tests: police and court units, sites, a courtroom, and cameras put straight into the rows."""

from dataclasses import dataclass

from fakes.clock import START_MS
from streams.types.camera import CameraState, FaultKind, Liveness, StreamState
from streams.types.media import Codec, StreamKind
from vms.db.engine import Database
from vms.db.tables import Account, Angle, Camera, Courtroom, Device, GrantRow, Placement, Site, Stream, Unit

ROOT = "unit-province-00"
POLICE = "unit-police-0000"
AREA_A = "unit-police-a000"
AREA_B = "unit-police-b000"
COURT = "unit-court-00000"
SITE_A = "site-a-000000000"
SITE_A2 = "site-a2-00000000"
SITE_B = "site-b-000000000"
SITE_COURT = "site-court-00000"
ROOM = "courtroom-000000"
ABSENT = "absent-000000000"


async def build_province(db: Database) -> None:
    async with db.transaction() as session:
        for unit, kind in (
            (ROOT, "province"),
            (POLICE, "police"),
            (AREA_A, "area"),
            (AREA_B, "area"),
            (COURT, "court"),
        ):
            session.add(Unit(id=unit, key=unit, kind=kind, name=f"Đơn vị {unit}", valid_from_ms=0))
        await session.flush()
        for child, parent in ((POLICE, ROOT), (COURT, ROOT), (AREA_A, POLICE), (AREA_B, POLICE)):
            session.add(Placement(child_id=child, parent_id=parent, valid_from_ms=0))
        for site, unit in ((SITE_A, AREA_A), (SITE_A2, AREA_A), (SITE_B, AREA_B), (SITE_COURT, COURT)):
            session.add(Site(id=site, key=site, name=f"Điểm {site}", unit_id=unit))
        await session.flush()
        session.add(Courtroom(id=ROOM, key=ROOM, name="Phòng xử 1", court_id=COURT, site_id=SITE_COURT))
        await session.flush()
        session.add(Angle(courtroom_id=ROOM, kind="bench", name="Hội đồng xét xử"))


async def add_camera(db: Database, number: int, site_id: str = SITE_A, *, angle: str | None = None) -> str:
    """A registered camera with main and sub stream; its id."""
    camera_id = f"camera-{number:09}"
    async with db.transaction() as session:
        device = Device(key=f"onvif:10.0.0.{number}:80", address=f"10.0.0.{number}:80", registered_ms=1)
        session.add(device)
        await session.flush()
        session.add(
            Camera(
                id=camera_id,
                device_id=device.id,
                channel="1",
                number=number,
                name=f"Camera {number}",
                site_id=site_id,
                registered_ms=1,
            )
        )
        await session.flush()
        for kind in ("main", "sub"):
            url = f"rtsp://10.0.0.{number}/{kind}"
            session.add(Stream(camera_id=camera_id, kind=kind, url=url, codec="H264", width_px=640, height_px=360))
        if angle:
            session.add(Angle(courtroom_id=ROOM, kind=angle, name=angle, camera_id=camera_id))
    return camera_id


async def add_account(db: Database, login: str, role: str, unit_id: str) -> str:
    """An account that may not sign in by password; its id."""
    account = Account(
        login=login, login_key=login, name=f"Họ tên {login}", password_hash="", password_set_ms=START_MS, created_ms=0
    )
    async with db.transaction() as session:
        session.add(account)
        await session.flush()
        session.add(GrantRow(account_id=account.id, role=role, unit_id=unit_id, valid_from_ms=0))
    return account.id


@dataclass(frozen=True)
class Seen:
    liveness: Liveness = Liveness.LIVE
    fault: FaultKind | None = None
    newest_capture_ms: int = 1000


def camera_state(camera_id: str, seen: Seen | None = None) -> CameraState:
    shown = seen or Seen()
    stream = StreamState(
        kind=StreamKind.SUB,
        liveness=shown.liveness,
        fault=shown.fault,
        since_ms=500,
        newest_capture_ms=shown.newest_capture_ms,
        codec=Codec.H264,
        width_px=640,
        height_px=360,
    )
    return CameraState(camera_id=camera_id, streams=(stream,))
