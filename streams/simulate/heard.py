"""What a listener of simulated sound really heard: when its beeps begin. The beep of every full UTC second is the sound's strip."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import av
import numpy as np
from av.error import FFmpegError
from numpy.typing import NDArray

from streams.types.media import Codec

_CODERS: Final = {Codec.OPUS: "libopus", Codec.PCMA: "pcm_alaw", Codec.PCMU: "pcm_mulaw"}
_RATES_HZ: Final = {Codec.OPUS: 48_000, Codec.PCMA: 8_000, Codec.PCMU: 8_000}
_QUIET_S: Final = 0.3
"""A beep follows at least so much of the room's tone."""
_PERIOD_S: Final = 0.001
"""Of the beep's 1 kHz: over one period the power of a tone is what it is."""
_LEAST_POWER: Final = 0.01
"""Of full scale, squared: what is more quiet is no beep."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What one RTP packet holds. `timestamp` counts samples of the codec's clock and only grows: unwrapped."""

    timestamp: int
    payload: bytes


def beeps(codec: Codec, frames: Sequence[Frame]) -> list[int]:
    """The timestamps at which beeps begin, to within a millisecond. `frames` in order; what is missing is silence.

    Raises `KeyError` for a codec that is not sent by WebRTC.
    """
    rate_hz = _RATES_HZ[codec]
    if not frames:
        return []
    first = frames[0].timestamp
    sound = _decoded(codec, frames, rate_hz)
    period = round(_PERIOD_S * rate_hz)
    power = np.convolve(sound**2, np.full(period, 1 / period))[: sound.size]
    steady = np.quantile(power, 0.97)
    if steady < _LEAST_POWER:
        return []
    # A quarter of the power: as it comes from one quarter of a period of the tone.
    loud = np.flatnonzero(power > steady / 4)
    quiet = round(_QUIET_S * rate_hz)
    begins = loud[np.diff(loud, prepend=0) >= quiet]
    return [first + int(place) - period // 4 for place in begins]


def _decoded(codec: Codec, frames: Sequence[Frame], rate_hz: int) -> NDArray[np.float64]:
    """Every sample at its place, mono, full scale is 1."""
    coder = av.CodecContext.create(_CODERS[codec], "r")
    assert isinstance(coder, av.AudioCodecContext)
    coder.sample_rate, coder.layout = rate_hz, "stereo" if codec is Codec.OPUS else "mono"
    first = frames[0].timestamp
    sound = np.zeros(frames[-1].timestamp - first + rate_hz)
    for frame in frames:
        for piece in _frames(coder, frame.payload):
            samples = _mono(piece)
            at = frame.timestamp - first
            room = sound[at : at + samples.size]
            room[:] = samples[: room.size]
    return sound


def _frames(coder: av.AudioCodecContext, payload: bytes) -> Iterable[av.AudioFrame]:
    try:
        return coder.decode(av.Packet(payload))
    except FFmpegError:
        return ()


def _mono(piece: av.AudioFrame) -> NDArray[np.float64]:
    raw: NDArray[Any] = np.asarray(piece.to_ndarray())
    channels = len(piece.layout.channels)
    full = 1.0 if raw.dtype.kind == "f" else 32768.0
    planes = raw if piece.format.is_planar else raw.reshape(-1, channels).T
    return np.asarray(planes[0], np.float64) / full
