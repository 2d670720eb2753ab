"""Hearings put together. The composition root gives it the database and what it needs of the bus."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vms.accounts.running import RunningSessions
from vms.cameras.notices import Notices
from vms.cameras.ports import LiveState
from vms.cameras.viewing import People
from vms.clock import Clock
from vms.db.engine import Database
from vms.hearings.acting import Acting
from vms.hearings.attendance import Attendance
from vms.hearings.changing import HearingDesk
from vms.hearings.evaluating import Evaluating
from vms.hearings.keeper import GateKeeper
from vms.hearings.listening import Listening
from vms.hearings.observing import Observing
from vms.hearings.ordering import Ordering
from vms.hearings.ports import Ears, GatePort, WatchedViews
from vms.hearings.reading import HearingReader
from vms.hearings.recording import HearingRecorder, Purpose
from vms.hearings.reporting import Reporting
from vms.hearings.reviewed import Reviewed
from vms.hearings.reviewing import Reviewing
from vms.hearings.rooms import RoomChecks
from vms.hearings.scheduling import Scheduling
from vms.organisation import Organisation


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingPorts:
    """What hearings reach the world through."""

    gates: GatePort
    watched: WatchedViews
    live: LiveState
    ears: Ears


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearings:
    """`attendance.run` must run for as long as the control process does, `keeper.duty` for as long as the bus is there."""

    reader: HearingReader
    acting: Acting
    scheduling: Scheduling
    ordering: Ordering
    observing: Observing
    recorder: HearingRecorder
    attendance: Attendance
    rooms: RoomChecks
    evaluating: Evaluating
    reviewing: Reviewing
    reviewed: Reviewed
    reporting: Reporting
    keeper: GateKeeper
    watched: WatchedViews
    live: LiveState

    @classmethod
    def create(
        cls,
        db: Database,
        organisation: Organisation,
        notices: Notices,
        clock: Clock,
        ports: HearingPorts,
        *,
        people: People,
        running: RunningSessions,
        folder: Path,
        template: str,
        purposes: Sequence[Purpose],
    ) -> "Hearings":
        """`template` is the evaluation sheet's (`evaluating.load_template`)."""
        desk = HearingDesk(db, clock, notices, ports.gates)
        reader = HearingReader(db, organisation, clock)
        return cls(
            reader=reader,
            acting=Acting(desk, clock),
            scheduling=Scheduling(db, organisation, desk, clock),
            ordering=Ordering(desk, clock),
            observing=Observing(db, clock),
            recorder=HearingRecorder(desk, purposes),
            attendance=Attendance(db, organisation, people.person, running.address, clock),
            evaluating=Evaluating(db, template, clock),
            reviewing=Reviewing(db, clock),
            reviewed=Reviewed(db, clock),
            reporting=Reporting(db, organisation, reader, clock),
            rooms=RoomChecks(db, ports.live, Listening(ports.ears), folder, clock),
            keeper=GateKeeper(db, ports.gates),
            watched=ports.watched,
            live=ports.live,
        )
