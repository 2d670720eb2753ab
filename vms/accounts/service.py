"""The sides of accounts, put together: they share one hasher, and one journal is told what happens."""

from dataclasses import dataclass

from vms.access import Journal, NoJournal, Person
from vms.accounts.consoles import Consoles
from vms.accounts.directory import Directory
from vms.accounts.door import Door
from vms.accounts.factors import Factors, Vault
from vms.accounts.first_start import FirstStart
from vms.accounts.grants import Grants, operator
from vms.accounts.hashing import Hasher
from vms.accounts.running import RunningSessions
from vms.clock import Clock
from vms.db.engine import Database
from vms.organisation.service import Organisation
from vms.settings.model import AccountSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """`door` in and out, `factors` for second factors, `first_start`; for administrators `directory`, `grants`, `running` sessions."""

    door: Door
    factors: Factors
    first_start: FirstStart
    directory: Directory
    grants: Grants
    running: RunningSessions
    consoles: Consoles
    organisation: Organisation

    @classmethod
    def create(
        cls,
        db: Database,
        settings: AccountSettings,
        clock: Clock,
        organisation: Organisation,
        vault: Vault,
        *,
        journal: Journal | None = None,
    ) -> "Accounts":
        """`vault` seals the secrets of second factors."""
        hasher, told = Hasher(settings), journal or NoJournal()
        return cls(
            door=Door(db, settings, clock, hasher, told),
            factors=Factors(db, settings, clock, vault, told),
            first_start=FirstStart(db, settings, clock, hasher, told),
            directory=Directory(db, settings, clock, hasher, organisation),
            grants=Grants(db, clock, organisation),
            running=RunningSessions(db, settings, clock),
            consoles=Consoles(db, settings, clock, organisation, told),
            organisation=organisation,
        )

    async def operator(self) -> Person:
        """Whoever runs a command at the machine: `directory` and `grants` take it as `by`."""
        return operator(await self.organisation.ensure_root())
