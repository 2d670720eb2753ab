"""What was seen to move, and its picture. Pictures are apart: lists never read them."""

from sqlalchemy import BigInteger, Index, LargeBinary
from sqlmodel import Field

from vms.db.tables.row import Row


class Alarm(Row, table=True):
    """`id` comes from the worker that saw it, so that the same event told twice is one row."""

    __tablename__ = "alarm"
    __table_args__ = (Index(None, "start_ms", "id"), Index(None, "camera_id", "start_ms"))

    id: str = Field(primary_key=True)
    camera_id: str = Field(foreign_key="camera.id")
    kind: str
    zone: str = ""
    start_ms: int = Field(sa_type=BigInteger)
    end_ms: int | None = Field(default=None, sa_type=BigInteger)
    peak_ms: int | None = Field(default=None, sa_type=BigInteger)
    peak_share: float = 0.0
    has_snapshot: bool = False
    acknowledged_ms: int | None = Field(default=None, sa_type=BigInteger)
    acknowledged_by: str | None = Field(default=None, foreign_key="account.id")


class AlarmSnapshot(Row, table=True):
    __tablename__ = "alarm_snapshot"

    alarm_id: str = Field(foreign_key="alarm.id", primary_key=True, ondelete="CASCADE")
    jpeg: bytes = Field(sa_type=LargeBinary, repr=False)
