"""What is made of a hearing afterwards: evaluation sheets, and the minutes of the meeting about it ("rút kinh nghiệm")."""

from typing import Any

from sqlalchemy import JSON, BigInteger, UniqueConstraint
from sqlmodel import Field

from vms.db.ids import new_id
from vms.db.tables.row import Row


class EvaluationRow(Row, table=True):
    """One observer's sheet. `template` is the text by which it is filled, as it was when the sheet was begun. `final_ms`: handed in, and
    never changed again.
    """

    __tablename__ = "hearing_evaluation"
    __table_args__ = (UniqueConstraint("hearing_id", "account_id"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    hearing_id: str = Field(foreign_key="hearing.id", ondelete="CASCADE")
    account_id: str = Field(foreign_key="account.id")
    unit_id: str = Field(foreign_key="unit.id", index=True)
    name: str
    evaluated: str = ""
    template: str
    scores: dict[str, dict[str, Any]] = Field(default_factory=dict, sa_type=JSON)
    """By criterion: `points` (or None) and `remark`."""
    strengths: str = ""
    weaknesses: str = ""
    at_ms: int = Field(sa_type=BigInteger)
    final_ms: int | None = Field(default=None, sa_type=BigInteger, index=True)
    version: int = 1


class ReviewRow(Row, table=True):
    """A body's minutes of its meeting about a hearing. `final_ms` as above; `prosecutor_id`: whose quota the hearing counts for."""

    __tablename__ = "hearing_review"
    __table_args__ = (UniqueConstraint("hearing_id", "unit_id"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    hearing_id: str = Field(foreign_key="hearing.id", ondelete="CASCADE")
    unit_id: str = Field(foreign_key="unit.id", index=True)
    began_ms: int = Field(sa_type=BigInteger)
    ended_ms: int | None = Field(default=None, sa_type=BigInteger)
    place: str
    chair: str
    secretary: str
    prosecutor_id: str | None = Field(default=None, foreign_key="account.id")
    participants: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON)
    opinions: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON)
    strengths: str = ""
    weaknesses: str = ""
    conclusion: str = ""
    at_ms: int = Field(sa_type=BigInteger)
    account_id: str = Field(foreign_key="account.id")
    """Who wrote the present version."""
    final_ms: int | None = Field(default=None, sa_type=BigInteger, index=True)
    version: int = 1
