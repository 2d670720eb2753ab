"""The rights of each role, as data. `docs/rights.md` is made from this.

A right over cameras ends at the border between police and courts: `POLICE`, `COURT`, or `ALL` for what shows no pictures. For
objects on neither side (units, sites, accounts) any of the three is enough.

Procuracy and oversight bodies see hearings, not cameras: what they watch is opened for them hearing by hearing, by an observation order
(`ORDER`). Pictures of a courtroom are shown to nobody without a hearing that shows them, whatever the role.
"""

from collections.abc import Mapping
from enum import Flag
from types import MappingProxyType

from vms.access.actions import Action
from vms.access.people import Role


class Scope(Flag):
    POLICE = 1
    COURT = 2
    ORDER = 4
    ALL = POLICE | COURT
    EVERY = POLICE | COURT | ORDER


def _each(scope: Scope, *actions: Action) -> dict[Action, Scope]:
    return dict.fromkeys(actions, scope)


_DUTY = _each(
    Scope.POLICE,
    Action.CAMERA_LIST,
    Action.CAMERA_READ,
    Action.CAMERA_VIEW_LIVE,
    Action.CAMERA_VIEW_RECORDED,
    Action.CAMERA_PTZ,
    Action.SITE_LIST,
    Action.ALARM_LIST,
    Action.ALARM_ACKNOWLEDGE,
    Action.INCIDENT_LIST,
    Action.INCIDENT_WRITE,
    Action.EVIDENCE_REQUEST,
    Action.RECORDING_LOCK,
)
_COURT = _each(
    Scope.COURT,
    Action.CAMERA_LIST,
    Action.CAMERA_READ,
    Action.CAMERA_VIEW_LIVE,
    Action.COURTROOM_LIST,
    Action.SITE_LIST,
    Action.HEARING_LIST,
    Action.HEARING_CUT,
)
_RUN = _each(Scope.COURT, Action.HEARING_MANAGE, Action.HEARING_OPEN)
_OBSERVE = _each(Scope.COURT, Action.COURTROOM_LIST) | _each(
    Scope.ORDER, Action.CAMERA_VIEW_LIVE, Action.HEARING_LIST, Action.HEARING_OBSERVE, Action.HEARING_NOTE
)

RIGHTS: Mapping[Role, Mapping[Action, Scope]] = MappingProxyType(
    {
        Role.DUTY_OFFICER: _DUTY,
        Role.DUTY_COMMANDER: _DUTY
        | _each(
            Scope.POLICE,
            Action.EVIDENCE_APPROVE,
            Action.RECORDING_KEEP,
            Action.CONSOLE_LIST,
            Action.CONSOLE_MANAGE,
            Action.CONSOLE_REVOKE,
            Action.ORGANISATION_READ,
        ),
        Role.INVESTIGATOR: _each(
            Scope.POLICE,
            Action.CAMERA_LIST,
            Action.CAMERA_READ,
            Action.CAMERA_VIEW_RECORDED,
            Action.SITE_LIST,
            Action.INCIDENT_LIST,
            Action.INCIDENT_WRITE,
            Action.EVIDENCE_REQUEST,
            Action.RECORDING_LOCK,
        ),
        Role.TECHNICIAN: _each(
            Scope.ALL,
            Action.CAMERA_LIST,
            Action.CAMERA_READ,
            Action.CAMERA_MANAGE,
            Action.CAMERA_REGISTER,
            Action.DEVICE_DISCOVER,
            Action.SITE_LIST,
            Action.COURTROOM_LIST,
            Action.ORGANISATION_READ,
        )
        | _each(Scope.POLICE, Action.CAMERA_TEST, Action.CAMERA_VIEW_LIVE, Action.CAMERA_PTZ),
        Role.COURT_CLERK: _COURT | _each(Scope.COURT, Action.HEARING_MANAGE),
        Role.PRESIDING_JUDGE: _COURT
        | _RUN
        | _each(Scope.COURT, Action.CAMERA_VIEW_RECORDED, Action.RECORDING_LOCK, Action.RECORDING_KEEP),
        Role.COURT_CHAIR: _COURT | _each(Scope.COURT, Action.HEARING_MANAGE, Action.HEARING_SWITCH),
        Role.PROSECUTOR: _OBSERVE,
        Role.PROSECUTORS_LEADER: _OBSERVE,
        Role.OVERSIGHT_OBSERVER: _OBSERVE,
        Role.SECURITY_ADMINISTRATOR: _each(
            Scope.ALL,
            Action.ACCOUNT_LIST,
            Action.ACCOUNT_MANAGE,
            Action.ACCOUNT_GRANT,
            Action.ORGANISATION_READ,
            Action.ORGANISATION_MANAGE,
            Action.RESTRICTION_LIST,
            Action.RESTRICTION_MANAGE,
            Action.CONSOLE_LIST,
            Action.CONSOLE_REVOKE,
            Action.SITE_LIST,
            Action.AUDIT_READ,
        ),
        Role.AUDITOR: _each(
            Scope.ALL,
            Action.CAMERA_LIST,
            Action.CAMERA_READ,
            Action.SITE_LIST,
            Action.COURTROOM_LIST,
            Action.HEARING_LIST,
            Action.ORGANISATION_READ,
            Action.ACCOUNT_LIST,
            Action.RESTRICTION_LIST,
            Action.CONSOLE_LIST,
            Action.AUDIT_READ,
        ),
        Role.WALL_CONSOLE: _each(
            Scope.POLICE,
            Action.CAMERA_LIST,
            Action.CAMERA_VIEW_LIVE,
            Action.ALARM_LIST,
        ),
    }
)
