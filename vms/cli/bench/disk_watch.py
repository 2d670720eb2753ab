"""What a benchmark sees of a volume and of live pictures while the disk is filled: which files went in which order, which tiles paused."""

import asyncio
import threading
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from streams.types.recording import path_parts
from vms.cli.bench.revoke_tiles import Tile

_LOOK_S: Final = 0.02
_SAME_LIST_MS: Final = 2000


@dataclass(slots=True)
class Deletions:
    """The whole files of a volume, looked at all the time in a thread of its own. Paths are relative to the volume.

    `order_errors`: files that went while one that nothing locks and that began clearly earlier stayed. Clearly: by more than a segment, for
    what is being written when a list is made is not on it.
    """

    folder: Path
    segment_s: float
    locked: Collection[str] = ()
    gone: list[str] = field(default_factory=list)
    order_errors: int = 0
    lost: set[str] = field(default_factory=set)
    """Locked ones that went."""

    def watch(self, stop: threading.Event, *, paused: threading.Event) -> None:
        """Until `stop`; while `paused` somebody has put another disk in its place."""
        before = self.files()
        while not stop.wait(_LOOK_S):
            if paused.is_set():
                continue
            now = self.files()
            if paused.is_set():
                continue
            went = sorted(before - now, key=_start_ms)
            self.gone += went
            self.lost |= set(went) & set(self.locked)
            left = [_start_ms(path) for path in now if path not in self.locked]
            first_ms = min(left, default=0)
            margin_ms = self.segment_s * 1000 + _SAME_LIST_MS
            self.order_errors += sum(bool(left) and _start_ms(path) - first_ms > margin_ms for path in went)
            before = now

    def any_gone(self) -> bool:
        return bool(self.gone)

    def files(self) -> set[str]:
        found = (str(path.relative_to(self.folder)) for path in self.folder.glob("*/*/*.mp4"))
        return {path for path in found if path_parts(path) is not None}


def _start_ms(path: str) -> int:
    parts = path_parts(path)
    return parts[2] if parts is not None else 0


class Pauses:
    """How often any of these tiles received nothing for `longer_s`. Begin when all of them move."""

    def __init__(self, tiles: Sequence[Tile], longer_s: float) -> None:
        self._tiles = tiles
        self._longer_s = longer_s
        self.count = 0
        self.longest_s = 0.0

    async def watch(self) -> None:
        """Until cancelled."""
        pausing = [False] * len(self._tiles)
        while True:
            looked_s = time.monotonic()
            await asyncio.sleep(_LOOK_S)
            # A benchmark that did not run itself cannot blame the picture for it.
            slept_s = time.monotonic() - looked_s - _LOOK_S
            for place, tile in enumerate(self._tiles):
                quiet_s = time.monotonic() - tile.last_s - slept_s
                self.longest_s = max(self.longest_s, quiet_s)
                pauses = quiet_s > self._longer_s
                self.count += pauses and not pausing[place]
                pausing[place] = pauses


async def until(what: str, true: Callable[[], bool], within_s: float = 60.0) -> float:
    """Wait for it; how long that took. Raises `TimeoutError` that names it."""
    began_s = time.monotonic()
    while not await asyncio.to_thread(true):
        if time.monotonic() - began_s > within_s:
            raise TimeoutError(f"{what}: not within {within_s:g} s")
        await asyncio.sleep(_LOOK_S)
    return time.monotonic() - began_s
