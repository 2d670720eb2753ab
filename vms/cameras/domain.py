"""The camera domain put together. The composition root gives it the database and what it needs of bus and devices."""

import asyncio
from dataclasses import dataclass

from vms.cameras.catalogue import Catalogue
from vms.cameras.desired import Desired
from vms.cameras.devices import DeviceClient
from vms.cameras.discovery import Discoverer
from vms.cameras.editing import Editing
from vms.cameras.imports import Imports
from vms.cameras.jobs import Jobs
from vms.cameras.logins import Logins, Vault
from vms.cameras.notices import Notices
from vms.cameras.ports import Carriers, DesiredState, LiveState, Prober, Snapshots, Taps, Views
from vms.cameras.recording_plans import RecordingPlans
from vms.cameras.registration import Registrar
from vms.cameras.restricting import Restricting
from vms.cameras.survey import Surveyor
from vms.cameras.truth import TruthBoard
from vms.cameras.viewing import People
from vms.clock import Clock
from vms.db.engine import Database
from vms.organisation import Organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """What the domain reaches the world through."""

    desired: DesiredState
    live: LiveState
    prober: Prober
    snapshots: Snapshots
    views: Views
    carriers: Carriers
    taps: Taps
    devices: DeviceClient
    vault: Vault


@dataclass(frozen=True, slots=True, kw_only=True)
class Cameras:
    """`run` must run for as long as the control process does."""

    catalogue: Catalogue
    editing: Editing
    restricting: Restricting
    registrar: Registrar
    discoverer: Discoverer
    imports: Imports
    logins: Logins
    jobs: Jobs
    notices: Notices
    desired: Desired
    plans: RecordingPlans
    truths: TruthBoard
    people: People
    snapshots: Snapshots
    views: Views
    carriers: Carriers
    taps: Taps

    @classmethod
    def create(
        cls,
        db: Database,
        organisation: Organisation,
        notices: Notices,
        clock: Clock,
        ports: Ports,
        *,
        parallel: int = 16,
    ) -> "Cameras":
        """`parallel`: hosts that one registration job works on, and streams that all jobs together test, at the same time."""
        jobs = Jobs(notices, clock)
        desired = Desired(db, ports.desired)
        registrar = Registrar(
            db=db,
            surveyor=Surveyor(ports.devices, ports.prober, probes=parallel),
            desired=desired,
            vault=ports.vault,
            jobs=jobs,
            notices=notices,
            clock=clock,
            parallel=parallel,
        )
        return cls(
            catalogue=Catalogue(db, organisation),
            editing=Editing(db, desired, notices, clock),
            restricting=Restricting(db, organisation, notices, clock),
            registrar=registrar,
            discoverer=Discoverer(ports.devices, jobs, clock),
            imports=Imports(db),
            logins=Logins(db, ports.vault),
            jobs=jobs,
            notices=notices,
            desired=desired,
            plans=RecordingPlans(db, desired, clock),
            truths=TruthBoard(db, ports.live, notices, clock),
            people=People(db, organisation, clock),
            snapshots=ports.snapshots,
            views=ports.views,
            carriers=ports.carriers,
            taps=ports.taps,
        )

    async def run(self) -> None:
        """Do the jobs and keep the desired state told, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.jobs.run(), name="camera jobs")
            group.create_task(self.desired.run(), name="desired state")
