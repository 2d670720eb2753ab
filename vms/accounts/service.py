"""The three sides of accounts, sharing one hasher: `door` in and out, `first_start`, and the administrator's `directory`."""

from dataclasses import dataclass

from vms.accounts.directory import Directory
from vms.accounts.door import Door
from vms.accounts.first_start import FirstStart
from vms.accounts.hashing import Hasher
from vms.clock import Clock
from vms.db.engine import Database
from vms.organisation.service import Organisation
from vms.settings.model import AccountSettings


@dataclass(frozen=True, slots=True)
class Accounts:
    door: Door
    first_start: FirstStart
    directory: Directory

    @classmethod
    def create(cls, db: Database, settings: AccountSettings, clock: Clock, organisation: Organisation) -> "Accounts":
        hasher = Hasher(settings)
        return cls(
            Door(db, settings, clock, hasher),
            FirstStart(db, settings, clock, hasher),
            Directory(db, settings, clock, hasher, organisation),
        )
