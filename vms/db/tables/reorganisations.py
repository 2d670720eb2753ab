"""Reorganisations that somebody proposed, and what became of them."""

from typing import Any

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field

from vms.db.ids import new_id
from vms.db.tables.row import Row


class ReorganisationRow(Row, table=True):
    """`files` as they were given; `report` is what the dry run found. `state`: proposed, applied or rejected."""

    __tablename__ = "reorganisation"

    id: str = Field(default_factory=new_id, primary_key=True)
    note: str
    files: dict[str, str] = Field(sa_type=JSON)
    report: dict[str, Any] = Field(sa_type=JSON)
    revision: str
    """The organisation's revision that the dry run began from."""
    state: str = "proposed"
    proposed_by: str = Field(foreign_key="account.id", index=True)
    proposed_ms: int = Field(sa_type=BigInteger)
    decided_by: str | None = Field(default=None, foreign_key="account.id")
    decided_ms: int | None = Field(default=None, sa_type=BigInteger)
