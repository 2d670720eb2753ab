"""Builds the control process's services from settings. The only place where domain, bus, devices and HTTP meet."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog

from streams.bus.session import BusAddress
from streams.types.bus import SUBJECT_ALARM, SUBJECT_DELETED, SUBJECT_GAP, SUBJECT_SEGMENT, AlarmEvent
from streams.types.bus import ViewMoved as Moved
from streams.types.recording import GapNoted, SegmentClosed, SegmentDeleted
from streams.types.tap import EndReason
from vms.access import Action, JournalThatTells, Role
from vms.accounts.present import PresentPeople
from vms.accounts.service import Accounts
from vms.accounts.sso import SingleSignOn
from vms.accounts.stream_logins import StreamLogins
from vms.alarms.service import Alarms
from vms.audit.log import AuditLog
from vms.audit.names import DatabaseNames
from vms.audit.reading import AuditReader
from vms.audit.sealing import Sealer
from vms.audit.watching import Watching
from vms.bus.card_readers import CardReadersOnBus
from vms.bus.carriers import CarriersOnBus
from vms.bus.credentials import CredentialsDesk
from vms.bus.desired import DesiredOnBus
from vms.bus.gates import GatesOnBus
from vms.bus.intake import Intake
from vms.bus.keyframes import KeyframeRequests
from vms.bus.link import BusLink
from vms.bus.live import Heartbeats
from vms.bus.media import MediaDesk
from vms.bus.open_views import OpenView
from vms.bus.taps import TapsOnBus
from vms.bus.views import ViewsOnBus
from vms.bus.volumes import VolumesOnBus
from vms.cameras.catalogue import Catalogue
from vms.cameras.devices import DeviceClient
from vms.cameras.domain import Cameras, Ports
from vms.cameras.keyframes import Keyframes
from vms.cameras.logins import Logins
from vms.cameras.notices import Notices, ViewMoved
from vms.cameras.rtsp_door import RtspDoor
from vms.cameras.viewing import People, ViewRights
from vms.clock import system_clock
from vms.db.engine import Database
from vms.db.migrate import migrate
from vms.extraction.domain import Extractions
from vms.extraction.running import Bounds
from vms.hearings.domain import HearingPorts, Hearings
from vms.hearings.evaluating import load_template
from vms.hearings.imprints import load_imprints
from vms.hearings.recording import Purpose
from vms.incidents.domain import Incidents
from vms.layouts.service import Layouts
from vms.organisation import Organisation
from vms.papers.press import load_press
from vms.recordings.backfill import Backfills
from vms.recordings.domain import Recordings
from vms.recordings.files import Volumes
from vms.recordings.news import RecordingNews
from vms.recordings.retaining import VolumeLimit
from vms.recordings.sealing import DaySealer
from vms.recordings.upkeep import RecordingUpkeep
from vms.recordings.witness import Witness
from vms.reorganisation import Reorganisations
from vms.secrets import Keyring, SecretBox, WatchedKeyring, key_file, load_keyring
from vms.secrets.signing import load_signer
from vms.settings import Settings
from web.services import Services

log = structlog.get_logger(__name__)

HEAD = "head"
"""The file that remembers how long the audit log is."""
FORGET_EVERY_S = 3600.0
DEFAULT_VOLUME = "main"
NO_RIGHT_ENDS = frozenset(
    {Action.CAMERA_VIEW_LIVE, Action.CAMERA_PTZ, Action.ALARM_ACKNOWLEDGE, "fill_slot", "empty_slot"}
)
"""Acts that happen by the hundred and end nobody's right: views need not be reviewed after them."""
ALARMS_KEPT_MS = 30 * 86_400_000


