"""A control plane for tests: real database, real accounts, cheap password hashes, a clock that stands still."""

from pathlib import Path

from fakes.clock import FakeClock
from fakes.control_ports import FakePorts
from vms.accounts.service import Accounts
from vms.accounts.stream_logins import StreamLogins
from vms.alarms.service import Alarms
from vms.cameras.domain import Cameras
from vms.cameras.notices import Notices
from vms.db.engine import Database
from vms.layouts.service import Layouts
from vms.organisation import Organisation
from vms.secrets import Key, Keyring, SecretBox
from vms.settings import Settings
from vms.settings.model import AccountSettings, WebSettings
from web.services import Services

CHEAP = AccountSettings(hash_memory_kib=64, hash_rounds=1, hash_threads=1)
PASSWORD = "Đêm nay trực ban 24"


def cheap_settings(folder: Path, web: WebSettings | None = None) -> Settings:
    return Settings(data_dir=folder, accounts=CHEAP, web=web or WebSettings())


def services(database: Database, clock: FakeClock, settings: Settings, ports: FakePorts | None = None) -> Services:
    organisation = Organisation(database, clock)
    notices = Notices()
    world = (ports or FakePorts()).as_ports()
    return Services(
        db=database,
        settings=settings,
        clock=clock,
        organisation=organisation,
        accounts=Accounts.create(database, settings.accounts, clock, organisation),
        cameras=Cameras.create(database, organisation, notices, clock, world),
        alarms=Alarms(database, organisation, notices, clock),
        layouts=Layouts(database, clock),
        stream_logins=StreamLogins(database, SecretBox(Keyring((Key("test", b"k" * 32),))), clock),
    )
