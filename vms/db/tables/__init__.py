"""All tables. Importing this package completes `METADATA`."""

from vms.db.tables.accounts import Account, GrantRow, SessionRow
from vms.db.tables.alarms import Alarm, AlarmSnapshot
from vms.db.tables.audit import AuditAnchor, AuditRow, AuditSeal
from vms.db.tables.cameras import Camera, Device, Stream
from vms.db.tables.consoles import ConsoleRow
from vms.db.tables.extractions import ExtractionPartRow, ExtractionRow
from vms.db.tables.factors import OldPassword, RecoveryCode, SsoIdentity, TotpRow
from vms.db.tables.hearings import (
    AcceptanceRow,
    AdmissionRow,
    AttendanceRow,
    BodyOffRow,
    HearingMarkRow,
    HearingNoteRow,
    HearingRecordingRow,
    HearingRow,
    ImprintKeyRow,
    ObservationOrderRow,
    RoomCheckRow,
)
from vms.db.tables.incidents import IncidentEntryRow, IncidentPartRow, IncidentPictureRow, IncidentRow
from vms.db.tables.layouts import Layout
from vms.db.tables.meta import Meta
from vms.db.tables.organisation import Angle, Courtroom, Placement, Site, Unit
from vms.db.tables.recordings import (
    BookmarkRow,
    DaySealRow,
    DoomedRow,
    GapRow,
    KeepingRow,
    LockRow,
    RecordedDayRow,
    RecordingChangeRow,
    RecordingClassRow,
    RecordingPlanRow,
    SegmentRow,
)
from vms.db.tables.reorganisations import ReorganisationRow
from vms.db.tables.restrictions import RestrictedCamera, RestrictionRow, RestrictionRuleRow
from vms.db.tables.reviews import EvaluationRow, ReviewRow
from vms.db.tables.row import METADATA
from vms.db.tables.stream_logins import StreamLoginRow

__all__ = [
    "METADATA",
    "AcceptanceRow",
    "Account",
    "AdmissionRow",
    "Alarm",
    "AlarmSnapshot",
    "Angle",
    "AttendanceRow",
    "AuditAnchor",
    "AuditRow",
    "AuditSeal",
    "BodyOffRow",
    "BookmarkRow",
    "Camera",
    "ConsoleRow",
    "Courtroom",
    "DaySealRow",
    "Device",
    "DoomedRow",
    "EvaluationRow",
    "ExtractionPartRow",
    "ExtractionRow",
    "GapRow",
    "GrantRow",
    "HearingMarkRow",
    "HearingNoteRow",
    "HearingRecordingRow",
    "HearingRow",
    "ImprintKeyRow",
    "IncidentEntryRow",
    "IncidentPartRow",
    "IncidentPictureRow",
    "IncidentRow",
    "KeepingRow",
    "Layout",
    "LockRow",
    "Meta",
    "ObservationOrderRow",
    "OldPassword",
    "Placement",
    "RecordedDayRow",
    "RecordingChangeRow",
    "RecordingClassRow",
    "RecordingPlanRow",
    "RecoveryCode",
    "ReorganisationRow",
    "RestrictedCamera",
    "RestrictionRow",
    "RestrictionRuleRow",
    "ReviewRow",
    "RoomCheckRow",
    "SegmentRow",
    "SessionRow",
    "Site",
    "SsoIdentity",
    "Stream",
    "StreamLoginRow",
    "TotpRow",
    "Unit",
]
