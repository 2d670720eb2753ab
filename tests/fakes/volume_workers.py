"""Workers with volumes, as `vms.recordings.ports.VolumeWorkers` sees them. A list is taken as a real worker takes it (`record.volume`)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from streams.types.recording import Deletable, DeletableTaken, SegmentsDeleted, VolumeCondition, VolumeState
from vms.cameras.ports import BusUnavailable
from vms.recordings.ports import ListHolder


@dataclass
class FakeVolumeWorkers:
    """`incarnations` by worker; every worker has the volume v1. Who is `deaf` takes a list and answers nothing; who is `gone` is dead."""

    incarnations: dict[str, str] = field(default_factory=dict)
    total_bytes: int = 100_000
    free_bytes: int = 100_000
    condition: VolumeCondition = VolumeCondition.OK
    lists: dict[str, Deletable] = field(default_factory=dict)
    """By worker: what it would delete by."""
    deaf: set[str] = field(default_factory=set)
    unreachable: set[str] = field(default_factory=set)
    deleted: list[str] = field(default_factory=list)
    answers_within_s: float = 3.0

    def states(self) -> Sequence[VolumeState]:
        return [
            VolumeState(volume="v1", condition=self.condition, total_bytes=self.total_bytes, free_bytes=self.free_bytes)
        ]

    def holders(self) -> Sequence[ListHolder]:
        return [ListHolder(worker, started, "v1") for worker, started in self.incarnations.items()]

    async def may_delete(self, holder: ListHolder, deletable: Deletable) -> DeletableTaken:
        if holder.worker_id in self.unreachable:
            raise BusUnavailable
        known = self.lists.get(holder.worker_id)
        if known is None or known.version < deletable.version:
            known = self.lists[holder.worker_id] = deletable
        if holder.worker_id in self.deaf:
            raise BusUnavailable
        return DeletableTaken(taken=len(known.paths), version=known.version)

    async def delete(self, volume: str, paths: Sequence[str]) -> SegmentsDeleted:
        assert volume == "v1"
        self.deleted += paths
        return SegmentsDeleted(deleted=tuple(paths))
