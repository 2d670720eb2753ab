"""Running views as bytes on a TCP connection to control, which hands them on by WebSocket or RTSP. Rights are decided before."""

from streams.tap.server import TapServer

__all__ = ["TapServer"]
