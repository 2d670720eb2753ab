"""Every route × every role × own, foreign and absent objects.

What is expected follows from what the route declares and from `may` alone: allowed, hidden (one and the same 404 for what is foreign and
what is absent), or forbidden. Routes are taken from the application as they are; one whose path names a kind of object that
`fakes.matrix_objects` cannot make fails by name.
"""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass

import pytest

from fakes.api_browser import Answer, Browser
from fakes.control_ports import WRONG_PASSWORD, FakePorts
from fakes.jobs import working
from fakes.matrix_objects import MAKERS, Me, World, home
from fakes.province import AREA_A, AREA_B, COURT, POLICE, ROOT, add_account, build_province
from fakes.signed_in import sign_in_as
from vms.access import PEOPLES_ROLES, Action, AnyObject, CameraObject, Grant, Object, Person, Role, may
from vms.accounts.consoles import NewConsole
from web.objects import anything, own
from web.routes import all_routes
from web.routes.reorganisations import whole
from web.routing import Route
from web.services import Services

OpenBrowser = Callable[[], Awaitable[Browser]]
ROUTES = tuple(all_routes())
PRIVATE = [route for route in ROUTES if not route.public]
NOTHING_THERE = {
    "read_registration_snapshot": "nothing was decoded yet",
    "end_session": "a console has no sessions",
    "read_console_wall": "only consoles have a wall",
    "print_room_check": "the room was not checked yet",
    "export_room_check": "the room was not checked yet",
    "read_review": "no minutes were begun",
    "print_review": "no minutes were begun",
    "export_review": "no minutes were begun",
}
"""Routes that may say 404 about an own object, and why."""
BODIES = {
    "propose_class_change": {
        "kind": "class",
        "class_key": "standard",
        "min_days": 1,
        "max_days": 2,
        "priority": 50,
        "reason": "x",
    },
    "propose_reorganisation": {"files": {"units.csv": "key"}},
}
"""For routes without a path's object whose rights are judged behind the body."""
ABSENT = "absent-absent-absent"
WITHOUT_CHANGE = {"n": "0"}


@dataclass(frozen=True)
class Case:
    route: Route
    subject: str
    which: str
    expected: str
    answer: Answer

    @property
    def found(self) -> str:
        """What the answer amounts to. Everything but a clear word is unclassified."""
        status = self.answer.status
        if status == 404:
            return "hidden" if self.answer.body == _HIDDEN else "hidden with a tale"
        if status == 403:
            return "forbidden" if self.answer.code == "forbidden" else f"403 {self.answer.code}"
        if status == 401 or (status >= 500 and status != 503):
            return str(status)
        return "allowed"

    @property
    def fits(self) -> bool:
        if self.expected == "allowed" and self.found == "hidden":
            return self.route.name in NOTHING_THERE
        return self.found == self.expected


_HIDDEN = {"code": "not_found", "detail": "", "field": ""}


def _subjects() -> Iterator[str]:
    yield from sorted(PEOPLES_ROLES)
    yield Role.WALL_CONSOLE


async def _sign_in(subject: str, control: Services, browser: Browser, commander: Person) -> Me:
    role = Role(subject)
    if role is not Role.WALL_CONSOLE:
        await sign_in_as(control, browser, role, home(role))
        account_id = (await browser.get("/api/session")).body["account_id"]
        person = await control.cameras.people.person(account_id)
        assert person is not None
        session_id = (await control.accounts.running.of(account_id))[0].id
        return Me(browser, person, session_id, home(role))
    created = await control.accounts.consoles.create(commander, NewConsole("Tường 1", AREA_A, "127.0.0.1", 1, [None]))
    answer = await browser.post("/api/console", {"token": created.token})
    assert answer.status == 200, answer.body
    browser.csrf = answer.body["csrf"]
    person = await control.cameras.people.person(created.console.row.id)
    assert person is not None
    return Me(browser, person, person.account_id, AREA_A)


def _expected(route: Route, me: Me, obj: Object | None, at_ms: int) -> str:
    assert route.action is not None
    if me.person.is_console and not route.consoles:
        return "hidden" if route.parameters else "forbidden"
    if route.object is whole:
        # The roles of the matrix are held in parts of the province.
        return "hidden" if may(me.person, route.action, AnyObject(), at_ms) else "forbidden"
    if not route.parameters:
        asked = AnyObject() if route.object is anything else None
        return "allowed" if asked is None or may(me.person, route.action, asked, at_ms) else "forbidden"
    if obj is None:
        return "hidden"
    return "allowed" if may(me.person, route.action, obj, at_ms) else "hidden"


