"""The media worker's composition: the only module of `streams` that knows all the others."""

import asyncio
import os
import resource
import secrets
import time
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from streams.bus.session import Bus, BusLost, run_session
from streams.contract import Timeouts
from streams.delay import DelayFolder
from streams.gating import GateBoard
from streams.motion import MotionPool
from streams.motion.pictures import newest_jpeg
from streams.motion.watch import Report
from streams.probe import probe
from streams.record.cutter import CutRules
from streams.record.disk import FolderDisk
from streams.record.recorder import Camera, Recorder
from streams.record.volume import Events, Volume
from streams.record.volumes import Volumes
from streams.relay import Relay, RelayLimits
from streams.stopping import cancel_when_told
from streams.tap import TapServer
from streams.transcode import Transcodes
from streams.types.bus import Lease, ProbeRequest, ProbeResult, RefusalCode, Refused, WorkerState
from streams.types.camera import CameraSpec, RecordingPlan
from streams.types.gate import Audience
from streams.types.media import AccessUnit, Fanout
from streams.worker.backfill_desk import BackfillDesk, Storing
from streams.worker.camera import RunningCamera, Surroundings
from streams.worker.cameras import OwnedCameras
from streams.worker.carrier_desk import CarrierDesk
from streams.worker.config import WorkerConfig
from streams.worker.desk import Desk, Pictures
from streams.worker.gate_desk import GateDesk
from streams.worker.logs import set_up_logs
from streams.worker.outbox import RECORDINGS, Outbox, alarm_report, deleted_report, gap_report, segment_report
from streams.worker.process import harden, settle_memory, share_interpreter
from streams.worker.recording_desk import RecordingDesk
from streams.worker.secrets import CredentialsKeeper
from streams.worker.session import BusSession
from streams.worker.sound_desk import SoundDesk
from streams.worker.tap_desk import TapDesk

log = structlog.get_logger(__name__)

RECONNECT_S = 0.5
ENDS_WITHIN_S = 10
"""More than `vms serve` waits before it kills a worker, so that only an orphan meets it."""
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class CannotListen(Exception):
    """The media port cannot be opened. One sentence."""


