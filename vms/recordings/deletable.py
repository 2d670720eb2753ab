"""What workers may delete by themselves when a disk is nearly full: told by lists, and taken back before a lock is called sure.

Retention deletes in time (`vms.recordings.retaining`); these lists are for a disk that fills faster, and for nights without control. A
list names the oldest of a volume that may go: past its minimum or agreed on early, never locked. It has a number, higher than that of
every list before, given in the transaction that read the locks; a worker never goes back to a lower one. Whoever holds which list until
when is written down before it is sent, so that a control process that begins anew knows what an unreachable worker may still delete.
"""

import asyncio
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import structlog
from sqlmodel import col, select
from sqlmodel.ext.asyncio.session import AsyncSession

from streams.types.media import StreamKind
from streams.types.recording import Deletable, VolumeCondition, segment_path
from vms.cameras.ports import BusRefused, BusUnavailable
from vms.clock import Clock
from vms.db.engine import Database
from vms.db.tables import Meta
from vms.recordings.changes import early_spans
from vms.recordings.index import oldest_of_volume
from vms.recordings.keeping import all_keepings
from vms.recordings.locks import locked_spans
from vms.recordings.ports import ListHolder, VolumeWorkers
from vms.recordings.retention import Stored, Wishes
from vms.recordings.spans import Span

log = structlog.get_logger(__name__)

VALID_S = 1800.0
"""How long a list is good for without a word from control. The longest that a lock may have to wait for a worker that nobody reaches."""
RENEW_AFTER_S = 300.0
RENEW_TIGHT_S = 20.0
"""The same while the volume is nearly full: a list may be used up."""
ROOM = 0.15
"""A volume of which a greater share is free is in no need within `VALID_S`, and gets no list."""
LISTED_SHARE = 0.1
"""How much of a volume a list may free."""
MOST_LISTED = 20_000
PAGE = 1000
_TIGHT = frozenset({VolumeCondition.NEARLY_FULL, VolumeCondition.FULL})
NUMBER, HELD = "deletable_version", "deletable_held"


@dataclass(frozen=True, slots=True)
class _Held:
    """A list that a worker has, or may have got. `reaches_ms`: what begins at that moment or later is not in it."""

    until_ms: int
    reaches_ms: int
    sent_ms: int


class _Use:
    """How much of the newest list of a volume its workers have told to be deleted."""

    def __init__(self, listed: int) -> None:
        self.listed = listed
        self.gone = 0

    @property
    def nearly_up(self) -> bool:
        return 4 * self.gone >= 3 * self.listed > 0


@dataclass(frozen=True, slots=True)
class _List:
    deletable: Deletable
    reaches_ms: int