async def _cases(route: Route, subject: str, world: World, me: Me) -> list[Case]:
    at_ms = world.control.clock()
    if not route.parameters:
        answer = await me.browser.send(route.method, route.path, BODIES.get(route.name))
        return [Case(route, subject, "no object", _expected(route, me, None, at_ms), answer)]
    cases = []
    for which in ("own", "foreign"):
        values: dict[str, str] = {}
        obj: Object | None = None
        for word in route.parameters:
            made = await MAKERS[word](world, me, which == "own", values)
            values[word] = made.word
            obj = made.object or obj
        person = await world.control.cameras.people.person(me.person.account_id)
        assert person is not None
        me.person = person  # a console's wall may have got a camera
        expected = _expected(route, me, obj, at_ms)
        answer = await me.browser.send(route.method, _path(route, values))
        cases.append(Case(route, subject, which, expected if route.object is not own else "", answer))
    answer = await me.browser.send(
        route.method, _path(route, {word: WITHOUT_CHANGE.get(word, ABSENT) for word in route.parameters})
    )
    cases.append(Case(route, subject, "absent", "hidden", answer))
    if route.object is own:
        # The path names something within what is one's own anyway: another's cannot even be asked for.
        _, foreign, absent = cases
        expected = (
            absent.found if absent.found in ("allowed", "hidden", "forbidden") else "the same as for a foreign one"
        )
        return [Case(route, subject, one.which, expected, one.answer) for one in (foreign, absent)]
    return cases


@pytest.fixture
async def world(control: Services, ports: FakePorts) -> AsyncIterator[World]:
    ports.devices.reports["10.0.0.9"] = WRONG_PASSWORD
    await build_province(control.db)
    elsewhere = await add_account(control.db, "elsewhere", Role.TECHNICIAN, AREA_B)
    commander_id = await add_account(control.db, "commander", Role.DUTY_COMMANDER, POLICE)
    commander = await control.cameras.people.person(commander_id)
    assert commander is not None
    async with working(control):
        yield World(control, ports, elsewhere, commander)


def test_every_kind_of_object_in_a_path_can_be_made() -> None:
    unknown = {
        f"{route.method} {route.path}: {word}" for route in PRIVATE for word in route.parameters if word not in MAKERS
    }
    assert not unknown, "teach tests/fakes/matrix_objects.py to make these"


async def test_every_route_answers_every_role_as_its_declaration_says(
    world: World, open_browser: OpenBrowser, control: Services, capsys: pytest.CaptureFixture[str]
) -> None:
    cases: list[Case] = []
    for subject in _subjects():
        me = await _sign_in(subject, control, await open_browser(), world.commander)
        # Signing out comes last: there is nothing to ask after it.
        for route in sorted(PRIVATE, key=lambda route: route.name == "sign_out"):
            cases.extend(await _cases(route, subject, world, me))
    unclassified = [case for case in cases if not case.fits]
    with capsys.disabled():
        kinds = {kind: sum(case.found == kind for case in cases) for kind in ("allowed", "hidden", "forbidden")}
        print(
            f"\n  role matrix: {len(cases)} cases of {len(PRIVATE)} routes × {len(list(_subjects()))} subjects: "
            f"{kinds}, {len(unclassified)} unclassified"
        )
    assert not unclassified, "\n".join(
        f"{one.route.method} {one.route.path} as {one.subject} on {one.which}: {one.found}, expected {one.expected}"
        for one in unclassified
    )


async def test_foreign_and_absent_are_byte_for_byte_the_same(world: World, browser: Browser, control: Services) -> None:
    me = await _sign_in(Role.SECURITY_ADMINISTRATOR, control, browser, world.commander)
    for route in PRIVATE:
        if route.parameters and route.object is not own:
            _, foreign, absent = await _cases(route, me.person.login, world, me)
            assert foreign.answer.body == absent.answer.body, route.path
            kept = ("Content-Type", "Content-Length", "Cache-Control")
            assert [foreign.answer.headers.get(name) for name in kept] == [
                absent.answer.headers.get(name) for name in kept
            ]


def test_the_matrix_notices_a_route_that_forgot_its_check() -> None:
    """The matrix itself can fail: what a door without a lock answers does not fit."""
    route = next(route for route in PRIVATE if route.name == "read_camera")
    me = Me(None, Person("me", "me", "Me", (Grant(Role.PROSECUTOR, ROOT, 0),)), "s", COURT)  # type: ignore[arg-type]
    expected = _expected(route, me, CameraObject("x", frozenset({ROOT}), court=True), 1)
    assert (route.action, expected) == (Action.CAMERA_READ, "hidden")
    assert not Case(route, "prosecutor", "own", expected, Answer(200, {}, {})).fits
    assert not Case(route, "prosecutor", "own", expected, Answer(404, {"code": "not_found", "detail": "x"}, {})).fits


def _path(route: Route, values: dict[str, str]) -> str:
    path = route.path
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", value)
    return path
