"""One outgoing track of one peer: numbers and encrypts what its feed packetised. One m-line, one SSRC, whatever it shows."""

import secrets
from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from streams.relay.extensions import Extensions
from streams.relay.imprinted import imprinted
from streams.relay.packets import Picture
from streams.relay.srtp import Lead, Protection
from streams.rtcp import Sent
from streams.types.imprint import Stamp
from streams.types.media import Codec

_HISTORY_RUNS = 120
_RESENT_PER_S = 600
_REPLAY_EVERY_NS = 1_000_000_000
_WRAP = 0xFFFFFFFF


class Outlet(Protocol):
    """Where a slot's packets go: its transport."""

    @property
    def protection(self) -> Protection | None:
        """None until the handshake is done."""

    def submit(self, slot: "Slot", picture: Picture) -> bool:
        """Send now or a little later, in order; false when there is no more room to wait."""

    def send_media(self, packets: Sequence[bytes], known: Iterable[tuple[int, int]] | None = None) -> bool:
        """False when they were dropped. `known`: their runs, for segmentation."""

    def withdraw(self, slot: "Slot") -> None:
        """Forget what waits to be sent for this slot."""


@dataclass(slots=True)
class Counters:
    """Of one slot since it began. `dropped_pictures` never left: the socket was full, or the link too thin for them."""

    packets: int = 0
    payload_bytes: int = 0
    dropped_pictures: int = 0
    resent: int = 0
    replays: int = 0


@dataclass(frozen=True, slots=True)
class PayloadType:
    number: int
    clock_rate_hz: int


@dataclass(slots=True)
class _Past:
    """A run of packets as it was sent, never changed. All that stands in its headers is kept: under one nonce only ever the same bytes."""

    first_index: int
    first_number: int
    count: int
    rtp_timestamp: int
    kind: int
    extension: bytes
    picture: Picture

    @property
    def size_bytes(self) -> int:
        return sum(map(len, self.picture.payloads[self.first_number : self.first_number + self.count]))


