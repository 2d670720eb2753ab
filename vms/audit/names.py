"""What things are called when they are written into the log."""

from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from sqlmodel.ext.asyncio.session import AsyncSession

from vms.db.engine import Database
from vms.db.tables import Account, Camera, ConsoleRow, Courtroom, ExtractionRow, IncidentRow, Site, Unit


class DatabaseNames:
    """Implements `vms.audit.log.Namer`."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def name(self, kind: str, object_id: str) -> tuple[str, str]:
        read = _READERS.get(kind)
        if read is None:
            return "", ""
        async with self._db.session() as session:
            return await read(session, object_id) or ("", "")


async def _camera(session: AsyncSession, object_id: str) -> tuple[str, str] | None:
    camera = await session.get(Camera, object_id)
    site = await session.get(Site, camera.site_id) if camera is not None else None
    return (f"{camera.number} {camera.name}", site.unit_id) if camera and site else None


async def _site(session: AsyncSession, object_id: str) -> tuple[str, str] | None:
    site = await session.get(Site, object_id)
    return (site.name, site.unit_id) if site is not None else None


async def _unit(session: AsyncSession, object_id: str) -> tuple[str, str] | None:
    unit = await session.get(Unit, object_id)
    return (unit.name, unit.id) if unit is not None else None


async def _courtroom(session: AsyncSession, object_id: str) -> tuple[str, str] | None:
    room = await session.get(Courtroom, object_id)
    return (room.name, room.court_id) if room is not None else None


async def _account(session: AsyncSession, object_id: str) -> tuple[str, str] | None:
    account = await session.get(Account, object_id)
    return (f"{account.name} ({account.login})", "") if account is not None else None


async def _console(session: AsyncSession, object_id: str) -> tuple[str, str] | None:
    console = await session.get(ConsoleRow, object_id)
    return (console.name, console.unit_id) if console is not None else None


async def _incident(session: AsyncSession, object_id: str) -> tuple[str, str] | None:
    incident = await session.get(IncidentRow, object_id)
    return (f"{incident.number} {incident.title}", incident.unit_id) if incident is not None else None


async def _extraction(session: AsyncSession, object_id: str) -> tuple[str, str] | None:
    row = await session.get(ExtractionRow, object_id)
    return (f"{row.number} {row.document}", row.unit_id) if row is not None else None


_READERS: Mapping[str, Callable[[AsyncSession, str], Awaitable[tuple[str, str] | None]]] = MappingProxyType(
    {
        "camera": _camera,
        "site": _site,
        "unit": _unit,
        "courtroom": _courtroom,
        "account": _account,
        "console": _console,
        "incident": _incident,
        "extraction": _extraction,
    }
)
