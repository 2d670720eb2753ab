"""A steady time line for sound: receivers play by counting samples, and capture times of a network jitter. Pure."""

from streams.relay.packets import Picture
from streams.types.media import Codec

TOLERATED_NS = 60_000_000
"""Further than this from the capture time the count begins anew: something was lost, or the camera's clock runs off."""


class SoundLine:
    """Gives each frame the timestamp that follows the one before by its samples, near enough to its capture time."""

    def __init__(self, codec: Codec, clock_rate_hz: int) -> None:
        self._codec = codec
        self._clock_rate_hz = clock_rate_hz
        self._next: int | None = None

    def place(self, frame: bytes, samples: int, capture_ns: int) -> Picture:
        at = capture_ns * self._clock_rate_hz // 1_000_000_000
        tolerated = TOLERATED_NS * self._clock_rate_hz // 1_000_000_000
        begins = self._next if self._next is not None and abs(self._next - at) <= tolerated else at
        self._next = begins + samples
        capture_ns = begins * 1_000_000_000 // self._clock_rate_hz
        return Picture((frame,), capture_ns, True, self._codec, len(frame), begins)  # noqa: FBT003 any sound can be begun with
