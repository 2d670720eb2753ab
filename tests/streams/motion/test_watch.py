"""Whole: coded pictures in, alarm events out."""

import asyncio
import base64
from fractions import Fraction

import av
import numpy as np

from streams.motion import MotionPool, MotionWatch
from streams.motion.watch import Report
from streams.types.bus import AlarmPhase
from streams.types.camera import MotionSpec
from streams.types.media import AccessUnit, Codec

FPS = 15
MOVES = (10.0, 14.0)


def nals(packet: bytes) -> tuple[bytes, ...]:
    return tuple(part.rstrip(b"\x00") for part in packet.split(b"\x00\x00\x01") if part.rstrip(b"\x00"))


def drawn(n: int, rng) -> np.ndarray:
    picture = np.full((360, 640), 80, np.float32)
    picture[220:, :] = 120
    at_s = n / FPS
    if MOVES[0] <= at_s < MOVES[1]:
        x = int(600 * (at_s - MOVES[0]) / (MOVES[1] - MOVES[0]))
        picture[190:260, x : x + 36] = 230
    return np.clip(picture + rng.normal(0, 2.5, picture.shape), 0, 255).astype(np.uint8)


def coded(seconds: float) -> list[AccessUnit]:
    context = av.CodecContext.create("libx264", "w")
    context.width, context.height, context.pix_fmt = 640, 360, "yuv420p"
    context.framerate, context.time_base, context.gop_size = FPS, Fraction(1, FPS), 30
    context.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "crf": "26",
        "x264-params": "repeat-headers=1:scenecut=0",
    }
    rng = np.random.default_rng(1)
    units = []
    for n in range(int(seconds * FPS)):
        frame = av.VideoFrame.from_ndarray(drawn(n, rng), "gray").reformat(format="yuv420p")
        frame.pts = n
        for packet in context.encode(frame):
            capture_ns = int(n / FPS * 1e9)
            parts = nals(bytes(packet))
            units.append(AccessUnit(Codec.H264, parts, n * 6000, capture_ns, capture_ns, packet.is_keyframe))
    return units


async def settle(pool: MotionPool) -> None:
    """Everything that was put is decoded, and what the thread posted has run: as in real time, where pictures come slowly."""
    await asyncio.to_thread(pool.drain)
    await asyncio.sleep(0)


class Gop:
    tracks = ()
    newest = None

    def __init__(self) -> None:
        self.units: list[AccessUnit] = []

    def cached(self):
        return tuple(self.units)

    def take(self, unit: AccessUnit) -> None:
        if unit.keyframe:
            self.units.clear()
        self.units.append(unit)


async def test_a_person_crossing_a_still_scene_is_one_alarm_with_a_picture_and_little_is_decoded():
    loop = asyncio.get_running_loop()
    events: asyncio.Queue = asyncio.Queue()
    now_s = 0.0
    fanout, pool = Gop(), MotionPool()
    report = Report(events.put_nowait, loop.call_soon_threadsafe, lambda: now_s)
    watch = MotionWatch("camera01", MotionSpec(), fanout, pool, report)
    pool.start()
    try:
        units = coded(20)
        for unit in units:
            fanout.take(unit)
            watch.deliver(unit)
            now_s = unit.capture_ns / 1e9
            await settle(pool)
        start, end = [await asyncio.wait_for(events.get(), 10) for _ in range(2)]
    finally:
        pool.stop()
    assert (start.phase, end.phase) == (AlarmPhase.START, AlarmPhase.END)
    assert start.alarm_id == end.alarm_id
    assert abs(start.start_ms / 1000 - MOVES[0]) < 1.0
    assert abs(end.end_ms / 1000 - MOVES[1]) < 1.0
    assert base64.b64decode(end.snapshot_base64).startswith(b"\xff\xd8")
    assert events.empty()
    # Three seconds of learning, four of movement, and the pictures before and after them, out of twenty.
    assert watch.decoded_pictures < 0.6 * len(units)


async def test_closing_a_watch_ends_its_alarm():
    loop = asyncio.get_running_loop()
    events: asyncio.Queue = asyncio.Queue()
    fanout, pool = Gop(), MotionPool()
    now_s = 0.0
    watch = MotionWatch(
        "camera01", MotionSpec(), fanout, pool, Report(events.put_nowait, loop.call_soon_threadsafe, lambda: now_s)
    )
    pool.start()
    try:
        for unit in coded(12):
            fanout.take(unit)
            watch.deliver(unit)
            now_s = unit.capture_ns / 1e9
            await settle(pool)
        assert (await asyncio.wait_for(events.get(), 10)).phase is AlarmPhase.START
        watch.close()
        assert (await asyncio.wait_for(events.get(), 10)).phase is AlarmPhase.END
    finally:
        pool.stop()


async def test_units_that_are_not_video_decode_to_nothing_and_harm_nothing():
    loop = asyncio.get_running_loop()
    fanout, pool = Gop(), MotionPool()
    watch = MotionWatch("camera01", MotionSpec(), fanout, pool, Report(lambda _e: None, loop.call_soon_threadsafe))
    pool.start()
    for n in range(100):
        junk = AccessUnit(Codec.H264, (bytes([n % 256]) * (n * 37 % 4000 + 1),), n, n * 10**8, n * 10**8, n % 10 == 0)
        fanout.take(junk)
        watch.deliver(junk)
    pool.stop()
    assert not watch.moving
