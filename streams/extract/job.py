"""One extraction from beginning to end: original bytes first, then the copies. Started again, it goes on where it was."""

import errno
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from streams.extract.copying import DRAFT, NoRoom, Pace, SourceGone, check_room, copy, hashed
from streams.extract.playable import CannotBePlayed, format_of, piece, write
from streams.types.extraction import (
    CopyFailed,
    CopyMade,
    CopyWish,
    ExtractionFault,
    ExtractionLine,
    ExtractionOrder,
    OriginalMade,
    Source,
)
from streams.types.segment_file import NotASegment

ORIGINALS, COPIES = "originals", "copies"
LONGEST_COPY_MS = 3_600_000
"""An hour in one file: larger ones are no joy to seek in, or to hand over on a small card."""
SLACK_MS = 1_500
"""Segments that are further apart are not joined: a gap must not look like a jump in the picture."""
_TELL_EVERY_S = 0.5


def run(order: ExtractionOrder, tell: Callable[[ExtractionLine], None]) -> None:
    """Tells how far it is, and at the end what was made or why not. Blocks."""
    progress = _Progress(2 * sum(source.bytes for source in order.sources), tell)
    try:
        originals = _originals(order, progress)
        copies, uncopied = _copies(order, progress)
    except SourceGone as error:
        tell(ExtractionLine(fault=ExtractionFault.SOURCE_GONE, detail=str(error)))
    except NoRoom:
        tell(ExtractionLine(fault=ExtractionFault.DISK_FULL))
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        fault = ExtractionFault.DISK_FULL if full else ExtractionFault.FAILED
        tell(ExtractionLine(fault=fault, detail="" if full else (error.strerror or type(error).__name__)))
    else:
        tell(
            ExtractionLine(
                done_bytes=progress.total,
                total_bytes=progress.total,
                finished=True,
                originals=tuple(originals),
                copies=tuple(copies),
                uncopied=tuple(uncopied),
            )
        )


class _Progress:
    def __init__(self, total: int, tell: Callable[[ExtractionLine], None]) -> None:
        self.total = total
        self._done = 0
        self._tell = tell
        self._told_s = 0.0

    def passed(self, size: int) -> None:
        self._done = min(self._done + size, self.total)
        now_s = time.monotonic()
        if now_s - self._told_s >= _TELL_EVERY_S:
            self._told_s = now_s
            self._tell(ExtractionLine(done_bytes=self._done, total_bytes=self.total))


def _originals(order: ExtractionOrder, progress: _Progress) -> list[OriginalMade]:
    package, pace = Path(order.package), Pace(order.read_bps)
    made = []
    for source in order.sources:
        target = package / ORIGINALS / source.path
        if not target.exists():
            check_room(package, source.bytes, order.keep_free_bytes)
        sha256 = copy((Path(source.folder), source.path), target, pace, progress.passed)
        made.append(OriginalMade(path=source.path, bytes=target.stat().st_size, sha256=sha256))
    return made


def _copies(order: ExtractionOrder, progress: _Progress) -> tuple[list[CopyMade], list[CopyFailed]]:
    sources = {source.path: source for source in order.sources}
    made: list[CopyMade] = []
    failed: list[CopyFailed] = []
    for wish in order.copies:
        groups = _groups(order, [sources[path] for path in wish.paths], failed)
        for number, group in enumerate(groups, 1):
            try:
                made.append(_copy(order, wish, group, number))
            except (CannotBePlayed, NotASegment) as error:
                failed.append(CopyFailed(sources=tuple(one.path for one in group), reason=str(error)[:200]))
            progress.passed(sum(one.bytes for one in group))
    return made, failed


def _copy(order: ExtractionOrder, wish: CopyWish, group: Sequence[Source], number: int) -> CopyMade:
    package = Path(order.package)
    suffix = "-blurred" if wish.blurred else ""
    target = package / COPIES / f"{wish.name}-{number:03}{suffix}.mp4"
    pieces = [piece(package / ORIGINALS / one.path) for one in group]
    if target.exists():
        sound = bool(format_of(target)[-1])
    else:
        check_room(package, sum(one.bytes for one in group), order.keep_free_bytes)
        target.parent.mkdir(exist_ok=True, mode=0o700)
        draft = target.with_name(target.name + DRAFT)
        sound = write(pieces, draft, wish.blurred)
        draft.replace(target)
    sha256, blocks = hashed(target)
    return CopyMade(
        path=f"{COPIES}/{target.name}",
        sources=tuple(one.path for one in group),
        bytes=target.stat().st_size,
        sha256=sha256,
        blocks=blocks,
        blurred=bool(wish.blurred),
        sound=sound,
        start_ms=group[0].start_ms,
        end_ms=group[-1].end_ms,
    )


def _groups(order: ExtractionOrder, sources: Sequence[Source], failed: list[CopyFailed]) -> Iterator[list[Source]]:
    """Those that can share a file: without a gap between them, of one format, an hour at most."""
    group: list[Source] = []
    form: tuple[object, ...] = ()
    for source in sources:
        try:
            own = format_of(Path(order.package) / ORIGINALS / source.path)
        except CannotBePlayed as error:
            failed.append(CopyFailed(sources=(source.path,), reason=str(error)[:200]))
            continue
        fits = (
            own == form
            and source.start_ms - group[-1].end_ms <= SLACK_MS
            and source.end_ms - group[0].start_ms <= LONGEST_COPY_MS
        )
        if group and not fits:
            yield group
            group = []
        group.append(source)
        form = own
    if group:
        yield group
