"""One object of every kind that a path can name: near (where the person's role is, or the person's own) or far (elsewhere, another's).

A maker is found by the word in the path. A route with a word that has no maker fails the matrix by name.
"""

import itertools
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from sqlmodel import select

from fakes.api_browser import Browser
from fakes.control_ports import FakePorts
from fakes.province import AREA_A, AREA_B, COURT, ROOM, SITE_A, SITE_B, SITE_COURT, add_account, add_camera
from streams.types.bus import AlarmEvent, AlarmKind, AlarmPhase
from vms.access import (
    AccountObject,
    AnyObject,
    CameraObject,
    ExtractionObject,
    HearingObject,
    IncidentObject,
    Object,
    OwnObject,
    Person,
    Role,
    UnitObject,
)
from vms.accounts.consoles import NewConsole
from vms.accounts.sessions import SessionRules, Visitor, open_session
from vms.cameras.devices import DiscoveryPlan
from vms.cameras.restricting import Wanted
from vms.cameras.wishes import Wish, read_wish
from vms.db.tables import (
    Account,
    AdmissionRow,
    AlarmSnapshot,
    ConsoleRow,
    ExtractionRow,
    HearingRow,
    IncidentPictureRow,
    ObservationOrderRow,
    RecordingChangeRow,
    ReorganisationRow,
    Unit,
)
from vms.incidents.writing import IncidentKind, NewIncident, Picture
from vms.layouts.service import Wall
from vms.recordings.bookmarks import NewBookmark
from web.services import Services

COURT_ROLES = frozenset(
    {
        Role.COURT_CLERK,
        Role.PRESIDING_JUDGE,
        Role.COURT_CHAIR,
        Role.PROSECUTOR,
        Role.PROSECUTORS_LEADER,
        Role.OVERSIGHT_OBSERVER,
    }
)
FAR_COURT = "unit-court-far00"
_numbers = itertools.count(10)


@dataclass
class Me:
    """Who asks, with which session, and where the role is held."""

    browser: Browser
    person: Person
    session_id: str
    unit_id: str

    @property
    def site_id(self) -> str:
        return SITE_COURT if self.unit_id == COURT else SITE_A


@dataclass
class World:
    """What makers make things in. `elsewhere` is a person with nothing near, `commander` sets up what consoles need."""

    control: Services
    ports: FakePorts
    elsewhere: str
    commander: Person


@dataclass(frozen=True)
class Made:
    """What goes into the path, and what rights are asked about (None: what the word before it named)."""

    word: str
    object: Object | None


Maker = Callable[[World, Me, bool, Mapping[str, str]], Awaitable[Made]]


async def camera(world: World, me: Me, near: bool, _path: Mapping[str, str]) -> Made:
    site = me.site_id if near else SITE_B
    number = next(_numbers)
    camera_id = await add_camera(world.control.db, number, site)
    if near and me.person.is_console:
        await _onto_wall(world, me, camera_id)
    obj = await world.control.cameras.catalogue.object(camera_id)
    assert isinstance(obj, CameraObject)
    return Made(camera_id, obj)


async def alarm(world: World, me: Me, near: bool, path: Mapping[str, str]) -> Made:
    seen = await camera(world, me, near, path)
    alarm_id = f"alarm-{next(_numbers):09}"
    event = AlarmEvent(
        alarm_id=alarm_id, camera_id=seen.word, kind=AlarmKind.MOTION, phase=AlarmPhase.START, start_ms=1
    )
    await world.control.alarms.apply(event)
    async with world.control.db.transaction() as session:
        session.add(AlarmSnapshot(alarm_id=alarm_id, jpeg=b"\xff\xd8"))
    return Made(alarm_id, seen.object)


async def view(world: World, me: Me, near: bool, _path: Mapping[str, str]) -> Made:
    view_id = f"view-{next(_numbers):09}"
    world.ports.views.owners[view_id] = me.session_id if near else "session-of-another"
    return Made(view_id, _own(world, me, near))


async def transport(world: World, me: Me, near: bool, _path: Mapping[str, str]) -> Made:
    transport_id = f"transport-{next(_numbers):09}"
    world.ports.carriers.owners[transport_id] = me.session_id if near else "session-of-another"
    return Made(transport_id, _own(world, me, near))


async def carrier(_world: World, _me: Me, near: bool, _path: Mapping[str, str]) -> Made:
    """Carriers are nobody's; what is not near is not there."""
    return Made("w0", AnyObject()) if near else Made("w-gone", None)


async def slot(_world: World, _me: Me, _near: bool, _path: Mapping[str, str]) -> Made:
    return Made("0", None)


async def stream_login(world: World, me: Me, near: bool, _path: Mapping[str, str]) -> Made:
    if me.person.is_console:
        return Made("login-of-nobody", _own(world, me, near))
    owner = me.person.account_id if near else world.elsewhere
    for old in await world.control.stream_logins.all_of(owner):
        await world.control.stream_logins.delete(owner, old.id)
    return Made((await world.control.stream_logins.create(owner, "VLC")).login.id, _own(world, me, near))


