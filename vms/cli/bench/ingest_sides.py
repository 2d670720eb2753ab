"""The three sides of `vms bench ingest`: the cameras, our server's reading half, and PyAV as the baseline."""

import asyncio
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import av
import av.error
import numpy as np
import structlog
import uvloop

from streams.contract import Timeouts
from streams.gating import GateBoard
from streams.hub import Hub
from streams.motion import MotionPool
from streams.motion.watch import Report
from streams.rtsp.gate import Scheme
from streams.simulate import strip
from streams.simulate.catalogue import LoopSpec, main_specs, sub_specs
from streams.simulate.device import MediaChannel, MediaDevice
from streams.simulate.province import MediaSimulator, RtspAccess
from streams.transcode import Transcodes
from streams.types.bus import AlarmEvent, AlarmPhase
from streams.types.camera import CameraSpec, Credentials, Ingest, Liveness, MotionSpec, StreamSpec
from streams.types.media import AccessUnit, Codec, Fanout, StreamKind
from streams.worker.camera import RunningCamera, Surroundings
from streams.worker.cameras import OwnedCameras
from streams.worker.process import settle_memory
from vms.cli.bench.side import STOP, Line, Usage

LOGIN: Final = Credentials(username="bench", password="only here")  # noqa: S106 between two processes of this benchmark
_PORT: Final = 18_554
_SUB_QUALITY: Final = 24.8
_MAIN_QUALITY: Final = 23.95
"""Constant rate factors that bring the drawn scenes to about 0.5 and 4 Mb/s."""


@dataclass(frozen=True, slots=True)
class Province:
    """How many cameras, which of their streams; all at addresses of their own in 127.20.0.0/16. `motion`: looked for on all of them."""

    cameras: int
    kind: StreamKind
    cache: Path
    motion: bool = False

    def loops(self) -> tuple[LoopSpec, ...]:
        if self.kind is StreamKind.SUB:
            return tuple(replace(spec, key=f"{spec.key}/bench", quality=_SUB_QUALITY) for spec in sub_specs()[:24])
        big = [spec for spec in main_specs() if spec.width_px == 1920 and spec.codec is Codec.H264]
        return tuple(replace(spec, key=f"{spec.key}/bench", quality=_MAIN_QUALITY) for spec in big)

    def address(self, number: int) -> str:
        return f"127.20.{number // 250}.{number % 250 + 1}"

    def url(self, number: int) -> str:
        return f"rtsp://{self.address(number)}:{_PORT}/main"

    def devices(self) -> list[MediaDevice]:
        loops = self.loops()
        return [
            MediaDevice(self.address(number), (MediaChannel(number, loops[number % len(loops)], None),))
            for number in self.numbers
        ]

    @property
    def numbers(self) -> range:
        return range(1, self.cameras + 1)


def cameras_side(line: Line, province: Province) -> None:
    """The simulator: tells when its loops are ready, then its usage when asked."""
    _quiet()
    uvloop.run(_simulate(line, province))


async def _simulate(line: Line, province: Province) -> None:
    access = RtspAccess(LOGIN.username, LOGIN.password, Scheme.DIGEST, _PORT)
    async with MediaSimulator(province.devices(), access, province.cache) as simulator:
        await simulator.loops_ready()
        settle_memory()
        line.tell("ready")
        while await line.order() != STOP:
            line.tell(Usage.now())


@dataclass(frozen=True, slots=True)
class Seen:
    """One camera at one moment: its newest RTP timestamp, how many pictures and packets came, what was lost."""

    timestamp: int
    pictures: int
    received_packets: int
    lost_packets: int
    restarts: int


