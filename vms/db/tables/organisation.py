"""Units and how they were placed over time; sites, courtrooms and their named pictures."""

from sqlalchemy import UniqueConstraint
from sqlmodel import Field

from vms.db.ids import new_id
from vms.db.tables.row import Dated, Row


class Unit(Dated, table=True):
    """A body of the organisation. `key` is its name in files; a unit that was abolished stays, with its end."""

    __tablename__ = "unit"

    id: str = Field(default_factory=new_id, primary_key=True)
    key: str = Field(unique=True)
    kind: str
    name: str
    name_en: str = ""
    successor_id: str | None = Field(default=None, foreign_key="unit.id")


class Placement(Dated, table=True):
    """`child_id` belonged to `parent_id` for a time. A unit has at most one parent at any moment."""

    __tablename__ = "placement"

    id: str = Field(default_factory=new_id, primary_key=True)
    child_id: str = Field(foreign_key="unit.id", index=True)
    parent_id: str = Field(foreign_key="unit.id", index=True)


class Site(Row, table=True):
    """A place with devices. It stays where it is when the units over it change."""

    __tablename__ = "site"

    id: str = Field(default_factory=new_id, primary_key=True)
    key: str = Field(unique=True)
    name: str
    name_en: str = ""
    unit_id: str = Field(foreign_key="unit.id", index=True)
    legacy_district: str = ""
    latitude: float | None = None
    longitude: float | None = None
    owner: str = ""
    funding: str = ""


class Courtroom(Row, table=True):
    __tablename__ = "courtroom"

    id: str = Field(default_factory=new_id, primary_key=True)
    key: str = Field(unique=True)
    name: str
    court_id: str = Field(foreign_key="unit.id", index=True)
    site_id: str = Field(foreign_key="site.id", index=True)


class Angle(Row, table=True):
    """One named picture of a courtroom; `camera_id` once a camera was attached. `kind`: accused, bench, witness, evidence."""

    __tablename__ = "angle"
    __table_args__ = (UniqueConstraint("courtroom_id", "kind"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    courtroom_id: str = Field(foreign_key="courtroom.id", index=True)
    kind: str
    name: str
    number: int | None = None
    """The number that the camera is planned to have."""
    channel: int = 1
    audio: bool = False
    camera_id: str | None = Field(default=None, unique=True)
