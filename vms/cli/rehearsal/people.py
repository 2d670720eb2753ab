"""Who works in a rehearsal: made directly in the database before the system starts, each with a generated password.

Whoever owns the data folder may do that: it takes no right that the owner of the database file does not have anyway.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import select

from vms.access import Person, Role
from vms.accounts.directory import HeldRole
from vms.accounts.policy import first_password, login_key
from vms.accounts.service import Accounts
from vms.accounts.sessions import SessionRules, Visitor, csrf_of, open_session, person_of
from vms.cli.compose import opened
from vms.clock import system_clock
from vms.db.engine import Database
from vms.db.tables import Account
from vms.settings import Settings

ADMINISTRATOR = "quantri"
TECHNICIAN = "kythuat"
DUTY_OFFICER = "trucban"
CLERK = "thuky"
JUDGE = "chutoa"
PROSECUTOR = "kiemsat"
OBSERVER = "banphapche"
DUTY_COMMANDER = "chihuy"
_HERE = Visitor("127.0.0.1", "vms demo")


@dataclass(frozen=True, slots=True)
class Worker:
    """`unit` is a key of units.csv."""

    login: str
    name: str
    role: Role
    unit: str


ADMINISTRATOR_NAME = "Quản trị hệ thống · administrator"
WORKERS = (
    Worker(TECHNICIAN, "Kỹ thuật viên · technician", Role.TECHNICIAN, "son-la"),
    Worker(DUTY_OFFICER, "Trực ban · duty officer", Role.DUTY_OFFICER, "police"),
    Worker(DUTY_COMMANDER, "Trực chỉ huy · duty commander", Role.DUTY_COMMANDER, "police"),
    Worker(CLERK, "Thư ký Tòa án · court clerk", Role.COURT_CLERK, "court"),
    Worker(JUDGE, "Thẩm phán chủ tọa · presiding judge", Role.PRESIDING_JUDGE, "court"),
    Worker("chanhan", "Chánh án · court chair", Role.COURT_CHAIR, "court"),
    Worker(PROSECUTOR, "Kiểm sát viên · prosecutor", Role.PROSECUTOR, "procuracy"),
    Worker(OBSERVER, "Ban Pháp chế HĐND · People's Council", Role.OVERSIGHT_OBSERVER, "peoples-council"),
    Worker("noichinh", "Ban Nội chính · Internal Affairs Board", Role.OVERSIGHT_OBSERVER, "internal-affairs"),
    Worker("giamsat", "Kiểm tra nhật ký · auditor", Role.AUDITOR, "son-la"),
)


@dataclass(frozen=True, slots=True)
class NewLogin:
    """An account that was made just now. The password is shown once and kept nowhere."""

    login: str
    name: str
    password: str


async def prepare(settings: Settings, province: Path) -> list[NewLogin]:
    """Import the organisation and make the accounts that are missing; empty when all is there already.

    Raises `ImportRefused` and what opening the database raises.
    """
    async with opened(settings) as base:
        db, organisation, accounts = base.db, base.organisation, base.accounts
        await organisation.import_folder(province)
        made = []
        if (token := await accounts.first_start.new_token()) is not None:
            password = first_password(settings.accounts)
            await accounts.first_start.create_administrator(token, ADMINISTRATOR, ADMINISTRATOR_NAME, password, _HERE)
            made.append(NewLogin(ADMINISTRATOR, ADMINISTRATOR_NAME, password))
        by = await _person(db, ADMINISTRATOR)
        if by is None:  # somebody else's system: its people are not ours to make
            return made
        units = {unit.key: unit.id for unit in (await organisation.tree()).units.values()}
        missing = [worker for worker in WORKERS if worker.unit in units and await _person(db, worker.login) is None]
        made += [await _make(settings, accounts, by, worker, units[worker.unit]) for worker in missing]
        return made


async def add(settings: Settings, workers: Sequence[Worker]) -> list[NewLogin]:
    """Make further accounts, as the administrator does. Raises what opening the database raises."""
    async with opened(settings) as base:
        by = await _person(base.db, ADMINISTRATOR)
        if by is None:
            return []
        units = {unit.key: unit.id for unit in (await base.organisation.tree()).units.values()}
        return [await _make(settings, base.accounts, by, worker, units[worker.unit]) for worker in workers]


@dataclass(frozen=True, slots=True)
class Session:
    """A running session: the cookie's token and what goes with it."""

    token: str
    csrf: str

    def __repr__(self) -> str:
        return "Session()"


async def session_of(settings: Settings, login: str) -> Session | None:
    """A session as this person, as if signed in here; None when there is no such account."""
    async with opened(settings) as base, base.db.transaction() as session:
        account = (await session.exec(select(Account).where(Account.login_key == login_key(login)))).first()
        if account is None:
            return None
        times = SessionRules.of(settings.accounts, system_clock())
        token = (await open_session(session, account, _HERE, times)).token
        return Session(token, csrf_of(token))


async def _make(settings: Settings, accounts: Accounts, by: Person, worker: Worker, unit_id: str) -> NewLogin:
    created = await accounts.directory.create(by, worker.login, worker.name, [HeldRole(worker.role, unit_id)])
    first = await accounts.door.sign_in(worker.login, created.first_password, _HERE)
    # A rehearsal begins at the wall, not at the form for a new password.
    password = first_password(settings.accounts)
    await accounts.door.change_password(first.signed_in, created.first_password, password, _HERE)
    return NewLogin(worker.login, worker.name, password)


async def _person(db: Database, login: str) -> Person | None:
    async with db.session() as session:
        account = (await session.exec(select(Account).where(Account.login_key == login_key(login)))).first()
        return None if account is None else await person_of(session, account)
