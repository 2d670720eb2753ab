"""Many cameras' motion in real time from memory: what detecting costs, without networks. The real gate, thread and decoder."""

import asyncio
import time
from collections.abc import Iterator
from dataclasses import dataclass

from streams.motion.pool import MotionPool
from streams.motion.watch import MotionWatch, Report
from streams.types.bus import AlarmEvent
from streams.types.camera import MotionSpec
from streams.types.media import AccessUnit, Codec, Reader, Track

Coded = tuple[tuple[bytes, ...], bool]
"""NAL units of a picture, and whether it is a keyframe."""


@dataclass(frozen=True, slots=True)
class LoadResult:
    """`cpu_cores` of the whole process, which does nothing but this."""

    cpu_cores: float
    pictures: int
    decoded: int
    refused: int
    alarms: int


class _Feed:
    """One camera: a fan-out with a GOP cache, and its endless pictures."""

    tracks: tuple[Track, ...] = ()
    newest: AccessUnit | None = None

    def __init__(self, codec: Codec, pictures: Iterator[Coded]) -> None:
        self._codec = codec
        self._pictures = pictures
        self._gop: list[AccessUnit] = []

    def cached(self) -> tuple[AccessUnit, ...]:
        return tuple(self._gop)

    def attach(self, reader: Reader, *, replay: bool = False) -> None:
        raise NotImplementedError

    def detach(self, reader: Reader) -> None:
        raise NotImplementedError

    def next(self, capture_ns: int) -> AccessUnit:
        parts, keyframe = next(self._pictures)
        unit = AccessUnit(self._codec, parts, capture_ns, capture_ns, capture_ns, keyframe)
        if keyframe:
            self._gop.clear()
        self._gop.append(unit)
        return unit


async def run(
    feeds: list[tuple[Codec, Iterator[Coded]]], fps: float, *, warm_up_s: float, seconds: float
) -> LoadResult:
    """Play all feeds at `fps`, evenly spread within each picture's time; measure after the warm-up."""
    loop = asyncio.get_running_loop()
    pool = MotionPool()
    events: list[AlarmEvent] = []
    cameras = []
    for number, (codec, pictures) in enumerate(feeds):
        feed = _Feed(codec, pictures)
        report = Report(events.append, loop.call_soon_threadsafe)
        cameras.append((feed, MotionWatch(f"camera-{number:04}", MotionSpec(), feed, pool, report)))
    pool.start()
    try:
        await _play(cameras, fps, warm_up_s)
        cpu_s, began_s = time.process_time(), time.perf_counter()
        decoded = sum(watch.decoded_pictures for _, watch in cameras)
        refused, alarms = pool.refused, len(events)
        pictures_shown = await _play(cameras, fps, seconds)
        return LoadResult(
            cpu_cores=(time.process_time() - cpu_s) / (time.perf_counter() - began_s),
            pictures=pictures_shown,
            decoded=sum(watch.decoded_pictures for _, watch in cameras) - decoded,
            refused=pool.refused - refused,
            alarms=len(events) - alarms,
        )
    finally:
        pool.stop()


async def _play(cameras: list[tuple[_Feed, MotionWatch]], fps: float, seconds: float) -> int:
    began_s = time.perf_counter()
    shown, slices = 0, 8
    for tick in range(round(seconds * fps * slices)):
        late_s = time.perf_counter() - began_s - tick / (fps * slices)
        if late_s < 0:
            await asyncio.sleep(-late_s)
        for feed, watch in cameras[tick % slices :: slices]:
            watch.deliver(feed.next(time.time_ns()))
            shown += 1
    return shown
