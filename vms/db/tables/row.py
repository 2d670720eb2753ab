"""What all tables share: their metadata, with names for constraints that are the same on every database."""

from typing import ClassVar

from sqlalchemy import BigInteger, MetaData
from sqlmodel import Field, SQLModel

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Row(SQLModel):
    """Base of all tables. Times are UTC in ms (`BigInteger`), ids come from `new_id`."""

    metadata: ClassVar[MetaData] = METADATA


class Dated(Row):
    """What holds from one moment (included) to another (excluded); no end means still."""

    valid_from_ms: int = Field(sa_type=BigInteger)
    valid_to_ms: int | None = Field(default=None, sa_type=BigInteger)

    def holds(self, at_ms: int) -> bool:
        return self.valid_from_ms <= at_ms and (self.valid_to_ms is None or at_ms < self.valid_to_ms)
