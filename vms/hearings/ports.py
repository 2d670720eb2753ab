"""What hearings ask of the bus. Implemented in `vms.bus`."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Protocol

from streams.types.gate import Audience, Gate
from streams.types.sound import SoundHeard


@dataclass(frozen=True, slots=True)
class Confirmation:
    """`confirmed`: every worker has said that the gates stand and no view is left that they close. If not, `latest_ms` is when the last
    one ends by itself, whatever happens: no lease of it is renewed any more.
    """

    confirmed: bool
    latest_ms: int


class GatePort(Protocol):
    async def set(self, gates: Sequence[Gate]) -> Confirmation:
        """Make these gates stand at every worker and for every worker to come. Never raises for a bus that is away: what could not be told
        is told when it is back.
        """

    async def shut(self, camera_ids: Collection[str]) -> None:
        """Close these gates now, before anything is written: until the next order about them. Never raises for a bus that is away."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A view that runs now."""

    view_id: str
    camera_id: str
    account_id: str
    session_id: str
    began_ms: int
    observer: bool


class WatchedViews(Protocol):
    def on_cameras(self, camera_ids: Collection[str]) -> list[Watched]:
        """The views of these cameras that run now, in memory: never waits."""

    def observed(self) -> list[Watched]:
        """Every view of an observer that runs now."""


class Ears(Protocol):
    async def hear(self, camera_id: str, for_ms: int, audience: Audience, *, keep: bool = False) -> SoundHeard:
        """What a camera's microphone hears now, measured by the worker that reads it; with `keep` the sound comes along.

        Only what its gate lets through to this audience. Raises `BusRefused` or `BusUnavailable` (`vms.cameras.ports`).
        """
