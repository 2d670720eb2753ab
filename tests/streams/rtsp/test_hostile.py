"""What one camera can do to the others: hold the event loop, or fill memory. It can do neither for long."""

import asyncio
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.rtp_packets import IDR, PPS, SPS_640X360, Camera, P, aggregate, framed, rtp, sender_report
from fakes.units import Kept
from streams.rtsp.auth import Authenticator
from streams.rtsp.connection import Connection
from streams.rtsp.faults import BadBytes
from streams.rtsp.handshake import Session, TrackSession
from streams.rtsp.playing import Link, Playing
from streams.rtsp.sdp import Media, parse_sdp
from streams.rtsp.timeline import CameraClock
from streams.types.camera import Credentials, FaultKind
from streams.types.media import Codec

READ_BYTES = 256 << 10
"""The most that uvloop hands over at once."""
LONGEST_S = 0.15
"""CPU time that one read may cost at most: generous, because the machine that runs the tests may be slow and busy."""
VIDEO = Media("video", 96, Codec.H264, 90_000, 1, "rtsp://camera/track1")


class Transport:
    """As much of a transport as a connection uses; keeps what it was told."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.paused = self.aborted = False
        self.pauses = 0

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def abort(self) -> None:
        self.aborted = True

    def is_closing(self) -> bool:
        return self.aborted

    def pause_reading(self) -> None:
        self.paused = True
        self.pauses += 1

    def resume_reading(self) -> None:
        self.paused = False

    def get_extra_info(self, name: str) -> object:
        return {"peername": ("10.0.0.9", 554)}.get(name)


class Line:
    """A playing session without a network. Built on a running loop."""

    def __init__(self, codec: Codec = Codec.H264) -> None:
        media = Media("video", 96, codec, 90_000, 1, "rtsp://camera/track1")
        session = Session("1", 60, "rtsp://camera/", "GET_PARAMETER", (TrackSession(media, 0, 1),))
        self.kept = Kept()
        self.now_ns = time.time_ns()
        self.clock = CameraClock()
        self.transport = Transport()
        self.connection = Connection()
        self.connection.connection_made(self.transport)
        link = Link(self.connection, session, Authenticator(Credentials()), [])
        self.playing = Playing(link, self.clock, self.kept, lambda: self.now_ns)
        self.connection.on_read = self.playing.on_read

    def read(self, data: bytes) -> None:
        if not self.transport.aborted:
            self.connection.data_received(data)


def tiny(payload: bytes, count: int) -> bytes:
    return b"".join(framed(0, rtp(payload, number & 0xFFFF, number)) for number in range(count))


ATTACKS = {
    "junk": bytes(range(128, 256)) * (READ_BYTES // 128),
    "junk that looks like frames": b"$\x00\x00\x20\x80" * (READ_BYTES // 5),
    "junk that looks like messages": b"RTSP/1.0 2" * (READ_BYTES // 10),
    "frames without content": framed(0, b"") * (READ_BYTES // 4),
    "frames on channels nobody asked for": framed(9, b"") * (READ_BYTES // 4),
    "tiny packets": tiny(b"\x41", READ_BYTES // 17),
    "thousands of messages": b"RTSP/1.0 200 OK\r\n\r\n" * (READ_BYTES // 19),
    "thousands of requests": b"OPTIONS rtsp://x/ RTSP/1.0\r\nCSeq: 1\r\n\r\n" * (READ_BYTES // 40),
    "an endless header": b"RTSP/1.0 200 OK\r\n" + b"X: y\r\n" * (READ_BYTES // 6),
    "an endless line": b"A" * READ_BYTES,
    "a picture of a hundred thousand units": b"".join(
        framed(0, rtp(aggregate([b"\x41"] * 20_000), number, 0, marker=number == 3)) for number in range(4)
    ),
    "annex b in one packet": framed(0, rtp(b"\x67" + b"\x00\x00\x01\x41" * 16_000, 0, 0, marker=True)) * 4,
    "reports without end": framed(1, sender_report(1e9, 0) * 2000) * 4,
}


@pytest.mark.parametrize("name", ATTACKS)
async def test_no_read_of_hostile_bytes_holds_the_others_for_long(name):
    taken_s = []
    for _ in range(3):
        line = Line()
        begun_s = time.thread_time()
        line.read(ATTACKS[name])
        taken_s.append(time.thread_time() - begun_s)
    assert min(taken_s) < LONGEST_S


@pytest.mark.parametrize("name", ATTACKS)
async def test_hostile_bytes_without_end_neither_raise_nor_fill_memory(name):
    line = Line()
    line.read(ATTACKS[name])
    tracemalloc.start()
    for _ in range(12):
        line.read(ATTACKS[name])
        line.kept.units.clear()
    held_bytes, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert held_bytes < 9 << 20


@given(
    data=st.data(),
    damage=st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=0, max_size=12), st.integers(0, 9)), max_size=8),
)
def test_a_damaged_stream_never_raises_and_recovers_or_ends_with_a_fault(data, damage):
    async def feed() -> None:
        camera, line = Camera(), Line()
        pictures = [camera.picture(*((SPS_640X360, PPS, IDR) if number % 5 == 0 else (P,))) for number in range(20)]
        stream = bytearray(b"".join(framed(0, packet) for picture in pictures for packet in picture))
        for at, junk, cut in damage:
            place = int(at * (len(stream) - 1))
            stream[place : place + cut] = junk
        step = data.draw(st.integers(40, 5000))
        for begin in range(0, len(stream), step):
            line.read(bytes(stream[begin : begin + step]))
        if not line.transport.aborted:
            after = [
                packet
                for number in range(400)
                for packet in camera.picture(*((SPS_640X360, PPS, IDR) if number == 0 else (P,)))
            ]
            line.kept.units.clear()
            line.read(b"".join(framed(0, packet) for packet in after))
            # A damaged length may swallow up to 64 KiB of what follows it.
            assert len(line.kept.units) > 80
        else:
            assert line.connection.ended.result().kind is FaultKind.FORMAT

    asyncio.run(feed())


async def test_a_camera_that_floods_is_read_no_faster_than_its_budget_and_goes_on():
    line, camera = Line(), Camera()
    burst = b"".join(
        framed(0, packet) for packet in camera.picture(SPS_640X360, PPS, b"\x65\x88" + bytes(250_000), size=1400)
    )
    for _ in range(16 * 8):
        if line.transport.paused:
            break
        line.read(burst)
    assert line.transport.paused
    assert not line.transport.aborted
    async with asyncio.timeout(5):
        while line.transport.paused:  # noqa: ASYNC110 the connection's own timer ends it; nothing announces that
            await asyncio.sleep(0)
    assert line.transport.pauses == 1


def test_a_giant_description_is_read_in_no_time():
    line = b"a=fmtp:96 " + b"x=y;" * 400 + b"\r\n"
    body = (b"m=video 0 RTP/AVP 96\r\n" + line * 3) * 13
    begun_s = time.thread_time()
    parse_sdp(body[: 64 << 10], "rtsp://camera/")
    assert time.thread_time() - begun_s < LONGEST_S


async def test_a_session_sends_receiver_reports_and_keeps_itself_alive():
    line, camera = Line(), Camera()
    packets = [*camera.picture(SPS_640X360, PPS, IDR), *camera.picture(P), *camera.picture(P)]
    line.read(framed(1, sender_report(line.now_ns / 1e9 - 7, 0)))
    line.read(b"".join(framed(0, packet) for packet in packets if packet is not packets[2]))
    later_s = asyncio.get_running_loop().time() + 40
    line.now_ns += 1_000_000_000
    line.playing._speak(later_s)
    report, keepalive = line.transport.written
    assert report[:2] == b"$\x01"
    assert report[4:6] == b"\x81\xc9"
    assert int.from_bytes(report[12:16], "big") == camera.ssrc
    assert int.from_bytes(report[17:20], "big") == 1  # lost
    assert int.from_bytes(report[20:24], "big") == camera.sequence - 1
    assert int.from_bytes(report[32:36], "big") == 65536  # a second since the sender's report
    assert keepalive.startswith(b"GET_PARAMETER rtsp://camera/ RTSP/1.0\r\n")
    assert b"Session: 1\r\n" in keepalive
    assert line.clock.offset_ns is not None
    assert round(line.clock.offset_ns / 1e9) == -7


def test_too_many_strange_frames_end_the_connection():
    async def run() -> None:
        line = Line()
        line.read(ATTACKS["frames on channels nobody asked for"])
        assert isinstance(line.connection.ended.result(), BadBytes)

    asyncio.run(run())
