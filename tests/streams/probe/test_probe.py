import asyncio
import base64

import av
import cv2
import numpy as np
import pytest

from fakes.rtp_packets import IDR
from streams.probe import decode_keyframe, probe
from streams.source.annexb import split_annexb
from streams.types.bus import ProbeRequest
from streams.types.camera import Credentials, FaultKind, SourceFault
from streams.types.media import AccessUnit, Codec, Sink, Track


def encoded(width_px: int, height_px: int) -> tuple[bytes, ...]:
    encoder = av.CodecContext.create("libx264", "w")
    encoder.width, encoder.height, encoder.pix_fmt, encoder.framerate = width_px, height_px, "yuv420p", 15
    encoder.options = {"preset": "ultrafast", "tune": "zerolatency"}
    ramp = np.tile(np.linspace(0, 255, width_px, dtype=np.uint8)[None, :, None], (height_px, 1, 3))
    packets = encoder.encode(av.VideoFrame.from_ndarray(ramp, format="rgb24"))
    return tuple(split_annexb(b"".join(bytes(packet) for packet in packets)))


class OneCamera:
    """A source that plays pictures at 10 per second of its own time, with a keyframe every fifth."""

    clock_offset_ms = None
    lost_packets = 0

    def __init__(self, parts: tuple[bytes, ...], fault: FaultKind | None = None) -> None:
        self._parts = parts
        self._fault = fault

    async def run_once(self, sink: Sink) -> None:
        if self._fault is not None:
            raise SourceFault(self._fault, "scripted")
        sink.on_tracks((Track(Codec.H264, 90_000), Track(Codec.AAC, 48_000, 1, b"\x11\x88")))
        for number in range(100):
            at_ns = number * 100_000_000
            sink.on_unit(AccessUnit(Codec.H264, self._parts, number * 9000, at_ns + 1, at_ns + 1, number % 5 == 0))
            await asyncio.sleep(0)
        await asyncio.Event().wait()


async def test_a_probe_shows_a_picture_and_measures():
    camera = OneCamera(encoded(1280, 720))
    result = await probe(ProbeRequest(url="rtsp://h/x", measure_s=5), lambda *_: camera)
    assert (result.ok, result.codec, result.audio) == (True, Codec.H264, Codec.AAC)
    assert (result.width_px, result.height_px, result.fps, result.gop_s) == (1280, 720, 10, 0.5)
    shown = cv2.imdecode(np.frombuffer(base64.b64decode(result.jpeg_base64), np.uint8), cv2.IMREAD_COLOR)
    assert shown is not None
    assert shown.shape == (360, 640, 3)
    assert shown[100, 10].mean() < 40 < 200 < shown[100, 630].mean()


@pytest.mark.parametrize("kind", list(FaultKind))
async def test_every_fault_is_an_answer(kind):
    camera = OneCamera((), kind)
    result = await probe(ProbeRequest(url="rtsp://h/x"), lambda *_: camera)
    assert (result.ok, result.fault, result.detail) == (False, kind, "scripted")


async def test_a_keyframe_that_cannot_be_decoded_is_a_format_fault():
    result = await probe(ProbeRequest(url="rtsp://h/x"), lambda *_: OneCamera((IDR,)))
    assert (result.ok, result.fault) == (False, FaultKind.FORMAT)


async def test_an_address_that_nobody_may_open_is_an_answer_too():
    for url in ("file:///etc/passwd", "rtsp://user:pass@h/", "nonsense", "rtsp://[", "gopher://h/"):
        result = await probe(ProbeRequest(url=url, credentials=Credentials()))
        assert (result.ok, result.fault) == (False, FaultKind.FORMAT)


async def test_no_keyframe_in_time_is_stalled():
    class Silent(OneCamera):
        async def run_once(self, sink: Sink) -> None:
            await asyncio.Event().wait()

    result = await probe(ProbeRequest(url="rtsp://h/x", timeout_s=0.05), lambda *_: Silent(()))
    assert (result.ok, result.fault) == (False, FaultKind.STALLED)


def test_small_pictures_are_not_enlarged():
    unit = AccessUnit(Codec.H264, encoded(320, 192), 0, 0, 0, keyframe=True)
    width_px, height_px, jpeg = decode_keyframe(unit)
    shown = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert (width_px, height_px) == (320, 192)
    assert shown is not None
    assert shown.shape[:2] == (192, 320)
