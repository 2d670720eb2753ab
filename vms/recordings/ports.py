"""What the domain asks of media workers. Implemented in `vms.bus`; this module knows no NATS."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from streams.types.bus import Snapshot
from streams.types.recording import SegmentsDeleted, VolumeState


@dataclass(frozen=True, slots=True)
class PictureRequest:
    """The keyframe at or before `at_ms` in one file, at most so wide."""

    volume: str
    path: str
    at_ms: int
    max_width_px: int


class Pictures(Protocol):
    """Raises `vms.cameras.ports.BusRefused` and `BusUnavailable`."""

    async def picture(self, request: PictureRequest) -> Snapshot:
        """Decoded by a worker that has the volume."""


class VolumeWorkers(Protocol):
    """Raises `vms.cameras.ports.BusRefused` and `BusUnavailable`."""

    def states(self) -> Sequence[VolumeState]:
        """Every volume as each living worker sees it."""

    async def delete(self, volume: str, paths: Sequence[str]) -> SegmentsDeleted:
        """At most 1000 at once."""
