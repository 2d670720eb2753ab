from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
from aiohttp import CookieJar, web
from aiohttp.test_utils import TestClient, TestServer

from fakes.api_browser import Browser
from fakes.clock import FakeClock
from fakes.control import PASSWORD, cheap_settings, services
from fakes.control_ports import FakePorts
from fakes.province import AREA_B, SITE_B, add_account, add_camera, build_province
from fakes.signed_in import SignInAs, sign_in_as
from streams.types.bus import AlarmEvent, AlarmKind, AlarmPhase
from vms.access import Role
from vms.cameras.devices import DiscoveryPlan
from vms.cameras.wishes import Wish, read_wish
from vms.db.engine import Database
from web.app import create_app
from web.services import Services

OpenBrowser = Callable[[], Awaitable[Browser]]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def ports() -> FakePorts:
    return FakePorts()


@pytest.fixture
def control(database: Database, clock: FakeClock, tmp_path: Path, ports: FakePorts) -> Services:
    return services(database, clock, cheap_settings(tmp_path), ports)


@pytest.fixture
def static_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "static"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Vọng</title>", encoding="utf-8")
    (folder / "assets" / "app-3f2a.js").write_text("export {}", encoding="utf-8")
    return folder


@pytest.fixture
def app(control: Services, static_folder: Path) -> web.Application:
    return create_app(control, static_folder=static_folder)


@pytest.fixture
async def open_browser(app: web.Application) -> AsyncIterator[OpenBrowser]:
    """Browsers with cookie jars of their own, all at the same running application."""
    async with AsyncExitStack() as stack:
        server: TestServer[Any] = TestServer(app)
        await stack.enter_async_context(server)

        async def open_one() -> Browser:
            client = TestClient(server, cookie_jar=CookieJar(unsafe=True))
            await client.start_server()
            stack.push_async_callback(client.session.close)
            return Browser(client)

        yield open_one


@pytest.fixture
async def browser(open_browser: OpenBrowser) -> Browser:
    return await open_browser()


@pytest.fixture
async def administrator(open_browser: OpenBrowser, control: Services) -> Browser:
    """Signed in as the first administrator, `quantri`."""
    token = await control.accounts.first_start.new_token()
    browser = await open_browser()
    answer = await browser.post(
        "/api/setup", {"token": token, "login": "quantri", "name": "Lò Thị Quản Trị", "password": PASSWORD}
    )
    assert answer.status == 200, answer.body
    browser.csrf = answer.body["csrf"]
    return browser


@pytest.fixture
async def people(control: Services, open_browser: OpenBrowser) -> SignInAs:
    """Whoever is wanted, signed in, in the small province of `fakes.province`."""
    await build_province(control.db)

    async def one(role: Role, unit_id: str) -> Browser:
        return await sign_in_as(control, await open_browser(), role, unit_id)

    return one


@pytest.fixture
async def foreign(control: Services, people: SignInAs, ports: FakePorts) -> dict[str, str]:
    """One object of each kind, in area B or of somebody there: by the word in its path."""
    camera = await add_camera(control.db, 99, SITE_B)
    owner = await add_account(control.db, "owner", Role.TECHNICIAN, AREA_B)
    event = AlarmEvent(
        alarm_id="alarm-foreign00", camera_id=camera, kind=AlarmKind.MOTION, phase=AlarmPhase.START, start_ms=1
    )
    await control.alarms.apply(event)
    ports.views.owners["view-foreign000"] = "session-of-another"
    ports.carriers.owners["transport-foreign"] = "session-of-another"
    discovery = control.cameras.discoverer.start(owner, DiscoveryPlan())
    registration = await control.cameras.registrar.start(owner, [read_wish(Wish(site_id=SITE_B, xaddr="10.0.0.9"))])
    return {
        "cameras": camera,
        "views": "view-foreign000",
        "transports": "transport-foreign",
        "alarms": event.alarm_id,
        "discoveries": discovery.id,
        "registrations": registration.id,
    }
