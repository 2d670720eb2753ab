"""Saved walls."""

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field

from vms.db.tables.row import Row


class Layout(Row, table=True):
    """One wall of one person; the name "" is the last one used. `tiles` holds camera ids row by row, null for empty."""

    __tablename__ = "layout"

    account_id: str = Field(foreign_key="account.id", primary_key=True, ondelete="CASCADE")
    name: str = Field(primary_key=True)
    size: int
    tiles: list[str | None] = Field(default_factory=list, sa_type=JSON)
    saved_ms: int = Field(sa_type=BigInteger)
