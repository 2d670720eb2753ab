"""The last seconds before something moves: whole GOPs, bounded in time and bytes. Pure."""

from collections import deque
from collections.abc import Iterator
from typing import Final

from streams.types.media import AccessUnit

_MOST_BYTES: Final = 16 << 20
_S: Final = 1_000_000_000


class PreRoll:
    """Keeps whole GOPs that reach back `seconds` (rounded up to a keyframe), or fewer when they are larger than 16 MiB.

    The newest GOP is always kept, unless it alone is too large: half of one cannot be decoded.
    """

    def __init__(self, seconds: float) -> None:
        self._span_ns = int(seconds * _S)
        self._gops: deque[list[AccessUnit]] = deque()
        self._sizes: deque[int] = deque()
        self._bytes = 0

    def add(self, unit: AccessUnit) -> None:
        if unit.keyframe and unit.codec.is_video:
            self._gops.append([])
            self._sizes.append(0)
        elif not self._gops:
            return
        self._gops[-1].append(unit)
        size = unit.size_bytes
        self._sizes[-1] += size
        self._bytes += size
        while len(self._gops) > 1 and (
            self._gops[1][0].capture_ns <= unit.capture_ns - self._span_ns or self._bytes > _MOST_BYTES
        ):
            self._drop()
        if self._bytes > _MOST_BYTES:
            self._drop()

    def take(self) -> Iterator[AccessUnit]:
        """Everything that is kept, in order; nothing is kept any more."""
        while self._gops:
            gop = self._gops[0]
            self._drop()
            yield from gop

    def _drop(self) -> None:
        self._gops.popleft()
        self._bytes -= self._sizes.popleft()