@dataclass(frozen=True, slots=True)
class Control:
    """Everything of the control process, built and not yet running."""

    services: Services
    link: BusLink
    rtsp_door: RtspDoor
    watching: Watching
    sealer: Sealer
    recording: RecordingUpkeep

    async def run(self) -> None:
        """The bus, the jobs and the housekeeping, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.link.run(), name="bus")
            group.create_task(self.services.cameras.run(), name="cameras")
            group.create_task(self.watching.run(), name="audit of views")
            group.create_task(self.services.hearings.attendance.run(), name="attendance")
            group.create_task(self._forget(), name="housekeeping")
            group.create_task(self.recording.run(), name="recordings")
            group.create_task(self.services.extractions.runner.run(), name="extractions")

    async def _forget(self) -> None:
        while True:
            now_ms = self.services.clock()
            await self.services.alarms.forget(now_ms - ALARMS_KEPT_MS)
            for file in await self.sealer.seal_due(now_ms):
                log.info("audit_day_sealed", file=file.name)
            await self.sealer.forget_old(now_ms)
            await asyncio.sleep(FORGET_EVERY_S)


@dataclass(frozen=True, slots=True)
class Opened:
    """What `opened` gives."""

    db: Database
    organisation: Organisation
    accounts: Accounts
    box: SecretBox
    journal: AuditLog


def audit_folder(settings: Settings) -> Path:
    """Where the sealed days and the head of the audit log are."""
    return settings.data_dir / "audit"


def keys_of(settings: Settings) -> Keyring | WatchedKeyring:
    """The keys of this installation, made on the first start; those of a file follow it. Raises `KeyringError`."""
    keyring, file = load_keyring(settings), key_file(settings)
    return keyring if file is None else WatchedKeyring(file)


def volume_folders(settings: Settings) -> dict[str, Path]:
    """Where this machine keeps recordings, by the id of the volume: as set, else one in the data folder."""
    volumes = {volume.id: volume.path for volume in settings.recording.volumes}
    return volumes or {DEFAULT_VOLUME: settings.data_dir.absolute() / "recordings"}


def volume_limits(settings: Settings) -> dict[str, VolumeLimit]:
    return {
        volume.id: VolumeLimit(round(volume.quota_gb * 1_000_000_000), volume.keep_free_percent / 100)
        for volume in settings.recording.volumes
    }


def extraction_bounds(settings: Settings) -> Bounds:
    wanted = settings.extraction
    return Bounds(
        wanted.folder or settings.data_dir.absolute() / "extractions",
        round(wanted.read_mb_s * 1_000_000),
        round(wanted.keep_free_gb * 1_000_000_000),
    )


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Opened]:
    """The parts that need no bus: for commands that work on the database alone. Migrates first."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    audit_folder(settings).mkdir(exist_ok=True, mode=0o700)
    await migrate(settings.database_url)
    db = Database(settings.database_url)
    try:
        organisation = Organisation(db, system_clock)
        box = SecretBox(keys_of(settings))
        journal = AuditLog(db, DatabaseNames(db), audit_folder(settings) / HEAD)
        accounts = Accounts.create(db, settings.accounts, system_clock, organisation, box, journal=journal)
        yield Opened(db, organisation, accounts, box, journal)
    finally:
        await db.close()