class Slot:
    """Drops whole pictures up to the next keyframe when there is no room, so that what is sent stays decodable.

    The RTP timestamp **is** the capture time on our clock in units of the track (video: ms × 90); it only grows. Pictures older
    than the last one that was sent (the cached GOP of a camera that is swapped in) follow it tick by tick until they are newer.
    """

    def __init__(
        self, outlet: Outlet, ssrc: int, types: Mapping[Codec, PayloadType], extensions: Extensions | None = None
    ) -> None:
        self.ssrc = ssrc
        self.counters = Counters()
        self.keyframes_only = False
        self.stamp: Stamp | None = None
        """Every keyframe is imprinted with it."""
        self.unplayable = False
        """The camera sends a codec that the peer does not take."""
        self._outlet = outlet
        self._types = types
        self._extensions = extensions or Extensions()
        self._clock_rate_hz = max((found.clock_rate_hz for found in types.values()), default=90_000)
        self._index = secrets.randbits(15)
        self._timestamp = -1
        self._waiting = True
        self._past: deque[_Past] = deque(maxlen=_HISTORY_RUNS)
        self._resend_budget = _RESENT_PER_S
        self._replayed_ns = 0

    def takes(self, codec: Codec) -> bool:
        return codec in self._types

    @property
    def takes_pictures(self) -> bool:
        return any(codec.is_video for codec in self._types)

    def start(self, gop: Iterable[Picture]) -> None:
        """Send the cached pictures with their own times; the browser decodes them at once and shows the newest."""
        self._outlet.withdraw(self)
        self._waiting = True
        for picture in gop:
            self.send(picture)

    def stop(self) -> None:
        """Nothing of what it showed leaves any more, not even again."""
        self._outlet.withdraw(self)
        self._waiting = True
        self._past.clear()

    def wait_for_keyframe(self) -> None:
        """Something is missing in the stream: what comes before the next keyframe cannot be decoded."""
        self._waiting = True

    def send(self, picture: Picture) -> None:
        if self._outlet.protection is None:
            return
        if picture.codec not in self._types:
            self.unplayable = True
            return
        if picture.video and not picture.keyframe and (self._waiting or self.keyframes_only):
            return
        self._waiting = False
        if self.stamp is not None and picture.video and picture.keyframe:
            picture = imprinted(picture, self.stamp)
        if not self._outlet.submit(self, picture):
            self.dropped()

    def emit(self, picture: Picture, first: int, end: int, now_ns: int) -> None:
        """Send the payloads `first`..`end` of a picture now; called by the outlet, in order."""
        protection = self._outlet.protection
        if protection is None:
            return
        kind = self._types[picture.codec]
        if first == 0:
            timestamp = picture.rtp_timestamp
            if timestamp is None:
                # 90 kHz: ns × 9 / 100,000. Kept as an unbounded integer so that only the header wraps.
                timestamp = picture.capture_ns * (kind.clock_rate_hz // 1000) // 1_000_000
            if kind.clock_rate_hz != self._clock_rate_hz:
                self._clock_rate_hz, self._timestamp = kind.clock_rate_hz, -1
            self._timestamp = max(timestamp, self._timestamp + 1)
        extension = self._extensions.encoded(now_ns, keyframe=picture.keyframe)
        run = _Past(self._index + 1, first, end - first, self._timestamp, kind.number, extension, picture)
        self._index += run.count
        packets = self._protected(protection, run)
        if picture.video:
            self._past.append(run)
        whole = run.count == len(picture.payloads)
        if self._outlet.send_media(packets, picture.runs if whole else None):
            self.counters.packets += run.count
            self.counters.payload_bytes += picture.payload_bytes if whole else run.size_bytes
        else:
            self.dropped()

    def dropped(self) -> None:
        """A picture did not leave: what follows cannot be decoded without it."""
        self.counters.dropped_pictures += 1
        self._waiting = True

    def boundary(self, first_ns: int) -> int:
        """The RTP timestamp (mod 2³²) from which on everything is what starts now with a picture captured at `first_ns`."""
        return max(self._timestamp + 1, first_ns * (self._clock_rate_hz // 1000) // 1_000_000) & _WRAP

    def resend(self, seqs: Sequence[int]) -> int:
        """Answer a NACK with the very same packets, a bounded number each second. Returns the bytes that left."""
        protection = self._outlet.protection
        if protection is None:
            return 0
        sent_bytes = 0
        for seq in seqs:
            found = self._find(seq)
            if found is None or self._resend_budget <= 0:
                continue
            self._resend_budget -= 1
            run, offset = found
            packet = self._protected(protection, run, offset, offset + 1)[0]
            if self._outlet.send_media([packet]):
                self.counters.resent += 1
                sent_bytes += len(packet)
        return sent_bytes

    def replay(self, gop: Iterable[Picture], now_ns: int) -> bool:
        """Answer a wish for a keyframe from the cached GOP, at most once a second; false when it was refused."""
        if 0 <= now_ns - self._replayed_ns < _REPLAY_EVERY_NS:
            return False
        self._replayed_ns = now_ns
        self.counters.replays += 1
        self.start(gop)
        return True

    def each_second(self) -> None:
        self._resend_budget = _RESENT_PER_S

    def sent(self, now_ns: int) -> Sent:
        """What a sender report tells."""
        timestamp = now_ns * (self._clock_rate_hz // 1000) // 1_000_000
        return Sent(self.ssrc, timestamp, self.counters.packets, self.counters.payload_bytes)

    def _protected(self, protection: Protection, run: _Past, start: int = 0, end: int | None = None) -> list[bytes]:
        """The packets `start`..`end` of a run, counted from its own beginning."""
        payloads, first = run.picture.payloads, run.first_number
        stop = first + (run.count if end is None else end)
        marked = stop == len(payloads) and run.picture.video
        lead = Lead(self.ssrc, run.first_index + start, run.rtp_timestamp & _WRAP, run.kind, marked, run.extension)
        if start or stop != len(payloads) or first:
            payloads = payloads[first + start : stop]
        return protection.rtp_run(payloads, lead)

    def _find(self, seq: int) -> tuple[_Past, int] | None:
        for run in reversed(self._past):
            offset = (seq - run.first_index) & 0xFFFF
            if offset < run.count:
                return run, offset
        return None
