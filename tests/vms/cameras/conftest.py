import asyncio
from collections.abc import AsyncIterator

import pytest

from fakes.clock import FakeClock
from fakes.control_ports import FakePorts
from fakes.province import build_province
from vms.cameras.domain import Cameras
from vms.cameras.notices import Notices
from vms.db.engine import Database
from vms.organisation import Organisation


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ports() -> FakePorts:
    return FakePorts()


@pytest.fixture
async def province(database: Database) -> Database:
    await build_province(database)
    return database


@pytest.fixture
async def cameras(province: Database, clock: FakeClock, ports: FakePorts) -> Cameras:
    return Cameras.create(province, Organisation(province, clock), Notices(), clock, ports.as_ports(), parallel=4)


@pytest.fixture
async def running(cameras: Cameras) -> AsyncIterator[Cameras]:
    async with asyncio.TaskGroup() as group:
        task = group.create_task(cameras.jobs.run())
        yield cameras
        task.cancel()
