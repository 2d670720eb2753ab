"""Requests for footage, what was decided about them, how far they are, and to whom they were handed."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Index, UniqueConstraint
from sqlmodel import Field

from vms.db.ids import new_id
from vms.db.tables.row import Row


class ExtractionRow(Row, table=True):
    """`serial` counts within `year`. `asking_body`, `document` and `requester` are of who asked on paper, `requested_by` the account."""

    __tablename__ = "extraction"
    __table_args__ = (UniqueConstraint("year", "serial"), Index(None, "unit_id", "requested_ms"))

    id: str = Field(default_factory=new_id, primary_key=True)
    year: int
    serial: int
    unit_id: str = Field(foreign_key="unit.id")
    incident_id: str | None = Field(default=None, foreign_key="incident.id", index=True)
    asking_body: str
    document: str
    requester: str
    purpose: str
    state: str = Field(default="requested", index=True)
    """See `vms.extraction.states`."""
    requested_by: str = Field(foreign_key="account.id")
    requested_ms: int = Field(sa_type=BigInteger)
    decided_by: str | None = Field(default=None, foreign_key="account.id")
    decided_ms: int | None = Field(default=None, sa_type=BigInteger)
    decision: str = ""
    """Why, in the words of whoever decided or cancelled it."""
    fault: str = ""
    """Why the job stands still (`streams.types.extraction.ExtractionFault`, or our own)."""
    fault_detail: str = ""
    done_bytes: int = Field(default=0, sa_type=BigInteger)
    total_bytes: int = Field(default=0, sa_type=BigInteger)
    tried_ms: int | None = Field(default=None, sa_type=BigInteger)
    ready_ms: int | None = Field(default=None, sa_type=BigInteger)
    manifest_sha256: str = ""
    package_bytes: int = Field(default=0, sa_type=BigInteger)
    seal_number: str = ""
    recipient: str = ""
    recipient_office: str = ""
    medium: str = ""
    handed_by: str | None = Field(default=None, foreign_key="account.id")
    handed_ms: int | None = Field(default=None, sa_type=BigInteger)
    received_by: str = ""
    received_ms: int | None = Field(default=None, sa_type=BigInteger)
    receipt_note: str = ""

    @property
    def number(self) -> str:
        return f"{self.serial}/{self.year}"


class ExtractionPartRow(Row, table=True):
    """A stretch of one camera. `regions`: what is blurred on the copy, as `streams.types.extraction.Region`."""

    __tablename__ = "extraction_part"

    id: str = Field(default_factory=new_id, primary_key=True)
    extraction_id: str = Field(foreign_key="extraction.id", index=True)
    camera_id: str = Field(foreign_key="camera.id")
    from_ms: int = Field(sa_type=BigInteger)
    to_ms: int = Field(sa_type=BigInteger)
    regions: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    lock_id: str = Field(foreign_key="recording_lock.id")
