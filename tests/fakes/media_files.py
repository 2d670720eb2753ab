"""Small files with real pictures and sound, made by PyAV."""

import io
from pathlib import Path

import av
import numpy as np


def clip(container_format: str, *, codec: str = "libx264", seconds: float = 2.0, fps: int = 10) -> bytes:
    """A 320 × 180 clip with AAC sound in any container that FFmpeg writes ("mp4", "mpegts", "flv", "matroska")."""
    target = io.BytesIO()
    target.name = f"clip.{container_format}"
    with av.open(target, "w", format=container_format) as container:
        video = container.add_stream(codec, rate=fps)
        video.width, video.height, video.pix_fmt = 320, 180, "yuv420p"
        video.options = {
            "preset": "ultrafast",
            "tune": "zerolatency",
            "g": "5",
            "x265-params": "log-level=none:keyint=5",
        }
        sound = container.add_stream("aac", rate=48_000, layout="mono")
        for number in range(int(seconds * fps)):
            grey = np.full((180, 320, 3), number * 7 % 256, np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(grey, format="rgb24")))
        for number in range(int(seconds * 48_000 / 1024)):
            quiet = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            quiet.rate, quiet.pts = 48_000, number * 1024
            container.mux(sound.encode(quiet))
        container.mux(video.encode(None))
        container.mux(sound.encode(None))
    return target.getvalue()


def filmed(path: Path, *, seconds: float, fps: int = 25) -> Path:
    """An MP4 as a camcorder makes it: a bar that crosses a noisy room, long GOPs, predicted both ways, no clock and no strip."""
    rng = np.random.default_rng(7)
    with av.open(str(path), "w", format="mp4") as container:
        video = container.add_stream("libx264", rate=fps)
        video.width, video.height, video.pix_fmt = 320, 180, "yuv420p"
        video.options = {"preset": "veryfast", "crf": "25"}
        room = np.linspace(40, 160, 320, dtype=np.float32)[None, :].repeat(180, axis=0)
        for number in range(int(seconds * fps)):
            picture = room + rng.normal(0, 4, room.shape)
            at = number * 4 % 300
            picture[40:150, at : at + 20] = 220
            frame = av.VideoFrame.from_ndarray(np.clip(picture, 0, 255).astype(np.uint8), format="gray")
            container.mux(video.encode(frame.reformat(format="yuv420p")))
        container.mux(video.encode(None))
    return path
