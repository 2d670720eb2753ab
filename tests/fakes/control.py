"""A control plane for tests: real database, real accounts, cheap password hashes, a clock that stands still."""

from functools import cache
from pathlib import Path

from fakes.clock import FakeClock
from fakes.control_ports import FakePorts
from vms.access import Deed, Role
from vms.accounts.service import Accounts
from vms.accounts.sso import SingleSignOn
from vms.accounts.stream_logins import StreamLogins
from vms.alarms.service import Alarms
from vms.audit.reading import AuditReader
from vms.cameras.domain import Cameras
from vms.cameras.notices import Notices
from vms.db.engine import Database
from vms.extraction.domain import Extractions
from vms.extraction.running import Bounds
from vms.hearings.domain import HearingPorts, Hearings
from vms.hearings.evaluating import load_template
from vms.hearings.recording import Purpose
from vms.incidents.domain import Incidents
from vms.layouts.service import Layouts
from vms.organisation import Organisation
from vms.papers.fonts import Typeface, load_typeface
from vms.papers.press import Press
from vms.recordings.domain import Recordings
from vms.recordings.files import Volumes
from vms.reorganisation import Reorganisations
from vms.secrets import Key, Keyring, SecretBox
from vms.secrets.signing import load_signer
from vms.settings import Settings
from vms.settings.model import AccountSettings, WebSettings
from web.services import Services

CHEAP = AccountSettings(hash_memory_kib=64, hash_rounds=1, hash_threads=1, totp_roles=[])
PASSWORD = "Đêm nay trực ban 24"


def cheap_settings(folder: Path, web: WebSettings | None = None) -> Settings:
    return Settings(data_dir=folder, accounts=CHEAP, web=web or WebSettings())


@cache
def _typeface() -> Typeface:
    return load_typeface()


class KeptJournal:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.looks: list[Deed] = []
        self.acts: list[Deed] = []

    async def looked(self, deed: Deed) -> None:
        self.looks.append(deed)

    async def did(self, deed: Deed) -> None:
        self.acts.append(deed)

    def actions(self) -> list[str]:
        """What was done, in order."""
        return [deed.action for deed in self.acts]


def services(
    database: Database,
    clock: FakeClock,
    settings: Settings,
    ports: FakePorts | None = None,
    journal: KeptJournal | None = None,
) -> Services:
    organisation = Organisation(database, clock)
    notices = Notices()
    faked = ports or FakePorts()
    world = faked.as_ports()
    journal = journal or KeptJournal()
    accounts = Accounts.create(database, settings.accounts, clock, organisation, world.vault, journal=journal)
    cameras = Cameras.create(database, organisation, notices, clock, world)
    recordings = Recordings.create(
        database,
        clock,
        Volumes({"v1": settings.data_dir / "v1"}),
        faked.pictures,
        reach_days={Role(name): days for name, days in settings.recording.reach_days.items()},
        limits={},
    )
    press = Press(_typeface(), None, clock)
    extractions = Extractions.create(
        database,
        organisation,
        recordings=recordings,
        catalogue=cameras.catalogue,
        press=press,
        signer=load_signer(settings.data_dir),
        clock=clock,
        bounds=Bounds(settings.data_dir / "extractions", 0, 0),
    )
    return Services(
        db=database,
        settings=settings,
        clock=clock,
        organisation=organisation,
        accounts=accounts,
        cameras=cameras,
        alarms=Alarms(database, organisation, notices, clock),
        layouts=Layouts(database, clock),
        reorganisations=Reorganisations(database, clock),
        hearings=Hearings.create(
            database,
            organisation,
            notices,
            clock,
            HearingPorts(gates=faked.gates, watched=faked.gates, live=faked.live, ears=faked.ears),
            people=cameras.people,
            running=accounts.running,
            folder=settings.data_dir,
            template=load_template(None),
            purposes=[Purpose("review", "Rút kinh nghiệm", "Review"), Purpose("training", "Đào tạo", "Training")],
        ),
        stream_logins=StreamLogins(database, SecretBox(Keyring((Key("test", b"k" * 32),))), settings, clock),
        sso=SingleSignOn(database, settings.accounts, settings.oidc, clock, world.vault, door=accounts.door),
        journal=journal,
        press=press,
        audit=AuditReader(database),
        recordings=recordings,
        incidents=Incidents.create(database, organisation, recordings.locks, clock),
        extractions=extractions,
    )
