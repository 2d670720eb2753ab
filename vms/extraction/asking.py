"""Steps that people take: asking, deciding, cancelling, handing over, receiving. Each is one transaction that begins where it may."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.exc import IntegrityError
from sqlmodel import col, func, select
from sqlmodel.ext.asyncio.session import AsyncSession

from streams.types.extraction import Region
from vms.cameras.words import clean
from vms.clock import DAY_MS, Clock, local_day
from vms.db.engine import Database
from vms.db.tables.extractions import ExtractionPartRow, ExtractionRow
from vms.db.tables.incidents import IncidentEntryRow
from vms.extraction.planning import open_segments
from vms.extraction.states import CANCELLABLE, OwnRequest, State, check_state
from vms.recordings.domain import Recordings
from vms.recordings.locks import LockKind, NewLock, add_lock
from vms.recordings.spans import Span, joined, total_ms

LONGEST_MS = 7 * DAY_MS
"""All cameras of a request together: more is several requests, each of which somebody can look over."""
_TRIES = 5


class BadRequest(ValueError):
    """`field` is what cannot be so; `code` says why."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(f"{field}: {code}")
        self.field = field
        self.code = code


@dataclass(frozen=True, slots=True)
class WantedPart:
    camera_id: str
    span: Span
    regions: tuple[Region, ...] = ()


@dataclass(frozen=True, slots=True)
class NewExtraction:
    """`asking_body` asks by `document` (its number), signed or brought by `requester`."""

    unit_id: str
    asking_body: str
    document: str
    requester: str
    purpose: str
    parts: Sequence[WantedPart]
    incident_id: str | None = None


@dataclass(frozen=True, slots=True)
class HandOver:
    """`medium`: on what it is handed over. `seal_number`: of the envelope that the medium is sealed in."""

    recipient: str
    office: str
    medium: str
    seal_number: str


class ExtractionDesk:
    def __init__(self, db: Database, recordings: Recordings, clock: Clock) -> None:
        self._db = db
        self._recordings = recordings
        self._clock = clock

    async def ask(self, account_id: str, new: NewExtraction) -> ExtractionRow:
        """Locks the footage, so that nothing is lost while somebody decides. Raises `BadRequest` and `BadLock`."""
        words = _words(new)
        parts = checked(new.parts, self._clock())
        if not [part for part in parts if (await open_segments(self._recordings, part.camera_id, part.span))[0]]:
            raise BadRequest("parts", "nothing_recorded")
        for attempt in range(_TRIES):
            try:
                row = await self._ask(account_id, new, words, parts)
                break
            except IntegrityError:  # the same number, at the same moment, on PostgreSQL
                if attempt == _TRIES - 1:
                    raise
        for part in parts:
            await self._recordings.locks.sure_ms(part.span)
        return row

    async def approve(self, extraction_id: str, account_id: str, note: str) -> None:
        """Raises `WrongState` and `OwnRequest`."""
        async with self._db.transaction() as session:
            row = await session.get_one(ExtractionRow, extraction_id)
            check_state(row.state, State.REQUESTED)
            if row.requested_by == account_id:
                raise OwnRequest
            self._decide(row, State.APPROVED, account_id, note)
            session.add(row)

    async def reject(self, extraction_id: str, account_id: str, note: str) -> None:
        """Raises `WrongState`, and `BadRequest` without a reason."""
        await self._end(extraction_id, account_id, note, State.REJECTED, frozenset({State.REQUESTED}))

    async def cancel(self, extraction_id: str, account_id: str, note: str) -> None:
        """Raises as `reject`. What runs is ended by whoever runs it."""
        await self._end(extraction_id, account_id, note, State.CANCELLED, CANCELLABLE)

    async def resume(self, extraction_id: str) -> None:
        """Raises `WrongState`."""
        async with self._db.transaction() as session:
            row = await session.get_one(ExtractionRow, extraction_id)
            check_state(row.state, State.STOPPED)
            row.state, row.fault, row.fault_detail = State.APPROVED.value, "", ""
            session.add(row)

    async def hand_over(self, extraction_id: str, account_id: str, over: HandOver) -> None:
        """Raises `WrongState` and `BadRequest`."""
        said = {name: clean(getattr(over, name)) for name in HandOver.__slots__}
        if missing := next((name for name, value in said.items() if not value), None):
            raise BadRequest(missing, "empty")
        async with self._db.transaction() as session:
            row = await session.get_one(ExtractionRow, extraction_id)
            check_state(row.state, State.READY)
            row.state = State.HANDED_OVER.value
            row.recipient, row.recipient_office = said["recipient"], said["office"]
            row.medium, row.seal_number = said["medium"], said["seal_number"]
            row.handed_by, row.handed_ms = account_id, self._clock()
            session.add(row)

    async def receive(self, extraction_id: str, received_by: str, note: str) -> None:
        """The recipient has it, and has said so. Raises `WrongState` and `BadRequest`."""
        if not (name := clean(received_by)):
            raise BadRequest("received_by", "empty")
        async with self._db.transaction() as session:
            row = await session.get_one(ExtractionRow, extraction_id)
            check_state(row.state, State.HANDED_OVER)
            row.state = State.RECEIVED.value
            row.received_by, row.received_ms, row.receipt_note = name, self._clock(), clean(note, 1000)
            session.add(row)

    async def _end(
        self, extraction_id: str, account_id: str, note: str, state: State, allowed: frozenset[State]
    ) -> None:
        if not clean(note, 1000):
            raise BadRequest("note", "empty")
        async with self._db.transaction() as session:
            row = await session.get_one(ExtractionRow, extraction_id)
            check_state(row.state, *allowed)
            if row.decided_by is None or state is State.REJECTED:
                self._decide(row, state, account_id, note)
            else:
                # Who approved it stays on record; the reason of the end stands beside.
                row.state, row.decision = state.value, clean(note, 1000)
            session.add(row)

    def _decide(self, row: ExtractionRow, state: State, account_id: str, note: str) -> None:
        row.state, row.decided_by, row.decided_ms = state.value, account_id, self._clock()
        row.decision = clean(note, 1000)

    async def _ask(
        self, account_id: str, new: NewExtraction, words: dict[str, str], parts: Sequence[WantedPart]
    ) -> ExtractionRow:
        now_ms = self._clock()
        year = local_day(now_ms).year
        async with self._db.transaction() as session:
            last = (
                await session.exec(select(func.max(ExtractionRow.serial)).where(col(ExtractionRow.year) == year))
            ).one()
            row = ExtractionRow(
                year=year,
                serial=(last or 0) + 1,
                unit_id=new.unit_id,
                incident_id=new.incident_id,
                requested_by=account_id,
                requested_ms=now_ms,
                asking_body=words["asking_body"],
                document=words["document"],
                requester=words["requester"],
                purpose=words["purpose"],
            )
            session.add(row)
            await session.flush()
            for part in parts:
                await _add_part(session, row, account_id, part)
            if new.incident_id is not None:
                entry = IncidentEntryRow(
                    incident_id=new.incident_id, at_ms=now_ms, account_id=account_id, kind="extraction", text=row.number
                )
                session.add(entry)
        return row


