"""Jobs that really run, and waiting for them by their notices instead of by sleeping."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from vms.cameras.jobs import Job
from web.services import Services


@asynccontextmanager
async def working(control: Services) -> AsyncIterator[None]:
    """Do the work of started jobs within the block."""
    async with asyncio.TaskGroup() as group:
        task = group.create_task(control.cameras.jobs.run())
        yield
        task.cancel()


async def finished(control: Services, kind: type[Job], job_id: str) -> None:
    """Return when the job is done."""
    job = control.cameras.jobs.find(kind, job_id)
    assert job is not None
    with control.cameras.notices.subscribe(lambda notice: True) as news:
        while job.running:
            await news.wait()
            news.take()
