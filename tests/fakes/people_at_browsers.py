"""People in a real browser, each signed in already, with the screen in the language that a test wants."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page

from vms.cli.bench.system import RunningSystem
from vms.cli.client import Api
from vms.cli.rehearsal.people import session_of

DESK = {"width": 1366, "height": 768}


@asynccontextmanager
async def page_of(browser: Browser, running: RunningSystem, login: str, language: str) -> AsyncIterator[Page]:
    """A page of this person's. Fails when a script of the page failed."""
    session = await session_of(running.settings, login)
    assert session is not None, f"there is no account {login}"
    async with Api(running.base_url) as api:
        api.resume(session.token, session.csrf)
        await api.call("PUT", "/api/session/language", {"language": language})
    context = await browser.new_context(viewport=DESK, base_url=running.base_url)
    try:
        await context.add_cookies([{"name": "vong", "value": session.token, "url": running.base_url}])
        page = await context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        assert errors == [], "the page failed"
    finally:
        await context.close()
