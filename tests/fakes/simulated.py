"""One simulated camera on loopback, and a watcher that reads the strip of every picture."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import av
import numpy as np

from streams.simulate import strip
from streams.simulate.catalogue import pair
from streams.simulate.device import MediaChannel, MediaDevice
from streams.simulate.province import MediaSimulator, RtspAccess
from streams.simulate.scenes import all_scenes
from streams.types.camera import Credentials
from streams.types.media import AccessUnit, Codec, StreamKind

LOGIN = Credentials(username="vong", password="rehearsal")
NUMBER = 1


@contextlib.asynccontextmanager
async def one_camera(cache: Path, port: int, *, card: bool = False) -> AsyncIterator[tuple[MediaSimulator, str]]:
    """A camera with the sub loop as its main stream and AAC, so that nothing large is encoded; yields it and its address."""
    _, sub = pair(all_scenes()[0].key)
    device = MediaDevice("127.0.0.1", (MediaChannel(NUMBER, sub, sub, Codec.AAC),), card=card)
    access = RtspAccess(LOGIN.username, LOGIN.password, port=port)
    async with MediaSimulator([device], access, cache) as simulator:
        yield simulator, simulator.rtsp_url(NUMBER, StreamKind.MAIN)


class StripReader:
    """A hub reader that decodes every picture; `errors_ms` is capture time minus the strip's, per picture."""

    def __init__(self) -> None:
        self._decoder = av.CodecContext.create("h264", "r")
        self._decoder.thread_count = 1
        self._started = False
        self.errors_ms: list[float] = []
        self._grown = asyncio.Event()

    async def read(self, count: int) -> list[float]:
        """The errors of the next `count` pictures; the caller limits the time."""
        self.errors_ms.clear()
        while len(self.errors_ms) < count:
            self._grown.clear()
            await self._grown.wait()
        return self.errors_ms

    def deliver(self, unit: AccessUnit) -> None:
        self._started |= unit.keyframe
        if not self._started or not unit.codec.is_video:
            return
        packet = av.Packet(b"".join(b"\x00\x00\x00\x01" + part for part in unit.parts))
        packet.pts = unit.capture_ns // 1000
        for frame in self._decoder.decode(packet):
            assert isinstance(frame, av.VideoFrame)
            read = strip.decode(np.asarray(frame.to_ndarray(format="gray")))
            if read is not None and frame.pts is not None:
                at_ms = frame.pts / 1000
                self.errors_ms.append(at_ms - strip.full_time_ms(read.capture_ms, int(at_ms)))
                self._grown.set()
