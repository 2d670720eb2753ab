"""RTP header extensions that we send (RFC 8285, one-byte form), under the numbers that the offer gave them. Pure.

* abs-send-time: when a packet left, so that the receiver's bandwidth estimate sees queues in the network and not our bursts;
* playout-delay 0…0 on keyframes: show each picture as soon as it is decoded. Cameras stand at different distances, so a swap
  moves the age of the pictures by up to a second; a receiver that smooths would carry the longer delay on for half a minute.
"""

from collections.abc import Mapping
from dataclasses import dataclass

ABS_SEND_TIME = "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
PLAYOUT_DELAY = "http://www.webrtc.org/experiments/rtp-hdrext/playout-delay"
SPOKEN = (ABS_SEND_TIME, PLAYOUT_DELAY)

_ONE_WORD = 0xBEDE0001
_TWO_WORDS = 0xBEDE0002.to_bytes(4, "big")
HEADER_BYTES = 12
MOST_BYTES = 12


@dataclass(frozen=True, slots=True)
class Extensions:
    """The negotiated numbers 1..14; 0 for what the peer does not take."""

    abs_send_time: int = 0
    playout_delay: int = 0

    @classmethod
    def of(cls, numbers: Mapping[str, int]) -> "Extensions":
        """From what an offer names; a number that the one-byte form cannot say is left out."""
        usable = {uri: number for uri, number in numbers.items() if 1 <= number <= 14}
        return cls(usable.get(ABS_SEND_TIME, 0), usable.get(PLAYOUT_DELAY, 0))

    def encoded(self, now_ns: int, *, keyframe: bool) -> bytes:
        """The whole extension block for packets that leave now; empty when there is nothing to say."""
        sent = self.abs_send_time
        delay = self.playout_delay if keyframe else 0
        if sent and not delay:
            word = (sent << 4 | 2) << 24 | (now_ns << 18) // 1_000_000_000 & 0xFFFFFF
            return (_ONE_WORD << 32 | word).to_bytes(8, "big")
        if sent and delay:
            return _TWO_WORDS + _send_time(sent, now_ns) + bytes((delay << 4 | 2, 0, 0, 0))
        if delay:
            return _ONE_WORD.to_bytes(4, "big") + bytes((delay << 4 | 2, 0, 0, 0))
        return b""


def _send_time(number: int, now_ns: int) -> bytes:
    """24 bits of seconds with 18 behind the point, wrapping every 64 s."""
    time_6_18 = (now_ns << 18) // 1_000_000_000 & 0xFFFFFF
    return ((number << 4 | 2) << 24 | time_6_18).to_bytes(4, "big")
