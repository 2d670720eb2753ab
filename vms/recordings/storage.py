"""The volumes as somebody looks after them: what their workers say, what the index knows, what was set."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from streams.types.recording import VolumeCondition, VolumeState
from vms.recordings.index import RecordingIndex
from vms.recordings.ports import VolumeWorkers
from vms.recordings.retaining import VolumeLimit

_ORDER = tuple(VolumeCondition)
"""From the best to the worst."""


@dataclass(frozen=True, slots=True)
class VolumeView:
    """One volume, of all workers together. `state` None: no living worker has it.

    `used_bytes`: what the index has on it. `short_bytes`: by how much it stays too full because
    nothing more may go. `oldest_ms`: when the oldest recording on it begins.
    """

    id: str
    state: VolumeState | None
    used_bytes: int
    limit: VolumeLimit
    short_bytes: int
    oldest_ms: int | None


class Storage:
    def __init__(self, index: RecordingIndex, workers: VolumeWorkers, limits: Mapping[str, VolumeLimit]) -> None:
        self._index = index
        self._workers = workers
        self._limits = limits

    def troubled(self) -> int:
        """How many volumes are not well, or do not take all that should be recorded. In memory: never waits."""
        states = merged(self._workers.states()).values()
        return sum(state.condition is not VolumeCondition.OK or state.suspended > 0 for state in states)

    async def volumes(self, short: Mapping[str, int]) -> list[VolumeView]:
        """By id: those that are set here, that a worker has, or that something is recorded on."""
        used = await self._index.used_bytes()
        states = merged(self._workers.states())
        views = []
        for volume in sorted({*used, *states, *self._limits}):
            oldest = await self._index.oldest_of_volume(volume, (-1, "", ""), 1)
            views.append(
                VolumeView(
                    volume,
                    states.get(volume),
                    used.get(volume, 0),
                    self._limits.get(volume, VolumeLimit()),
                    short.get(volume, 0),
                    oldest[0].start_ms if oldest else None,
                )
            )
        return views


def merged(states: Iterable[VolumeState]) -> dict[str, VolumeState]:
    """One for each volume: the worst of what its workers say of it, and the sums of what they do with it."""
    found: dict[str, VolumeState] = {}
    for state in states:
        known = found.get(state.volume)
        if known is None:
            found[state.volume] = state
            continue
        worst = max(known, state, key=lambda one: _ORDER.index(one.condition))
        found[state.volume] = worst.model_copy(
            update={
                "written_bytes": known.written_bytes + state.written_bytes,
                "recordings": known.recordings + state.recordings,
                "suspended": known.suspended + state.suspended,
                "waiting_bytes": known.waiting_bytes + state.waiting_bytes,
                "dropped_pictures": known.dropped_pictures + state.dropped_pictures,
                "unreported": known.unreported + state.unreported,
            }
        )
    return found
