"""What was missed and lies on cameras' own cards is fetched: which gap, from where, when again, and when no more (docs/adr/0036).

Only what is a closed matter is fetched: the recording has gone on and the index knows it, so that both edges of the gap are known to the
millisecond and nothing is written twice. What somebody stopped, what no plan wanted, and anything of a court's cameras is never fetched.
Remembers tries in memory: after a restart of control they are made anew, which costs a camera one question for each gap.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Protocol

import structlog
from sqlmodel import col, select

from streams.types.bus import RefusalCode
from streams.types.media import StreamKind
from streams.types.recording import Backfill, BackfillPhase, BackfillState, GapCause, segment_path
from vms.cameras.devices import DeviceClient, DeviceFault, DeviceTarget
from vms.cameras.gated import gated_cameras
from vms.cameras.logins import Logins
from vms.cameras.ports import BusRefused, BusUnavailable
from vms.clock import DAY_MS, Clock
from vms.db.engine import Database
from vms.db.ids import new_id
from vms.db.tables.cameras import Camera, Device
from vms.db.tables.recordings import GapRow
from vms.recordings.index import RecordingIndex, Segment
from vms.recordings.ledger import SLACK_MS
from vms.recordings.spans import Span, joined
from vms.recordings.timeline import Timeline

log = structlog.get_logger(__name__)

NEVER = frozenset({GapCause.STOPPED_BY, GapCause.PLAN})
SHORTEST_MS = 2000
EDGE_MS = 10_000
"""What stays missing of a gap that was filled, at its edges: a GOP, which nobody can do anything about."""
LONGEST_MS = 6 * 3_600_000
"""At once: then other cameras have their turn."""
MOST_TRIES = 6
FIRST_PAUSE_MS = 60_000
"""Doubles with each try in vain: the last is half an hour after the first."""
SOON_MS = 15_000
NO_CARD_MS = 3_600_000
SILENT_MS = 120_000
"""A worker that does not answer for so long has ended, and its job with it."""
UNTOLD_MS = 600_000
"""What a worker wrote and nobody told of for so long was lost with its disk."""
CLOCK_MOVED_MS = 2000
MOST_LOOKED_AT = 200
_NOT_NOW = frozenset({RefusalCode.FULL, RefusalCode.NOT_OWNER, RefusalCode.NO_PICTURE})


class CardReaders(Protocol):
    """The workers. Raises `vms.cameras.ports.BusRefused` and `BusUnavailable`."""

    def recording_now(self) -> Collection[str]:
        """Cameras whose recorder runs."""

    def owner(self, camera_id: str) -> str | None:
        """The worker that reads a camera."""

    async def backfill(self, worker_id: str, request: Backfill) -> BackfillState:
        """Begin a job, or ask how far it is."""


@dataclass(slots=True)
class _Tries:
    count: int = 0
    not_before_ms: int = 0
    over: bool = False


@dataclass(slots=True)
class _Job:
    """`heard_ms`: when the worker last answered; `over_ms`: when it first said that it has ended."""

    request: Backfill
    worker_id: str
    tries: _Tries
    heard_ms: int
    over_ms: int = 0


class Backfills:
    """`back_days`: how old a gap may be; 0 fetches nothing."""

    def __init__(
        self,
        db: Database,
        timeline: Timeline,
        index: RecordingIndex,
        *,
        readers: CardReaders,
        devices: DeviceClient,
        logins: Logins,
        clock: Clock,
        back_days: int,
    ) -> None:
        self._db = db
        self._timeline = timeline
        self._index = index
        self._readers = readers
        self._devices = devices
        self._logins = logins
        self._clock = clock
        self._back_ms = back_days * DAY_MS
        self._tries: dict[tuple[str, int], _Tries] = {}
        self._cardless: dict[str, int] = {}
        """By camera: until when nobody asks it again."""
        self._jobs: dict[str, _Job] = {}
        """By worker: each reads one card at a time."""

    async def look(self) -> None:
        """Once; call it every few seconds."""
        if not self._back_ms:
            return
        for job in tuple(self._jobs.values()):
            await self._follow(job)
        rows = await self._rows()
        self._forget({(row.camera_id, row.start_ms) for row in rows})
        ready = set(self._readers.recording_now())
        async with self._db.session() as session:
            ready -= await gated_cameras(session, {row.camera_id for row in rows} & ready)
        looked_at = 0
        for row in rows:
            worker_id = self._readers.owner(row.camera_id) if row.camera_id in ready else None
            tries = self._tries.setdefault((row.camera_id, row.start_ms), _Tries())
            if worker_id is None or worker_id in self._jobs or not self._due(row, tries):
                continue
            looked_at += 1
            if looked_at > MOST_LOOKED_AT:
                return
            await self._try(row, tries, worker_id)

    def _due(self, row: GapRow, tries: _Tries) -> bool:
        now_ms = self._clock()
        return not tries.over and now_ms >= max(tries.not_before_ms, self._cardless.get(row.camera_id, 0))

    async def _rows(self) -> list[GapRow]:
        """Everything that anybody said of gaps that are over, the newest first."""
        now_ms = self._clock()
        query = (
            select(GapRow)
            .where(
                col(GapRow.end_ms) > now_ms - self._back_ms,
                col(GapRow.end_ms) - col(GapRow.start_ms) >= SHORTEST_MS,
                col(GapRow.cause).not_in([cause.value for cause in NEVER]),
            )
            .order_by(col(GapRow.start_ms).desc())
        )
        async with self._db.session() as session:
            return list(await session.exec(query))

    def _forget(self, known: set[tuple[str, int]]) -> None:
        for key in self._tries.keys() - known:
            del self._tries[key]

    async def _try(self, row: GapRow, tries: _Tries, worker_id: str) -> None:
        missing = await self._missing(row)
        if missing is None:
            tries.over = True
            return
        last, following = await self._index.beside(row.camera_id, missing, SLACK_MS)
        if following is None:
            tries.not_before_ms = self._clock() + SOON_MS
            return
        if _clock_moved(last, following):
            log.info("backfill_left_out", camera_id=row.camera_id, from_ms=missing.start_ms, why="its clock was set")
            tries.over = True
            return
        try:
            url = await self._url(row.camera_id, missing)
        except DeviceFault as fault:
            self._in_vain(tries, row.camera_id, fault.kind.value)
            return
        if not url:
            self._cardless[row.camera_id] = self._clock() + NO_CARD_MS
            return
        request = Backfill(
            job_id=new_id(),
            camera_id=row.camera_id,
            url=url,
            from_ms=missing.start_ms,
            to_ms=missing.end_ms,
            previous_path="" if last is None else segment_path(last.camera_id, last.start_ms, StreamKind(last.stream)),
            previous_sha256="" if last is None else last.sha256.hex(),
        )
        await self._follow(_Job(request, worker_id, tries, self._clock()), begin=True)

    async def _missing(self, row: GapRow) -> Span | None:
        """What is worth fetching where the gap is, with what is missing right beside it: an outage has several causes in turn."""
        assert row.end_ms is not None
        around = Span(row.start_ms - LONGEST_MS, row.end_ms + LONGEST_MS)
        known = await self._timeline.gaps(row.camera_id, around)
        filled = [gap.span for gap in known if gap.recovered]
        own = Span(row.start_ms, row.end_ms)
        found = [
            one
            for one in joined(gap.span for gap in known if not gap.recovered and gap.cause not in NEVER)
            if own.cut(one).length_ms > 0 and one.length_ms >= (EDGE_MS if _beside(one, filled) else SHORTEST_MS)
        ]
        if not found:
            return None
        first = found[0]
        return Span(first.start_ms, min(first.end_ms, first.start_ms + LONGEST_MS))

    async def _url(self, camera_id: str, span: Span) -> str:
        """Empty for a device without ONVIF or without a card. Raises `DeviceFault`."""
        query = (
            select(Device.xaddr, Camera.channel)
            .join(Camera, col(Camera.device_id) == col(Device.id))
            .where(col(Camera.id) == camera_id, col(Camera.removed_ms).is_(None), col(Device.xaddr) != "")
        )
        async with self._db.session() as session:
            found = (await session.exec(query)).first()
        login = await self._logins.of_camera(camera_id)
        if found is None or login is None:
            return ""
        return await self._devices.replay_url(DeviceTarget(found[0], login), found[1], (span.start_ms, span.end_ms))

    async def _follow(self, job: _Job, *, begin: bool = False) -> None:
        """Ask the worker, and draw the conclusion. A job is forgotten only when nothing of it can come any more: else we wrote twice."""
        request, now_ms = job.request, self._clock()
        self._jobs[job.worker_id] = job
        try:
            state = await self._readers.backfill(job.worker_id, request.model_copy(update={"begin": begin}))
        except BusUnavailable:
            if now_ms - job.heard_ms > SILENT_MS:
                self._end(job, SOON_MS)
            return
        except BusRefused as refused:
            # It knows nothing of the job: it did not begin, or the worker is a new one that tells first what it finds.
            self._end(job, SOON_MS if begin else FIRST_PAUSE_MS)
            if begin and refused.code not in _NOT_NOW:
                self._in_vain(job.tries, request.camera_id, refused.detail)
            return
        job.heard_ms = now_ms
        if state.phase in {BackfillPhase.WAITING, BackfillPhase.RUNNING}:
            return
        job.over_ms = job.over_ms or now_ms
        if state.pictures and now_ms - job.over_ms < UNTOLD_MS and not await self._told(request, state.written_to_ms):
            return
        self._end(job, 0)
        if state.pictures:
            log.info("gap_recovered", camera_id=request.camera_id, from_ms=request.from_ms, to_ms=state.written_to_ms)
            job.tries.count += 1
            job.tries.over = job.tries.count >= MOST_TRIES
        else:
            self._in_vain(job.tries, request.camera_id, state.detail or "its card has nothing of it")

    async def _told(self, request: Backfill, to_ms: int) -> bool:
        """Whether the index knows what the worker has written."""
        span = Span(request.from_ms, request.to_ms)
        found = await self._index.recorded(request.camera_id, span, SLACK_MS, from_card=True)
        return bool(found) and found[-1].end_ms >= to_ms

    def _end(self, job: _Job, pause_ms: int) -> None:
        self._jobs.pop(job.worker_id, None)
        job.tries.not_before_ms = self._clock() + pause_ms

    def _in_vain(self, tries: _Tries, camera_id: str, why: str) -> None:
        tries.not_before_ms = self._clock() + (FIRST_PAUSE_MS << tries.count)
        tries.count += 1
        tries.over = tries.count >= MOST_TRIES
        log.info("backfill_in_vain", camera_id=camera_id, tries=tries.count, why=why)


def _beside(one: Span, filled: Iterable[Span]) -> bool:
    """Whether it is what stayed missing at an edge of what was filled."""
    return any(one.start_ms <= span.end_ms + SLACK_MS and span.start_ms <= one.end_ms + SLACK_MS for span in filled)


def _clock_moved(last: Segment | None, following: Segment) -> bool:
    """The camera's clock was set while nobody watched: the times on its card are not those of its clock now."""
    if last is None or last.clock_offset_ms is None or following.clock_offset_ms is None:
        return False
    return abs(last.clock_offset_ms - following.clock_offset_ms) > CLOCK_MOVED_MS
