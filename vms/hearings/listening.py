"""Whether a courtroom is heard: each microphone is measured where its camera is read, while the gate lets the court's people through."""

from dataclasses import dataclass

from streams.types.gate import Audience
from streams.types.sound import SoundHeard, SoundLevel
from vms.cameras.ports import BusRefused, BusUnavailable
from vms.hearings.ports import Ears

MEASURED_MS = 2_000
LISTENED_MS = 5_000


@dataclass(frozen=True, slots=True)
class Listening:
    ears: Ears

    async def measure(self, camera_id: str) -> SoundLevel | None:
        """How loud it is; None when nothing of it is heard, for whatever reason."""
        try:
            return (await self.ears.hear(camera_id, MEASURED_MS, Audience.COURT)).whole
        except (BusRefused, BusUnavailable):
            return None

    async def listen(self, camera_id: str) -> SoundHeard:
        """A few seconds to be played once. Raises `BusRefused` or `BusUnavailable`."""
        return await self.ears.hear(camera_id, LISTENED_MS, Audience.COURT, keep=True)
