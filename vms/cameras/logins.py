"""The logins of devices: encrypted with their device, in the clear only for the worker that owns one of its cameras."""

from typing import Protocol

from sqlmodel import col, select

from streams.types.camera import Credentials
from vms.db.engine import Database
from vms.db.tables.cameras import Camera, Device
from vms.secrets.rotation import Sealed


class Vault(Protocol):
    """Encrypts small secrets with a key that is not in the database (`vms.secrets`). `context` binds a secret to its owner."""

    def seal(self, plain: bytes, context: str) -> bytes: ...

    def open(self, sealed: bytes, context: str) -> bytes: ...


def seal(vault: Vault, credentials: Credentials, device_id: str) -> bytes:
    """Nothing for no login; otherwise what belongs into `Device.credentials`."""
    if not credentials.username and not credentials.password:
        return b""
    return vault.seal(credentials.model_dump_json().encode(), _context(device_id))


class Logins:
    def __init__(self, db: Database, vault: Vault) -> None:
        self._db = db
        self._vault = vault

    async def of_camera(self, camera_id: str) -> Credentials | None:
        """The login of a camera's device (empty when it has none), or None when there is no such camera."""
        query = (
            select(Device)
            .join(Camera, col(Camera.device_id) == col(Device.id))
            .where(col(Camera.id) == camera_id, col(Camera.removed_ms).is_(None))
        )
        async with self._db.session() as session:
            device = (await session.exec(query)).one_or_none()
        if device is None:
            return None
        if not device.credentials:
            return Credentials()
        return Credentials.model_validate_json(self._vault.open(device.credentials, _context(device.id)))


def _context(device_id: str) -> str:
    return f"device {device_id}"


SEALED = (Sealed(Device, "credentials", lambda device: _context(device.id)),)
