"""Work that lasts longer than a request: owned by one account, bounded, in the memory of the control process.

A restart forgets jobs; what they registered stays. Finished jobs are dropped after `KEEP_MS`, or earlier when room is needed.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import ClassVar, Literal, TypeVar

import structlog

from vms.cameras.notices import JobMoved, Notices
from vms.clock import Clock
from vms.db.ids import new_id

MOST_JOBS = 64
MOST_FOR_ONE = 8
"""Running at the same time, for one account."""
KEEP_MS = 60 * 60 * 1000

log = structlog.get_logger(__name__)


class TooManyJobs(Exception):
    """This account, or everybody together, already has as many running jobs as we allow."""


@dataclass(kw_only=True, eq=False)
class Job:
    """Base of all jobs; subclasses add what there is to see of their progress."""

    kind: ClassVar[Literal["discovery", "registration"]]

    owner_id: str
    created_ms: int
    id: str = field(default_factory=new_id)
    finished_ms: int | None = None

    @property
    def running(self) -> bool:
        return self.finished_ms is None

    def crashed(self) -> None:
        """Say so in the job's own terms: its work ended by a bug of ours."""


AnyJob = TypeVar("AnyJob", bound=Job)


class Jobs:
    def __init__(self, notices: Notices, clock: Clock) -> None:
        self._notices = notices
        self._clock = clock
        self._jobs: dict[str, Job] = {}
        self._waiting: asyncio.Queue[tuple[Job, Callable[[], Awaitable[None]]]] = asyncio.Queue(MOST_JOBS)

    def keep(self, job: Job) -> None:
        """Make room for a new job and remember it. Raises `TooManyJobs`."""
        self._forget_old()
        running = [other for other in self._jobs.values() if other.running]
        if len(running) >= MOST_JOBS or sum(other.owner_id == job.owner_id for other in running) >= MOST_FOR_ONE:
            raise TooManyJobs
        if len(self._jobs) >= MOST_JOBS:
            oldest = min(
                (other for other in self._jobs.values() if not other.running), key=lambda other: other.created_ms
            )
            del self._jobs[oldest.id]
        self._jobs[job.id] = job

    def start(self, job: Job, work: Callable[[], Awaitable[None]]) -> None:
        """Let `run` do the work, as soon as it can."""
        self._waiting.put_nowait((job, work))

    def find(self, kind: type[AnyJob], job_id: str) -> AnyJob | None:
        self._forget_old()
        job = self._jobs.get(job_id)
        return job if isinstance(job, kind) else None

    def moved(self, job: Job) -> None:
        """Tell the owner's sockets that there is news."""
        self._notices.publish(JobMoved(job.kind, job.id, job.owner_id))

    async def run(self) -> None:
        """Do the work of started jobs, until cancelled."""
        async with asyncio.TaskGroup() as group:
            while True:
                job, work = await self._waiting.get()
                group.create_task(self._supervised(job, work), name=f"{job.kind} {job.id}")

    async def _supervised(self, job: Job, work: Callable[[], Awaitable[None]]) -> None:
        try:
            await work()
        except Exception:  # one job's bug must not end the other jobs, which run in the same group
            log.exception("job crashed", kind=job.kind, job=job.id)
            job.crashed()
        job.finished_ms = self._clock()
        self.moved(job)

    def _forget_old(self) -> None:
        limit_ms = self._clock() - KEEP_MS
        for job in [job for job in self._jobs.values() if job.finished_ms is not None and job.finished_ms < limit_ms]:
            del self._jobs[job.id]
