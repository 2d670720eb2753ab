"""What every source takes and tells, whichever library reads it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from streams.types.media import Sink

ClockNs = Callable[[], int]
"""UTC now in nanoseconds on our clock, `time.time_ns` outside tests."""


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a source waits before it raises.

    `connect_s`: until the TCP (and TLS) connection stands → UNREACHABLE. `response_s`: for each answer of the handshake → STALLED.
    `stall_s`: for a whole picture once playing → STALLED. `close_s`: for the polite goodbye.
    """

    connect_s: float = 2.5
    response_s: float = 4.0
    stall_s: float = 2.0
    close_s: float = 0.5


class MeasuredSource(Protocol):
    """A `Source` that also tells what it measured of the camera while it runs."""

    @property
    def clock_offset_ms(self) -> int | None:
        """The camera's clock minus ours by sender reports; None before the first report or when the source cannot know."""

    @property
    def lost_packets(self) -> int:
        """RTP packets that never came, over the life of this object."""

    @property
    def received_packets(self) -> int:
        """RTP packets that came, over the life of this object; 0 when the source cannot know."""

    @property
    def certificate_sha256(self) -> str:
        """What the camera's certificate is, hexadecimal; '' without TLS or when the source cannot know."""

    async def run_once(self, sink: Sink) -> None: ...
