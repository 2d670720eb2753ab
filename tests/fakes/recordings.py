"""Recorders without cameras: coded pictures at made-up times, volumes on disks that fail when told, and what came of it."""

import asyncio
import errno
import os
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import av

from fakes.pictures import coded_loop
from streams.hub import Hub
from streams.record.cutter import CutRules, Cutter, Opening
from streams.record.degrade import Space
from streams.record.disk import FolderDisk
from streams.record.gaps import Why
from streams.record.muxing import SegmentMuxer
from streams.record.orders import Begin, End, Link, Order, Piece
from streams.record.recorder import Camera, Clocks, Recorder
from streams.record.volume import Events, Volume, make_marker
from streams.record.volumes import Volumes
from streams.types.camera import RecordingPlan
from streams.types.media import AccessUnit, Codec, StreamKind, Track
from streams.types.recording import GapCause, GapNoted, SegmentClosed, SegmentDeleted, SegmentEnd, SegmentHead

S = 1_000_000_000
CAMERA = "camera-0001"
VIDEO = Track(Codec.H264, 90_000, width_px=320, height_px=180)
NOON_NS = 1_795_582_800 * S  # 25/11/2026 12:00:00 UTC+7
FAST = CutRules(segment_ns=2 * S)


def pictures(start_ns: int, seconds: float, *, gop: int = 15) -> list[AccessUnit]:
    """Real H.264, 15 pictures a second."""
    return [
        replace(unit, capture_ns=start_ns + unit.capture_ns, arrival_ns=start_ns + unit.capture_ns)
        for unit in coded_loop(seconds, gop=gop)
    ]


def segment(units: Iterable[AccessUnit], tracks: tuple[Track, ...] = (VIDEO,)) -> bytes:
    """The bytes of one closed segment of all these units."""
    found = segments(units, tracks, CutRules(segment_ns=10**6 * S))
    assert len(found) == 1
    return found[0]


def segments(units: Iterable[AccessUnit], tracks: tuple[Track, ...] = (VIDEO,), rules: CutRules = FAST) -> list[bytes]:
    cutter = cutter_of(tracks, rules)
    orders = [order for unit in units for order in cutter.take(unit)]
    orders += cutter.end(SegmentEnd.RELEASED)
    return list(written(orders))


def cutter_of(tracks: tuple[Track, ...] = (VIDEO,), rules: CutRules = FAST) -> Cutter:
    return Cutter(
        CAMERA,
        StreamKind.MAIN,
        tracks=lambda: tracks,
        opening=lambda _at: Opening(clock_offset_ms=7),
        previous=Link(closed=True),
        rules=rules,
    )


def written(orders: Iterable[Order]) -> Iterator[bytes]:
    body, muxer = b"", None
    for order in orders:
        if isinstance(order, Begin):
            muxer, body = SegmentMuxer(order), b""
            body += muxer.head(
                SegmentHead(
                    camera_id=order.camera_id,
                    worker_id="w0",
                    stream=order.stream,
                    start_ns=order.start_ns,
                    codec=order.format.sets.codec,
                    gaps=order.gaps,
                )
            )
        elif isinstance(order, Piece):
            assert muxer is not None
            body += muxer.fragment(order)
        elif isinstance(order, End):
            assert muxer is not None
            body += muxer.tail(order)
            yield body


