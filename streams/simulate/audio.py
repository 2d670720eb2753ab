"""The sound of the simulated rooms: a room tone, and a beep of 100 ms at every full UTC second.

Coded once as a loop of `LOOP_S` seconds that begins at UTC times divisible by it, so that beep and picture clock can be compared.
"""

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

import av
import numpy as np
from numpy.typing import NDArray

from streams.simulate.rtp import aac_payload
from streams.types.media import Codec

LOOP_S: Final = 8
_AAC_RATE: Final = 16_000
_AAC_FRAME: Final = 1024
_G711_RATE: Final = 8_000
_G711_FRAME: Final = 320


@dataclass(frozen=True, slots=True)
class AudioLoop:
    """`payloads` are RTP payloads of `frame_samples` samples each; together they last `LOOP_S` seconds exactly."""

    codec: Codec
    clock_rate_hz: int
    frame_samples: int
    payloads: tuple[bytes, ...]
    config: bytes = b""


def make_loop(codec: Codec) -> AudioLoop:
    """The loop for AAC or A-law. Raises ValueError for other codecs."""
    if codec is Codec.AAC:
        return _aac()
    if codec is Codec.PCMA:
        return _alaw()
    raise ValueError(f"no simulated sound in {codec}")


def _samples(rate_hz: int) -> NDArray[np.int16]:
    """One loop: a faint hum and noise, and 1 kHz beeps."""
    times = np.arange(LOOP_S * rate_hz) / rate_hz
    rng = np.random.default_rng(5)
    tone = 0.01 * np.sin(2 * np.pi * 100 * times) + 0.004 * rng.standard_normal(times.size)
    beep = np.where(times % 1.0 < 0.1, 0.35 * np.sin(2 * np.pi * 1000 * times), 0.0)
    return ((tone + beep) * 32767).astype(np.int16)


def _aac() -> AudioLoop:
    encoder = av.CodecContext.create("aac", "w")
    assert isinstance(encoder, av.AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format = _AAC_RATE, "mono", "fltp"
    encoder.bit_rate, encoder.time_base = 32_000, Fraction(1, _AAC_RATE)
    sound = np.tile(_samples(_AAC_RATE).astype(np.float32) / 32768, 3)
    packets = []
    for start in range(0, sound.size, _AAC_FRAME):
        frame = av.AudioFrame.from_ndarray(sound[None, start : start + _AAC_FRAME], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = _AAC_RATE, start, Fraction(1, _AAC_RATE)
        packets.extend(encoder.encode(frame))
    packets.extend(encoder.encode(None))
    middle = LOOP_S * _AAC_RATE
    chosen = [bytes(packet) for packet in packets if packet.pts is not None and middle <= packet.pts < 2 * middle]
    assert len(chosen) == middle // _AAC_FRAME
    config = bytes(encoder.extradata or b"")[:2]
    return AudioLoop(Codec.AAC, _AAC_RATE, _AAC_FRAME, tuple(aac_payload(frame) for frame in chosen), config)


def _alaw() -> AudioLoop:
    coded = alaw(_samples(_G711_RATE))
    cut = tuple(coded[at : at + _G711_FRAME] for at in range(0, len(coded), _G711_FRAME))
    return AudioLoop(Codec.PCMA, _G711_RATE, _G711_FRAME, cut)


def alaw(samples: NDArray[np.int16]) -> bytes:
    """G.711 A-law of 16-bit samples (ITU-T G.711 table 1a, even bits inverted)."""
    wide = samples.astype(np.int32) >> 3
    negative = wide < 0
    size = np.minimum(np.where(negative, -wide - 1, wide), 4095)
    segment = np.maximum(np.floor(np.log2(np.maximum(size, 1))).astype(np.int32) - 4, 0)
    mantissa = np.where(segment < 2, size >> 1, size >> np.maximum(segment, 1)) & 0x0F
    code = (segment << 4 | mantissa) ^ np.where(negative, 0x55, 0xD5)
    return code.astype(np.uint8).tobytes()
