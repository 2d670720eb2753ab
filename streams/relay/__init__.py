"""The way out: WebRTC to browsers, packets passed through, never re-encoded.

    fan-out ─▶ Feed (packetises once) ─▶ Slot (numbers, encrypts) ─▶ Transport (ICE, DTLS, SRTP) ─▶ one UDP socket

`sdp`, `stun`, `rtcp`, `packets`, `srtp` and `dtls` know no sockets; `udp` knows nothing else.
"""

from streams.relay.relay import Filled, Relay, RelayLimits
from streams.relay.sdp import OfferRefused
from streams.relay.view import Rung, ViewInfo

__all__ = ["Filled", "OfferRefused", "Relay", "RelayLimits", "Rung", "ViewInfo"]
