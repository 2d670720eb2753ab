"""What the domain asks of media workers. Implemented in `vms.bus`; this module knows no NATS."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from streams.types.bus import Snapshot
from streams.types.recording import Deletable, DeletableTaken, SegmentsDeleted, VolumeState
from vms.recordings.spans import Span


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """The keyframe at or before `at_ms` in one file, at most so wide."""

    volume: str
    path: str
    at_ms: int
    max_width_px: int


@dataclass(frozen=True, slots=True)
class ListHolder:
    """One start of a worker, with one of its volumes: what holds a list of what it may delete, in memory."""

    worker_id: str
    incarnation: str
    volume: str


class Pictures(Protocol):
    """Raises `vms.cameras.ports.BusRefused` and `BusUnavailable`."""

    async def picture(self, request: PictureRequest) -> Snapshot:
        """Decoded by a worker that has the volume."""


class VolumeWorkers(Protocol):
    """Raises `vms.cameras.ports.BusRefused` and `BusUnavailable`."""

    def states(self) -> Sequence[VolumeState]:
        """Every volume as each living worker sees it."""

    @property
    def answers_within_s(self) -> float:
        """How long `may_delete` waits for an answer."""

    def holders(self) -> Sequence[ListHolder]:
        """Every living worker with each of its volumes."""

    async def may_delete(self, holder: ListHolder, deletable: Deletable) -> DeletableTaken:
        """Tell one worker what it may delete by itself."""

    async def delete(self, volume: str, paths: Sequence[str]) -> SegmentsDeleted:
        """At most 1000 at once."""


class GivenLists(Protocol):
    """The lists of what workers may delete by themselves, as far as those need them who lock (`vms.recordings.deletable`)."""

    async def withdraw(self, span: Span | None = None) -> int:
        """Take back what is locked now; None: whatever is kept otherwise now. From which moment on nobody can delete it any more."""
