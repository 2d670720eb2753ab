"""The audit log. Rows are only ever added, and taken away from the old end when their time is over."""

from sqlalchemy import BigInteger, Index, Text
from sqlmodel import Field

from vms.db.tables.row import Row


class AuditRow(Row, table=True):
    """No foreign keys: a row outlives whatever it names."""

    __tablename__ = "audit"
    __table_args__ = (
        Index("ix_audit_object", "kind", "object_id", "seq"),
        Index("ix_audit_account_id", "account_id", "seq"),
        Index("ix_audit_unit_id", "unit_id", "seq"),
        Index("ix_audit_at_ms", "at_ms"),
    )

    seq: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    at_ms: int = Field(sa_type=BigInteger)
    address: str
    account_id: str
    name: str
    roles: str
    session_id: str
    console: bool
    action: str
    reads: bool
    kind: str
    object_id: str
    label: str
    unit_id: str
    facts: str = Field(sa_type=Text)
    prev_hash: str
    hash: str


class AuditAnchor(Row, table=True):
    """Where the log begins: number and hash of the last row that was taken away. One row."""

    __tablename__ = "audit_anchor"

    id: int = Field(default=1, primary_key=True)
    seq: int = Field(default=0, sa_type=BigInteger)
    hash: str
    at_ms: int = Field(default=0, sa_type=BigInteger)


class AuditSeal(Row, table=True):
    """A day that has been sealed in a file: what its rows must still be."""

    __tablename__ = "audit_seal"

    day: str = Field(primary_key=True)
    first: int = Field(sa_type=BigInteger)
    last: int = Field(sa_type=BigInteger)
    before: str
    head: str
