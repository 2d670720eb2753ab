"""Single values that belong to this database: the hash of the set-up token, revision counters."""

from sqlmodel import Field

from vms.db.tables.row import Row


class Meta(Row, table=True):
    __tablename__ = "meta"

    key: str = Field(primary_key=True)
    value: str
