"""Hearings: their course, who may observe them by which order, and everything that happened in them. Marks are never changed."""

from typing import Any

from sqlalchemy import JSON, BigInteger, Index, LargeBinary, UniqueConstraint
from sqlmodel import Field

from vms.db.ids import new_id
from vms.db.tables.row import Dated, Row


class HearingRow(Row, table=True):
    """`version` grows with every change: who changes something names the one that they saw. The course is `vms.hearings.states.Course`."""

    __tablename__ = "hearing"
    __table_args__ = (Index(None, "courtroom_id", "begins_ms"), Index(None, "begins_ms"))

    id: str = Field(default_factory=new_id, primary_key=True)
    court_id: str = Field(foreign_key="unit.id", index=True)
    courtroom_id: str = Field(foreign_key="courtroom.id")
    case_number: str
    procedure: str
    title: str
    parties: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON)
    """`role` and `name`, as they were given; shown by initials where a minor is concerned."""
    officers: list[dict[str, str]] = Field(default_factory=list, sa_type=JSON)
    """`office` (`vms.hearings.officers.Office`) and `name` of who sits and acts beside the presiding judge."""
    judge_id: str = Field(foreign_key="account.id", index=True)
    begins_ms: int = Field(sa_type=BigInteger)
    ends_ms: int = Field(sa_type=BigInteger)
    state: str = "scheduled"
    paused_from: str | None = None
    closed_before: bool = False
    technical: bool = False
    cut: bool = False
    judgment_open: bool = False
    outcome: str | None = None
    stage: str = ""
    flags: list[str] = Field(default_factory=list, sa_type=JSON)
    checklist: dict[str, bool] = Field(default_factory=dict, sa_type=JSON)
    """Each point of `vms.hearings.gate.Point`, answered."""
    expected_ms: int | None = Field(default=None, sa_type=BigInteger)
    """When a pause or a cut is expected to end."""
    since_ms: int = Field(sa_type=BigInteger)
    """Since when what is shown is what it is."""
    delay_s: int = 0
    """How much later observers see and hear it."""
    dropped: list[dict[str, int]] = Field(default_factory=list, sa_type=JSON)
    """What observers never see of what has been shown since `since_ms`: `from_ms`, `to_ms`, when it was captured; by time, apart."""
    recording_purpose: str | None = None
    """The code of the purpose that the court records for; None: nothing is recorded."""
    version: int = 1
    created_ms: int = Field(sa_type=BigInteger)
    created_by: str = Field(foreign_key="account.id")