async def discovery(world: World, me: Me, near: bool, _path: Mapping[str, str]) -> Made:
    owner = me.person.account_id if near else world.elsewhere
    job = world.control.cameras.discoverer.start(owner, DiscoveryPlan())
    return Made(job.id, OwnObject(owner))


async def registration(world: World, me: Me, near: bool, _path: Mapping[str, str]) -> Made:
    owner = me.person.account_id if near else world.elsewhere
    wish = read_wish(Wish(site_id=me.site_id if near else SITE_B, xaddr="10.0.0.9"))
    job = await world.control.cameras.registrar.start(owner, [wish])
    return Made(job.id, OwnObject(owner))


async def number(_world: World, _me: Me, _near: bool, _path: Mapping[str, str]) -> Made:
    return Made("0", None)


async def layout_name(world: World, me: Me, near: bool, _path: Mapping[str, str]) -> Made:
    name = f"wall{next(_numbers)}"
    if not me.person.is_console:
        owner = me.person.account_id if near else world.elsewhere
        await world.control.layouts.save(owner, Wall(name, 1, []))
    return Made(name, _own(world, me, near))


async def account(world: World, me: Me, near: bool, _path: Mapping[str, str]) -> Made:
    unit_id = me.unit_id if near else AREA_B
    account_id = await add_account(world.control.db, f"somebody{next(_numbers)}", Role.DUTY_OFFICER, unit_id)
    obj = await world.control.accounts.directory.object(account_id)
    assert isinstance(obj, AccountObject)
    return Made(account_id, obj)


async def running_session(world: World, me: Me, near: bool, path: Mapping[str, str]) -> Made:
    owner = path.get("account_id") or (me.person.account_id if near else world.elsewhere)
    async with world.control.db.transaction() as session:
        row = await session.get(Account, owner)
        if row is None:  # a console has no sessions
            return Made("session-of-nobody", OwnObject("nobody"))
        rules = SessionRules.of(world.control.settings.accounts, world.control.clock())
        opened = await open_session(session, row, Visitor("10.0.0.1"), rules)
    return Made(opened.signed_in.session_id, None if "account_id" in path else OwnObject(owner))


async def grant(world: World, _me: Me, _near: bool, path: Mapping[str, str]) -> Made:
    detail = await world.control.accounts.directory.detail(path["account_id"])
    return Made(detail.history[0].row.id, None)


async def restriction(world: World, me: Me, near: bool, path: Mapping[str, str]) -> Made:
    seen = await camera(world, me, near, path)
    unit_id = me.unit_id if near else AREA_B
    wanted = Wanted("Nhà khách", unit_id, False, [seen.word], [])
    saved = await world.control.cameras.restricting.save(world.commander, wanted)
    obj = await world.control.cameras.restricting.object(saved.row.id)
    assert isinstance(obj, UnitObject)
    return Made(saved.row.id, obj)


async def console(world: World, me: Me, near: bool, _path: Mapping[str, str]) -> Made:
    wanted = NewConsole("Tường", me.unit_id if near else AREA_B, "10.9.9.9", 1, [None])
    created = await world.control.accounts.consoles.create(world.commander, wanted)
    obj = await world.control.accounts.consoles.object(created.console.row.id)
    assert isinstance(obj, UnitObject)
    return Made(created.console.row.id, obj)


async def proposal(world: World, _me: Me, near: bool, _path: Mapping[str, str]) -> Made:
    """A reorganisation is about the whole, where no role of the matrix is held: near is as far as far."""
    del near
    report = {"added": 0, "changed": 0, "removed": 0, "effective_ms": 1, "effects": []}
    row = ReorganisationRow(
        note="", files={}, report=report, revision="another", proposed_by=world.elsewhere, proposed_ms=1
    )
    async with world.control.db.transaction() as session:
        session.add(row)
    root_id = await world.control.organisation.ensure_root()
    tree = await world.control.organisation.tree()
    return Made(row.id, UnitObject(root_id, tree.path(root_id)))


async def hearing(world: World, me: Me, near: bool, _path: Mapping[str, str]) -> Made:
    """Near: in the court of whoever is a court's, else one that an order opens to the reader's unit."""
    judge = await add_account(world.control.db, f"judge{next(_numbers)}", Role.PRESIDING_JUDGE, COURT)
    row = HearingRow(
        court_id=COURT if near else FAR_COURT,
        courtroom_id=ROOM,
        case_number="12/2026/TLST-HS",
        procedure="criminal_first",
        title="Vụ án",
        judge_id=judge,
        begins_ms=world.control.clock(),
        ends_ms=world.control.clock() + 3_600_000,
        since_ms=1,
        created_ms=1,
        created_by=judge,
    )
    async with world.control.db.transaction() as session:
        if await session.get(Unit, FAR_COURT) is None:
            session.add(Unit(id=FAR_COURT, key=FAR_COURT, kind="court", name="Tòa khác", valid_from_ms=0))
            await session.flush()
        session.add(row)
        await session.flush()
        if near and not me.person.is_console:
            order = ObservationOrderRow(
                hearing_id=row.id,
                number="1",
                signer="Chánh án",
                angles=["bench"],
                valid_from_ms=0,
                valid_to_ms=world.control.clock() + 3_600_000,
                created_ms=1,
                created_by=judge,
            )
            session.add(order)
            await session.flush()
            session.add(AdmissionRow(order_id=order.id, unit_id=me.unit_id))
    obj = await world.control.hearings.reader.object(row.id)
    assert isinstance(obj, HearingObject)
    return Made(row.id, obj)


