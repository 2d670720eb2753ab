"""What one observer of a hearing received, stream by stream, and what that says of sync and loss.

A receiver plays by the sender reports: they say which UTC time an RTP timestamp is (RFC 3550 section 6.4.1). The strip says when a picture
was really captured, the beep when its second really began. How far the two are off, and apart, is what a browser would show.
"""

import statistics
import struct
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Protocol

from streams.rtsp.h264 import h264_nals
from streams.simulate.heard import Frame, beeps
from streams.simulate.seen import times_of_h264
from streams.types.imprint import IMPRINT_UUID
from streams.types.media import Codec
from vms.cli.bench.media_opener import MediaOpener

_NTP_EPOCH_S: Final = 2_208_988_800
_SENDER_REPORT: Final = struct.Struct("!BBHIIII")
_STAP_A, _SPS, _DELIMITER = 24, 7, 9
_NEAR_S: Final = 1.5
"""A beep is compared with the pictures this close to it."""
PICTURE_HZ: Final = 90_000


@dataclass(frozen=True, slots=True)
class Clock:
    """What the newest sender report said: at `utc_s` the stream's timestamp was `timestamp` (mod 2³²)."""

    utc_s: float
    timestamp: int

    def utc_of(self, timestamp: int, rate_hz: int) -> float:
        """UTC in seconds at which this timestamp is played, but for a delay that all streams share."""
        return self.utc_s + _signed(timestamp - self.timestamp) / rate_hz


@dataclass(frozen=True, slots=True)
class Moment:
    """Something whose true time is known: `off_ms` is how much later than it happened the sender reports let it be played."""

    utc_s: float
    off_ms: float


class Track(Protocol):
    """One SSRC. `first_s` (monotonic) is when it could first be shown or heard."""

    clock: Clock | None
    first_s: float | None

    def take(self, datagram: bytes, opener: MediaOpener) -> None: ...


@dataclass(slots=True)
class Unwrapped:
    """Timestamps mod 2³² as integers that go on."""

    newest: int | None = None

    def next(self, timestamp: int) -> int:
        before = self.newest
        self.newest = timestamp if before is None else before + _signed(timestamp - before)
        return self.newest


@dataclass(slots=True)
class PictureTrack:
    """Keeps the keyframes, and of all other pictures the timestamps alone: they are not even decrypted."""

    clock: Clock | None = None
    first_s: float | None = None
    pictures: list[int] = field(default_factory=list)
    """Timestamps of those that came to their last packet."""
    keyframes: list[tuple[int, list[bytes]]] = field(default_factory=list)
    _at: Unwrapped = field(default_factory=Unwrapped)
    _kept: list[bytes] | None = None

    def take(self, datagram: bytes, opener: MediaOpener) -> None:
        before = self._at.newest
        timestamp = self._at.next(int.from_bytes(datagram[4:8], "big"))
        if timestamp != before:
            packet = opener.open(datagram)
            self._kept = [packet] if _begins_keyframe(packet[12:]) else None
        elif self._kept is not None:
            self._kept.append(opener.open(datagram))
        if datagram[1] & 0x80:
            self.pictures.append(timestamp)
            if self.first_s is None:
                self.first_s = time.monotonic()
            if self._kept is not None:
                self.keyframes.append((timestamp, self._kept))

    def missing(self) -> int:
        """Pictures of a steady rate that never came."""
        steps = [after - before for before, after in pairwise(self.pictures)]
        if not steps:
            return 0
        usual = statistics.median(steps)
        return sum(max(0, round(step / usual) - 1) for step in steps)

    def moments(self, near_ms: int) -> Iterator[Moment]:
        """Of each keyframe, by its strip. Decodes."""
        for timestamp, packets in self.keyframes:
            nals, damaged = h264_nals(packets)
            if damaged or self.clock is None:
                continue
            played_s = self.clock.utc_of(timestamp, PICTURE_HZ)
            for captured_ms in times_of_h264([nals], near_ms):
                yield Moment(captured_ms / 1000, played_s * 1000 - captured_ms)

    def without_imprint(self) -> int:
        """Keyframes that name nobody."""
        return sum(not any(IMPRINT_UUID in packet for packet in packets) for _, packets in self.keyframes)


@dataclass(slots=True)
class SoundTrack:
    """Keeps every frame. `codec` is what the slot was filled with."""

    codec: Codec
    rate_hz: int
    clock: Clock | None = None
    first_s: float | None = None
    frames: list[Frame] = field(default_factory=list)
    _at: Unwrapped = field(default_factory=Unwrapped)

    def take(self, datagram: bytes, opener: MediaOpener) -> None:
        timestamp = self._at.next(int.from_bytes(datagram[4:8], "big"))
        self.frames.append(Frame(timestamp, opener.open(datagram)[12:]))
        if self.first_s is None:
            self.first_s = time.monotonic()

    def missing_ms(self) -> float:
        """Sound that never came, between what did."""
        steps = [after.timestamp - before.timestamp for before, after in pairwise(self.frames)]
        usual = statistics.median(steps) if steps else 0
        return sum(step - usual for step in steps if step > usual) / self.rate_hz * 1000

    def moments(self) -> Iterator[Moment]:
        """Of each beep. Decodes."""
        if self.clock is None:
            return
        for timestamp in beeps(self.codec, self.frames):
            played_s = self.clock.utc_of(timestamp, self.rate_hz)
            yield Moment(float(round(played_s)), (played_s - round(played_s)) * 1000)


def lip_sync_ms(sound: Sequence[Moment], pictures: Sequence[Moment]) -> list[float]:
    """How much later than the picture the sound of the same moment is played: for each beep and each keyframe near it."""
    return [
        beep.off_ms - picture.off_ms
        for beep in sound
        for picture in pictures
        if abs(beep.utc_s - picture.utc_s) <= _NEAR_S
    ]


def read_report(packet: bytes) -> tuple[int, Clock] | None:
    """SSRC and clock of a sender report that leads a compound packet in clear; None for anything else."""
    if len(packet) < _SENDER_REPORT.size or packet[1] != 200:
        return None
    _, _, _, ssrc, seconds, fraction, timestamp = _SENDER_REPORT.unpack_from(packet)
    return ssrc, Clock(seconds - _NTP_EPOCH_S + fraction / 2**32, timestamp)


def reports_in(packet: bytes) -> Iterator[tuple[int, Clock]]:
    """Every sender report of a compound packet in clear."""
    while len(packet) >= 4:
        found = read_report(packet)
        if found is not None:
            yield found
        packet = packet[4 + 4 * int.from_bytes(packet[2:4], "big") :]


def _begins_keyframe(payload: bytes) -> bool:
    """Whether parameter sets (behind a delimiter, if any) are in the first payload of a picture."""
    kind = payload[0] & 0x1F
    return (payload[3] & 0x1F if kind == _STAP_A else kind) in (_SPS, _DELIMITER)


def _signed(difference: int) -> int:
    return (difference + 2**31) % 2**32 - 2**31
