"""What waits in one delay line, in the order in which it arrived: the newest and the next seconds in memory, the rest on disk."""

from collections import deque
from dataclasses import dataclass
from typing import Final

from streams.delay.folder import Blob, DelayFolder
from streams.delay.packing import pack, unpack
from streams.types.media import AccessUnit, Track

RUN_NS: Final = 2_000_000_000
"""So much is written at once."""
MOST_RUN_BYTES: Final = 4 << 20
LOADED_NS: Final = 3_000_000_000
"""So long before it is due it is read."""
KEPT_NS: Final = 6_000_000_000
"""What is due sooner than this is not worth writing."""


@dataclass(slots=True, eq=False)
class Run:
    """Units that arrived in a row. In memory (`units`) or on disk (`blob`); neither while it is read.

    `first_ns`, `last_ns`: when the first and the last of them arrived; `skew_ns`: what the monotonic clock said more when the first did.
    `captured_ns`: the earliest capture. `hole`: something is missing before what it has. `closed`: nothing is added to it any more.
    """

    tracks: tuple[Track, ...]
    first_ns: int
    last_ns: int
    captured_ns: int
    skew_ns: int
    units: list[AccessUnit] | None
    hole: bool = False
    size_bytes: int = 0
    blob: Blob | None = None
    closed: bool = False


class Waiting:
    """Lives on one event loop. `memory_bytes` and `held_bytes` (that and what is on disk) count the coded bytes alone."""

    def __init__(self, folder: DelayFolder) -> None:
        self._folder = folder
        self._runs: deque[Run] = deque()
        self._next = 0
        """Of the first run, how many units have been taken."""
        self.memory_bytes = 0

    @property
    def held_bytes(self) -> int:
        return sum(run.size_bytes for run in self._runs)

    @property
    def held_ns(self) -> int:
        """From the first to the last arrival."""
        return self._runs[-1].last_ns - self._runs[0].first_ns if self._runs else 0

    def add(self, unit: AccessUnit, tracks: tuple[Track, ...], monotonic_ns: int, *, hole: bool) -> None:
        """`hole`: something before it was not added."""
        run = self._runs[-1] if self._runs else None
        if run is None or run.closed or hole or run.tracks != tracks:
            if run is not None:
                run.closed = True
            arrived_ns = unit.arrival_ns
            run = Run(tracks, arrived_ns, arrived_ns, unit.capture_ns, monotonic_ns - arrived_ns, [], hole)
            self._runs.append(run)
        assert run.units is not None, "an open run is in memory"
        run.units.append(unit)
        size_bytes = unit.size_bytes
        run.size_bytes += size_bytes
        self.memory_bytes += size_bytes
        run.last_ns = max(run.last_ns, unit.arrival_ns)
        run.captured_ns = min(run.captured_ns, unit.capture_ns)
        run.closed = run.last_ns - run.first_ns >= RUN_NS or run.size_bytes >= MOST_RUN_BYTES

    def first(self) -> tuple[Run, AccessUnit] | None:
        """The next unit, with the run that it is in; None when there is none, or it has not been read yet."""
        while self._runs:
            run = self._runs[0]
            if run.units is None:
                return None
            if self._next < len(run.units):
                return run, run.units[self._next]
            if not run.closed and len(self._runs) == 1:
                return None
            self._runs.popleft()
            self._next = 0
            self._lose(run)
        return None

    def take(self) -> None:
        """`first` has been dealt with."""
        self._next += 1

    def drop(self, from_ns: int, to_ns: int) -> None:
        """Forget what was captured from then on and arrived before `to_ns`.

        Runs on disk that are only partly meant stay as they are: whoever takes them looks at each unit.
        """
        for run in self._runs:
            if run.units is not None:
                self._thin(run, [unit for unit in run.units if not _is_in(unit, from_ns, to_ns)])
            elif run.blob is not None and from_ns <= run.captured_ns and run.last_ns < to_ns:
                self._folder.drop(run.blob)
                run.blob, run.size_bytes, run.units, run.hole = None, 0, [], True

    def clear(self) -> None:
        """Forget everything."""
        for run in self._runs:
            self._lose(run)
        self._runs.clear()
        self._next = 0

    async def store(self, due_ns: int) -> None:
        """Read what is due soon, write what is not. Due is what arrived at `due_ns`. Raises `LineStopped`."""
        for run in tuple(self._runs):
            if run.first_ns - due_ns > LOADED_NS:
                break
            await self._load(run)
        for run in self._unwritten():
            if run.closed and run.first_ns - due_ns > KEPT_NS:
                await self._save(run)

    def _unwritten(self) -> list[Run]:
        """The newest runs, by time: those behind the last that is on disk."""
        found: list[Run] = []
        for run in reversed(self._runs):
            if run.blob is not None:
                break
            found.append(run)
        return found[::-1]

    async def _load(self, run: Run) -> None:
        if run.blob is None:
            return
        blob, run.blob = run.blob, None
        packed = unpack(await self._folder.take(blob))
        if run in self._runs:
            run.units = list(packed.units)
            self.memory_bytes += run.size_bytes

    async def _save(self, run: Run) -> None:
        if not run.units:
            return
        units = run.units
        blob = await self._folder.put(pack(run.tracks, units))
        if run not in self._runs or run.units is not units:
            # Forgotten meanwhile, or some of it was.
            self._folder.drop(blob)
            return
        run.blob, run.units = blob, None
        self.memory_bytes -= run.size_bytes

    def _thin(self, run: Run, kept: list[AccessUnit]) -> None:
        assert run.units is not None
        if len(kept) == len(run.units):
            return
        if run is self._runs[0]:
            self._next = sum(unit in kept for unit in run.units[: self._next])
        size_bytes = sum(unit.size_bytes for unit in kept)
        self.memory_bytes -= run.size_bytes - size_bytes
        run.units, run.size_bytes = kept, size_bytes
        run.closed = run.hole = True

    def _lose(self, run: Run) -> None:
        if run.units is not None:
            self.memory_bytes -= run.size_bytes
        if run.blob is not None:
            self._folder.drop(run.blob)
        run.blob, run.units = None, None


def _is_in(unit: AccessUnit, from_ns: int, to_ns: int) -> bool:
    return from_ns <= unit.capture_ns and unit.arrival_ns < to_ns
