"""Everything that can be done, by name, and what kind of doing it is."""

from enum import StrEnum


class Action(StrEnum):
    OWN = "own"
    """What everyone may do with what is theirs: session, password, saved walls, own jobs. Only ever on an `OwnObject`."""
    CAMERA_LIST = "camera.list"
    CAMERA_READ = "camera.read"
    CAMERA_MANAGE = "camera.manage"
    CAMERA_REGISTER = "camera.register"
    CAMERA_TEST = "camera.test"
    CAMERA_VIEW_LIVE = "camera.view_live"
    CAMERA_VIEW_RECORDED = "camera.view_recorded"
    CAMERA_PTZ = "camera.ptz"
    RECORDING_LOCK = "recording.lock"
    RECORDING_KEEP = "recording.keep"
    """How long recordings are kept, what goes early, which lock is released: one proposes, another decides."""
    DEVICE_DISCOVER = "device.discover"
    SITE_LIST = "site.list"
    COURTROOM_LIST = "courtroom.list"
    ALARM_LIST = "alarm.list"
    ALARM_ACKNOWLEDGE = "alarm.acknowledge"
    HEARING_LIST = "hearing.list"
    HEARING_MANAGE = "hearing.manage"
    HEARING_CUT = "hearing.cut"
    HEARING_OPEN = "hearing.open"
    """What lets something be seen again: only of the presiding judge of that very hearing."""
    HEARING_SWITCH = "hearing.switch"
    """The court's chair lets an observing body in, or out."""
    HEARING_OBSERVE = "hearing.observe"
    HEARING_NOTE = "hearing.note"
    """The own notes on a hearing that one observes or has observed."""
    INCIDENT_LIST = "incident.list"
    INCIDENT_WRITE = "incident.write"
    """Opening an incident, adding to it, closing it."""
    EVIDENCE_REQUEST = "evidence.request"
    EVIDENCE_APPROVE = "evidence.approve"
    RESTRICTION_LIST = "restriction.list"
    RESTRICTION_MANAGE = "restriction.manage"
    CONSOLE_LIST = "console.list"
    CONSOLE_MANAGE = "console.manage"
    CONSOLE_REVOKE = "console.revoke"
    ORGANISATION_READ = "organisation.read"
    ORGANISATION_MANAGE = "organisation.manage"
    ACCOUNT_LIST = "account.list"
    ACCOUNT_MANAGE = "account.manage"
    ACCOUNT_GRANT = "account.grant"
    AUDIT_READ = "audit.read"


MEDIA = frozenset(
    {
        Action.CAMERA_TEST,
        Action.CAMERA_VIEW_LIVE,
        Action.CAMERA_VIEW_RECORDED,
        Action.ALARM_LIST,
        Action.ALARM_ACKNOWLEDGE,
        Action.HEARING_OBSERVE,
        Action.HEARING_OPEN,
        Action.INCIDENT_LIST,
        Action.INCIDENT_WRITE,
        Action.EVIDENCE_REQUEST,
        Action.EVIDENCE_APPROVE,
        Action.CONSOLE_MANAGE,
    }
)
"""Where a picture or a sound comes out; an alarm and an incident show pictures, and whoever sets up a console gets its token."""

CLOSED_WHEN_SENSITIVE = MEDIA | {Action.CAMERA_PTZ}
"""What a sensitive camera gives to nobody but those whom a rule allows it."""

ADMINISTRATIVE = frozenset(
    {
        Action.ACCOUNT_MANAGE,
        Action.ACCOUNT_GRANT,
        Action.ORGANISATION_MANAGE,
        Action.RESTRICTION_MANAGE,
    }
)
"""What can be limited to networks and hours. Revoking a console is not: a stolen one must go at night, too."""

READING = frozenset(
    {
        Action.CAMERA_LIST,
        Action.CAMERA_READ,
        Action.CAMERA_VIEW_LIVE,
        Action.CAMERA_VIEW_RECORDED,
        Action.SITE_LIST,
        Action.COURTROOM_LIST,
        Action.ALARM_LIST,
        Action.HEARING_LIST,
        Action.HEARING_OBSERVE,
        Action.INCIDENT_LIST,
        Action.RESTRICTION_LIST,
        Action.CONSOLE_LIST,
        Action.ORGANISATION_READ,
        Action.ACCOUNT_LIST,
        Action.AUDIT_READ,
    }
)
"""What leaves everything as it was. (`OWN` is outside of this: even an auditor changes the own password.)"""
