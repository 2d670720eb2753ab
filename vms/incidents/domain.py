"""The incidents domain put together."""

from dataclasses import dataclass

from vms.clock import Clock
from vms.db.engine import Database
from vms.incidents.reading import IncidentReader
from vms.incidents.writing import IncidentDesk
from vms.organisation import Organisation
from vms.recordings.locks import Locks


@dataclass(frozen=True, slots=True)
class Incidents:
    desk: IncidentDesk
    reader: IncidentReader

    @classmethod
    def create(cls, db: Database, organisation: Organisation, locks: Locks, clock: Clock) -> "Incidents":
        return cls(IncidentDesk(db, locks, clock), IncidentReader(db, organisation))