def packets(file: Path | str) -> list[bytes]:
    """What PyAV reads of the pictures, coded."""
    with av.open(str(file)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def left_open(folder: Path) -> list[Path]:
    """Segments that were not closed."""
    return list(folder.rglob("*.open"))


class TroubledDisk(FolderDisk):
    """A real folder whose disk has what `trouble` says, and as much room as `space` says."""

    def __init__(self, root: Path) -> None:
        super().__init__(root, may_make=True)
        self.trouble = 0
        """An errno that each write fails with."""
        self.space_now = Space(10**12, 10**12)
        self.readonly = False
        self.syncs = 0
        self.stuck: threading.Event | None = None
        """Writes wait for it."""

    def write(self, descriptor: int, data: bytes) -> None:
        if self.stuck is not None:
            self.stuck.wait(20)
        if self.trouble:
            # As a full disk does: what fits is written, then it fails.
            if self.trouble == errno.ENOSPC:
                os.write(descriptor, data[: len(data) // 2])
            raise OSError(self.trouble, os.strerror(self.trouble))
        super().write(descriptor, data)

    def space(self) -> Space:
        if self.trouble == errno.EIO:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return self.space_now

    def read_only(self) -> bool:
        return self.readonly

    def sync(self) -> None:
        self.syncs += 1
        super().sync()


@dataclass
class Told:
    """What recorders and volumes told."""

    closed: list[SegmentClosed] = field(default_factory=list)
    deleted: list[SegmentDeleted] = field(default_factory=list)
    gaps: list[GapNoted] = field(default_factory=list)
    acknowledge: bool = True

    def on_closed(self, closed: SegmentClosed, acknowledged: Callable[[], None]) -> None:
        self.closed.append(closed)
        if self.acknowledge:
            acknowledged()


@dataclass
class Studio:
    """One worker's volumes, with a clock that a test moves for the recorders."""

    volumes: Volumes
    disks: dict[str, TroubledDisk]
    told: Told
    now_ns: int = NOON_NS
    moving: bool | None = None
    why: Why = field(default_factory=lambda: Why(GapCause.UNKNOWN))
    hub: Hub = field(default_factory=Hub)

    def recorder(self, plan: RecordingPlan, camera_id: str = CAMERA, hub: Hub | None = None) -> Recorder:
        self.hub.on_tracks((VIDEO,))
        camera = Camera(
            camera_id,
            StreamKind.MAIN,
            hub or self.hub,
            why=lambda: self.why,
            clock_offset_ms=lambda: 7,
            moving=lambda: self.moving,
        )
        clocks = Clocks(lambda: self.now_ns, lambda: self.now_ns / S)
        return Recorder(camera, plan, self.volumes, self.told.gaps.append, rules=FAST, clocks=clocks)

    def play(self, units: Iterable[AccessUnit], hub: Hub | None = None) -> None:
        """At the pictures' own pace by the studio's clock, the recorder looking after itself once a second."""
        hub = hub or self.hub
        hub.on_tracks((VIDEO,))
        for unit in units:
            if unit.capture_ns // S != self.now_ns // S:
                self.volumes.tick()
            self.now_ns = unit.capture_ns
            hub.on_unit(unit)

    def wait(self, seconds: float) -> None:
        """Nothing comes for so long."""
        for _ in range(int(seconds)):
            self.now_ns += S
            self.volumes.tick()

    def path(self, closed: SegmentClosed) -> Path:
        return self.disks[closed.volume].root / closed.path


@asynccontextmanager
async def studio(
    folder: Path, volumes: tuple[str, ...] = ("main",), *, worker_id: str = "w0", acknowledge: bool = True
) -> AsyncIterator[Studio]:
    """Real threads on real folders. At the end everything is closed, so that `told` is complete."""
    told = Told(acknowledge=acknowledge)
    holder: list[Volumes] = []
    events = Events(
        closed=told.on_closed,
        deleted=told.deleted.append,
        failed=lambda link: holder[0].failed(link),  # noqa: PLW0108 the volumes are made with these events
        post=asyncio.get_running_loop().call_soon_threadsafe,
    )
    disks = {name: TroubledDisk(folder / name) for name in volumes}
    for name, disk in disks.items():
        make_marker(disk, name)
    holder.append(Volumes(Volume(name, disk, worker_id, events) for name, disk in disks.items()))
    async with holder[0].running():
        await holder[0].ready()
        yield Studio(holder[0], disks, told)
    await asyncio.sleep(0)


async def until(true: Callable[[], bool]) -> None:
    """The pause only spares the processor; a test's own time-out ends a wait in vain."""
    async with asyncio.timeout(20):
        while not true():  # noqa: ASYNC110 what it waits for happens in threads
            await asyncio.sleep(0.01)
