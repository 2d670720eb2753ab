"""The whole API on a thread of its own, with one signed-in subject for each role: for clients that block."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp.test_utils import TestServer

from fakes.clock import FakeClock
from fakes.control import cheap_settings, services
from fakes.control_ports import WRONG_PASSWORD, FakePorts
from fakes.databases import opened, sqlite_url
from fakes.jobs import working
from fakes.matrix_objects import MAKERS, Me, World, home
from fakes.province import AREA_A, AREA_B, POLICE, ROOM, SITE_A, SITE_B, add_account, build_province
from vms.access import PEOPLES_ROLES, Person, Role
from vms.accounts.consoles import NewConsole
from vms.accounts.sessions import SessionRules, Visitor, csrf_of, open_session
from vms.db.tables import Account
from web.app import create_app
from web.services import Services


@dataclass
class Running:
    """`credentials`: by role, the cookies and headers of its session. By the word in a path, `known`: ids of real objects, `near`: of
    one that is near to a role.
    """

    base_url: str = ""
    credentials: dict[str, tuple[dict[str, str], dict[str, str]]] = field(default_factory=dict)
    known: dict[str, list[str]] = field(default_factory=dict)
    near: dict[str, dict[str, str]] = field(default_factory=dict)


async def _account_session(control: Services, role: Role) -> tuple[str, Person]:
    account_id = await add_account(control.db, role.value, role.value, home(role))
    async with control.db.transaction() as session:
        account = await session.get_one(Account, account_id)
        account.must_change_password = False
        session.add(account)
        rules = SessionRules.of(control.settings.accounts, control.clock())
        opened_session = await open_session(session, account, Visitor("127.0.0.1"), rules)
    return opened_session.token, opened_session.signed_in.person


async def _fill(control: Services, ports: FakePorts, running: Running) -> None:
    await build_province(control.db)
    elsewhere = await add_account(control.db, "elsewhere", Role.TECHNICIAN, AREA_B)
    commander = await control.cameras.people.person(
        await add_account(control.db, "commander", Role.DUTY_COMMANDER, POLICE)
    )
    assert commander is not None
    world = World(control, ports, elsewhere, commander)
    for role in sorted(PEOPLES_ROLES):
        token, person = await _account_session(control, role)
        running.credentials[role] = ({"vong": token}, {"X-CSRF-Token": csrf_of(token)})
        session_id = (await control.accounts.running.of(person.account_id))[0].id
        me = Me(None, person, session_id, home(role))  # type: ignore[arg-type] makers need no browser
        path: dict[str, str] = {}
        for word, make in MAKERS.items():
            if word != "grant_id":
                path[word] = (await make(world, me, True, path)).word
                running.known.setdefault(word, []).append(path[word])
        running.near[role] = path
    console = NewConsole("Tường", AREA_A, "127.0.0.1", 1, [running.known["camera_id"][0]])
    created = await control.accounts.consoles.create(commander, console)
    enrolled = await control.accounts.consoles.enrol(created.token, "127.0.0.1")
    running.credentials[Role.WALL_CONSOLE] = (
        {"vong-console": enrolled.secret},
        {"X-CSRF-Token": enrolled.signed_in.csrf},
    )
    detail = await control.accounts.directory.detail(running.known["account_id"][0])
    running.known |= {"grant_id": [detail.history[0].row.id], "unit_id": [AREA_A, AREA_B]}
    running.known |= {"site_id": [SITE_A, SITE_B], "courtroom_id": [ROOM], "role": sorted(PEOPLES_ROLES)}


@contextmanager
def api_in_background(folder: Path) -> Iterator[Running]:
    running, ready, failures = Running(), threading.Event(), list[BaseException]()
    stop: list[Any] = []

    async def main() -> None:
        ports = FakePorts()
        ports.devices.reports["10.0.0.9"] = WRONG_PASSWORD
        async with opened(sqlite_url(folder)) as database:
            control = services(database, FakeClock(), cheap_settings(folder), ports)
            async with working(control), TestServer(create_app(control)) as server:
                await _fill(control, ports, running)
                running.base_url = str(server.make_url("")).rstrip("/")
                ended = asyncio.Event()
                stop.extend([asyncio.get_running_loop(), ended])
                ready.set()
                await ended.wait()

    def run() -> None:
        try:
            asyncio.run(main())
        except BaseException as error:  # noqa: BLE001 told to the test below
            failures.append(error)
        ready.set()

    thread = threading.Thread(target=run, name="api")
    thread.start()
    ready.wait()
    try:
        if not failures:
            yield running
    finally:
        if stop:
            stop[0].call_soon_threadsafe(stop[1].set)
        thread.join()
    if failures:
        raise failures[0]
