import asyncio
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import av
import pytest

from fakes.pictures import FPS, coded_loop, nal_units
from streams.hub import Hub
from streams.motion.pictures import Decoder
from streams.transcode import Transcodes
from streams.transcode.coder import Coder, Target
from streams.types.media import AccessUnit, Codec, Track


def h265_loop(pictures: int = 30, width: int = 320, height: int = 180) -> list[AccessUnit]:
    context = av.CodecContext.create("libx265", "w")
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.framerate, context.time_base = FPS, Fraction(1, FPS)
    context.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "x265-params": "log-level=none:keyint=10:repeat-headers=1",
    }
    units = []
    for n in range(pictures):
        frame = av.VideoFrame(width, height, "yuv420p")
        frame.pts = n
        for plane in frame.planes:
            plane.update(bytes([(n * 7) % 200 + 20]) * plane.buffer_size)
        for packet in context.encode(frame):
            at_ns = 10**18 + len(units) * 10**9 // FPS
            units.append(AccessUnit(Codec.H265, nal_units(bytes(packet)), 0, at_ns, at_ns, packet.is_keyframe))
    return units


def test_every_picture_comes_out_as_h264_with_its_capture_time():
    source = h265_loop()
    coder = Coder()
    coded = [out for unit in source for out in coder.code(unit)]
    assert [unit.capture_ns for unit in coded] == [unit.capture_ns for unit in source]
    assert {unit.codec for unit in coded} == {Codec.H264}
    assert coded[0].keyframe
    assert coded[0].parts[0][0] & 0x1F == 7, "keyframes carry their parameter sets"
    decoder = Decoder(Codec.H264)
    shown = [frame for unit in coded for frame in decoder.decode(unit)]
    assert len(shown) == len(source)


def test_a_keyframe_comes_every_two_seconds():
    source = h265_loop(70)
    coder = Coder()
    keys = [out.capture_ns for unit in source for out in coder.code(unit) if out.keyframe]
    assert len(keys) == 3
    assert all(1.9e9 < after - before < 2.2e9 for before, after in pairwise(keys))


def test_large_fast_pictures_become_smaller_and_fewer():
    source = [replace(unit, capture_ns=n * 10**9 // 30) for n, unit in enumerate(coded_loop(4, width=640, height=360))]
    coder = Coder(Target(max_width_px=320, max_fps=10))
    coded = [out for unit in source for out in coder.code(unit)]
    assert (coder.track.width_px, coder.track.height_px) == (320, 180)
    seconds = (source[-1].capture_ns - source[0].capture_ns) / 1e9
    assert 8 <= len(coded) / seconds <= 12


def test_junk_gives_no_picture_and_the_next_keyframe_mends_it():
    source = h265_loop(20)
    source[3] = replace(source[3], parts=(b"\x02\x01junk",))
    coder = Coder()
    coded = [out for unit in source for out in coder.code(unit)]
    assert len(coded) >= 12


@pytest.fixture
def source() -> Hub:
    hub = Hub("camera")
    hub.on_tracks((Track(Codec.H265, 90_000, width_px=320, height_px=180),))
    return hub


class Wait:
    def __init__(self, pictures: int) -> None:
        self.units: list[AccessUnit] = []
        self.enough = asyncio.Event()
        self._pictures = pictures

    def deliver(self, unit: AccessUnit) -> None:
        self.units.append(unit)
        if len(self.units) >= self._pictures:
            self.enough.set()


async def test_viewers_of_one_stream_share_a_slot_and_the_last_one_ends_it(source: Hub):
    transcodes = Transcodes(slots=1)
    first, second = transcodes.acquire(source, "1/main"), transcodes.acquire(source, "1/main")
    assert first is second is not None
    assert transcodes.acquire(Hub("other"), "2/main") is None
    seen = Wait(20)
    first.attach(seen)
    for unit in h265_loop(30):
        source.on_unit(unit)
    await asyncio.wait_for(seen.enough.wait(), 10)
    assert seen.units[0].keyframe
    assert first.tracks[0] == Track(Codec.H264, 90_000, width_px=320, height_px=180)
    transcodes.release(source)
    assert transcodes.used == 1
    transcodes.release(source)
    assert (transcodes.used, source.reader_count) == (0, 0)
    transcodes.release(source)


async def test_sound_passes_as_it_is(source: Hub):
    source.on_tracks((*source.tracks, Track(Codec.PCMA, 8000, 1)))
    transcodes = Transcodes(slots=1)
    hub = transcodes.acquire(source, "1/main")
    assert hub is not None
    seen = Wait(1)
    hub.attach(seen)
    source.on_unit(AccessUnit(Codec.PCMA, (b"\xd5" * 160,), 0, 0, 0))
    assert seen.units[0].codec is Codec.PCMA
    transcodes.release(source)
