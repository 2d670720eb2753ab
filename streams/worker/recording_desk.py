"""What control asks about recordings: delete, what may be deleted, what is there, one picture. No path leads out of a volume."""

import asyncio
from base64 import b64encode

import structlog

from streams.bus.serve import serve
from streams.bus.session import Bus
from streams.record.disk import Disk
from streams.record.picture import NoPictureThere, keyframe_at
from streams.record.previous import camera_ids, days, segment_names
from streams.record.recovery import facts
from streams.record.volume import Volume
from streams.record.volumes import Volumes
from streams.types.bus import (
    SUBJECT_RECORDING_DELETABLE,
    SUBJECT_RECORDING_DELETE,
    SUBJECT_RECORDING_LIST,
    SUBJECT_RECORDING_PICTURE,
    RefusalCode,
    Refused,
    Snapshot,
)
from streams.types.recording import (
    OPEN_SUFFIX,
    Deletable,
    DeletableTaken,
    DeleteSegments,
    ListSegments,
    RecordedPicture,
    SegmentClosed,
    SegmentList,
    SegmentsDeleted,
)
from streams.types.segment_file import NotASegment, check_file

log = structlog.get_logger(__name__)

HASHED_AT_MOST = 20
"""Segments in one answer when each byte of them is read: an answer must come within the time-out."""


class RecordingDesk:
    def __init__(self, volumes: Volumes) -> None:
        self._volumes = volumes

    async def answer(self, bus: Bus, worker_id: str) -> None:
        """Serve until cancelled."""
        async with asyncio.TaskGroup() as group:
            deleting = SUBJECT_RECORDING_DELETE.format(worker_id=worker_id)
            group.create_task(serve(bus, deleting, DeleteSegments, self.delete, at_once=2), name="serve deleting")
            marking = SUBJECT_RECORDING_DELETABLE.format(worker_id=worker_id)
            group.create_task(serve(bus, marking, Deletable, self.mark, at_once=1), name="serve marking")
            listing = SUBJECT_RECORDING_LIST.format(worker_id=worker_id)
            group.create_task(serve(bus, listing, ListSegments, self.list, at_once=2), name="serve listing")
            showing = SUBJECT_RECORDING_PICTURE.format(worker_id=worker_id)
            group.create_task(serve(bus, showing, RecordedPicture, self.picture, at_once=2), name="serve pictures")

    async def delete(self, request: DeleteSegments) -> SegmentsDeleted:
        return await asyncio.to_thread(_delete, self._volume(request.volume).disk, request.paths)

    async def mark(self, request: Deletable) -> DeletableTaken:
        return await asyncio.to_thread(self._volume(request.volume).may_delete, request)

    async def list(self, request: ListSegments) -> SegmentList:
        volume = self._volume(request.volume)
        if not volume.usable:
            raise Refused(RefusalCode.NOT_FOUND, f"the volume is {volume.state().condition.value}")
        return await asyncio.to_thread(_list, volume.disk, request)

    async def picture(self, request: RecordedPicture) -> Snapshot:
        return await asyncio.to_thread(_picture, self._volume(request.volume).disk, request)

    def _volume(self, volume_id: str) -> Volume:
        volume = self._volumes.get(volume_id)
        if volume is None:
            raise Refused(RefusalCode.NOT_FOUND, "this worker has no such volume")
        return volume


def _delete(disk: Disk, paths: tuple[str, ...]) -> SegmentsDeleted:
    deleted, absent, failed = [], [], []
    freed = 0
    for path in paths:
        try:
            freed += disk.remove(path)
        except (FileNotFoundError, NotADirectoryError):
            absent.append(path)
        except OSError as error:
            log.warning("segment_not_deleted", path=path, detail=error.strerror)
            failed.append(path)
        else:
            deleted.append(path)
    return SegmentsDeleted(deleted=tuple(deleted), absent=tuple(absent), failed=tuple(failed), freed_bytes=freed)


def _picture(disk: Disk, request: RecordedPicture) -> Snapshot:
    try:
        with disk.read(request.path) as file:
            picture, capture_ms = keyframe_at(file, request.at_ms, request.max_width_px)
    except (OSError, NotASegment, NoPictureThere) as error:
        raise Refused(RefusalCode.NO_PICTURE, f"{request.path}: {error}") from error
    return Snapshot(jpeg_base64=b64encode(picture).decode(), capture_ms=capture_ms)


def _list(disk: Disk, request: ListSegments) -> SegmentList:
    if not request.camera_id:
        ids = [camera_id for camera_id in camera_ids(disk) if camera_id > request.after]
        return SegmentList(camera_ids=tuple(ids[: request.limit]), more=len(ids) > request.limit)
    limit = min(request.limit, HASHED_AT_MOST) if request.hashed else request.limit
    paths = _paths(disk, request.camera_id, request.after, limit + 1)
    segments, unreadable = [], []
    for path in paths[:limit]:
        try:
            segments.append(_facts(disk, request, path))
        except FileNotFoundError:
            continue
        except (OSError, NotASegment):
            unreadable.append(path)
    return SegmentList(segments=tuple(segments), unreadable=tuple(unreadable), more=len(paths) > limit)


def _facts(disk: Disk, request: ListSegments, path: str) -> SegmentClosed:
    with disk.read(path) as file:
        sha256 = check_file(file).sha256 if request.hashed else ""
        return facts(file, request.volume, path, sha256=sha256)


def _paths(disk: Disk, camera_id: str, after: str, count: int) -> list[str]:
    """Closed segments behind `after`, in order of time."""
    after_day, _, after_name = after.removeprefix(f"{camera_id}/").partition("/")
    after_ms = int(after_name.partition("-")[0]) if after_name.partition("-")[0].isdigit() else -1
    found: list[str] = []
    for day in days(disk, camera_id):
        if day < after_day:
            continue
        for start_ms, path in segment_names(disk, camera_id, day):
            behind = day > after_day or (start_ms, path) > (after_ms, after)
            if behind and not path.endswith(OPEN_SUFFIX):
                found.append(path)
        if len(found) >= count:
            break
    return found[:count]
