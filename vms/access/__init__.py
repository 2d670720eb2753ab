"""Who may do what to which object: one pure function, `may`. Knows no database and no HTTP.

Unknown means no: a role that says nothing about an action does not have it, an object without a place is nobody's.
"""

from vms.access.actions import Action
from vms.access.decide import Reach, may, reach
from vms.access.objects import (
    AccountObject,
    AnyObject,
    CameraObject,
    CourtroomObject,
    GrantObject,
    Object,
    OwnObject,
    SiteObject,
    UnitObject,
)
from vms.access.people import Grant, Person, Role

__all__ = [
    "AccountObject",
    "Action",
    "AnyObject",
    "CameraObject",
    "CourtroomObject",
    "Grant",
    "GrantObject",
    "Object",
    "OwnObject",
    "Person",
    "Reach",
    "Role",
    "SiteObject",
    "UnitObject",
    "may",
    "reach",
]
