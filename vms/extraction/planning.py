"""From a request to the order of the process that carries it out: which segments, from where, into which copies."""

from collections.abc import Sequence
from dataclasses import dataclass

from streams.types.extraction import CopyWish, ExtractionOrder, Region, Source
from streams.types.media import StreamKind
from streams.types.recording import segment_path
from vms.db.tables.extractions import ExtractionPartRow
from vms.recordings.domain import Recordings
from vms.recordings.files import Volumes
from vms.recordings.index import LONGEST_SEGMENT_MS, Segment
from vms.recordings.ledger import Gap
from vms.recordings.spans import Span, without


@dataclass(frozen=True, slots=True)
class PlannedPart:
    """`sealed`: what a court has sealed of it."""

    row: ExtractionPartRow
    segments: Sequence[Segment]
    gaps: Sequence[Gap]
    sealed: Sequence[Span] = ()

    def paths(self, stream: str | None = None) -> tuple[str, ...]:
        return tuple(path_of(one) for one in self.segments if stream is None or one.stream == stream)

    @property
    def streams(self) -> list[str]:
        return sorted({one.stream for one in self.segments})


class Elsewhere(Exception):
    """A segment is on a volume that this machine does not have."""


def path_of(segment: Segment) -> str:
    return segment_path(segment.camera_id, segment.start_ms, StreamKind(segment.stream))


async def open_segments(recordings: Recordings, camera_id: str, span: Span) -> tuple[list[Segment], list[Span]]:
    """Whole segments, as they were written, of whatever touches `span`; and the parts of it that a court has sealed.

    A segment that has one sealed moment is left out whole: nothing is cut inside a segment.
    """
    around = Span(span.start_ms - LONGEST_SEGMENT_MS, span.end_ms + LONGEST_SEGMENT_MS)
    parts = await recordings.court_parts.open_parts(camera_id, around, court=False)
    found = await recordings.index.between(camera_id, span)
    whole = [one for one in found if any(part.cut(one.span) == one.span for part in parts)]
    return whole, without([span], parts)


async def planned(parts: Sequence[ExtractionPartRow], recordings: Recordings) -> list[PlannedPart]:
    """What each stretch is made of."""
    found = []
    for part in parts:
        span = Span(part.from_ms, part.to_ms)
        segments, sealed = await open_segments(recordings, part.camera_id, span)
        gaps = await recordings.timeline.gaps(part.camera_id, span)
        found.append(PlannedPart(part, segments, gaps, sealed))
    return found


def order(
    package: str, parts: Sequence[PlannedPart], volumes: Volumes, *, read_bps: int, keep_free_bytes: int
) -> ExtractionOrder:
    """Raises `Elsewhere`."""
    sources: dict[str, Source] = {}
    copies = []
    for number, part in enumerate(parts, 1):
        for segment in part.segments:
            if segment.volume not in volumes:
                raise Elsewhere(segment.volume)
            path = path_of(segment)
            sources[path] = Source(
                folder=str(volumes.folder(segment.volume).absolute()),
                path=path,
                start_ms=segment.start_ms,
                end_ms=segment.end_ms,
                bytes=segment.size_bytes,
            )
        regions = tuple(Region.model_validate(one) for one in part.row.regions)
        copies += [
            CopyWish(name=copy_name(number, stream), paths=part.paths(stream), blurred=regions)
            for stream in part.streams
        ]
    return ExtractionOrder(
        package=package,
        sources=tuple(sources.values()),
        copies=tuple(copies),
        read_bps=read_bps,
        keep_free_bytes=keep_free_bytes,
    )


def copy_name(number: int, stream: str) -> str:
    return f"{number:02}-{stream}"
