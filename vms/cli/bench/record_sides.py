"""The sides of `vms bench record`: real hubs, recorders and a volume, fed in real time; and PyAV as the usual way."""

import asyncio
import os
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
import structlog
import uvloop

from streams.hub import Hub
from streams.record.cutter import CutRules
from streams.record.disk import FolderDisk
from streams.record.gaps import Why
from streams.record.recorder import Camera, Recorder
from streams.record.volume import Events, Volume
from streams.record.volumes import Volumes
from streams.types.camera import RecordingMode, RecordingPlan
from streams.types.media import AccessUnit, Codec, Reader, StreamKind, Track
from streams.types.recording import GapCause, GapNoted, SegmentClosed
from streams.worker.process import settle_memory, share_interpreter
from vms.cli.bench.side import STOP, Line, Usage

FPS: Final = 25
GOP: Final = 50
SIZE_PX: Final = (1280, 720)
_NS: Final = 1_000_000_000
_SOUND_EVERY: Final = 10
"""Every tenth camera has sound: G.711, 40 ms a packet."""
_SOUND_BYTES: Final = 320
_WITHIN_S: Final = 30.0


@dataclass(frozen=True, slots=True)
class Load:
    cameras: int
    mbit: float
    segment_s: float
    folder: Path


@dataclass(frozen=True, slots=True)
class Written:
    """What this process has written up to now, by the kernel's own count (`write_bytes` of /proc/self/io), and its CPU."""

    usage: Usage
    storage_bytes: int

    @classmethod
    def now(cls) -> "Written":
        with open("/proc/self/io", encoding="ascii") as file:  # noqa: PTH123 as for the other numbers of this process
            fields = dict(line.split(": ") for line in file.read().splitlines())
        return cls(Usage.now(), int(fields["write_bytes"]) - int(fields["cancelled_write_bytes"]))


@dataclass(frozen=True, slots=True)
class Fed:
    """What one camera was fed: its id, capture time and size (without parameter sets) of every picture from the first keyframe."""

    camera_id: str
    times_ns: list[int]
    sizes: list[int]
    sound_frames: int


@dataclass(frozen=True, slots=True)
class Outcome:
    fed: list[Fed]
    closed: list[SegmentClosed]
    gaps: list[GapNoted]
    payload_bytes: int
    latest_ms: float
    """How late the feeder itself was at worst: what it fed late is no fault of the recorder."""


def coded(mbit: float) -> list[tuple[bytes, ...]]:
    """Ten seconds of H.264 at a constant bit rate, filled up where the picture needs less; one tuple of NAL units a picture."""
    context = av.CodecContext.create("libx264", "w")
    assert isinstance(context, av.VideoCodecContext)
    context.width, context.height, context.pix_fmt = (*SIZE_PX, "yuv420p")
    context.framerate, context.time_base, context.gop_size = Fraction(FPS), Fraction(1, FPS), GOP
    kbit = round(mbit * 1000)
    context.bit_rate = kbit * 1000
    rate = f"nal-hrd=cbr:vbv-maxrate={kbit}:vbv-bufsize={kbit}:repeat-headers=1:scenecut=0:bframes=0"
    context.options = {"preset": "ultrafast", "tune": "zerolatency", "x264-params": rate}
    rng = np.random.default_rng(6)
    noise = rng.normal(90, 6, (SIZE_PX[1], SIZE_PX[0] + 400)).clip(0, 255).astype(np.uint8)
    pictures = []
    for number in range(10 * FPS):
        grey = np.ascontiguousarray(noise[:, number % 400 : number % 400 + SIZE_PX[0]])
        grey[200:500, number * 5 % 1100 : number * 5 % 1100 + 80] = 230
        frame = av.VideoFrame.from_ndarray(grey, format="gray").reformat(format="yuv420p")
        frame.pts = number
        pictures += [_nals(bytes(packet)) for packet in context.encode(frame)]
    return pictures


def _nals(packet: bytes) -> tuple[bytes, ...]:
    found = (part[:-1] if part.endswith(b"\x00") else part for part in packet.split(b"\x00\x00\x01"))
    return tuple(part for part in found if part)


def recorder_side(line: Line, load: Load, pictures: list[tuple[bytes, ...]]) -> None:
    """Tells `Written` when asked "written"; records between "start" and "finish", which tells an `Outcome`."""
    _quiet()
    uvloop.run(_record(line, load, pictures))


