"""What the process that extracts footage is told on its standard input, and the lines that it answers with on its standard output."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from streams.types.camera import Wire
from streams.types.recording import SegmentPath, Sha256

BLOCK_BYTES = 1 << 20
"""Files that carry no checks of their own are hashed by blocks of this, too, so that a wrong byte can be found."""

PackagePath = Annotated[
    str, Field(pattern=r"^(originals/[0-9a-zA-Z_-]{8,64}/\d{4}-\d\d-\d\d|copies)/[0-9a-z-]{1,80}\.mp4$")
]
"""Relative to the package. Ids, digits and our own words only: it can lead nowhere else."""
Share = Annotated[float, Field(ge=0, le=1)]


class Region(Wire):
    """A rectangle of the picture as shares of its width and height, from the upper left corner."""

    x: Share
    y: Share
    width: Share
    height: Share


class Source(Wire):
    """One segment that is wanted: `path` below `folder`, the root of its volume."""

    folder: str
    path: SegmentPath
    start_ms: int
    end_ms: int
    bytes: int


class CopyWish(Wire):
    """Segments of one camera and one stream, in order, to be made into files that any player opens. `name` begins their names."""

    name: str = Field(pattern=r"^[0-9a-z-]{1,40}$")
    paths: tuple[SegmentPath, ...]
    blurred: tuple[Region, ...] = ()


class ExtractionOrder(Wire):
    """`read_bps`: bytes a second that are read of the volumes at most, 0 for no bound. `keep_free_bytes`: how much of the disk with
    the package is never used."""

    package: str
    sources: tuple[Source, ...]
    copies: tuple[CopyWish, ...]
    read_bps: int = 0
    keep_free_bytes: int = 0


class ExtractionFault(StrEnum):
    DISK_FULL = "disk_full"  # no room for the package: goes on when there is
    SOURCE_GONE = "source_gone"  # a segment, or its volume, is not there
    FAILED = "failed"  # anything else; the detail says what


class OriginalMade(Wire):
    """`path` in the volume; in the package it lies below `originals/`."""

    path: SegmentPath
    bytes: int
    sha256: Sha256


class CopyMade(Wire):
    """`blocks`: SHA-256 of each `BLOCK_BYTES`. `sound`: whether there is any in it."""

    path: PackagePath
    sources: tuple[SegmentPath, ...]
    bytes: int
    sha256: Sha256
    blocks: tuple[Sha256, ...]
    blurred: bool
    sound: bool
    start_ms: int
    end_ms: int


class CopyFailed(Wire):
    """These segments cannot be decoded or muxed; their original bytes are in the package all the same."""

    sources: tuple[SegmentPath, ...]
    reason: str


class ExtractionLine(Wire):
    """One line of the answer: how far it is, and at the end either what was made or why not."""

    done_bytes: int = 0
    total_bytes: int = 0
    fault: ExtractionFault | None = None
    detail: str = ""
    finished: bool = False
    originals: tuple[OriginalMade, ...] = ()
    copies: tuple[CopyMade, ...] = ()
    uncopied: tuple[CopyFailed, ...] = ()
