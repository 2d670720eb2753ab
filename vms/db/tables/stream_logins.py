"""Logins for players that are no browsers (RTSP)."""

from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field

from vms.db.ids import new_id
from vms.db.tables.row import Row


class StreamLoginRow(Row, table=True):
    """A name and a made secret for one decoder or player. HTTP digest needs the secret itself, so it is sealed, not hashed."""

    __tablename__ = "stream_login"

    id: str = Field(default_factory=new_id, primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    username: str = Field(unique=True)
    sealed: bytes = Field(sa_type=LargeBinary, repr=False)
    label: str
    """What its owner calls the player."""
    created_ms: int = Field(sa_type=BigInteger)
    used_ms: int | None = Field(default=None, sa_type=BigInteger)
    expires_ms: int | None = Field(default=None, sa_type=BigInteger)
    """None: never."""
    second_factor: bool = False
    """Whether the session that made it had given a second factor."""
