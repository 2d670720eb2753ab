"""RTSP out: `rtsp(s)://…/cameras/{id}` for decoders, recorders and players that are no browsers. Interleaved TCP only."""

from streams.rtsp_out.door import Door, Stream
from streams.rtsp_out.server import listening

__all__ = ["Door", "Stream", "listening"]