async def _record(line: Line, load: Load, pictures: list[tuple[bytes, ...]]) -> None:
    studio = Studio(load, pictures)
    async with studio.volumes.running():
        settle_memory()
        share_interpreter()
        feeding: asyncio.Task[None] | None = None
        while (order := await line.order()) != STOP:
            answer: Any = None
            if order == "feed":
                feeding = asyncio.create_task(studio.feed(), name="feed")
            elif order == "start":
                await studio.start()
            elif order == "finish":
                assert feeding is not None
                feeding.cancel()
                answer = await studio.finish()
            else:
                answer = Written.now()
            line.tell(answer)


class _Fake:
    """One camera: its hub, where it is in the loop, and what its recorder was given (`media.Fanout`)."""

    def __init__(self, number: int, cameras: int) -> None:
        self.camera_id = f"bench-{number:05}"
        self.hub = Hub(self.camera_id)
        self.sound = number % _SOUND_EVERY == 0
        video = Track(Codec.H264, 90_000, width_px=SIZE_PX[0], height_px=SIZE_PX[1])
        self.hub.on_tracks((video, Track(Codec.PCMA, 8000, 1)) if self.sound else (video,))
        self.phase_ns = number * 2 * _NS // cameras
        """Keyframes of different cameras are spread over a GOP."""
        self.count = 0
        self.times_ns: list[int] = []
        self.sizes: list[int] = []
        self.sound_frames = 0
        self.payload_bytes = 0
        self.attached = False

    @property
    def tracks(self) -> tuple[Track, ...]:
        return self.hub.tracks

    @property
    def newest(self) -> AccessUnit | None:
        return self.hub.newest

    def cached(self) -> tuple[AccessUnit, ...]:
        return self.hub.cached()

    def attach(self, reader: Reader, *, replay: bool = False) -> None:
        for unit in self.hub.cached() if replay else ():
            self.expect(unit.capture_ns, coded_size(unit.parts), unit.size_bytes)
        self.attached = True
        self.hub.attach(reader, replay=replay)

    def detach(self, reader: Reader) -> None:
        self.attached = False
        self.hub.detach(reader)

    def expect(self, at_ns: int, size: int, payload_bytes: int) -> None:
        self.times_ns.append(at_ns)
        self.sizes.append(size)
        self.payload_bytes += payload_bytes


def coded_size(parts: tuple[bytes, ...]) -> int:
    """As a sample in a file: lengths before the NAL units, parameter sets left out."""
    return sum(4 + len(nal) for nal in parts if nal[0] & 31 not in {7, 8})


