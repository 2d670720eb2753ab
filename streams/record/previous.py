"""The newest segment of a camera, whatever its volume: where the chain goes on. Blocks; called in a thread."""

import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import structlog

from streams.record.disk import Disk
from streams.record.orders import Link
from streams.record.recovery import Mended, Recovered, Reporter, facts, finish, mend, recover
from streams.types.recording import OPEN_SUFFIX, Gap, SegmentClosed, SegmentEnd
from streams.types.segment_file import NotASegment, scan_checks

log = structlog.get_logger(__name__)

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_SEGMENT: Final = re.compile(r"(\d{1,15})-(main|sub)\.mp4(\.open)?")
_CAMERA: Final = re.compile(r"[0-9a-zA-Z_-]{8,64}")
_HELD_WITHIN_S: Final = 4.0
_HELD_KNOCK_S: Final = 0.05
_AT_ONCE: Final = 64


@dataclass(frozen=True, slots=True)
class Previous:
    """`end_ms` None: nothing of this camera was ever recorded here. `gaps` are to be carried on into the next head."""

    link: Link
    end_ms: int | None = None
    ended: SegmentEnd = SegmentEnd.RELEASED
    gaps: tuple[Gap, ...] = ()


def camera_ids(disk: Disk) -> list[str]:
    return [name for name in disk.names("") if _CAMERA.fullmatch(name)]


def days(disk: Disk, camera_id: str) -> list[str]:
    """Of which there are segments; oldest first."""
    return [name for name in disk.names(camera_id) if _DAY.fullmatch(name)]


def segment_names(disk: Disk, camera_id: str, day: str) -> list[tuple[int, str]]:
    """(start ms, path as it is called now) of all segments of a day, oldest first, open ones among them."""
    found = ((match, name) for name in disk.names(f"{camera_id}/{day}") if (match := _SEGMENT.fullmatch(name)))
    return sorted((int(match[1]), f"{camera_id}/{day}/{name}") for match, name in found)


def recover_all(disk: Disk, volume: str, reporter: Reporter) -> int:
    """Close what nobody writes any more on the two newest days of each camera. Gives how many were found. Raises `OSError`."""
    count = 0
    batch: list[Mended] = []
    for path in _open_paths(disk):
        # Those without anything in them stay for the recorder of their camera: it carries their gaps on.
        if _worth_closing(disk, path):
            mended = mend(disk, volume, path.removesuffix(OPEN_SUFFIX))
            if isinstance(mended, Mended):
                batch.append(mended)
        if len(batch) >= _AT_ONCE:
            finish(disk, batch, reporter)
            count, batch = count + len(batch), []
    if batch:
        finish(disk, batch, reporter)
    return count + len(batch)


def _open_paths(disk: Disk) -> Iterator[str]:
    for camera_id in camera_ids(disk):
        for day in days(disk, camera_id)[-2:]:
            for _, path in segment_names(disk, camera_id, day):
                if path.endswith(OPEN_SUFFIX):
                    yield path


def _worth_closing(disk: Disk, path: str) -> bool:
    """Whether there is more than a head; reads the first half megabyte at most when there is."""
    try:
        with disk.read(path) as file:
            return file.seek(0, 2) > 1 << 19 or scan_checks(file).fragments > 0
    except FileNotFoundError:
        return False


def previous(disks: Mapping[str, Disk], camera_id: str, reporters: Mapping[str, Reporter]) -> Previous:
    """Find, and if need be recover, the newest segment. A volume that cannot be read is as good as empty: the chain tells.

    `reporters`, by volume, hear of recovered ones.
    """
    gaps: tuple[Gap, ...] = ()
    until_s = time.monotonic() + _HELD_WITHIN_S
    while True:
        newest = max(filter(None, (_newest(disk, camera_id, volume) for volume, disk in disks.items())), default=None)
        if newest is None:
            return Previous(Link(closed=True), gaps=gaps)
        _, path, volume = newest
        try:
            if not path.endswith(OPEN_SUFFIX):
                return _closed(disks[volume], volume, path, gaps)
            path = path.removesuffix(OPEN_SUFFIX)
            recovered = recover(disks[volume], volume, path, reporters[volume])
        except (OSError, NotASegment) as error:
            log.warning("previous_segment_unreadable", camera_id=camera_id, path=path, detail=str(error))
            return Previous(Link(path.removesuffix(OPEN_SUFFIX), closed=True), gaps=gaps)
        if isinstance(recovered, Recovered):
            if recovered.closed is not None:
                return _of(recovered.closed, gaps)
            gaps = recovered.gaps + gaps
            continue
        if time.monotonic() > until_s:
            return Previous(Link(path, closed=True), gaps=gaps)
        time.sleep(_HELD_KNOCK_S)


def _newest(disk: Disk, camera_id: str, volume: str) -> tuple[int, str, str] | None:
    try:
        for day in reversed(days(disk, camera_id)):
            names = segment_names(disk, camera_id, day)
            if names:
                return (*names[-1], volume)
    except OSError as error:
        log.warning("volume_unreadable", volume=volume, detail=str(error))
    return None


def _closed(disk: Disk, volume: str, path: str, gaps: tuple[Gap, ...]) -> Previous:
    with disk.read(path) as file:
        scan = scan_checks(file)
        file.seek(scan.good_end)
        while chunk := file.read(1 << 20):
            scan.good_hash.update(chunk)
        return _of(facts(file, volume, path, sha256=scan.good_hash.hexdigest()), gaps)


def _of(closed: SegmentClosed, gaps: tuple[Gap, ...]) -> Previous:
    link = Link(closed.path, closed.sha256, closed=True)
    end_ms = max([closed.end_ms, *(gap.to_ms for gap in gaps)])
    return Previous(link, end_ms, closed.ended, gaps)
