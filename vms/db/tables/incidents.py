"""Incidents and cases: what happened, with the footage, the pictures and the notes that belong to it."""

from sqlalchemy import BigInteger, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from vms.db.ids import new_id
from vms.db.tables.row import Row


class IncidentRow(Row, table=True):
    """`serial` counts within `year`, so that people can name it on paper: 12/2026."""

    __tablename__ = "incident"
    __table_args__ = (UniqueConstraint("year", "serial"), Index(None, "unit_id", "opened_ms"))

    id: str = Field(default_factory=new_id, primary_key=True)
    year: int
    serial: int
    kind: str
    """incident or case"""
    unit_id: str = Field(foreign_key="unit.id")
    title: str
    document: str
    """Number of the case file, when there is one."""
    state: str = "open"
    """open or closed"""
    opened_by: str = Field(foreign_key="account.id")
    opened_ms: int = Field(sa_type=BigInteger)
    closed_ms: int | None = Field(default=None, sa_type=BigInteger)

    @property
    def number(self) -> str:
        return f"{self.serial}/{self.year}"


class IncidentPartRow(Row, table=True):
    """A stretch of a camera's recording, locked by `lock_id`."""

    __tablename__ = "incident_part"

    id: str = Field(default_factory=new_id, primary_key=True)
    incident_id: str = Field(foreign_key="incident.id", index=True)
    camera_id: str = Field(foreign_key="camera.id")
    from_ms: int = Field(sa_type=BigInteger)
    to_ms: int = Field(sa_type=BigInteger)
    lock_id: str = Field(foreign_key="recording_lock.id")
    added_by: str = Field(foreign_key="account.id")
    added_ms: int = Field(sa_type=BigInteger)


class IncidentPictureRow(Row, table=True):
    """A picture as it was seen, kept however long the recording is."""

    __tablename__ = "incident_picture"

    id: str = Field(default_factory=new_id, primary_key=True)
    incident_id: str = Field(foreign_key="incident.id", index=True)
    camera_id: str = Field(foreign_key="camera.id")
    capture_ms: int = Field(sa_type=BigInteger)
    jpeg: bytes = Field(sa_type=LargeBinary)
    added_by: str = Field(foreign_key="account.id")
    added_ms: int = Field(sa_type=BigInteger)


class IncidentEntryRow(Row, table=True):
    """One line of the duty log: what somebody did or noted, never changed again."""

    __tablename__ = "incident_entry"

    id: str = Field(default_factory=new_id, primary_key=True)
    incident_id: str = Field(foreign_key="incident.id", index=True)
    at_ms: int = Field(sa_type=BigInteger, index=True)
    account_id: str = Field(foreign_key="account.id")
    kind: str
    """opened, note, part, picture, extraction, closed or reopened"""
    text: str
