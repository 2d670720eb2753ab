"""Carries out what was approved, one extraction at a time, in a process that gives way to everything live.

What is being done is in the database and in the package's folder: control that was killed goes on where it was. A job that stands still
for want of room goes on by itself when there is some.
"""

import asyncio
import errno
import shutil
import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import structlog
from pydantic import ValidationError
from sqlmodel import col, or_, select

from streams.types.extraction import ExtractionFault, ExtractionLine, ExtractionOrder
from vms.cameras.catalogue import Catalogue
from vms.clock import Clock
from vms.db.engine import Database, DatabaseUnavailableError
from vms.db.tables.extractions import ExtractionPartRow, ExtractionRow
from vms.extraction.making import Maker
from vms.extraction.planning import Elsewhere, PlannedPart, order, planned
from vms.extraction.states import State
from vms.papers.signing import SigningFault
from vms.recordings.domain import Recordings

log = structlog.get_logger(__name__)

LOOK_EVERY_S = 5.0
AGAIN_AFTER_MS = 60_000
_BY_ITSELF = frozenset({ExtractionFault.DISK_FULL.value, ExtractionFault.SOURCE_GONE.value, "signing"})
"""What may be over a minute later without anybody doing anything to the job."""
_LONGEST_LINE = 64 << 20
_STOPS_WITHIN_S = 5.0

Launcher = Callable[[], Awaitable[asyncio.subprocess.Process]]


class JobStopped(Exception):
    """The job stands still. `fault` is what the screen shows."""

    def __init__(self, fault: str, detail: str = "") -> None:
        super().__init__(f"{fault} {detail}".strip())
        self.fault = fault
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Bounds:
    """`read_bps`: 0 for no bound."""

    folder: Path
    read_bps: int
    keep_free_bytes: int


