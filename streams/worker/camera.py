"""One camera of this worker: its streams, their hubs, motion on the cheapest of them."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace

import structlog

from streams.contract import MeasuredSource, Timeouts
from streams.delay import DelayFolder
from streams.gating import Door, GateBoard
from streams.hub import Hub
from streams.motion import MotionPool, MotionWatch
from streams.motion.watch import Report
from streams.record.cause import why_of_stream
from streams.record.recorder import Camera, Recorder
from streams.source import open_source
from streams.supervise import StreamSupervisor, Supervision
from streams.transcode import Transcodes, needed
from streams.types.bus import AlarmEvent, AlarmPhase, RefusalCode, Refused, Shown
from streams.types.camera import (
    CameraSpec,
    CameraState,
    Credentials,
    Recording,
    RecordingMode,
    RecordingPlan,
    StreamSpec,
    StreamState,
)
from streams.types.gate import Audience
from streams.types.media import AccessUnit, Fanout, StreamKind
from streams.worker.backfill_desk import Storing
from streams.worker.delay_lines import DelayLines

log = structlog.get_logger(__name__)

IDLE_STOP_S = 10.0
OF_COURT = RecordingPlan(mode=RecordingMode.CONTINUOUS, priority=100)
"""How a courtroom is recorded while its gate lets the recorder in. No plan of anybody's does."""
TRACKS_WITHIN_S = 4.0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What every camera of a worker shares.

    `credentials` answers with the secrets of a camera, however long the bus takes. `viewers` counts views by fan-out.
    `recorder` makes one for a camera and its plan; None where nothing can be recorded. Without `delays` nothing is shown with a delay.
    """

    credentials: Callable[[CameraSpec], Awaitable[Credentials]]
    motion: MotionPool
    report: Report
    viewers: Callable[[Fanout], int]
    stopped: Callable[["RunningCamera"], None]
    timeouts: Timeouts
    transcodes: Transcodes
    gates: GateBoard
    recorder: Callable[[Camera, RecordingPlan], Recorder] | None = None
    delays: DelayFolder | None = None


class _Stream:
    def __init__(self, spec: StreamSpec, hub: Hub, supervisor: StreamSupervisor) -> None:
        self.spec = spec
        self.hub = hub
        self.supervisor = supervisor


class RunningCamera:
    """The stream that walls and motion use (sub, or main where there is no sub) runs always; main runs while it is wanted."""

    def __init__(self, spec: CameraSpec, around: Surroundings) -> None:
        self.spec = spec
        self._around = around
        self._credentials = Credentials()
        self._changed = asyncio.Event()
        self._holds: dict[str, _Held] = {}
        self._doors: dict[tuple[StreamKind, Audience, bool], Door] = {}
        """By stream, audience, and whether it is behind a delay line."""
        self._transcoded: dict[str, tuple[Fanout, Hub]] = {}
        """By hold: the stream and its H.264."""
        kinds = {stream.kind for stream in spec.streams}
        self._always = StreamKind.SUB if StreamKind.SUB in kinds else StreamKind.MAIN
        self._streams = {stream.kind: self._stream(stream) for stream in spec.streams}
        hubs = {kind: stream.hub for kind, stream in self._streams.items()}
        self._delays = DelayLines(spec.camera_id, hubs, around.gates, around.delays)
        self._motion: MotionWatch | None = None
        self._recorder: Recorder | None = None
        self._recording: asyncio.Task[None] | None = None
        self._group: asyncio.TaskGroup | None = None

    def _stream(self, spec: StreamSpec) -> _Stream:
        hub = Hub(f"{self.spec.number}/{spec.kind.value}")
        idle_stop_s = None if spec.kind is self._always else IDLE_STOP_S

        def open_it() -> MeasuredSource:
            return open_source(spec, self._credentials, self._around.timeouts)

        return _Stream(spec, hub, StreamSupervisor(spec.kind, open_it, hub, Supervision(idle_stop_s=idle_stop_s)))

    async def run(self) -> None:
        self._credentials = await self._around.credentials(self.spec)
        self._watch_motion()
        try:
            async with asyncio.TaskGroup() as group:
                self._group = group
                self._record(group)
                self._delays.begin(group.create_task)
                group.create_task(self._follow_changes(), name=f"changes {self.spec.number}")
                for kind, stream in self._streams.items():
                    group.create_task(stream.supervisor.run(), name=f"stream {self.spec.number}/{kind.value}")
        finally:
            self._group = None
            self._delays.end()
            self._stop_recording()
            self._stop_motion()
            self._around.stopped(self)

    def can_take(self, spec: CameraSpec) -> bool:
        """Anything but other streams changes without touching the picture."""
        return spec.streams == self.spec.streams and spec.gated == self.spec.gated

    def update(self, spec: CameraSpec) -> None:
        """Motion begins anew when its settings changed; a stream that waits for better credentials tries again."""
        motion_changed = spec.motion != self.spec.motion
        self.spec = spec
        self._change_recording(self._plan())
        if motion_changed:
            self._stop_motion()
            self._watch_motion()
        self._changed.set()

    async def _follow_changes(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            self._credentials = await self._around.credentials(self.spec)
            for stream in self._streams.values():
                stream.supervisor.retry()

    def state(self) -> CameraState:
        recording, volume = self._recorder.state if self._recorder is not None else (Recording.OFF, "")
        return CameraState(
            camera_id=self.spec.camera_id,
            moving=self._motion is not None and self._motion.moving,
            recording=recording,
            recording_volume=volume,
            delay=self._delays.state(),
            streams=tuple(self._stream_state(stream) for stream in self._streams.values()),
        )

    def _stream_state(self, stream: _Stream) -> StreamState:
        fanouts: list[Fanout] = [stream.hub]
        fanouts += [door for (kind, *_), door in self._doors.items() if kind is stream.spec.kind]
        viewers = sum(self._around.viewers(fanout) for fanout in fanouts)
        return stream.supervisor.state.model_copy(update={"viewers": viewers})

    def shows(self, audience: Audience) -> bool:
        """See `desk.Pictures`."""
        return not self.spec.gated or self._around.gates.lets(self.camera_id, audience)

    def _fanout(self, stream: _Stream, audience: Audience) -> Fanout:
        """What an audience sees of a stream: of a gated camera never the hub itself."""
        if not self.spec.gated:
            return stream.hub
        delayed = self._delays.source(stream.spec.kind, audience)
        key = stream.spec.kind, audience, delayed is not None
        if key not in self._doors:
            self._doors[key] = Door(
                stream.hub if delayed is None else delayed, self.camera_id, audience, self._around.gates
            )
        return self._doors[key]

    def gate_changed(self) -> None:
        """Its gate is otherwise than before, or whether anybody says what it is."""
        self._delays.gate_changed()
        self._change_recording(self._plan())

    def _seen_by(self, fanout: Fanout) -> Audience:
        """Whose a fan-out is."""
        return fanout.audience if isinstance(fanout, Door) else Audience.ANYONE

    async def stream(self, kind: StreamKind, hold: str, audience: Audience = Audience.ANYONE) -> Fanout:
        """See `desk.Pictures`. A camera without a sub stream shows its main where sub is asked for."""
        stream = self._streams.get(kind) or (self._streams.get(self._always) if kind is StreamKind.SUB else None)
        if stream is None:
            raise Refused(RefusalCode.NO_STREAM)
        if not self.shows(audience):
            raise Refused(RefusalCode.CLOSED)
        holder, fanout = _Hold(), self._fanout(stream, audience)
        self._holds[hold] = _Held(stream, fanout, audience, holder)
        fanout.attach(holder)
        if not fanout.cached():
            try:
                async with asyncio.timeout(TRACKS_WITHIN_S):
                    await holder.keyframe.wait()
            except TimeoutError:
                self.release(hold)
                raise Refused(RefusalCode.NO_PICTURE, "nothing came from the camera") from None
        return fanout

    async def as_h264(self, hold: str) -> Fanout:
        """See `desk.Pictures`."""
        held = self._holds[hold]
        source, always = held.fanout, self._fanout(self._streams[self._always], held.audience)
        if always.cached() and not needed(always):
            return always
        hub = self._around.transcodes.acquire(source, held.stream.hub.name)
        if hub is None:
            raise Refused(RefusalCode.CODEC, "every slot for transcoding is taken")
        self._transcoded[hold] = (source, hub)
        await self._first_keyframe(hub)
        return hub

    async def _first_keyframe(self, hub: Hub) -> None:
        """Raises `Refused` when none comes in time; the caller releases."""
        waiting = _Hold()
        hub.attach(waiting)
        try:
            async with asyncio.timeout(TRACKS_WITHIN_S):
                if not hub.cached():
                    await waiting.keyframe.wait()
        except TimeoutError:
            raise Refused(RefusalCode.NO_PICTURE, "nothing came from the camera") from None
        finally:
            hub.detach(waiting)

    def release(self, hold: str) -> None:
        transcoded = self._transcoded.pop(hold, None)
        if transcoded is not None:
            self._around.transcodes.release(transcoded[0])
        held = self._holds.pop(hold, None)
        if held is not None:
            held.fanout.detach(held.holder)

    @property
    def always(self) -> Hub:
        """The hub of the stream that always runs."""
        return self._streams[self._always].hub

    def cheaper(self, fanout: Fanout) -> Fanout | None:
        """See `desk.Pictures`."""
        lowest = self._fanout(self._streams[self._always], self._seen_by(fanout))
        return lowest if fanout is not lowest and lowest.cached() else None

    @property
    def camera_id(self) -> str:
        return self.spec.camera_id

    def kind_of(self, fanout: Fanout) -> StreamKind | None:
        """See `desk.Pictures`."""
        audience = self._seen_by(fanout)
        return next((kind for kind, one in self._streams.items() if self._fanout(one, audience) is fanout), None)

    def shown(self, fanout: Fanout) -> Shown:
        """See `desk.Pictures`."""
        if any(hub is fanout for _, hub in self._transcoded.values()):
            return Shown.TRANSCODED
        return Shown((self.kind_of(fanout) or self._always).value)

    def keyframe(self, audience: Audience = Audience.ANYONE) -> tuple[AccessUnit, ...]:
        """See `desk.Pictures`."""
        return self._fanout(self._streams[self._always], audience).cached()

    def _watch_motion(self) -> None:
        if not self.spec.motion.enabled or self._always not in self._streams:
            return
        hub = self._streams[self._always].hub
        report = replace(self._around.report, emit=self._on_alarm)
        self._motion = MotionWatch(self.spec.camera_id, self.spec.motion, hub, self._around.motion, report)
        hub.attach(self._motion)

    def _stop_motion(self) -> None:
        if self._motion is not None:
            self._streams[self._always].hub.detach(self._motion)
            self._motion.close()
            self._motion = None

    def _on_alarm(self, event: AlarmEvent) -> None:
        if event.phase is AlarmPhase.START and self._recorder is not None:
            self._recorder.moves()
        self._around.report.emit(event)

    # --- recording

    def storing(self) -> Storing | None:
        """What is needed to read its own card; None for a gated one: of a court only the recorder's door decides what is kept."""
        if self.spec.gated or self._recorder is None:
            return None
        offsets = (stream.supervisor.state.clock_offset_ms for stream in self._streams.values())
        known = next((offset_ms for offset_ms in offsets if offset_ms is not None), None)
        return Storing(self._credentials, self.spec.streams, self.spec.recording, known)

    def _record(self, group: asyncio.TaskGroup) -> None:
        """Begin when the plan is not never. The stream that is recorded runs as long as it is."""
        plan = self._plan()
        stream = self._streams.get(plan.stream) or self._streams.get(self._always)
        if self._around.recorder is None or plan.mode is RecordingMode.NEVER or stream is None:
            return
        camera = Camera(
            self.spec.camera_id,
            stream.spec.kind,
            self._fanout(stream, Audience.RECORDER),
            why=lambda: why_of_stream(stream.supervisor.state),
            clock_offset_ms=lambda: stream.supervisor.state.clock_offset_ms,
            moving=lambda: self._motion.moving if self._motion is not None else None,
        )
        self._recorder = self._around.recorder(camera, plan)
        self._recording = group.create_task(self._begin_recording(self._recorder), name=f"recording {self.spec.number}")

    def _plan(self) -> RecordingPlan:
        """Of a courtroom the gate's, whatever is planned."""
        if not self.spec.gated:
            return self.spec.recording
        return OF_COURT if self._around.gates.records(self.camera_id) else RecordingPlan()

    async def _begin_recording(self, recorder: Recorder) -> None:
        try:
            await recorder.run()
        except Exception:
            # The border between recording and watching: what a file on a disk woke must not end the live picture.
            log.exception("recording_not_begun", camera_id=self.spec.camera_id)

    def _change_recording(self, plan: RecordingPlan) -> None:
        recorder = self._recorder
        if recorder is not None:
            other = plan.stream is not recorder.plan.stream
            recorder.plan = plan
            if not other and plan.mode is not RecordingMode.NEVER:
                return
            self._stop_recording()
        if self._group is not None:
            self._record(self._group)

    def _stop_recording(self) -> None:
        if self._recording is not None:
            self._recording.cancel()
        if self._recorder is not None:
            self._recorder.close()
        self._recorder = self._recording = None


@dataclass(frozen=True, slots=True)
class _Held:
    stream: _Stream
    fanout: Fanout
    audience: Audience
    holder: "_Hold"


class _Hold:
    """A reader that wants nothing but that the stream runs, and to know when its first keyframe is there."""

    def __init__(self) -> None:
        self.keyframe = asyncio.Event()

    def deliver(self, unit: AccessUnit) -> None:
        if unit.keyframe:
            self.keyframe.set()
