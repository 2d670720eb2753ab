import asyncio

import pytest

from fakes.clock import FakeClock
from vms.cameras.discovery import DiscoveryJob
from vms.cameras.jobs import MOST_FOR_ONE, MOST_JOBS, Jobs, TooManyJobs
from vms.cameras.notices import MOST_PENDING, AlarmMoved, JobMoved, Notices, TreeMoved
from vms.cameras.registration import RegistrationJob

OWNER = "account-00000001"


def job(owner: str = OWNER) -> DiscoveryJob:
    return DiscoveryJob(owner_id=owner, created_ms=0)


def test_one_person_cannot_start_jobs_without_end(clock: FakeClock) -> None:
    jobs = Jobs(Notices(), clock)
    for _ in range(MOST_FOR_ONE):
        jobs.keep(job())
    with pytest.raises(TooManyJobs):
        jobs.keep(job())
    jobs.keep(job("account-00000002"))


def test_all_people_together_cannot_either(clock: FakeClock) -> None:
    jobs = Jobs(Notices(), clock)
    for number in range(MOST_JOBS):
        jobs.keep(job(f"account-{number:08}"))
    with pytest.raises(TooManyJobs):
        jobs.keep(job("somebody-else"))


def test_a_finished_job_makes_room_and_is_forgotten_in_time(clock: FakeClock) -> None:
    jobs = Jobs(Notices(), clock)
    old = job()
    jobs.keep(old)
    old.finished_ms = clock()
    assert jobs.find(DiscoveryJob, old.id) is old
    assert jobs.find(RegistrationJob, old.id) is None
    clock.advance(hours=1, s=1)
    assert jobs.find(DiscoveryJob, old.id) is None


async def test_a_bug_in_one_job_does_not_end_the_others(clock: FakeClock) -> None:
    notices = Notices()
    jobs = Jobs(notices, clock)
    broken, good = job(), job()
    done = asyncio.Event()

    async def fail() -> None:
        raise KeyError

    async def work() -> None:
        done.set()

    with notices.subscribe(lambda notice: True) as news:
        async with asyncio.TaskGroup() as group:
            running = group.create_task(jobs.run())
            for each, what in ((broken, fail), (good, work)):
                jobs.keep(each)
                jobs.start(each, what)
            await done.wait()
            while good.running:
                await news.wait()
                news.take()
            running.cancel()
    assert broken.failure == "internal"
    assert good.failure == ""


def test_notices_coalesce_and_a_reader_that_never_takes_is_overrun() -> None:
    notices = Notices()
    with notices.subscribe(lambda notice: not isinstance(notice, JobMoved)) as news:
        notices.publish(TreeMoved())
        notices.publish(TreeMoved())
        notices.publish(JobMoved("discovery", "job", OWNER))
        assert news.take() == [TreeMoved()]
        for number in range(MOST_PENDING + 1):
            notices.publish(AlarmMoved(str(number), "camera"))
        assert news.overrun
        assert len(news.take()) == MOST_PENDING
    notices.publish(TreeMoved())
    assert news.take() == []
    assert notices.tree_version == 3