@dataclass(frozen=True, slots=True)
class Sight:
    """All cameras at one moment. `cache_bytes` is what the GOP caches hold."""

    usage: Usage
    cameras: dict[int, Seen]
    cache_bytes: int
    alarms: int = 0
    refused: int = 0
    """Runs of pictures that motion had no time for."""

    def lost_pictures(self, later: "Sight", step: int) -> int:
        """What the RTP timestamps of both moments ask for, a picture every `step` of 1/90,000 s, minus what came."""
        pairs = [(seen, later.cameras[number]) for number, seen in self.cameras.items()]
        expected = sum((now.timestamp - then.timestamp) // step for then, now in pairs)
        return expected - sum(now.pictures - then.pictures for then, now in pairs)


def server_side(line: Line, province: Province) -> None:
    """Real `RunningCamera`s on uvloop, as a worker runs them; no bus."""
    _quiet()
    uvloop.run(_ingest(line, province))


class Reading:
    def __init__(self, province: Province) -> None:
        self._cameras: dict[int, RunningCamera] = {}
        self.owned = OwnedCameras(self._make)
        self._specs = {spec.camera_id: spec for spec in map(_spec, [province] * province.cameras, province.numbers)}
        self._motion = MotionPool()
        if province.motion:
            self._motion.start()
        self.alarms = 0
        loop = asyncio.get_running_loop()
        self._around = Surroundings(
            transcodes=Transcodes(0),
            credentials=_credentials,
            motion=self._motion,
            report=Report(self._count_alarm, loop.call_soon_threadsafe),
            viewers=_no_viewers,
            stopped=lambda _camera: None,
            timeouts=Timeouts(),
            gates=GateBoard(lambda _camera_id, _audiences: 0),
        )

    def _make(self, spec: CameraSpec) -> RunningCamera:
        camera = self._cameras[spec.number] = RunningCamera(spec, self._around)
        return camera

    def _count_alarm(self, event: AlarmEvent) -> None:
        self.alarms += event.phase is AlarmPhase.START

    def start(self) -> None:
        self.owned.want(self._specs)

    @property
    def live(self) -> int:
        return sum(state.streams[0].liveness is Liveness.LIVE for state in self.owned.states())

    def hubs(self) -> list[Hub]:
        return [camera.always for camera in self._cameras.values()]

    def sight(self) -> Sight:
        seen, cache_bytes = {}, 0
        for number, camera in self._cameras.items():
            state, hub = camera.state().streams[0], camera.always
            newest = hub.newest
            pictures = hub.statistics().pictures
            seen[number] = Seen(
                newest.timestamp if newest else 0, pictures, state.received_packets, state.lost_packets, state.restarts
            )
            cache_bytes += hub.cached_bytes
        return Sight(Usage.now(), seen, cache_bytes, self.alarms, self._motion.refused)

    def strips_right(self) -> int:
        """How many cameras' newest keyframe, decoded, shows this camera's own number."""
        return sum(_shown_number(camera.keyframe()) == number for number, camera in self._cameras.items())


async def _ingest(line: Line, province: Province) -> None:
    ingest = Reading(province)
    async with asyncio.TaskGroup() as group:
        running = group.create_task(ingest.owned.run())
        await asyncio.sleep(0)
        answers = {
            "start": ingest.start,
            "live": lambda: ingest.live,
            "sight": ingest.sight,
            "strips": ingest.strips_right,
        }
        while (order := await line.order()) != STOP:
            if order == "settle":
                settle_memory()
                line.tell(None)
            else:
                line.tell(answers[order]())
        running.cancel()


def _spec(province: Province, number: int) -> CameraSpec:
    stream = StreamSpec(kind=province.kind, url=province.url(number), ingest=Ingest.OWN)
    return CameraSpec(
        camera_id=f"bench{number:05}", number=number, streams=(stream,), motion=MotionSpec(enabled=province.motion)
    )


async def _credentials(_spec: CameraSpec) -> Credentials:
    return LOGIN


def _no_viewers(_fanout: Fanout) -> int:
    return 0


def _shown_number(units: tuple[AccessUnit, ...]) -> int | None:
    if not units:
        return None
    decoder = av.CodecContext.create("h264", "r")
    assert isinstance(decoder, av.VideoCodecContext)
    packet = av.Packet(b"".join(b"\x00\x00\x00\x01" + part for part in units[0].parts))
    for frame in [*decoder.decode(packet), *decoder.decode(None)]:
        read = strip.decode(np.asarray(frame.to_ndarray(format="gray")))
        return read.camera if read else None
    return None


def pyav_side(line: Line, urls: Sequence[str]) -> None:
    """The usual way: one thread for each camera, `av.open` and `demux()`, nothing more."""
    _quiet()
    counts = [0] * len(urls)
    for index, url in enumerate(urls):
        threading.Thread(target=_demux, args=(url, counts, index), daemon=True).start()
    asyncio.run(_count(line, counts))


async def _count(line: Line, counts: list[int]) -> None:
    while await line.order() != STOP:
        line.tell((Usage.now(), list(counts)))


def _demux(url: str, counts: list[int], index: int) -> None:
    address = url.replace("rtsp://", f"rtsp://{LOGIN.username}:only%20here@", 1)
    with av.open(address, options={"rtsp_transport": "tcp"}, timeout=(30, 10)) as container:
        for packet in container.demux(container.streams.video[0]):
            counts[index] += packet.size > 0


def _quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
