"""A JPEG of one coded keyframe, for snapshot addresses."""

import av
import cv2

from streams.simulate.rtp import nal_units
from streams.types.media import Codec


def jpeg(codec: Codec, payloads: list[bytes]) -> bytes:
    """Decode one keyframe from its RTP payloads. Raises ValueError when it holds none. Blocks for some 10 ms."""
    decoder = av.CodecContext.create("h264" if codec is Codec.H264 else "hevc", "r")
    assert isinstance(decoder, av.VideoCodecContext)
    data = b"".join(b"\x00\x00\x00\x01" + nal for nal in nal_units(codec, payloads))
    frames = [*decoder.decode(av.Packet(data)), *decoder.decode(None)]
    if not frames:
        raise ValueError("no picture in the keyframe")
    done, coded = cv2.imencode(".jpg", frames[0].to_ndarray(format="bgr24"), (cv2.IMWRITE_JPEG_QUALITY, 85))
    if not done:
        raise ValueError("the picture cannot be written as JPEG")
    return coded.tobytes()
