"""Sensitive cameras: what narrows a role for single cameras or groups of them. Never widens one."""

from sqlalchemy import BigInteger
from sqlmodel import Field

from vms.db.ids import new_id
from vms.db.tables.row import Dated, Row


class RestrictionRow(Row, table=True):
    """A named group of cameras (often one). `sensitive`: pictures only for whom a rule allows them."""

    __tablename__ = "restriction"

    id: str = Field(default_factory=new_id, primary_key=True)
    name: str
    unit_id: str = Field(foreign_key="unit.id", index=True)
    sensitive: bool
    created_ms: int = Field(sa_type=BigInteger)
    created_by: str | None = Field(default=None, foreign_key="account.id")


class RestrictedCamera(Row, table=True):
    __tablename__ = "restricted_camera"

    restriction_id: str = Field(foreign_key="restriction.id", primary_key=True, ondelete="CASCADE")
    camera_id: str = Field(foreign_key="camera.id", primary_key=True, ondelete="CASCADE", index=True)


class RestrictionRuleRow(Dated, table=True):
    """`subject` is the id of an account or console, or the name of a role."""

    __tablename__ = "restriction_rule"

    id: str = Field(default_factory=new_id, primary_key=True)
    restriction_id: str = Field(foreign_key="restriction.id", index=True, ondelete="CASCADE")
    subject: str
    allow: bool
    reason: str = ""
