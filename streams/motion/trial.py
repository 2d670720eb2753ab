"""Tries motion detection on pictures whose truth is known, faster than real time: the same watch as in a worker, without its thread.

Pictures are decoded once and remembered, so that days before a camera can be put together from minutes of it. Knows nothing of where
pictures and truth come from.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from streams.motion.background import Grey
from streams.motion.gate import Gate, Look
from streams.motion.pictures import Picture
from streams.motion.pool import Job, Worker
from streams.motion.watch import MotionWatch, Report
from streams.types.bus import AlarmEvent, AlarmKind, AlarmPhase
from streams.types.camera import MotionSpec
from streams.types.media import AccessUnit, Codec, Reader, Track

EARLY_S = 0.5
LATE_S = 1.0
"""An alarm belongs to a crossing that it overlaps, give or take these."""
_NS_PER_S = 1_000_000_000
_REMEMBERED = 1000


@dataclass(frozen=True, slots=True)
class Shot:
    """One coded picture with what decoding makes of it. `grey` is the small picture of the detector."""

    parts: tuple[bytes, ...]
    keyframe: bool
    grey: Grey


@dataclass(frozen=True, slots=True)
class Span:
    """Seconds since the trial began."""

    start_s: float
    end_s: float


@dataclass(slots=True)
class Outcome:
    """What happened. `alarms` are of movement, `tampers` of the view."""

    seconds: float = 0.0
    pictures: int = 0
    decoded: int = 0
    alarms: list[Span] = field(default_factory=list)
    tampers: list[Span] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Score:
    crossings: int
    found: int
    missed: tuple[int, ...]
    """which of the crossings"""
    false_alarms: tuple[Span, ...]
    """of movement where nobody was, and of tampering"""


class AlwaysOpen(Gate):
    """No gate: every picture is decoded."""

    def look(self, size: int, at_s: float, *, keyframe: bool) -> Look:
        del size, at_s
        if self._open_until_s is None and keyframe:
            self._open_until_s = 0.0
            return Look.OPEN
        return Look.SKIP if self._open_until_s is None else Look.DECODE


class _Remembered:
    """A picture that was decoded earlier."""

    def __init__(self, grey: Grey) -> None:
        self._grey = grey

    def grey(self) -> Grey:
        return self._grey

    def jpeg(self) -> bytes:
        return b""


class _Stage:
    """Fan-out, decoder and pool of one watch at once; everything happens within `deliver`."""

    tracks: tuple[Track, ...] = ()
    newest: AccessUnit | None = None

    def __init__(self) -> None:
        self._gop: list[AccessUnit] = []
        self._greys: dict[int, Grey] = {}
        self._ticking: Worker | None = None
        self._jobs: deque[Job] = deque()
        self._busy = False

    def cached(self) -> tuple[AccessUnit, ...]:
        return tuple(self._gop)

    def attach(self, reader: Reader, *, replay: bool = False) -> None:
        raise NotImplementedError

    def detach(self, reader: Reader) -> None:
        raise NotImplementedError

    def take(self, unit: AccessUnit, grey: Grey) -> None:
        if unit.keyframe:
            self._gop.clear()
        self._gop.append(unit)
        self._greys[unit.timestamp] = grey
        # A watch may look back at what was before the last keyframes.
        self._greys.pop(unit.timestamp - _REMEMBERED, None)

    def pictures(self, unit: AccessUnit) -> Iterator[Picture]:
        yield _Remembered(self._greys[unit.timestamp])

    def put(self, job: Job) -> bool:
        self._jobs.append(job)
        if not self._busy:
            self._busy = True
            while self._jobs:
                next_one = self._jobs.popleft()
                next_one.worker.process(next_one.units, self, sample=next_one.sample)
            self._busy = False
        return True

    def forget(self, worker: Worker) -> None:
        del worker

    def tick_for(self, worker: Worker) -> None:
        self._ticking = worker

    def tick(self) -> None:
        if self._ticking is not None and not self._ticking.tick():
            self._ticking = None


def run(shots: Iterable[Shot], fps: float, spec: MotionSpec, *, gated: bool = True) -> Outcome:
    """Show pictures that were taken at `fps` to a watch, from second 0 on."""
    outcome, stage = Outcome(), _Stage()
    now_s = 0.0
    events: list[AlarmEvent] = []
    report = Report(events.append, lambda call, *args: call(*args), lambda: now_s)
    watch = MotionWatch("trial-camera", spec, stage, stage, report, gate=None if gated else AlwaysOpen())
    for number, shot in enumerate(shots):
        now_s = number / fps
        capture_ns = int(now_s * _NS_PER_S)
        unit = AccessUnit(Codec.H264, shot.parts, number, capture_ns, capture_ns, shot.keyframe)
        stage.take(unit, shot.grey)
        watch.deliver(unit)
        stage.tick()
        outcome.pictures += 1
    outcome.seconds = outcome.pictures / fps
    now_s += 1000.0
    stage.tick()
    watch.close()
    stage.tick()
    outcome.decoded = watch.decoded_pictures
    for event in events:
        if event.phase is AlarmPhase.END and event.end_ms is not None:
            span = Span(event.start_ms / 1000, event.end_ms / 1000)
            (outcome.alarms if event.kind is AlarmKind.MOTION else outcome.tampers).append(span)
    return outcome


def score(outcome: Outcome, crossings: Sequence[Span], ignored: Sequence[Span] = ()) -> Score:
    """Hold the alarms against who really crossed. Alarms in an ignored span are neither right nor wrong."""
    missed, answered = [], set()
    for index, crossing in enumerate(crossings):
        hits = [n for n, alarm in enumerate(outcome.alarms) if _belongs(alarm, crossing)]
        answered.update(hits)
        if not hits:
            missed.append(index)
    unasked = [alarm for n, alarm in enumerate(outcome.alarms) if n not in answered]
    false = [alarm for alarm in (*unasked, *outcome.tampers) if not any(_belongs(alarm, span) for span in ignored)]
    return Score(len(crossings), len(crossings) - len(missed), tuple(missed), tuple(false))


def _belongs(alarm: Span, crossing: Span) -> bool:
    return alarm.start_s <= crossing.end_s + LATE_S and alarm.end_s >= crossing.start_s - EARLY_S