@asynccontextmanager
async def composed(settings: Settings, bus: BusAddress, devices: DeviceClient) -> AsyncIterator[Control]:
    """Raises what opening the database, the keys or the migration raises: each one sentence."""
    async with opened(settings) as base:
        press = load_press(settings, system_clock)
        db, organisation, accounts, box = base.db, base.organisation, base.accounts, base.box
        await organisation.ensure_root()
        notices = Notices()
        link = BusLink(bus)
        live = Heartbeats(link, time.monotonic)
        media = MediaDesk(link, live)
        people = People(db, organisation, system_clock)
        logins = StreamLogins(db, box, settings, system_clock)
        catalogue = Catalogue(db, organisation)
        rights = ViewRights(catalogue, PresentPeople(db, settings.accounts, system_clock), system_clock)
        imprints = await load_imprints(db, box, system_clock)
        views = ViewsOnBus(link, live, rights.still_may, imprint=imprints.of)
        taps = TapsOnBus(link, live, views)
        cameras = Cameras.create(
            db,
            organisation,
            notices,
            system_clock,
            Ports(
                desired=DesiredOnBus(link),
                live=live,
                prober=media,
                snapshots=media,
                views=views,
                carriers=CarriersOnBus(link, live, views),
                taps=taps,
                devices=devices,
                vault=box,
            ),
            parallel=settings.devices.parallel,
        )
        gates = GatesOnBus(link, live, views, system_clock)
        hearings = Hearings.create(
            db,
            organisation,
            notices,
            system_clock,
            HearingPorts(gates=gates, watched=gates, live=live, ears=media),
            people=people,
            running=accounts.running,
            folder=settings.data_dir,
            template=load_template(settings.papers.evaluation),
            purposes=[Purpose(one.code, one.name, one.name_en) for one in settings.hearings.recording_purposes],
        )
        alarms = Alarms(db, organisation, notices, system_clock)
        volumes = VolumesOnBus(link, live)
        reach_days = {Role(name): days for name, days in settings.recording.reach_days.items()}
        recordings = Recordings.create(
            db,
            system_clock,
            Volumes(volume_folders(settings)),
            volumes,
            reach_days=reach_days,
            limits=volume_limits(settings),
        )
        views.on_moved.append(_tell_of_views(notices))
        link.add_duty(views.duty)
        link.add_duty(gates.duty)
        link.add_duty(hearings.keeper.duty)
        link.add_duty(CredentialsDesk(link, live, Logins(db, box).of_camera, time.monotonic).duty)
        link.add_duty(Intake(SUBJECT_ALARM, "control-alarms", AlarmEvent, alarms.apply).duty)
        news = RecordingNews(db)
        news.on_deleted.append(recordings.deletable.note_deleted)
        link.add_duty(Intake(SUBJECT_SEGMENT, "control-segments", SegmentClosed, news.closed).duty)
        link.add_duty(Intake(SUBJECT_GAP, "control-gaps", GapNoted, news.gap).duty)
        link.add_duty(Intake(SUBJECT_DELETED, "control-deleted", SegmentDeleted, news.deleted).duty)
        link.add_duty(KeyframeRequests(Keyframes(db, Logins(db, box), devices, time.monotonic).wanted, live.owner).duty)
        signer = load_signer(settings.data_dir)
        extractions = Extractions.create(
            db,
            organisation,
            recordings=recordings,
            catalogue=catalogue,
            press=press,
            signer=signer,
            clock=system_clock,
            bounds=extraction_bounds(settings),
        )
        services = Services(
            db=db,
            settings=settings,
            clock=system_clock,
            accounts=accounts,
            organisation=organisation,
            cameras=cameras,
            alarms=alarms,
            layouts=Layouts(db, system_clock),
            stream_logins=logins,
            sso=SingleSignOn(db, settings.accounts, settings.oidc, system_clock, box, door=accounts.door),
            journal=JournalThatTells(base.journal, views.review, NO_RIGHT_ENDS),
            audit=AuditReader(db),
            reorganisations=Reorganisations(db, system_clock),
            hearings=hearings,
            recordings=recordings,
            incidents=Incidents.create(db, organisation, recordings.locks, system_clock),
            extractions=extractions,
            press=press,
        )
        watching = Watching(base.journal, people.person, accounts.running.address, system_clock)
        views.on_begun.append(watching.began)
        views.on_gone.append(watching.ended)
        views.on_begun.append(hearings.attendance.began)
        views.on_gone.append(hearings.attendance.ended)
        sealer = Sealer(db, signer, audit_folder(settings))
        upkeep = RecordingUpkeep(
            Witness(db, live, system_clock),
            recordings.retention,
            recordings.deletable,
            DaySealer(db, recordings.index, recordings.timeline, recordings.volumes, signer=signer, clock=system_clock),
            link.up,
            backfills=Backfills(
                db,
                recordings.timeline,
                recordings.index,
                readers=CardReadersOnBus(link, live),
                devices=devices,
                logins=Logins(db, box),
                clock=system_clock,
                back_days=settings.recording.backfill_days,
            ),
        )
        door = RtspDoor(logins, people, catalogue, taps, system_clock)
        yield Control(services, link, door, watching, sealer, upkeep)


def _tell_of_views(notices: Notices) -> Callable[[OpenView, Moved], None]:
    """Whoever has an event socket learns what becomes of the own views."""

    def tell(view: OpenView, moved: Moved) -> None:
        ended = EndReason(moved.ended) if moved.ended else None
        notices.publish(ViewMoved(view.view_id, view.session_id, moved.shown, ended))

    return tell