class DeletableLists:
    """`renew_due` every few seconds; `withdraw` after a lock was written."""

    def __init__(self, db: Database, workers: VolumeWorkers, clock: Clock) -> None:
        self._db = db
        self._workers = workers
        self._clock = clock
        self._held: dict[ListHolder, _Held] | None = None
        self._turn = asyncio.Lock()
        self._use: dict[str, _Use] = {}

    def note_deleted(self, volume: str) -> None:
        """A worker deleted something by itself."""
        if volume in self._use:
            self._use[volume].gone += 1

    async def renew_due(self) -> int:
        """A new list for each volume that is short of room, or whose list is getting old. How many workers have taken theirs."""
        async with self._turn:
            due = await self._due()
            return len(await self._send(due)) if due else 0

    async def withdraw(self, span: Span | None = None) -> int:
        """Take back what is locked now; None: whatever is kept otherwise now. From which moment on no worker can delete it any more.

        That is now, unless a worker that may have it on its list does not answer.
        """
        async with self._turn:
            holders = await self._that_may_delete(span)
            if not holders:
                return self._clock()
            taken = await self._send({holder.volume for holder in holders})
            return max(
                (held.until_ms for holder, held in holders.items() if holder not in taken), default=self._clock()
            )

    async def _that_may_delete(self, span: Span | None) -> dict[ListHolder, _Held]:
        now_ms = self._clock()
        return {
            holder: held
            for holder, held in (await self._known()).items()
            if held.until_ms > now_ms and (span is None or span.start_ms < held.reaches_ms)
        }

    async def _due(self) -> set[str]:
        """The volumes that need a new list."""
        now_ms = self._clock()
        known = await self._known()
        every_ms = {
            state.volume: round(1000 * (RENEW_TIGHT_S if state.condition in _TIGHT else RENEW_AFTER_S))
            for state in self._workers.states()
            if state.total_bytes and state.free_bytes < ROOM * state.total_bytes
        }
        return {
            holder.volume
            for holder in self._workers.holders()
            if holder.volume in every_ms
            and (
                holder not in known
                or known[holder].sent_ms + every_ms[holder.volume] <= now_ms
                or (holder.volume in self._use and self._use[holder.volume].nearly_up)
            )
        }

    async def _send(self, volumes: Iterable[str]) -> set[ListHolder]:
        """To every living worker of these volumes. Gives those that have it."""
        wanted = set(volumes)
        holders = [holder for holder in self._workers.holders() if holder.volume in wanted]
        lists = await self._written(holders)
        answers = await asyncio.gather(*(self._tell(holder, lists[holder.volume]) for holder in holders))
        return {holder for holder, taken in zip(holders, answers, strict=True) if taken}

    async def _tell(self, holder: ListHolder, to_send: _List) -> bool:
        try:
            answer = await self._workers.may_delete(holder, to_send.deletable)
        except (BusRefused, BusUnavailable) as error:
            log.warning("deletable_not_told", worker=holder.worker_id, volume=holder.volume, error=str(error))
            return False
        if answer.version < to_send.deletable.version:
            return False
        assert self._held is not None, "written before"
        self._held[holder] = _Held(self._until_ms(), to_send.reaches_ms, self._clock())
        return True

    async def _written(self, holders: Sequence[ListHolder]) -> dict[str, _List]:
        """The lists of these workers' volumes, numbered, and written down as if the workers had them: they may, whatever they answer."""
        held = await self._known()
        oldest = await self._oldest({holder.volume for holder in holders})
        async with self._db.transaction() as session:
            version = await _next_number(session, self._clock())
            wishes = await _wishes(session, self._clock())  # once more: now nobody locks anything
            lists = {volume: _list(volume, version, filter(wishes.may_go, found)) for volume, found in oldest.items()}
            for holder in holders:
                before = held.get(holder)
                held[holder] = _Held(
                    self._until_ms(),
                    max(lists[holder.volume].reaches_ms, before.reaches_ms if before else 0),
                    before.sent_ms if before else 0,
                )
            await _write_held(session, held)
        self._use.update((volume, _Use(len(one.deletable.paths))) for volume, one in lists.items())
        return lists

    async def _oldest(self, volumes: Iterable[str]) -> dict[str, list[Stored]]:
        """By volume. Only reads: thousands of rows, which nobody who writes should wait for."""
        sizes = {state.volume: state.total_bytes for state in self._workers.states()}
        async with self._db.session() as session:
            wishes = await _wishes(session, self._clock())
            return {
                volume: await _oldest(session, volume, wishes, round(sizes.get(volume, 0) * LISTED_SHARE))
                for volume in volumes
            }

    async def _known(self) -> dict[ListHolder, _Held]:
        """Without what has run out, and what a worker had before it began anew."""
        if self._held is None:
            async with self._db.session() as session:
                self._held = await _read_held(session)
        now_ms = self._clock()
        living = {(one.worker_id, one.volume): one.incarnation for one in self._workers.holders()}
        self._held = {
            holder: held
            for holder, held in self._held.items()
            if held.until_ms > now_ms
            and living.get((holder.worker_id, holder.volume), holder.incarnation) == holder.incarnation
        }
        return self._held

    def _until_ms(self) -> int:
        """A list that is sent now may arrive as late as its sender waits for an answer."""
        return self._clock() + round((VALID_S + self._workers.answers_within_s) * 1000)


async def _next_number(session: AsyncSession, now_ms: int) -> int:
    """Higher than every one before, also than those of a database that was lost. Locked: who reads locks later numbers higher."""
    row = (await session.exec(select(Meta).where(col(Meta.key) == NUMBER).with_for_update())).one_or_none()
    if row is None:
        row = Meta(key=NUMBER, value="0")
    row.value = str(max(int(row.value) + 1, now_ms))
    session.add(row)
    await session.flush()
    return int(row.value)


async def _wishes(session: AsyncSession, now_ms: int) -> Wishes:
    default, keeping = await all_keepings(session)
    early = await early_spans(session)
    return Wishes(
        now_ms=now_ms,
        default=default,
        keeping=keeping,
        locks=await locked_spans(session),
        early={camera: [span for _, span in spans] for camera, spans in early.items()},
    )


async def _oldest(session: AsyncSession, volume: str, wishes: Wishes, most_bytes: int) -> list[Stored]:
    found: list[Stored] = []
    size = 0
    place = (-1, "", "")
    while len(found) < MOST_LISTED and size < most_bytes:
        page = await oldest_of_volume(session, volume, place, PAGE)
        for one in page:
            if wishes.may_go(one) and len(found) < MOST_LISTED and size < most_bytes:
                found.append(one)
                size += one.size_bytes
        if len(page) < PAGE or page[-1].end_ms > wishes.newest_that_goes_ms:
            break
        place = (page[-1].start_ms, page[-1].camera_id, page[-1].stream)
    return found


def _list(volume: str, version: int, found: Iterable[Stored]) -> _List:
    segments = list(found)
    paths = tuple(segment_path(one.camera_id, one.start_ms, StreamKind(one.stream)) for one in segments)
    return _List(
        Deletable(volume=volume, version=version, paths=paths, valid_s=VALID_S),
        max((one.end_ms for one in segments), default=0),
    )


async def _read_held(session: AsyncSession) -> dict[ListHolder, _Held]:
    row = await session.get(Meta, HELD)
    rows = json.loads(row.value) if row is not None else []
    return {
        ListHolder(worker_id, incarnation, volume): _Held(until_ms, reaches_ms, 0)
        for worker_id, incarnation, volume, until_ms, reaches_ms in rows
    }


async def _write_held(session: AsyncSession, held: dict[ListHolder, _Held]) -> None:
    row = await session.get(Meta, HELD) or Meta(key=HELD, value="")
    row.value = json.dumps(
        [
            (holder.worker_id, holder.incarnation, holder.volume, one.until_ms, one.reaches_ms)
            for holder, one in held.items()
        ]
    )
    session.add(row)
