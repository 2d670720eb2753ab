"""Real clips with labels made by people, for the trial of motion detection: `clip.mp4` with `clip.json` beside it.

The labels say when anybody or anything moved, in seconds from the start of the clip:

    {"events": [{"start_s": 5.2, "end_s": 8.4, "what": "car"}], "ignore": [{"start_s": 0, "end_s": 1}]}

`what` is for people. Alarms in an `ignore` span are neither right nor wrong.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Self

import av
import av.error
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from streams.motion.detector import small_grey
from streams.motion.pictures import luma
from streams.motion.trial import Shot, Span

CLIPS = (".mp4", ".mkv", ".mov", ".avi", ".ts", ".webm")
_DEFAULT_FPS = 15.0


class BadFootage(Exception):
    """A clip or its labels cannot be read. The message is one sentence for the person who made them."""


class Label(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    start_s: Annotated[float, Field(ge=0)]
    end_s: Annotated[float, Field(ge=0)]
    what: str = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.end_s < self.start_s:
            raise ValueError("end_s is before start_s")
        return self

    @property
    def span(self) -> Span:
        return Span(self.start_s, self.end_s)


class Labels(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    events: tuple[Label, ...]
    ignore: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True)
class Clip:
    path: Path
    labels: Labels


def clips(folder: Path) -> list[Clip]:
    """The clips of a folder that have labels, by name. Raises `BadFootage` when there is none or labels cannot be read."""
    if not folder.is_dir():
        raise BadFootage(f"{folder} is not a folder")
    found = [
        Clip(path, _labels(path.with_suffix(".json")))
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in CLIPS and path.with_suffix(".json").is_file()
    ]
    if not found:
        raise BadFootage(f"{folder} holds no clip with labels beside it (clip.mp4 and clip.json)")
    return found


def _labels(path: Path) -> Labels:
    try:
        return Labels.model_validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise BadFootage(f"{path.name}: {error}") from error


def fps_of(path: Path) -> float:
    """Pictures per second. Raises `BadFootage`."""
    try:
        with av.open(str(path)) as container:
            rate = container.streams.video[0].average_rate if container.streams.video else None
    except (av.error.FFmpegError, OSError) as error:
        raise BadFootage(f"{path.name}: {error}") from error
    return float(rate) if rate else _DEFAULT_FPS


def shots(path: Path) -> Iterator[Shot]:
    """The coded pictures of a clip, each with the decoded picture that came out next. Raises `BadFootage`."""
    waiting: list[tuple[bytes, bool]] = []
    try:
        with av.open(str(path)) as container:
            if not container.streams.video:
                raise BadFootage(f"{path.name}: holds no video")
            for packet in container.demux(container.streams.video[0]):
                if packet.size:
                    waiting.append((bytes(packet), packet.is_keyframe))
                for frame in packet.decode():
                    if waiting:
                        coded, keyframe = waiting.pop(0)
                        yield Shot((coded,), keyframe, small_grey(luma(frame)))
    except (av.error.FFmpegError, OSError) as error:
        raise BadFootage(f"{path.name}: {error}") from error
