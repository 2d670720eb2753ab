"""What handlers may use. Built once by whoever composes the control process; handlers reach nothing else."""

from dataclasses import dataclass

from vms.access import Journal
from vms.accounts.service import Accounts
from vms.accounts.sso import SingleSignOn
from vms.accounts.stream_logins import StreamLogins
from vms.alarms.service import Alarms
from vms.audit.reading import AuditReader
from vms.cameras.domain import Cameras
from vms.clock import Clock
from vms.db.engine import Database
from vms.extraction.domain import Extractions
from vms.hearings.domain import Hearings
from vms.incidents.domain import Incidents
from vms.layouts.service import Layouts
from vms.organisation import Organisation
from vms.papers.press import Press
from vms.recordings.domain import Recordings
from vms.reorganisation import Reorganisations
from vms.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    db: Database
    settings: Settings
    clock: Clock
    accounts: Accounts
    organisation: Organisation
    cameras: Cameras
    alarms: Alarms
    layouts: Layouts
    stream_logins: StreamLogins
    sso: SingleSignOn
    audit: AuditReader
    journal: Journal
    """Is told once for every request that was allowed and answered."""
    reorganisations: Reorganisations
    hearings: Hearings
    recordings: Recordings
    incidents: Incidents
    extractions: Extractions
    press: Press