async def launch() -> asyncio.subprocess.Process:
    """`python -m streams.extract`, which sees to its own priority."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "streams.extract",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        start_new_session=True,
        limit=_LONGEST_LINE,
    )


class ExtractionRunner:
    def __init__(
        self,
        db: Database,
        recordings: Recordings,
        catalogue: Catalogue,
        maker: Maker,
        *,
        clock: Clock,
        bounds: Bounds,
        launcher: Launcher,
    ) -> None:
        self._db = db
        self._recordings = recordings
        self._catalogue = catalogue
        self._maker = maker
        self._clock = clock
        self._bounds = bounds
        self._launcher = launcher
        self._wake = asyncio.Event()
        self._running: tuple[str, asyncio.Task[None]] | None = None

    def folder(self, extraction_id: str) -> Path:
        """Where its package lies, or will."""
        return self._bounds.folder / extraction_id

    def nudge(self) -> None:
        """There may be something to do."""
        self._wake.set()

    async def stop(self, extraction_id: str) -> None:
        """It was cancelled: end what runs, and remove what was made of it."""
        if self._running is not None and self._running[0] == extraction_id:
            self._running[1].cancel()
            await asyncio.wait([self._running[1]])
        await asyncio.to_thread(shutil.rmtree, self.folder(extraction_id), ignore_errors=True)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            self._wake.clear()
            try:
                while (extraction_id := await self._next()) is not None:
                    async with asyncio.TaskGroup() as group:
                        task = group.create_task(self.run_once(extraction_id), name=f"extraction {extraction_id}")
                        self._running = extraction_id, task
                    self._running = None
            except DatabaseUnavailableError as error:
                log.warning("extractions_wait", detail=str(error))
            try:
                async with asyncio.timeout(LOOK_EVERY_S):
                    await self._wake.wait()
            except TimeoutError:
                continue

    async def run_once(self, extraction_id: str) -> None:
        """One job, from wherever it is to its end, or to where it stands still."""
        row = await self._begin(extraction_id)
        if row is None:
            return
        try:
            parts = await self._plan(row)
            made = await self._carry_out(row, parts)
            sha256, size = await self._maker.finish(row, parts, made, self.folder(row.id))
        except JobStopped as error:
            await self._stopped(row.id, error.fault, error.detail)
        except SigningFault as error:
            # The sentence is for whoever runs the system: it names files and tokens.
            log.warning("extraction_not_signed", extraction=row.id, reason=str(error))
            await self._stopped(row.id, "signing")
        except OSError as error:
            fault = ExtractionFault.DISK_FULL if error.errno == errno.ENOSPC else ExtractionFault.FAILED
            await self._stopped(row.id, fault, error.strerror or "")
        else:
            await self._ready(row.id, sha256, size)

    async def _next(self) -> str | None:
        """The first that was approved; what stood still long enough comes behind."""
        waiting = col(ExtractionRow.state).in_([State.APPROVED.value, State.RUNNING.value])
        stood = (
            (col(ExtractionRow.state) == State.STOPPED.value)
            & col(ExtractionRow.fault).in_(_BY_ITSELF)
            & or_(
                col(ExtractionRow.tried_ms).is_(None),
                col(ExtractionRow.tried_ms) < self._clock() - AGAIN_AFTER_MS,
            )
        )
        query = select(ExtractionRow).where(or_(waiting, stood))
        async with self._db.session() as session:
            rows = (await session.exec(query.order_by(col(ExtractionRow.decided_ms), col(ExtractionRow.id)))).all()
        first = sorted(rows, key=lambda row: row.state == State.STOPPED.value)
        return first[0].id if first else None

    async def _begin(self, extraction_id: str) -> ExtractionRow | None:
        async with self._db.transaction() as session:
            row = await session.get_one(ExtractionRow, extraction_id)
            if row.state not in (State.APPROVED.value, State.RUNNING.value, State.STOPPED.value):
                return None
            row.state, row.fault, row.fault_detail = State.RUNNING.value, "", ""
            row.tried_ms = self._clock()
            session.add(row)
        return row

    async def _plan(self, row: ExtractionRow) -> list[PlannedPart]:
        query = select(ExtractionPartRow).where(col(ExtractionPartRow.extraction_id) == row.id)
        async with self._db.session() as session:
            parts = (
                await session.exec(
                    query.order_by(
                        col(ExtractionPartRow.from_ms), col(ExtractionPartRow.camera_id), col(ExtractionPartRow.id)
                    )
                )
            ).all()
        objects = await self._catalogue.objects([part.camera_id for part in parts])
        if any(one.court for one in objects.values()):
            # Moved into a courtroom since it was approved: what a court holds is the court's to open.
            raise JobStopped("sealed")
        return await planned(parts, self._recordings)

    async def _carry_out(self, row: ExtractionRow, parts: list[PlannedPart]) -> ExtractionLine:
        folder = self.folder(row.id)
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True, mode=0o700)
        try:
            wanted = order(
                str(folder.absolute()),
                parts,
                self._recordings.volumes,
                read_bps=self._bounds.read_bps,
                keep_free_bytes=self._bounds.keep_free_bytes,
            )
        except Elsewhere as error:
            raise JobStopped("recorded_elsewhere", str(error)) from error
        process = await self._launcher()
        try:
            return await self._follow(row.id, process, wanted)
        finally:
            await _end(process)

    async def _follow(
        self, extraction_id: str, process: asyncio.subprocess.Process, wanted: ExtractionOrder
    ) -> ExtractionLine:
        assert process.stdin is not None, "it was asked for"
        assert process.stdout is not None, "it was asked for"
        try:
            process.stdin.write(wanted.model_dump_json().encode())
            await process.stdin.drain()
            process.stdin.close()
        except (BrokenPipeError, ConnectionResetError):
            pass  # its end is told below
        while line := await process.stdout.readline():
            try:
                told = ExtractionLine.model_validate_json(line)
            except ValidationError as error:
                raise JobStopped(ExtractionFault.FAILED, "output") from error
            if told.fault is not None:
                raise JobStopped(told.fault, told.detail)
            if told.finished:
                return told
            await self._progress(extraction_id, told.done_bytes, told.total_bytes)
        raise JobStopped(ExtractionFault.FAILED, "ended")

    async def _progress(self, extraction_id: str, done: int, total: int) -> None:
        async with self._db.transaction() as session:
            row = await session.get_one(ExtractionRow, extraction_id)
            row.done_bytes, row.total_bytes = done, total
            session.add(row)

    async def _stopped(self, extraction_id: str, fault: str, detail: str = "") -> None:
        log.warning("extraction_stopped", extraction=extraction_id, fault=str(fault), detail=detail)
        async with self._db.transaction() as session:
            row = await session.get_one(ExtractionRow, extraction_id)
            if row.state == State.RUNNING.value:
                row.state, row.fault, row.fault_detail = State.STOPPED.value, str(fault), detail[:200]
                row.tried_ms = self._clock()
                session.add(row)

    async def _ready(self, extraction_id: str, sha256: str, size: int) -> None:
        async with self._db.transaction() as session:
            row = await session.get_one(ExtractionRow, extraction_id)
            if row.state == State.RUNNING.value:
                row.state, row.ready_ms = State.READY.value, self._clock()
                row.manifest_sha256, row.package_bytes = sha256, size
                row.done_bytes = row.total_bytes
                session.add(row)


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
        try:
            async with asyncio.timeout(_STOPS_WITHIN_S):
                await process.wait()
        except TimeoutError:
            process.kill()
            await process.wait()