class HearingMarkRow(Row, table=True):
    """One act, with its time. `number` counts the marks of a hearing from 1; `confirmed_ms`: when every worker had confirmed the gate."""

    __tablename__ = "hearing_mark"
    __table_args__ = (UniqueConstraint("hearing_id", "number"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    hearing_id: str = Field(foreign_key="hearing.id", ondelete="CASCADE")
    number: int
    at_ms: int = Field(sa_type=BigInteger)
    act: str
    state: str
    stage: str = ""
    account_id: str = Field(foreign_key="account.id")
    name: str
    facts: dict[str, Any] = Field(default_factory=dict, sa_type=JSON)
    hidden: bool = False
    """Happened where nobody else looked: observers do not read it."""
    confirmed_ms: int | None = Field(default=None, sa_type=BigInteger)


class HearingRecordingRow(Row, table=True):
    """A time in which a hearing was recorded: the only parts of its cameras' recordings that anybody ever sees.

    It is open (no end) while the gate lets the recorder in; `camera_ids` are those whose gates it was.
    """

    __tablename__ = "hearing_recording"

    id: str = Field(default_factory=new_id, primary_key=True)
    hearing_id: str = Field(foreign_key="hearing.id", index=True, ondelete="CASCADE")
    purpose: str
    camera_ids: list[str] = Field(default_factory=list, sa_type=JSON)
    from_ms: int = Field(sa_type=BigInteger, index=True)
    to_ms: int | None = Field(default=None, sa_type=BigInteger)
    begun_by: str
    """Names, as they were then: of whoever did what began and what ended it."""
    ended_by: str = ""


class ObservationOrderRow(Dated, table=True):
    """Who may observe: `number` and `signer` of the paper, the angles, from when to when. One that was revoked ends at that moment."""

    __tablename__ = "observation_order"

    id: str = Field(default_factory=new_id, primary_key=True)
    hearing_id: str = Field(foreign_key="hearing.id", index=True, ondelete="CASCADE")
    number: str
    signer: str
    angles: list[str] = Field(default_factory=list, sa_type=JSON)
    created_ms: int = Field(sa_type=BigInteger)
    created_by: str = Field(foreign_key="account.id")
    revoked_ms: int | None = Field(default=None, sa_type=BigInteger)


class AdmissionRow(Row, table=True):
    """A body that an order names, or only one person of it."""

    __tablename__ = "hearing_admission"

    id: str = Field(default_factory=new_id, primary_key=True)
    order_id: str = Field(foreign_key="observation_order.id", index=True, ondelete="CASCADE")
    unit_id: str = Field(foreign_key="unit.id", index=True)
    account_id: str | None = Field(default=None, foreign_key="account.id")


class BodyOffRow(Row, table=True):
    """A body that the court's chair has switched off for a hearing."""

    __tablename__ = "hearing_body_off"

    hearing_id: str = Field(foreign_key="hearing.id", primary_key=True, ondelete="CASCADE")
    unit_id: str = Field(foreign_key="unit.id", primary_key=True)
    at_ms: int = Field(sa_type=BigInteger)
    account_id: str = Field(foreign_key="account.id")
    reason: str = ""


class AcceptanceRow(Row, table=True):
    """Who has accepted the warning for observers, in which session, before its first picture; kept when the session is long gone."""

    __tablename__ = "hearing_acceptance"

    hearing_id: str = Field(foreign_key="hearing.id", primary_key=True, ondelete="CASCADE")
    account_id: str = Field(foreign_key="account.id", primary_key=True)
    session_id: str = Field(primary_key=True)
    at_ms: int = Field(sa_type=BigInteger)
    address: str
    agent: str = ""
    """What the browser said about itself."""
    warning: str
    """Which text: its version."""


class HearingNoteRow(Row, table=True):
    """An observer's own note or mark: appended, never changed. `shared_ms`: since when the own unit may read it."""

    __tablename__ = "hearing_note"
    __table_args__ = (Index(None, "hearing_id", "at_ms"),)

    id: str = Field(default_factory=new_id, primary_key=True)
    hearing_id: str = Field(foreign_key="hearing.id", ondelete="CASCADE")
    account_id: str = Field(foreign_key="account.id", index=True)
    unit_id: str = Field(foreign_key="unit.id")
    name: str
    at_ms: int = Field(sa_type=BigInteger)
    kind: str
    stage: str = ""
    text: str = ""
    shared_ms: int | None = Field(default=None, sa_type=BigInteger)


class AttendanceRow(Row, table=True):
    """One picture that one person watched, from when to when. `id` is the view's."""

    __tablename__ = "hearing_attendance"
    __table_args__ = (Index(None, "hearing_id", "began_ms"),)

    id: str = Field(primary_key=True)
    hearing_id: str = Field(foreign_key="hearing.id", ondelete="CASCADE")
    account_id: str = Field(foreign_key="account.id")
    name: str
    unit_id: str
    unit: str
    address: str
    angle: str
    camera_id: str
    observer: bool
    began_ms: int = Field(sa_type=BigInteger)
    ended_ms: int | None = Field(default=None, sa_type=BigInteger)


class RoomCheckRow(Row, table=True):
    """What a check before the hearing found; `rows` are `vms.hearings.checking.CheckRow` as JSON."""

    __tablename__ = "hearing_room_check"

    id: str = Field(default_factory=new_id, primary_key=True)
    hearing_id: str = Field(foreign_key="hearing.id", index=True, ondelete="CASCADE")
    at_ms: int = Field(sa_type=BigInteger)
    account_id: str = Field(foreign_key="account.id")
    name: str
    passed: bool
    rows: list[dict[str, Any]] = Field(default_factory=list, sa_type=JSON)


class ImprintKeyRow(Row, table=True):
    """A key of the imprints in observers' streams, sealed. Kept for as long as a copy may turn up: for good."""

    __tablename__ = "imprint_key"

    id: str = Field(default_factory=new_id, primary_key=True)
    sealed: bytes = Field(sa_type=LargeBinary, repr=False)
    created_ms: int = Field(sa_type=BigInteger)
