"""One RTP stream to one client: sequence numbers, sender reports, and whole units dropped when the client is too slow."""

import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Final, Protocol

from streams.simulate import rtp

_REPORT_NS: Final = 1_000_000_000
_MARKER: Final = 0x80


@dataclass(frozen=True, slots=True)
class Unit:
    """One picture or one packet of sound. `clock_ns` is the camera's own clock now, `timestamp_now` its RTP time now."""

    payloads: Sequence[bytes]
    timestamp: int
    keyframe: bool
    now_ns: int
    clock_ns: int
    timestamp_now: int


class Line(Protocol):
    """Where the packets of one track go."""

    def full(self) -> bool:
        """Whether the client is so far behind that the next unit had better be dropped."""

    def send(self, head: tuple[int, int], sequence: int, unit: Unit) -> None:
        """Send all packets of a unit, the marker on the last; `head` is payload type and SSRC."""

    def report(self, packet: bytes) -> None: ...


class InterleavedLine:
    """RTP in the RTSP connection (RFC 2326 §10.12). `write` takes whole packets; `backlog` is what it still holds, in bytes."""

    def __init__(self, channel: int, write: Callable[[bytes], None], backlog: Callable[[], int], limit: int) -> None:
        self.channel = channel
        self._write = write
        self._backlog = backlog
        self._limit = limit

    def full(self) -> bool:
        return self._backlog() > self._limit

    def send(self, head: tuple[int, int], sequence: int, unit: Unit) -> None:
        kind, ssrc = head
        channel, timestamp = self.channel, unit.timestamp & 0xFFFFFFFF
        last = len(unit.payloads) - 1
        parts: list[bytes] = []
        for index, payload in enumerate(unit.payloads):
            marked = kind | _MARKER if index == last else kind
            number = (sequence + index) & 0xFFFF
            parts.append(rtp.FRAMED.pack(b"$", channel, len(payload) + 12, 0x80, marked, number, timestamp, ssrc))
            parts.append(payload)
        self._write(b"".join(parts))

    def report(self, packet: bytes) -> None:
        self._write(bytes((0x24, self.channel + 1)) + len(packet).to_bytes(2, "big") + packet)


class DatagramLine:
    """RTP and RTCP from a pair of non-blocking UDP sockets that are connected to the client. A full socket loses packets."""

    def __init__(self, media: socket.socket, control: socket.socket, spoil: Callable[[bytes], bytes]) -> None:
        self._media = media
        self._control = control
        self._spoil = spoil

    def full(self) -> bool:
        return False

    def send(self, head: tuple[int, int], sequence: int, unit: Unit) -> None:
        kind, ssrc = head
        timestamp, last = unit.timestamp & 0xFFFFFFFF, len(unit.payloads) - 1
        for index, payload in enumerate(unit.payloads):
            marked = kind | _MARKER if index == last else kind
            header = rtp.HEADER.pack(0x80, marked, (sequence + index) & 0xFFFF, timestamp, ssrc)
            with suppress(OSError):  # the client's port is closed, or its queue is full: UDP loses, that is all
                self._media.send(self._spoil(header + payload))

    def report(self, packet: bytes) -> None:
        with suppress(OSError):  # see above
            self._control.send(packet)


class RtpSender:
    """Drops whole units while the line is full, and goes on with the next keyframe then. `dropped` counts them."""

    def __init__(self, line: Line, payload_type: int, ssrc: int, sequence: int) -> None:
        self.ssrc = ssrc
        self.payload_type = payload_type
        self.sequence = sequence
        self.dropped = 0
        self._line = line
        self._head = (payload_type, ssrc)
        self._packets = 0
        self._octets = 0
        self._report_due_ns = 0
        self._wait_for_key = False

    def send(self, unit: Unit) -> None:
        if self._line.full():
            self._wait_for_key = True
        if self._wait_for_key and (not unit.keyframe or self._line.full()):
            self.dropped += 1
            self.sequence += len(unit.payloads)
            return
        self._wait_for_key = False
        if unit.now_ns >= self._report_due_ns:
            self._report_due_ns = unit.now_ns + _REPORT_NS
            report = rtp.sender_report(self.ssrc, unit.clock_ns, unit.timestamp_now, self._packets, self._octets)
            self._line.report(report)
        self._line.send(self._head, self.sequence, unit)
        self.sequence += len(unit.payloads)
        self._packets += len(unit.payloads)
        self._octets += sum(map(len, unit.payloads))

    def say_goodbye(self) -> None:
        self._line.report(rtp.bye(self.ssrc))