class Studio:
    """All cameras, their recorders and the volume, on one event loop."""

    def __init__(self, load: Load, pictures: list[tuple[bytes, ...]]) -> None:
        self._pictures = pictures
        self._sizes = [coded_size(parts) for parts in pictures]
        self._coded_bytes = [sum(map(len, parts)) for parts in pictures]
        self._fakes = [_Fake(number, load.cameras) for number in range(load.cameras)]
        self._recorders: list[Recorder] = []
        self._recording = False
        self._rules = CutRules(segment_ns=int(load.segment_s * _NS))
        self._closed: list[SegmentClosed] = []
        self._gaps: list[GapNoted] = []
        self._latest_s = 0.0
        events = Events(
            closed=self._on_closed,
            deleted=lambda _deleted: None,
            failed=lambda link: self.volumes.failed(link),  # noqa: PLW0108 the volumes are made with these events
            post=asyncio.get_running_loop().call_soon_threadsafe,
        )
        disk = FolderDisk(load.folder, may_make=True)
        self._volume = Volume("bench", disk, "w0", events, make_marker=True)
        self.volumes = Volumes([self._volume])

    def _on_closed(self, closed: SegmentClosed, acknowledged: Any) -> None:
        self._closed.append(closed)
        acknowledged()

    async def start(self) -> None:
        """Recorders for all cameras; what their hubs give them from then on must be found in the files."""
        for fake in self._fakes:
            camera = Camera(
                fake.camera_id,
                StreamKind.MAIN,
                fake,
                why=lambda: Why(GapCause.UNKNOWN),
                clock_offset_ms=lambda: 0,
                moving=lambda: None,
            )
            plan = RecordingPlan(mode=RecordingMode.CONTINUOUS)
            self._recorders.append(Recorder(camera, plan, self.volumes, self._gaps.append, rules=self._rules))
        await asyncio.gather(*(recorder.run() for recorder in self._recorders))
        self._recording = True

    async def feed(self) -> None:
        """Every camera 25 pictures a second, for ever, each at its time."""
        begun_ns = time.time_ns() + _NS
        step_ns = _NS // FPS
        slots = sorted((fake.phase_ns % step_ns, number) for number, fake in enumerate(self._fakes))
        tick = 0
        while True:
            for offset_ns, number in slots:
                fake = self._fakes[number]
                due_ns = begun_ns + tick * step_ns + offset_ns
                wait_ns = due_ns - time.time_ns()
                if wait_ns > 2_000_000:
                    await asyncio.sleep(wait_ns / _NS)
                self._latest_s = max(self._latest_s, -wait_ns / _NS) if self._recording else 0.0
                if tick * step_ns + offset_ns >= fake.phase_ns:
                    self._one(fake, due_ns)
            tick += 1
            await asyncio.sleep(0)

    def _one(self, fake: _Fake, at_ns: int) -> None:
        index = fake.count % len(self._pictures)
        fake.count += 1
        parts = self._pictures[index]
        if fake.attached:
            fake.expect(at_ns, self._sizes[index], self._coded_bytes[index])
        fake.hub.on_unit(AccessUnit(Codec.H264, parts, 0, at_ns, at_ns, keyframe=index % GOP == 0))
        if fake.sound:
            fake.hub.on_unit(AccessUnit(Codec.PCMA, (bytes(_SOUND_BYTES),), 0, at_ns, at_ns))
            if fake.attached:
                fake.sound_frames += 1
                fake.payload_bytes += _SOUND_BYTES

    def newest_ns(self) -> dict[str, int]:
        """When the newest picture of each camera was taken that its recorder was given."""
        return {fake.camera_id: fake.times_ns[-1] for fake in self._fakes if fake.times_ns}

    async def finish(self) -> Outcome:
        self._recording = False
        for recorder in self._recorders:
            recorder.close()
        await asyncio.to_thread(self._volume.close, _WITHIN_S)
        await asyncio.sleep(0)
        await asyncio.to_thread(os.sync)
        fed = [Fed(fake.camera_id, fake.times_ns, fake.sizes, fake.sound_frames) for fake in self._fakes]
        return Outcome(
            fed, self._closed, self._gaps, sum(fake.payload_bytes for fake in self._fakes), self._latest_s * 1000
        )


def pyav_side(line: Line, cameras: int, template: Path, folder: Path) -> None:
    """The usual way: FFmpeg's muxer, a file for each camera, fragments at keyframes; fed in real time until told to stop."""
    _quiet()
    asyncio.run(_mux(line, cameras, template, folder))


async def _mux(line: Line, cameras: int, template: Path, folder: Path) -> None:
    with av.open(str(template)) as source:
        stream = source.streams.video[0]
        packets = [(bytes(packet), packet.is_keyframe) for packet in source.demux(stream) if packet.size]
        outputs = []
        for number in range(cameras):
            output = av.open(
                str(folder / f"{number}.mp4"),
                "w",
                format="mp4",
                options={"movflags": "frag_keyframe+empty_moov+default_base_moof"},
            )
            outputs.append((output, output.add_stream_from_template(stream)))
    feeding = asyncio.create_task(_feed_outputs(outputs, packets), name="feed")
    while await line.order() != STOP:
        line.tell(Written.now())
    feeding.cancel()
    for output, _ in outputs:
        output.close()


async def _feed_outputs(outputs: list[tuple[Any, Any]], packets: list[tuple[bytes, bool]]) -> None:
    begun_s, number = time.monotonic(), 0
    while True:
        data, keyframe = packets[number % len(packets)]
        for output, stream in outputs:
            packet = av.Packet(data)
            packet.stream, packet.time_base = stream, Fraction(1, FPS)
            packet.pts = packet.dts = number
            packet.duration, packet.is_keyframe = 1, keyframe
            output.mux(packet)
        number += 1
        await asyncio.sleep(max(0.0, begun_s + number / FPS - time.monotonic()))


def _quiet() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
