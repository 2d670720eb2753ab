"""Coded pictures made in the test, and a hub that plays them in real time."""

import asyncio
import time
from dataclasses import replace
from fractions import Fraction

import av
import numpy as np

from streams.hub import Hub
from streams.types.media import AccessUnit, Codec, Track

FPS = 15


def nal_units(packet: bytes) -> tuple[bytes, ...]:
    return tuple(part.rstrip(b"\x00") for part in packet.split(b"\x00\x00\x01") if part.rstrip(b"\x00"))


def coded_loop(seconds: float = 4, width: int = 320, height: int = 180, gop: int = 15) -> list[AccessUnit]:
    """A moving bar over noise, H.264 baseline; capture times count from 0."""
    context = av.CodecContext.create("libx264", "w")
    context.width, context.height, context.pix_fmt = width, height, "yuv420p"
    context.framerate, context.time_base, context.gop_size = FPS, Fraction(1, FPS), gop
    context.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "profile": "baseline",
        "x264-params": "repeat-headers=1:scenecut=0",
    }
    rng = np.random.default_rng(1)
    units = []
    for n in range(int(seconds * FPS)):
        picture = np.clip(rng.normal(90, 4, (height, width)), 0, 255).astype(np.uint8)
        x = (n * 8) % (width - 20)
        picture[:, x : x + 20] = 230
        frame = av.VideoFrame.from_ndarray(picture, "gray").reformat(format="yuv420p")
        frame.pts = n
        for packet in context.encode(frame):
            at_ns = n * 10**9 // FPS
            units.append(
                AccessUnit(Codec.H264, nal_units(bytes(packet)), n * 90_000 // FPS, at_ns, at_ns, packet.is_keyframe)
            )
    return units


def h265_loop(pictures: int = 12) -> list[AccessUnit]:
    context = av.CodecContext.create("libx265", "w")
    context.width, context.height, context.pix_fmt = 320, 180, "yuv420p"
    context.framerate, context.time_base = FPS, Fraction(1, FPS)
    context.options = {
        "preset": "ultrafast",
        "tune": "zerolatency",
        "x265-params": "log-level=none:keyint=6:repeat-headers=1",
    }
    units = []
    for n in range(pictures):
        frame = av.VideoFrame(320, 180, "yuv420p")
        frame.pts = n
        for plane in frame.planes:
            plane.update(bytes((n * 9 + 40) % 256 for _ in range(plane.buffer_size)))
        for packet in context.encode(frame):
            at_ns = len(units) * 10**9 // FPS
            units.append(AccessUnit(Codec.H265, nal_units(bytes(packet)), 0, at_ns, at_ns, packet.is_keyframe))
    return units


async def play(hub: Hub, loop: list[AccessUnit]) -> None:
    """Feed `hub` for ever at the loop's pace, captured now."""
    hub.on_tracks((Track(Codec.H264, 90_000, width_px=320, height_px=180),))
    number = 0
    while True:
        now_ns = time.time_ns()
        hub.on_unit(replace(loop[number % len(loop)], capture_ns=now_ns, arrival_ns=now_ns))
        number += 1
        await asyncio.sleep(1 / FPS)