async def order(world: World, _me: Me, near: bool, path: Mapping[str, str]) -> Made:
    """Of the hearing that the path named."""
    query = select(ObservationOrderRow.id).where(ObservationOrderRow.hearing_id == path["hearing_id"])
    async with world.control.db.session() as session:
        found = (await session.exec(query)).first()
    return Made(found if found and near else "order-of-nobody", None)


async def body(_world: World, me: Me, _near: bool, _path: Mapping[str, str]) -> Made:
    return Made(me.unit_id, None)


async def recording_change(world: World, me: Me, near: bool, path: Mapping[str, str]) -> Made:
    seen = await camera(world, me, near, path)
    row = RecordingChangeRow(
        kind="early",
        camera_id=seen.word,
        wanted={"from_ms": 1, "to_ms": 2},
        document="",
        reason="Hết hạn",
        proposed_by=world.elsewhere,
        proposed_ms=1,
    )
    async with world.control.db.transaction() as session:
        session.add(row)
    return Made(row.id, seen.object)


async def incident(world: World, me: Me, near: bool, _values: Mapping[str, str]) -> Made:
    """Of a unit near or far, with one picture of a camera there."""
    unit_id = (AREA_A if me.unit_id == COURT else me.unit_id) if near else AREA_B
    camera_id = await add_camera(world.control.db, next(_numbers), SITE_A if near else SITE_B)
    picture = Picture(camera_id, 1, b"\xff\xd8\xff")
    new = NewIncident(IncidentKind.INCIDENT, unit_id, "Va chạm", pictures=[picture])
    row, _ = await world.control.incidents.desk.open(world.elsewhere, new)
    tree = await world.control.organisation.tree()
    return Made(row.id, IncidentObject(row.id, tree.path(unit_id)))


async def incident_picture(world: World, _me: Me, _near: bool, values: Mapping[str, str]) -> Made:
    async with world.control.db.session() as session:
        query = select(IncidentPictureRow.id).where(IncidentPictureRow.incident_id == values["incident_id"])
        return Made((await session.exec(query)).one(), None)


async def extraction(world: World, me: Me, near: bool, _values: Mapping[str, str]) -> Made:
    """A request of a unit near or far."""
    unit_id = (AREA_A if me.unit_id == COURT else me.unit_id) if near else AREA_B
    row = ExtractionRow(
        year=2026,
        serial=next(_numbers),
        unit_id=unit_id,
        asking_body="CQĐT",
        document="1/CV",
        requester="A",
        purpose="B",
        requested_by=world.elsewhere,
        requested_ms=1,
    )
    async with world.control.db.transaction() as session:
        session.add(row)
    tree = await world.control.organisation.tree()
    return Made(row.id, ExtractionObject(row.id, tree.path(unit_id)))


async def bookmark(world: World, me: Me, near: bool, path: Mapping[str, str]) -> Made:
    seen = await camera(world, me, near, path)
    mine = near and not me.person.is_console  # a console has no account
    owner = me.person.account_id if mine else world.elsewhere
    made = await world.control.recordings.bookmarks.add(owner, NewBookmark(seen.word, 1, ""))
    return Made(made.row.id, _own(world, me, mine))


MAKERS: Mapping[str, Maker] = {
    "change_id": recording_change,
    "bookmark_id": bookmark,
    "proposal_id": proposal,
    "camera_id": camera,
    "alarm_id": alarm,
    "view_id": view,
    "transport_id": transport,
    "mid": slot,
    "carrier": carrier,
    "login_id": stream_login,
    "discovery_id": discovery,
    "registration_id": registration,
    "n": number,
    "name": layout_name,
    "account_id": account,
    "session_id": running_session,
    "grant_id": grant,
    "restriction_id": restriction,
    "hearing_id": hearing,
    "order_id": order,
    "unit_id": body,
    "console_id": console,
    "incident_id": incident,
    "extraction_id": extraction,
    "picture_id": incident_picture,
}


def home(role: Role) -> str:
    """Where a role is held in the matrix."""
    return COURT if role in COURT_ROLES else AREA_A


def _own(world: World, me: Me, near: bool) -> OwnObject:
    return OwnObject(me.person.account_id if near else world.elsewhere)


async def _onto_wall(world: World, me: Me, camera_id: str) -> None:
    async with world.control.db.transaction() as session:
        row = await session.get_one(ConsoleRow, me.person.account_id)
        row.tiles = [camera_id]
        session.add(row)
