"""Faults of our RTSP reader beyond the shared kinds.

SourceFault
 ├─ NotSpoken          the camera is in order, our reader does not speak what it sends: another reader may
 └─ BadBytes           what came is not RTSP, SDP or RTP
"""

from streams.types.camera import FaultKind, SourceFault


class NotSpoken(SourceFault):
    """Kind FORMAT: worth trying with another reader."""

    def __init__(self, detail: str) -> None:
        super().__init__(FaultKind.FORMAT, detail)


class BadBytes(SourceFault):
    """Kind FORMAT: no reader would help."""

    def __init__(self, detail: str) -> None:
        super().__init__(FaultKind.FORMAT, detail)
