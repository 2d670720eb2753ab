"""When pictures go out, and what becomes of a client that is too slow."""

import asyncio

import av
import numpy as np
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from streams.rtsp.rtcp import parse_sender_reports
from streams.rtsp.sdp import Media
from streams.rtsp.sound import aac_frames, aac_framing
from streams.simulate.audio import LOOP_S, make_loop
from streams.simulate.pacing import Pacer
from streams.simulate.sender import InterleavedLine, RtpSender, Unit
from streams.simulate.timeline import Grid
from streams.types.media import Codec

S = 1_000_000_000


class Taker:
    def __init__(self, grid: Grid, wanted: int) -> None:
        self.grid = grid
        self.taken: list[int] = []
        self.full = asyncio.Event()
        self._wanted = wanted

    def emit(self, unit: int, now_ns: int) -> None:
        assert self.grid.time_ns(unit) <= now_ns
        self.taken.append(unit)
        if len(self.taken) >= self._wanted:
            self.full.set()


async def test_every_stream_gets_each_of_its_units_once_and_in_order_from_one_timer():
    loop = asyncio.get_running_loop()
    pacer = Pacer(lambda: int(loop.time() * S))
    takers = [Taker(Grid(rate, phase), 20) for rate, phase in ((200, 0), (200, 1_000_000), (150, 0))]
    started = [pacer.add(taker) for taker in takers]
    await asyncio.gather(*(taker.full.wait() for taker in takers))
    pacer.close()
    for taker, newest in zip(takers, started, strict=True):
        assert taker.taken == list(range(newest + 1, newest + 1 + len(taker.taken)))


async def test_after_a_stall_of_the_process_not_everything_is_made_up_for():
    now = [100 * S]
    pacer = Pacer(lambda: now[0])
    taker = Taker(Grid(15, 0), 1)
    pacer.add(taker)
    now[0] += 60 * S
    await taker.full.wait()
    pacer.close()
    assert len(taker.taken) == 31
    assert taker.taken[-1] == taker.grid.newest(now[0])


async def test_a_stream_that_fails_stops_alone():
    class Broken(Taker):
        def emit(self, unit: int, now_ns: int) -> None:
            raise RuntimeError("a bug of one stream")

    loop = asyncio.get_running_loop()
    pacer = Pacer(lambda: int(loop.time() * S))
    grid = Grid(200, 0)
    broken, taker = Broken(grid, 1), Taker(grid, 5)
    with structlog.testing.capture_logs() as logs:
        pacer.add(broken)
        pacer.add(taker)
        await taker.full.wait()
    pacer.close()
    assert len(logs) == 1


class Wire:
    def __init__(self) -> None:
        self.held = 0
        self.sent: list[bytes] = []

    def write(self, data: bytes) -> None:
        self.sent.append(data)


def unit(number: int, *, keyframe: bool, packets: int = 3) -> Unit:
    return Unit([bytes(100)] * packets, number * 6000, keyframe, number * S // 15, number * S // 15, number * 6000)


@given(full=st.lists(st.booleans(), min_size=1, max_size=80), gop=st.integers(2, 15))
def test_a_slow_client_loses_whole_pictures_up_to_a_keyframe_and_sees_the_hole_in_the_numbers(full, gop):
    wire = Wire()
    sender = RtpSender(InterleavedLine(0, wire.write, lambda: wire.held, 1000), 96, 7, 0)
    sent, waiting = [], False
    for number, is_full in enumerate(full):
        wire.held = 2000 if is_full else 0
        before = len(wire.sent)
        sender.send(unit(number, keyframe=number % gop == 0))
        waiting = (waiting or is_full) and (is_full or number % gop != 0)
        assert (len(wire.sent) > before) != waiting
        if not waiting:
            sent.append(number)
    assert sender.dropped == len(full) - len(sent)
    media = [data for data in wire.sent if data[1] == 0]
    numbers = [int.from_bytes(data[6:8], "big") for data in media]
    assert numbers == [number * 3 for number in sent]


def test_a_sender_report_relates_the_cameras_clock_to_its_timestamps():
    wire = Wire()
    sender = RtpSender(InterleavedLine(2, wire.write, lambda: 0, 1000), 96, 0xABCD, 0)
    sender.send(Unit([b"x"], 90_000, True, 5 * S, 77 * S, 91_234))
    assert wire.sent[0][:2] == b"$\x03"
    (report,) = parse_sender_reports(wire.sent[0][4:])
    assert (report.ssrc, report.camera_ns, report.rtp_timestamp) == (0xABCD, 77 * S, 91_234)


def sound(codec: Codec) -> np.ndarray:
    """One loop as FFmpeg decodes it, -1…1."""
    loop = make_loop(codec)
    if codec is Codec.AAC:
        media = Media(
            "audio",
            97,
            codec,
            loop.clock_rate_hz,
            1,
            "",
            {"sizelength": "13", "indexlength": "3", "indexdeltalength": "3"},
        )
        frames = [frame for packet in loop.payloads for frame in aac_frames([packet], aac_framing(media))]
        decoder = av.CodecContext.create("aac", "r")
        decoder.extradata = loop.config
    else:
        frames = list(loop.payloads)
        decoder = av.CodecContext.create("pcm_alaw", "r")
        decoder.sample_rate, decoder.layout = loop.clock_rate_hz, "mono"
    decoded = [frame.to_ndarray() for data in frames for frame in decoder.decode(av.Packet(data))]
    samples = np.concatenate([array.reshape(-1) for array in decoded])
    return samples / 32768 if samples.dtype == np.int16 else samples


@pytest.mark.parametrize("codec", [Codec.AAC, Codec.PCMA])
def test_the_sound_has_a_beep_at_every_full_second_and_nearly_nothing_between(codec):
    loop, samples = make_loop(codec), sound(codec)
    assert len(loop.payloads) * loop.frame_samples == LOOP_S * loop.clock_rate_hz
    rate = loop.clock_rate_hz
    for second in range(1, LOOP_S):
        # AAC's own delay of up to two frames is part of the stream.
        beep = samples[second * rate + rate // 50 : second * rate + rate // 10 + 2048]
        between = samples[second * rate + rate // 2 : second * rate + rate * 8 // 10]
        assert np.sqrt((beep**2).mean()) > 0.08
        assert np.sqrt((between**2).mean()) < 0.03


def test_only_the_sounds_that_rooms_have_are_made():
    with pytest.raises(ValueError, match="no simulated sound"):
        make_loop(Codec.OPUS)
