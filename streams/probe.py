"""Open a stream as a viewer would and show one picture of it: how a technician learns that an address and a password are right.

Decodes one keyframe, in a thread. Knows nothing of devices; every fault is an answer, not an error.
"""

import asyncio
import base64
from collections.abc import Callable
from fractions import Fraction
from typing import cast

import av
import av.error
import cv2
import numpy as np

from streams.contract import MeasuredSource, Timeouts
from streams.source import open_source
from streams.types.bus import ProbeRequest, ProbeResult
from streams.types.camera import Credentials, FaultKind, SourceFault, StreamSpec
from streams.types.media import AccessUnit, Codec, StreamKind, Track

_MAX_WIDTH_PX = 640
_JPEG_QUALITY = 80
_DECODERS = {Codec.H264: "h264", Codec.H265: "hevc"}
_MAX_PICTURES = 4096
_NS_PER_S = 1_000_000_000

Open = Callable[[StreamSpec, Credentials, Timeouts], MeasuredSource]


class _Look:
    """A sink that keeps the first keyframe and the times of the pictures, at most 15 s of them."""

    def __init__(self, measure_s: float, enough: Callable[[], None]) -> None:
        self._enough = enough
        self._measure_ns = int(measure_s * _NS_PER_S)
        self.tracks: tuple[Track, ...] = ()
        self.keyframe: AccessUnit | None = None
        self.timestamps: list[int] = []
        self.key_timestamps: list[int] = []
        self._done = False
        self._begun_ns = 0

    def on_tracks(self, tracks: tuple[Track, ...]) -> None:
        self.tracks = tracks

    def on_unit(self, unit: AccessUnit) -> None:
        if self._done or not unit.codec.is_video or len(self.timestamps) >= _MAX_PICTURES:
            return
        if unit.keyframe:
            self.keyframe = self.keyframe or unit
            self.key_timestamps.append(unit.timestamp)
        if self.keyframe is None:
            return
        self._begun_ns = self._begun_ns or unit.arrival_ns
        self.timestamps.append(unit.timestamp)
        if unit.arrival_ns - self._begun_ns >= self._measure_ns:
            self._done = True
            self._enough()

    def rates(self) -> tuple[float, float]:
        """(pictures per second, seconds from keyframe to keyframe); 0 for what could not be measured."""
        return _per_second(self.timestamps), _spacing_s(self.key_timestamps)


async def probe(request: ProbeRequest, opening: Open = open_source) -> ProbeResult:
    """One look at one stream, within `timeout_s` plus `measure_s`. Never raises for what a camera or a network can do."""
    spec = StreamSpec(kind=StreamKind.SUB, url=request.url)
    # Some cameras send a keyframe only every few seconds: a probe waits for it as long as it may.
    timeouts = Timeouts(stall_s=request.timeout_s)
    fault = SourceFault(FaultKind.STALLED, "no keyframe in time")
    look = _Look(request.measure_s, lambda: scope.reschedule(0.0))
    try:
        async with asyncio.timeout(request.timeout_s + request.measure_s) as scope:
            await opening(spec, request.credentials, timeouts).run_once(look)
    except SourceFault as ended:
        fault = ended
    except TimeoutError:
        pass
    if look.keyframe is None:
        return ProbeResult(ok=False, fault=fault.kind, detail=fault.detail)
    return await _result(request, look.keyframe, look)


async def _result(request: ProbeRequest, keyframe: AccessUnit, look: _Look) -> ProbeResult:
    video = next((track for track in look.tracks if track.codec.is_video), None)
    audio = next((track.codec for track in look.tracks if not track.codec.is_video), None)
    try:
        width_px, height_px, jpeg = await asyncio.to_thread(decode_keyframe, keyframe, with_jpeg=request.want_jpeg)
    except ValueError as error:
        return ProbeResult(ok=False, fault=FaultKind.FORMAT, detail=str(error), codec=keyframe.codec, audio=audio)
    fps, gop_s = look.rates()
    return ProbeResult(
        ok=True,
        codec=keyframe.codec,
        audio=audio,
        width_px=width_px or (video.width_px if video else 0),
        height_px=height_px or (video.height_px if video else 0),
        fps=round(fps, 2),
        gop_s=round(gop_s, 3),
        jpeg_base64=base64.b64encode(jpeg).decode(),
    )


def decode_keyframe(
    unit: AccessUnit, *, with_jpeg: bool = True, max_width_px: int = _MAX_WIDTH_PX
) -> tuple[int, int, bytes]:
    """(width, height, JPEG at most `max_width_px` wide) of one keyframe. Blocks; raises `ValueError` when it cannot be decoded."""
    decoder = cast("av.VideoCodecContext", av.CodecContext.create(_DECODERS[unit.codec], "r"))
    decoder.thread_count = 1
    packet = av.Packet(b"".join(b"\x00\x00\x00\x01" + part for part in unit.parts))
    packet.pts, packet.time_base = 0, Fraction(1, 90_000)
    try:
        frames = [*decoder.decode(packet), *decoder.decode(None)]
    except av.error.FFmpegError:
        frames = []
    if not frames:
        raise ValueError("the keyframe cannot be decoded")
    frame = frames[0]
    width_px, height_px = int(frame.width), int(frame.height)
    return width_px, height_px, _jpeg(frame.to_ndarray(format="bgr24"), max_width_px) if with_jpeg else b""


def _jpeg(picture: np.ndarray, max_width_px: int) -> bytes:
    height_px, width_px = picture.shape[:2]
    if width_px > max_width_px:
        size = (max_width_px, max(1, round(height_px * max_width_px / width_px)))
        picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    done, jpeg = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
    if not done:
        raise ValueError("the picture cannot be written as JPEG")
    return bytes(jpeg)


def _per_second(timestamps: list[int]) -> float:
    span = max(timestamps) - min(timestamps) if len(timestamps) > 1 else 0
    return (len(timestamps) - 1) * 90_000 / span if span else 0.0


def _spacing_s(timestamps: list[int]) -> float:
    return (timestamps[-1] - timestamps[0]) / 90_000 / (len(timestamps) - 1) if len(timestamps) > 1 else 0.0
