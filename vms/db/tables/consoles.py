"""Wall consoles: workstations that show one wall and nothing else."""

from sqlalchemy import JSON, BigInteger
from sqlmodel import Field

from vms.db.ids import new_id
from vms.db.tables.row import Row


class ConsoleRow(Row, table=True):
    """Tokens are stored as their SHA-256 (256 random bits need no salt)."""

    __tablename__ = "console"

    id: str = Field(default_factory=new_id, primary_key=True)
    name: str
    unit_id: str = Field(foreign_key="unit.id", index=True)
    address: str
    """The workstation's; from any other the console is refused."""
    size: int
    tiles: list[str | None] = Field(default_factory=list, sa_type=JSON)
    token_hash: str = Field(unique=True, repr=False)
    """Of the enrolment token, good for one use until `token_expires_ms`."""
    token_expires_ms: int = Field(sa_type=BigInteger)
    secret_hash: str | None = Field(default=None, unique=True, repr=False)
    """Of what the workstation's cookie holds, once it enrolled."""
    created_ms: int = Field(sa_type=BigInteger)
    created_by: str = Field(foreign_key="account.id")
    enrolled_ms: int | None = Field(default=None, sa_type=BigInteger)
    seen_ms: int | None = Field(default=None, sa_type=BigInteger)
    revoked_ms: int | None = Field(default=None, sa_type=BigInteger)
