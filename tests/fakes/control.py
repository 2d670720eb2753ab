"""A control plane for tests: real database, real accounts, cheap password hashes, a clock that stands still."""

from pathlib import Path

from fakes.clock import FakeClock
from vms.accounts.service import Accounts
from vms.db.engine import Database
from vms.organisation import Organisation
from vms.settings import Settings
from vms.settings.model import AccountSettings, WebSettings
from web.services import Services

CHEAP = AccountSettings(hash_memory_kib=64, hash_rounds=1, hash_threads=1)
PASSWORD = "Đêm nay trực ban 24"


def cheap_settings(folder: Path, web: WebSettings | None = None) -> Settings:
    return Settings(data_dir=folder, accounts=CHEAP, web=web or WebSettings())


def services(database: Database, clock: FakeClock, settings: Settings) -> Services:
    organisation = Organisation(database, clock)
    return Services(
        db=database,
        settings=settings,
        clock=clock,
        organisation=organisation,
        accounts=Accounts.create(database, settings.accounts, clock, organisation),
    )
