"""The recordings domain put together. The composition root gives it the database, the volumes and what it needs of the workers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from vms.access import Action, CameraObject, Person, Role, looks_back_ms
from vms.clock import Clock
from vms.db.engine import Database
from vms.recordings.bookmarks import Bookmarks
from vms.recordings.changes import Changes
from vms.recordings.court_parts import CourtParts
from vms.recordings.deletable import DeletableLists
from vms.recordings.files import Volumes
from vms.recordings.index import RecordingIndex
from vms.recordings.keeping import Keepings
from vms.recordings.locks import Locks
from vms.recordings.ports import Pictures, VolumeWorkers
from vms.recordings.retaining import Retention, VolumeLimit
from vms.recordings.storage import Storage
from vms.recordings.timeline import Timeline


class Workers(Pictures, VolumeWorkers, Protocol):
    """All that the domain needs of the workers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recordings:
    index: RecordingIndex
    timeline: Timeline
    locks: Locks
    keepings: Keepings
    changes: Changes
    volumes: Volumes
    pictures: Pictures
    reach_days: Mapping[Role, int]
    deletable: DeletableLists
    retention: Retention
    storage: Storage
    court_parts: CourtParts
    bookmarks: Bookmarks

    @classmethod
    def create(
        cls,
        db: Database,
        clock: Clock,
        volumes: Volumes,
        workers: Workers,
        *,
        reach_days: Mapping[Role, int],
        limits: Mapping[str, VolumeLimit],
    ) -> "Recordings":
        index = RecordingIndex(db)
        deletable = DeletableLists(db, workers, clock)
        return cls(
            index=index,
            timeline=Timeline(db, index, clock),
            locks=Locks(db, clock, deletable),
            keepings=Keepings(db),
            changes=Changes(db, clock, deletable),
            volumes=volumes,
            pictures=workers,
            reach_days=reach_days,
            deletable=deletable,
            retention=Retention(db, index, workers, limits, clock),
            storage=Storage(index, workers, limits),
            court_parts=CourtParts(db),
            bookmarks=Bookmarks(db, clock),
        )

    def earliest_ms(self, person: Person, camera: CameraObject, at_ms: int) -> int | None:
        """Since when `person` may look at what a camera recorded; None for nothing at all."""
        back_ms = looks_back_ms(person, Action.CAMERA_VIEW_RECORDED, camera, at_ms, self.reach_days)
        return None if back_ms is None else max(0, at_ms - back_ms)
