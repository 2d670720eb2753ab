"""One running system with 16 simulated cameras for all browser tests of a run, and the wall of its duty officer."""

import asyncio
from collections.abc import AsyncIterator

import pytest_asyncio
from playwright.async_api import Browser

from fakes.browser import chromium
from fakes.rehearsed import Province
from fakes.wall import Wall, wall_of
from vms.cli.bench.system import Wanted, system

CAMERAS = 16


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def started() -> AsyncIterator[Province]:
    """It lives in a task of its own: fixtures begin and end in different ones, task groups do not."""
    loop = asyncio.get_running_loop()
    running: asyncio.Future[Province] = loop.create_future()
    over = asyncio.Event()

    async def live() -> None:
        try:
            async with system(Wanted(cameras=CAMERAS)) as found:
                running.set_result(Province(found, await found.register()))
                await over.wait()
        except BaseException as error:
            if running.done():
                raise
            running.set_exception(error)

    living = loop.create_task(live(), name="province")
    try:
        yield await running
    finally:
        over.set()
        await living


@pytest_asyncio.fixture(loop_scope="session")
async def province(started: Province) -> AsyncIterator[Province]:
    """Healthy, all cameras live, whatever the test before has done."""
    await started.heal()
    await started.all_live()
    yield started
    await started.heal()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def browser() -> AsyncIterator[Browser]:
    opened: asyncio.Future[Browser] = asyncio.get_running_loop().create_future()
    over = asyncio.Event()

    async def live() -> None:
        async with chromium("--autoplay-policy=no-user-gesture-required") as found:
            opened.set_result(found)
            await over.wait()

    living = asyncio.create_task(live(), name="browser")
    try:
        yield await opened
    finally:
        over.set()
        await living


@pytest_asyncio.fixture(loop_scope="session")
async def wall(browser: Browser, province: Province) -> AsyncIterator[Wall]:
    async with wall_of(browser, province.system) as opened:
        yield opened
