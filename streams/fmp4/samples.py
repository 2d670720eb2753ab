"""What samples are made of, and when samples of sound are. Pure."""

from streams.fmp4.entries import is_parameter_set, nal_kind
from streams.imprinting import is_slice
from streams.types.media import AccessUnit, Codec

AAC_FRAME_SAMPLES = 1024
KEYFRAME_FLAGS, PREDICTED_FLAGS = 0x02000000, 0x01010000
_SLACK_S = 0.06
_OPUS_HZ = 48_000
_OPUS_FRAME_US = (10_000, 20_000, 40_000, 60_000) * 3 + (10_000, 20_000) * 2 + (2_500, 5_000, 10_000, 20_000) * 4
"""By the configuration number in the TOC (RFC 6716 table 2)."""


def picture_sample(unit: AccessUnit) -> bytes:
    """The NAL units of a picture with their lengths before them, without parameter sets: those are in the sample entry."""
    parts: list[bytes] = []
    append_picture(unit, parts)
    return b"".join(parts)


def append_picture(unit: AccessUnit, parts: list[bytes]) -> int:
    """As `picture_sample`, but appended to `parts` uncopied. Gives the size in bytes."""
    codec = unit.codec
    size = 0
    for nal in unit.parts:
        if nal and not is_parameter_set(codec, nal):
            length = len(nal)
            size += 4 + length
            parts.append(length.to_bytes(4, "big"))
            parts.append(nal)
    return size


def first_slice(sample: memoryview, codec: Codec) -> int:
    """Where the length of the first coded slice stands in a picture's sample; its end when it has none."""
    at = 0
    while at < len(sample):
        size = int.from_bytes(sample[at : at + 4], "big")
        if is_slice(codec, nal_kind(codec, sample[at + 4 : at + 5])):
            return at
        at += 4 + size
    return at


def sound_samples(codec: Codec, frame: bytes, channels: int) -> int:
    """How long a frame of sound plays, in ticks of its track's clock."""
    if codec is Codec.AAC:
        return AAC_FRAME_SAMPLES
    if codec is Codec.OPUS:
        return _opus_samples(frame)
    return len(frame) // max(1, channels)


def _opus_samples(packet: bytes) -> int:
    """RFC 6716 section 3.1: configuration, and how many frames the packet holds."""
    if not packet:
        return 0
    code = packet[0] & 3
    frames = (1, 2, 2)[code] if code < 3 else (packet[1] & 0x3F if len(packet) > 1 else 0)
    return frames * _OPUS_FRAME_US[packet[0] >> 3] * _OPUS_HZ // 1_000_000


class SoundTimes:
    """Frames follow each other exactly; the clock of their arrival only corrects when it has wandered off."""

    def __init__(self, clock_rate_hz: int) -> None:
        self._slack = _SLACK_S * clock_rate_hz
        self._next = -1

    def place(self, time: int, samples: int) -> int:
        """The decode time of what plays for `samples` and should begin at `time`. Never before the end of what was placed before."""
        if self._next >= 0 and abs(time - self._next) < self._slack:
            time = self._next
        time = max(time, self._next)
        self._next = time + samples
        return time