def checked(parts: Sequence[WantedPart], now_ms: int) -> list[WantedPart]:
    """The stretches of each camera joined where they overlap, so that nothing is packed twice. Raises `BadRequest`."""
    spans: dict[str, list[Span]] = {}
    regions: dict[str, list[Region]] = {}
    for part in parts:
        if part.span.end_ms <= part.span.start_ms:
            raise BadRequest("to_ms", "span")
        if part.span.end_ms > now_ms:
            raise BadRequest("to_ms", "future")
        spans.setdefault(part.camera_id, []).append(part.span)
        own = regions.setdefault(part.camera_id, [])
        own += [region for region in part.regions if region not in own]
    if not spans:
        raise BadRequest("parts", "empty")
    if sum(total_ms(of_camera) for of_camera in spans.values()) > LONGEST_MS:
        raise BadRequest("parts", "too_many_days")
    return [
        WantedPart(camera_id, span, tuple(regions[camera_id]))
        for camera_id, of_camera in spans.items()
        for span in joined(of_camera)
    ]


def _words(new: NewExtraction) -> dict[str, str]:
    words = {
        "asking_body": clean(new.asking_body),
        "document": clean(new.document),
        "requester": clean(new.requester),
        "purpose": clean(new.purpose, 1000),
    }
    if missing := next((name for name, value in words.items() if not value), None):
        raise BadRequest(missing, "empty")
    return words


async def _add_part(session: AsyncSession, row: ExtractionRow, account_id: str, part: WantedPart) -> None:
    wanted = NewLock(part.camera_id, part.span, LockKind.CASE, row.number, row.purpose)
    lock = await add_lock(session, account_id, wanted, row.requested_ms)
    session.add(
        ExtractionPartRow(
            extraction_id=row.id,
            camera_id=part.camera_id,
            from_ms=part.span.start_ms,
            to_ms=part.span.end_ms,
            regions=[region.model_dump() for region in part.regions],
            lock_id=lock.id,
        )
    )
    await session.flush()
