"""Motion of one camera: a hub reader on the event loop, its detector and episodes in the motion thread."""

import secrets
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass

from streams.motion.detector import Detector
from streams.motion.episodes import Episode, Episodes, Step
from streams.motion.gate import Gate, GateSettings, Look
from streams.motion.pictures import Picture, Pictures
from streams.motion.pool import Job, Jobs, Post
from streams.motion.view import ViewStep
from streams.types.bus import AlarmEvent, AlarmKind, AlarmPhase
from streams.types.camera import MotionSpec
from streams.types.media import AccessUnit, Fanout

LOOK_EVERY_S = 0.075
"""Pictures are decoded in a row, but looked at 7 to 13 times a second: people do not move faster."""


MOST_REMEMBERED = 100
"""Pictures of a GOP; of a longer one nothing is kept."""


@dataclass(frozen=True, slots=True)
class Report:
    """Where alarm events go, and how to get onto the event loop from the motion thread."""

    emit: Callable[[AlarmEvent], None]
    post: Post
    clock_s: Callable[[], float] = time.time


class MotionWatch:
    """Attach to a camera's hub. `deliver`, `close` on the event loop; `process`, `tick` in the pool's thread."""

    def __init__(
        self,
        camera_id: str,
        spec: MotionSpec,
        fanout: Fanout,
        pool: Jobs,
        report: Report,
        *,
        gate: Gate | None = None,
    ) -> None:
        self._camera_id = camera_id
        self._fanout = fanout
        self._pool = pool
        self._report = report
        self._gate = gate or Gate(GateSettings.for_sensitivity(spec.sensitivity))
        self._detector = Detector(spec)
        self._episodes = Episodes(spec.min_duration_s)
        self._alarm_id = ""
        self._peak: Picture | None = None
        self._tampering: AlarmEvent | None = None
        self._looked_s = 0.0
        self._earlier: tuple[AccessUnit, ...] = ()
        self._current: list[AccessUnit] = []
        self._suspect: tuple[AccessUnit, ...] = ()
        self._closed = False
        self.moving = False
        self.decoded_pictures = 0

    # --- on the event loop

    def deliver(self, unit: AccessUnit) -> None:
        """Decide by size alone; hand over what must be decoded. Drops nothing itself: the pool may refuse."""
        if not unit.codec.is_video:
            return
        if unit.discontinuity:
            self._gate.shut()
        self._remember(unit)
        look = self._gate.look(unit.size_bytes, unit.capture_ns / 1e9, keyframe=unit.keyframe)
        if self._suspect and not self._gate.is_open:
            self._look_back()
        if look is Look.SKIP:
            return
        if look is Look.DECODE:
            job = Job(self, (unit,))
        elif look is Look.SAMPLE:
            job = Job(self, (unit,), sample=True)
        else:
            job = Job(self, self._fanout.cached(), restart=True)
        if not job.units or not self._pool.put(job):
            self._gate.shut()

    def close(self) -> None:
        """The watch ends: an alarm that goes on ends with it."""
        self._closed = True
        self._pool.forget(self)

    def _remember(self, unit: AccessUnit) -> None:
        """Keep the GOP before the current one, for `_look_back`."""
        if unit.keyframe or unit.discontinuity:
            whole = not unit.discontinuity and len(self._current) <= MOST_REMEMBERED
            self._earlier = tuple(self._current) if whole else ()
            self._current = []
        if len(self._current) <= MOST_REMEMBERED:
            self._current.append(unit)

    def _look_closer(self, at_s: float) -> None:
        if self._gate.is_open or self._closed:
            return
        units = self._fanout.cached()
        if units and self._pool.put(Job(self, units, restart=True)):
            self._gate.force_open(at_s)
            self._suspect = self._earlier

    def _look_back(self) -> None:
        """What a keyframe showed did not prove itself afterwards: it may have been leaving, so the GOP before is looked at."""
        units, self._suspect = self._suspect, ()
        self._pool.put(Job(self, units, restart=True))

    def _moves(self, at_s: float) -> None:
        self._suspect = ()
        self._gate.moving(at_s)

    # --- in the motion thread

    def process(self, units: tuple[AccessUnit, ...], decoder: Pictures, *, sample: bool) -> None:
        """`sample`: only the last picture is looked at."""
        last: tuple[Picture, float] | None = None
        for unit in units:
            for picture in decoder.pictures(unit):
                self.decoded_pictures += 1
                last = picture, unit.capture_ns / 1e9
                if not sample:
                    self._look(*last, sample=False)
        if sample and last is not None:
            self._look(*last, sample=True)

    def tick(self) -> bool:
        self._follow(self._episodes.tick(self._report.clock_s()), None)
        if self._closed:
            self._end_all()
        return self._episodes.current is not None or self._tampering is not None

    def _end_all(self) -> None:
        if self._episodes.current:
            self._end(self._episodes.current)
            self._episodes = Episodes(0)
        if self._tampering is not None:
            self._tampering_ended(self._looked_s)

    def _look(self, picture: Picture, at_s: float, *, sample: bool) -> None:
        if 0 <= at_s - self._looked_s < LOOK_EVERY_S:
            return
        self._looked_s = at_s
        seen = self._detector.look(picture.grey(), at_s)
        if sample:
            if seen.moving or seen.unsure:
                self._report.post(self._look_closer, at_s)
        else:
            if seen.moving:
                self._report.post(self._moves, at_s)
            elif seen.promising:
                self._report.post(self._gate.hold, at_s)
            self._follow(self._episodes.see(seen, at_s), picture)
        self._follow_view(seen.view, picture)

    def _follow(self, step: Step, picture: Picture | None) -> None:
        if step.ended is not None:
            self._end(step.ended)
        if step.peaked and picture is not None:
            self._peak = picture
        if step.started is not None:
            self.moving = True
            self._alarm_id = secrets.token_urlsafe(16)
            self._pool.tick_for(self)
            self._emit(step.started, AlarmPhase.START)

    def _end(self, episode: Episode) -> None:
        self.moving = False
        self._emit(episode, AlarmPhase.END)
        self._peak = None

    def _emit(self, episode: Episode, phase: AlarmPhase) -> None:
        event = AlarmEvent(
            alarm_id=self._alarm_id,
            camera_id=self._camera_id,
            kind=AlarmKind.MOTION,
            phase=phase,
            start_ms=int(episode.start_s * 1000),
            end_ms=int(episode.last_s * 1000) if phase is AlarmPhase.END else None,
            peak_ms=int(episode.peak_s * 1000),
            peak_share=episode.peak_share,
            zone=episode.zone,
            snapshot_base64=_base64(self._peak),
        )
        self._report.post(self._report.emit, event)

    def _follow_view(self, step: ViewStep, picture: Picture) -> None:
        if step.back_s is not None and self._tampering is not None:
            self._tampering_ended(step.back_s)
        if step.lost_s is not None and not self._closed:
            self._tampering = AlarmEvent(
                alarm_id=secrets.token_urlsafe(16),
                camera_id=self._camera_id,
                kind=AlarmKind.TAMPER,
                phase=AlarmPhase.START,
                start_ms=int(step.lost_s * 1000),
                snapshot_base64=_base64(picture),
            )
            self._pool.tick_for(self)
            self._report.post(self._report.emit, self._tampering)

    def _tampering_ended(self, at_s: float) -> None:
        assert self._tampering is not None
        end_ms = max(int(at_s * 1000), self._tampering.start_ms)
        event = self._tampering.model_copy(update={"phase": AlarmPhase.END, "end_ms": end_ms})
        self._tampering = None
        self._report.post(self._report.emit, event)


def _base64(picture: Picture | None) -> str:
    return b64encode(picture.jpeg()).decode() if picture is not None else ""
