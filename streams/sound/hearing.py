"""A few seconds of a stream's sound: taken as it comes, decoded at once when there is enough. Nothing of it outlives the answer."""

import asyncio
from base64 import b64encode
from collections.abc import Sequence
from typing import Final

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from streams.sound.levels import level, steps
from streams.types.media import AccessUnit, Codec, Fanout, Track
from streams.types.sound import HEARD_HZ, STARTS_WITHIN_S, SoundHeard

DECODERS: Final = {Codec.AAC: "aac", Codec.PCMA: "pcm_alaw", Codec.PCMU: "pcm_mulaw"}


class _Ear:
    """A reader that keeps the sound and nothing else, until there is enough."""

    def __init__(self, codec: Codec, for_ms: int) -> None:
        self._codec = codec
        self._for_ns = for_ms * 1_000_000
        self.units: list[AccessUnit] = []
        self.enough = asyncio.Event()

    def deliver(self, unit: AccessUnit) -> None:
        if unit.codec is not self._codec or self.enough.is_set():
            return
        self.units.append(unit)
        if unit.capture_ns - self.units[0].capture_ns >= self._for_ns:
            self.enough.set()


async def units_of(
    fanout: Fanout, track: Track, for_ms: int, starts_within_s: float = STARTS_WITHIN_S
) -> list[AccessUnit]:
    """The sound of so long; less when no more comes in time."""
    ear = _Ear(track.codec, for_ms)
    fanout.attach(ear)
    try:
        async with asyncio.timeout(starts_within_s + for_ms / 1000):
            await ear.enough.wait()
    except TimeoutError:
        pass
    finally:
        fanout.detach(ear)
    return ear.units


def decoded(track: Track, units: Sequence[AccessUnit]) -> NDArray[np.int16]:
    """Mono at `HEARD_HZ`; what cannot be decoded is left out. Raises `FFmpegError` or `ValueError` for an unusable configuration."""
    decoder = av.CodecContext.create(DECODERS[track.codec], "r")
    assert isinstance(decoder, av.AudioCodecContext)
    decoder.sample_rate = track.clock_rate_hz
    if track.codec is Codec.AAC:
        decoder.extradata = track.config
    else:
        decoder.layout = "stereo" if track.channels == 2 else "mono"
    resampler = av.AudioResampler(format="s16", layout="mono", rate=HEARD_HZ)
    pieces: list[NDArray[np.int16]] = []
    for part in (part for unit in units for part in unit.parts):
        try:
            frames = decoder.decode(av.Packet(part))
        except FFmpegError:
            continue
        for frame in frames:
            frame.pts = None
            pieces += [piece.to_ndarray()[0].astype(np.int16) for piece in resampler.resample(frame)]
    pieces += [piece.to_ndarray()[0].astype(np.int16) for piece in resampler.resample(None)] if pieces else []
    return np.concatenate(pieces) if pieces else np.zeros(0, np.int16)


def heard(track: Track, units: Sequence[AccessUnit], for_ms: int, *, keep: bool) -> SoundHeard:
    """What they measure, at most `for_ms` of them."""
    samples = decoded(track, units)[: HEARD_HZ * for_ms // 1000]
    if not samples.size:
        return SoundHeard()
    pcm = b64encode(samples.astype("<i2").tobytes()).decode() if keep else ""
    return SoundHeard(steps=steps(samples, HEARD_HZ), whole=level(samples), pcm_base64=pcm)
