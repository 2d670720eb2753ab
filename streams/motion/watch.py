"""Motion of one camera: a hub reader on the event loop, its detector and episodes in the motion thread."""

import secrets
import time
from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass

from av.video.frame import VideoFrame

from streams.motion.detector import Detector, small_grey
from streams.motion.episodes import Episode, Episodes, Step
from streams.motion.gate import Gate, GateSettings, Look
from streams.motion.pictures import Decoder, jpeg, luma
from streams.motion.pool import Job, MotionPool, Post
from streams.types.bus import AlarmEvent, AlarmKind, AlarmPhase
from streams.types.camera import MotionSpec
from streams.types.media import AccessUnit, Fanout

LOOK_EVERY_S = 0.13
"""Pictures are decoded in a row, but looked at some seven times a second: people do not move faster."""


@dataclass(frozen=True, slots=True)
class Report:
    """Where alarm events go, and how to get onto the event loop from the motion thread."""

    emit: Callable[[AlarmEvent], None]
    post: Post
    clock_s: Callable[[], float] = time.time


class MotionWatch:
    """Attach to a camera's hub. `deliver`, `close` on the event loop; `process`, `tick` in the pool's thread."""

    def __init__(self, camera_id: str, spec: MotionSpec, fanout: Fanout, pool: MotionPool, report: Report) -> None:
        self._camera_id = camera_id
        self._fanout = fanout
        self._pool = pool
        self._report = report
        self._gate = Gate(GateSettings.for_sensitivity(spec.sensitivity))
        self._detector = Detector(spec)
        self._episodes = Episodes(spec.min_duration_s)
        self._alarm_id = ""
        self._peak: VideoFrame | None = None
        self._looked_s = 0.0
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
        look = self._gate.look(unit.size_bytes, unit.capture_ns / 1e9, keyframe=unit.keyframe)
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

    def _look_closer(self, at_s: float) -> None:
        if self._gate.is_open or self._closed:
            return
        units = self._fanout.cached()
        if units and self._pool.put(Job(self, units, restart=True)):
            self._gate.force_open(at_s)

    # --- in the motion thread

    def process(self, units: tuple[AccessUnit, ...], decoder: Decoder, *, sample: bool) -> None:
        for unit in units:
            for frame in decoder.decode(unit):
                self.decoded_pictures += 1
                self._look(frame, unit.capture_ns / 1e9, sample=sample)

    def tick(self) -> bool:
        self._follow(self._episodes.tick(self._report.clock_s()), None)
        if self._closed and self._episodes.current:
            self._end(self._episodes.current)
            self._episodes = Episodes(0)
        return self._episodes.current is not None

    def _look(self, frame: VideoFrame, at_s: float, *, sample: bool) -> None:
        if 0 <= at_s - self._looked_s < LOOK_EVERY_S:
            return
        self._looked_s = at_s
        seen = self._detector.look(small_grey(luma(frame)))
        if seen.moving:
            self._report.post(self._look_closer if sample else self._gate.moving, at_s)
        if not sample:
            self._follow(self._episodes.see(seen, at_s), frame)

    def _follow(self, step: Step, frame: VideoFrame | None) -> None:
        if step.ended is not None:
            self._end(step.ended)
        if step.peaked and frame is not None:
            self._peak = frame
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
        picture = jpeg(self._peak) if self._peak is not None else b""
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
            snapshot_base64=b64encode(picture).decode(),
        )
        self._report.post(self._report.emit, event)
