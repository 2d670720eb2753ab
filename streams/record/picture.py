"""One picture of a recording: the keyframe at or before a moment of one segment, decoded and made a JPEG."""

from typing import BinaryIO

import av

from streams.motion.pictures import jpeg
from streams.types.segment_file import read_head


class NoPictureThere(Exception):
    """There is no keyframe that can be decoded."""


def keyframe_at(file: BinaryIO, at_ms: int, max_width_px: int) -> tuple[bytes, int]:
    """(JPEG, capture time in ms). Blocks: call it in a thread. Raises `NoPictureThere`, `NotASegment`."""
    start_ns = read_head(file).start_ns
    file.seek(0)
    try:
        with av.open(file, "r", format="mp4") as container:
            stream = container.streams.video[0]
            stream.codec_context.skip_frame = "NONKEY"
            stream.thread_type = "NONE"
            wanted = max(0, at_ms * 1_000_000 + 999_999 - start_ns)
            assert stream.time_base is not None, "every track of MP4 has one"
            container.seek(int(wanted / 1e9 / stream.time_base), stream=stream)
            for frame in container.decode(stream):
                if frame.pts is None:
                    continue
                capture_ns = start_ns + round(frame.pts * stream.time_base * 1_000_000_000)
                return jpeg(frame, max_width_px), capture_ns // 1_000_000
    except (av.FFmpegError, IndexError, ValueError) as error:
        raise NoPictureThere(str(error)[:200]) from error
    raise NoPictureThere("no keyframe")
