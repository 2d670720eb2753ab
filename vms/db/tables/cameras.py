"""Devices, their cameras (one for each video source) and the cameras' streams.

A camera that was removed stays as a row, for its alarms and for the log: `removed_ms` is set, and everything that must be free
again (device key, channel, number) or must not be kept (credentials) is cleared.
"""

from typing import Any

from sqlalchemy import JSON, BigInteger, LargeBinary, UniqueConstraint
from sqlmodel import Field

from vms.db.ids import new_id
from vms.db.tables.row import Row


class Device(Row, table=True):
    """One box with an address. `key` is what no two devices share (`vms.cameras.wishes.Wish.device_key`)."""

    __tablename__ = "device"

    id: str = Field(default_factory=new_id, primary_key=True)
    key: str = Field(unique=True)
    address: str
    """host:port"""
    xaddr: str = ""
    manufacturer: str = ""
    model: str = ""
    firmware: str = ""
    serial: str = ""
    credentials: bytes = Field(default=b"", sa_type=LargeBinary, repr=False)
    """Encrypted (`vms.secrets`), bound to this device's id; empty for none."""
    clock_offset_ms: int | None = Field(default=None, sa_type=BigInteger)
    """Device clock minus ours, when it was registered."""
    registered_ms: int = Field(sa_type=BigInteger)


class Camera(Row, table=True):
    __tablename__ = "camera"
    __table_args__ = (UniqueConstraint("device_id", "channel"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    device_id: str = Field(foreign_key="device.id", index=True)
    channel: str
    """Tells it from the device's other video sources."""
    number: int | None = Field(default=None, unique=True)
    """None only for one that was removed."""
    name: str
    site_id: str = Field(foreign_key="site.id", index=True)
    warnings: list[str] = Field(default_factory=list, sa_type=JSON)
    motion: bool = True
    sensitivity: int = 50
    min_duration_s: float = 0.4
    zones: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    """`streams.types.camera.Zone` as JSON."""
    enabled: bool = True
    revision: int = 1
    """Grows with every change that a worker must see."""
    registered_ms: int = Field(sa_type=BigInteger)
    removed_ms: int | None = Field(default=None, sa_type=BigInteger)


class Stream(Row, table=True):
    """What one decoded picture said when the camera was registered. The address holds no user information."""

    __tablename__ = "stream"

    camera_id: str = Field(foreign_key="camera.id", primary_key=True, ondelete="CASCADE")
    kind: str = Field(primary_key=True)
    url: str
    codec: str
    width_px: int
    height_px: int
    fps: float = 0.0
    gop_s: float = 0.0
    audio: str = ""
    profile: str = ""
    """The token of its ONVIF profile; empty for none."""