class MediaWorker:
    """Everything of one worker process."""

    def __init__(self, config: WorkerConfig, relay: Relay) -> None:
        self._config = config
        self._relay = relay
        self._lease = Lease(worker_id=config.worker_id, incarnation=secrets.token_hex(8))
        self._seq = 0
        self._outbox = Outbox()
        self._reports = Outbox(RECORDINGS)
        self._volumes = self._open_volumes()
        self._motion = MotionPool()
        self._keeper = CredentialsKeeper(config.worker_id, self._lease.incarnation)
        self._board = GateBoard(self._shut_out, on_changed=self._gate_changed)
        self._delays = _delay_folder(config)
        self._board.hear(heard=False)
        self._gates = GateDesk(self._board)
        self._bus_session: BusSession | None = None
        self._around = Surroundings(
            credentials=self._keeper.get,
            motion=self._motion,
            report=Report(
                lambda event: self._outbox.put(alarm_report(event)), asyncio.get_running_loop().call_soon_threadsafe
            ),
            viewers=self._viewers,
            stopped=self._stopped,
            timeouts=Timeouts(stall_s=config.stall_timeout_s),
            transcodes=Transcodes(config.transcodes),
            gates=self._board,
            recorder=self._recorder if config.volumes else None,
            delays=self._delays,
        )
        self._cameras = OwnedCameras(self._camera)
        self._desk = Desk(relay, self._find, _decode, self._probe)
        self._carriers = CarrierDesk(self._desk, relay)
        self._taps = TapServer(self._desk.ended)
        self._tap_desk = TapDesk(self._desk, self._taps, config.tap_host)
        self._sound_desk = SoundDesk(self._find)
        self._recording_desk = RecordingDesk(self._volumes)
        self._backfill_desk = BackfillDesk(self._volumes, self._storing, self._rules())

    async def run(self) -> None:
        """Until cancelled; then the cameras are let go at once and viewers are told."""
        self._motion.start()
        if self._delays is not None:
            self._delays.open()
        try:
            await self._taps.listen(self._config.tap_host)
            # The volumes outlive the cameras: those say their last word as they end.
            async with self._volumes.running(), asyncio.TaskGroup() as group:
                group.create_task(self._cameras.run(), name="cameras")
                group.create_task(self._desk.expire(), name="view leases")
                group.create_task(self._backfill_desk.run(), name="backfill")
                group.create_task(self._stay_on_bus(), name="bus")
        finally:
            self._motion.stop()
            await self._relay.close()
            await self._taps.aclose()
            if self._delays is not None:
                self._delays.close()

    async def _stay_on_bus(self) -> None:
        while True:
            try:
                await run_session(self._config.bus, self._session)
            except BusLost as error:
                # Before the first heartbeat we wait for control, which makes the buckets: nothing to warn of.
                (log.warning if self._seq else log.info)("bus_lost", detail=str(error))
            finally:
                self._keeper.connected(None)
            await asyncio.sleep(RECONNECT_S * (1 + secrets.randbelow(1000) / 1000))

    async def _session(self, bus: Bus) -> None:
        session = BusSession(bus, self._lease, self._cameras, self._state, self._next_seq)
        self._bus_session = session
        self._keeper.connected(bus)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._desk.answer(bus, self._config.worker_id), name="desk")
            group.create_task(self._carriers.answer(bus, self._config.worker_id), name="carrier desk")
            group.create_task(self._tap_desk.answer(bus, self._config.worker_id), name="tap desk")
            group.create_task(self._sound_desk.answer(bus, self._config.worker_id), name="sound desk")
            group.create_task(self._gates.answer(bus, self._config.worker_id), name="gate desk")
            group.create_task(self._gates.follow(bus), name="mirror gates")
            group.create_task(self._recording_desk.answer(bus, self._config.worker_id), name="recording desk")
            group.create_task(self._backfill_desk.answer(bus, self._config.worker_id), name="backfill desk")
            group.create_task(self._outbox.send(bus), name="outbox")
            group.create_task(self._reports.send(bus), name="recording reports")
            group.create_task(session.run(), name="session")

    def _open_volumes(self) -> Volumes:
        config = self._config
        events = Events(
            closed=lambda closed, acknowledged: self._reports.put(segment_report(closed, acknowledged)),
            deleted=lambda deleted: self._reports.put(deleted_report(deleted)),
            failed=lambda link: self._volumes.failed(link),  # noqa: PLW0108 the volumes are made with these events
            post=asyncio.get_running_loop().call_soon_threadsafe,
        )
        return Volumes(
            Volume(
                one.volume,
                FolderDisk(Path(one.path), may_make=one.make),
                config.worker_id,
                events,
                make_marker=one.make,
            )
            for one in config.volumes
        )

    def _recorder(self, camera: Camera, plan: RecordingPlan) -> Recorder:
        return Recorder(
            camera, plan, self._volumes, lambda gap: self._reports.put(gap_report(gap)), rules=self._rules()
        )

    def _rules(self) -> CutRules:
        return CutRules(segment_ns=int(self._config.segment_s * 1_000_000_000))

    def _storing(self, camera_id: str) -> Storing | None:
        camera = self._cameras.get(camera_id)
        return camera.storing() if isinstance(camera, RunningCamera) else None

    def _camera(self, spec: CameraSpec) -> RunningCamera:
        return RunningCamera(spec, self._around)

    def _find(self, camera_id: str) -> Pictures | None:
        camera = self._cameras.get(camera_id)
        return camera if isinstance(camera, RunningCamera) else None

    def _shut_out(self, camera_id: str, audiences: frozenset[Audience]) -> int:
        return self._desk.shut_out(camera_id, audiences)

    def _gate_changed(self, camera_id: str) -> None:
        camera = self._cameras.get(camera_id)
        if isinstance(camera, RunningCamera):
            camera.gate_changed()

    async def _probe(self, request: ProbeRequest) -> ProbeResult:
        """Technicians test what they register; of a box that shows a courtroom they get what was measured, and no picture."""
        hosts = frozenset() if self._bus_session is None else self._bus_session.gated_hosts()
        if urlsplit(request.url).hostname in hosts:
            request = request.model_copy(update={"want_jpeg": False})
        return await probe(request)

    def _stopped(self, camera: RunningCamera) -> None:
        self._desk.camera_stopped(camera)
        if self._cameras.get(camera.spec.camera_id) is None:
            self._keeper.forget(camera.spec.camera_id)

    def _viewers(self, fanout: Fanout) -> int:
        return self._relay.viewers(fanout) + self._taps.viewers(fanout)

    def _next_seq(self) -> int:
        self._seq += 1
        return self._seq

    def _state(self, seq: int) -> WorkerState:
        used = resource.getrusage(resource.RUSAGE_SELF)
        return WorkerState(
            worker_id=self._lease.worker_id,
            incarnation=self._lease.incarnation,
            seq=seq,
            at_ms=time.time_ns() // 1_000_000,
            media_port=self._relay.port,
            cpu_s=used.ru_utime + used.ru_stime,
            rss_bytes=_rss_bytes(),
            cameras=self._cameras.states(),
            volumes=self._volumes.states(),
        )


def _delay_folder(config: WorkerConfig) -> DelayFolder | None:
    delay = config.delay
    return None if delay is None else DelayFolder(Path(delay.path), delay.quota_bytes, delay.keep_free_bytes)


async def _decode(units: tuple[AccessUnit, ...], max_width_px: int) -> bytes:
    jpeg = await asyncio.to_thread(newest_jpeg, units, max_width_px)
    if not jpeg:
        raise Refused(RefusalCode.NO_PICTURE, "the picture cannot be decoded")
    return jpeg


def _rss_bytes() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123 once a second, no path object needed
        return int(file.read().split()[1]) * _PAGE_BYTES


async def run(config: WorkerConfig) -> None:
    """Run until SIGTERM or SIGINT. Raises `CannotListen`."""
    try:
        relay = await Relay.open(config.media_host, config.media_port, limits=RelayLimits(max_views=config.max_views))
    except OSError as error:
        where = f"{config.media_host}:{config.media_port}"
        raise CannotListen(f"UDP {where} for pictures cannot be opened: {error.strerror}.") from error
    log.info("worker_started", worker=config.worker_id, media_port=relay.port, segmentation=relay.segmentation)
    work = asyncio.create_task(MediaWorker(config, relay).run(), name="worker")
    cancel_when_told(work, ENDS_WITHIN_S)
    try:
        await work
    except asyncio.CancelledError:
        log.info("worker_stopped", worker=config.worker_id)


def main(config: WorkerConfig) -> None:
    """The process: logs, fewer rights, uvloop, run."""
    import uvloop  # noqa: PLC0415 only the process itself wants it; tests run on the standard loop

    set_up_logs(config.log_level, json=config.log_json, worker=config.worker_id)
    harden()
    settle_memory()
    share_interpreter()
    uvloop.run(run(config))
