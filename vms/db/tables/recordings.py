"""What is recorded, what is missing, what is wanted and what is kept. The files are the truth about pictures, these rows their index.

Segments, days, gaps and seals refer to no camera row: they are read from the files again when the database is lost.
Hashes are 32 raw bytes: there are millions of rows. A day is one in Vietnam, as ISO date; a segment belongs to the day it began in.
"""

from typing import Any

from sqlalchemy import JSON, BigInteger, Index, LargeBinary, false
from sqlmodel import Field

from vms.db.ids import new_id
from vms.db.tables.row import Dated, Row


class SegmentRow(Row, table=True):
    """One file. Its key is its place in time, so that a camera's day lies together on the disk; it never leaves the system."""

    __tablename__ = "recording_segment"
    __table_args__ = (
        Index(None, "volume", "start_ms"),
        {"sqlite_with_rowid": False},
    )

    camera_id: str = Field(primary_key=True)
    start_ms: int = Field(sa_type=BigInteger, primary_key=True)
    stream: str = Field(primary_key=True)
    end_ms: int = Field(sa_type=BigInteger)
    volume: str
    size_bytes: int = Field(sa_type=BigInteger)
    sha256: bytes = Field(sa_type=LargeBinary)
    previous: bytes = Field(default=b"", sa_type=LargeBinary)
    """Hash of the segment before; empty for the first of a chain."""
    clock_offset_ms: int | None = Field(default=None, sa_type=BigInteger)
    codec: str = ""
    ended: str = ""
    """Why it ends where it does (`streams.types.recording.SegmentEnd`)."""
    from_card: bool = Field(default=False, sa_column_kwargs={"server_default": false()})
    """Fetched later from the camera's own card."""


class RecordedDayRow(Row, table=True):
    """The sums of a camera's day on one volume: kept with every segment that comes or goes."""

    __tablename__ = "recording_day"
    __table_args__ = ({"sqlite_with_rowid": False},)

    camera_id: str = Field(primary_key=True)
    day: str = Field(primary_key=True)
    stream: str = Field(primary_key=True)
    volume: str = Field(primary_key=True)
    segments: int
    recorded_ms: int = Field(sa_type=BigInteger)
    size_bytes: int = Field(sa_type=BigInteger)


class GapRow(Row, table=True):
    """Why nothing is recorded from one moment to another, as `source` says (`vms.recordings.ledger`). Open (no end) while it lasts."""

    __tablename__ = "recording_gap"
    __table_args__ = ({"sqlite_with_rowid": False},)

    camera_id: str = Field(primary_key=True)
    start_ms: int = Field(sa_type=BigInteger, primary_key=True)
    source: str = Field(primary_key=True)
    end_ms: int | None = Field(default=None, sa_type=BigInteger)
    cause: str
    fault: str = ""
    by: str = ""
    """The id of the account, for what somebody stopped."""
    at_ms: int = Field(sa_type=BigInteger)
    """When this was said: the newest word counts."""


class RecordingPlanRow(Dated, table=True):
    """What is to be recorded of a camera, from when to when that was so: gaps are judged by the plan of their time."""

    __tablename__ = "recording_plan"

    camera_id: str = Field(foreign_key="camera.id", primary_key=True)
    valid_from_ms: int = Field(sa_type=BigInteger, primary_key=True)
    mode: str
    stream: str
    pre_roll_s: float
    post_roll_s: float
    schedule: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)
    volumes: list[str] = Field(default_factory=list, sa_type=JSON)
    set_by: str
    """The id of the account."""


class RecordingClassRow(Row, table=True):
    """How long recordings of one kind are kept, and how important they are when a disk cannot hold all."""

    __tablename__ = "recording_class"

    key: str = Field(primary_key=True)
    name: str
    name_en: str
    min_days: int
    max_days: int
    priority: int


class KeepingRow(Row, table=True):
    """The class of a camera, and its own days where they differ from the class."""

    __tablename__ = "recording_keeping"

    camera_id: str = Field(foreign_key="camera.id", primary_key=True)
    class_key: str = Field(foreign_key="recording_class.key")
    min_days: int | None = None
    max_days: int | None = None


class LockRow(Row, table=True):
    """A part of a camera's recording that nothing deletes. A lock that was released stays as a row."""

    __tablename__ = "recording_lock"
    __table_args__ = (Index(None, "camera_id", "from_ms"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    camera_id: str = Field(foreign_key="camera.id")
    from_ms: int = Field(sa_type=BigInteger)
    to_ms: int = Field(sa_type=BigInteger)
    kind: str
    """incident, case or hearing"""
    reference: str
    reason: str
    placed_by: str = Field(foreign_key="account.id")
    placed_ms: int = Field(sa_type=BigInteger)
    released_ms: int | None = Field(default=None, sa_type=BigInteger)


class RecordingChangeRow(Row, table=True):
    """What one person proposed and another decides: other retention, an early deletion, the release of a lock."""

    __tablename__ = "recording_change"

    id: str = Field(default_factory=new_id, primary_key=True)
    kind: str
    camera_id: str | None = Field(default=None, foreign_key="camera.id", index=True)
    """None for what is about a class."""
    wanted: dict[str, Any] = Field(sa_type=JSON)
    document: str
    """Number of the paper that orders it."""
    reason: str
    state: str = "proposed"
    proposed_by: str = Field(foreign_key="account.id")
    proposed_ms: int = Field(sa_type=BigInteger)
    decided_by: str | None = Field(default=None, foreign_key="account.id")
    decided_ms: int | None = Field(default=None, sa_type=BigInteger)
    minutes: str = ""
    """What was done in the end, in words: how much was deleted."""
    done_ms: int | None = Field(default=None, sa_type=BigInteger)


class DoomedRow(Row, table=True):
    """A segment that retention took out of the index and whose file is being deleted: asked for again until it is gone."""

    __tablename__ = "recording_doomed"

    camera_id: str = Field(primary_key=True)
    start_ms: int = Field(sa_type=BigInteger, primary_key=True)
    stream: str = Field(primary_key=True)
    volume: str = Field(primary_key=True)
    reason: str
    change_id: str = ""
    """Of the early deletion that it belongs to."""
    size_bytes: int = Field(sa_type=BigInteger)
    at_ms: int = Field(sa_type=BigInteger)


class DaySealRow(Row, table=True):
    """A camera's day on one volume, sealed: what the newest seal said."""

    __tablename__ = "recording_seal"

    camera_id: str = Field(primary_key=True)
    day: str = Field(primary_key=True)
    volume: str = Field(primary_key=True)
    segments: int
    recorded_ms: int = Field(sa_type=BigInteger)
    head: str
    """SHA-256 of the sealed text, hexadecimal."""
    sealed_ms: int = Field(sa_type=BigInteger)


class BookmarkRow(Row, table=True):
    """A moment that somebody wants to find again; with `unit_id` it is shared with who looks at recordings in that unit."""

    __tablename__ = "recording_bookmark"
    __table_args__ = (Index(None, "camera_id", "at_ms"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    camera_id: str = Field(foreign_key="camera.id")
    at_ms: int = Field(sa_type=BigInteger)
    note: str
    unit_id: str | None = Field(default=None, foreign_key="unit.id")
    account_id: str = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    made_ms: int = Field(sa_type=BigInteger)
