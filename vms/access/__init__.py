"""Who may do what to which object: one pure function, `may`. Knows no database and no HTTP.

Unknown means no: a role that says nothing about an action does not have it, an object without a place is nobody's.
"""

from vms.access.actions import Action
from vms.access.decide import Reach, audience, looks_back_ms, may, reach
from vms.access.duty import clash
from vms.access.journal import Actor, Deed, Journal, JournalThatTells, NoJournal
from vms.access.objects import (
    AccountObject,
    Admission,
    AnyObject,
    CameraObject,
    CameraRestriction,
    CameraRule,
    CourtroomObject,
    ExtractionObject,
    GrantObject,
    HearingObject,
    IncidentObject,
    Object,
    OwnObject,
    SiteObject,
    UnitObject,
)
from vms.access.people import PEOPLES_ROLES, Grant, Person, Role
from vms.access.views import RunningView

__all__ = [
    "PEOPLES_ROLES",
    "AccountObject",
    "Action",
    "Actor",
    "Admission",
    "AnyObject",
    "CameraObject",
    "CameraRestriction",
    "CameraRule",
    "CourtroomObject",
    "Deed",
    "ExtractionObject",
    "Grant",
    "GrantObject",
    "HearingObject",
    "IncidentObject",
    "Journal",
    "JournalThatTells",
    "NoJournal",
    "Object",
    "OwnObject",
    "Person",
    "Reach",
    "Role",
    "RunningView",
    "SiteObject",
    "UnitObject",
    "audience",
    "clash",
    "looks_back_ms",
    "may",
    "reach",
]
