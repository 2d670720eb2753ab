"""AAC into Opus, once for all listeners of a fan-out: browsers take no AAC over WebRTC.

The codec itself (`OpusCoder`) knows neither threads nor loops. `OpusBridge` runs one in a thread of its own while somebody listens: 20 ms
of sound cost about as much as 100 encrypted packets, too much for the loop that everybody's pictures leave from.
"""

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Final

import av
import structlog
from av.error import FFmpegError

from streams.relay.packets import Picture
from streams.relay.soundline import SoundLine
from streams.types.media import AccessUnit, Codec, Track

log = structlog.get_logger(__name__)

OPUS_HZ: Final = 48_000
FRAME_SAMPLES: Final = 960
"""20 ms."""
_BITRATE_BPS: Final = 48_000
_AAC_SAMPLES: Final = 1024
_MOST_WAITING: Final = 50
"""About a second of sound; what comes when so much waits is dropped."""


class OpusCoder:
    """One AAC stream. Raises `FFmpegError` or `ValueError` at its start when the configuration cannot be used."""

    def __init__(self, track: Track) -> None:
        decoder = av.CodecContext.create("aac", "r")
        assert isinstance(decoder, av.AudioCodecContext)
        decoder.extradata = track.config
        decoder.sample_rate = track.clock_rate_hz
        self._decoder = decoder
        encoder = av.CodecContext.create("libopus", "w")
        assert isinstance(encoder, av.AudioCodecContext)
        encoder.sample_rate, encoder.layout, encoder.format = OPUS_HZ, "stereo", "s16"
        encoder.bit_rate, encoder.time_base = _BITRATE_BPS, Fraction(1, OPUS_HZ)
        encoder.options = {"application": "voip", "frame_duration": "20"}
        encoder.open()
        self._encoder = encoder
        self._resampler = av.AudioResampler(format="s16", layout="stereo", rate=OPUS_HZ, frame_size=FRAME_SAMPLES)
        self._line = SoundLine(Codec.OPUS, OPUS_HZ)
        self._rate_hz = track.clock_rate_hz
        self._held = 0
        """Samples at 48 kHz that came in and have not come out yet."""

    def code(self, unit: AccessUnit) -> Iterator[Picture]:
        """The frames of Opus that a unit of AAC completes; a part that cannot be decoded is left out."""
        for number, part in enumerate(unit.parts):
            begins_ns = unit.capture_ns + number * _AAC_SAMPLES * 1_000_000_000 // self._rate_hz
            try:
                frames = self._decoder.decode(av.Packet(part))
            except FFmpegError:
                continue
            for frame in frames:
                yield from self._encode(frame, begins_ns)

    def _encode(self, frame: av.AudioFrame, begins_ns: int) -> Iterator[Picture]:
        frame.pts = None
        came = frame.samples * OPUS_HZ // frame.sample_rate
        # What is held was captured just before this frame began.
        at_ns = begins_ns - self._held * 1_000_000_000 // OPUS_HZ
        self._held += came
        for piece in self._resampler.resample(frame):
            piece.pts = None
            self._held -= piece.samples
            for packet in self._encoder.encode(piece):
                yield self._line.place(bytes(packet), FRAME_SAMPLES, at_ns)
                at_ns += FRAME_SAMPLES * 1_000_000_000 // OPUS_HZ


class OpusBridge:
    """Begins with the first listener, ends with `close`. `deliver` gets the frames on the event loop."""

    def __init__(self, track: Track, deliver: Callable[[Picture], None]) -> None:
        self._track = track
        self._deliver = deliver
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[AccessUnit] = deque(maxlen=_MOST_WAITING)
        self._some = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._run, name="opus", daemon=True)
        self._thread.start()

    def put(self, unit: AccessUnit) -> None:
        with self._some:
            self._waiting.append(unit)
            self._some.notify()

    def close(self) -> None:
        """Nothing is delivered after this. The thread ends by itself, within the coding of one unit."""
        with self._some:
            self._closed = True
            self._some.notify()

    def _run(self) -> None:
        try:
            coder = OpusCoder(self._track)
            while (unit := self._next()) is not None:
                for picture in coder.code(unit):
                    self._loop.call_soon_threadsafe(self._hand_over, picture)
        except (FFmpegError, ValueError) as error:
            log.warning("sound_cannot_be_coded", error=type(error).__name__)
        except RuntimeError:
            if not self._loop.is_closed():
                raise

    def _next(self) -> AccessUnit | None:
        with self._some:
            self._some.wait_for(lambda: self._waiting or self._closed)
            return None if self._closed else self._waiting.popleft()

    def _hand_over(self, picture: Picture) -> None:
        if not self._closed:
            self._deliver(picture)
