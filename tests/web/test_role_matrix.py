"""Every route × every role × own, foreign and absent objects.

A route whose path names a kind of object that `FOREIGN` cannot make yet is counted and must be in `NOT_YET`: nothing is skipped
unnoticed.
"""

import re
from collections.abc import Awaitable, Callable, Mapping

import pytest

from fakes.api_browser import Browser
from fakes.control import PASSWORD
from vms.access import Action, Role
from vms.accounts.directory import HeldRole
from vms.accounts.sessions import SignedIn, Visitor
from vms.cameras.ports import CarrierRequest
from vms.db.tables import Placement, Unit
from vms.organisation.service import raise_revision
from web.routes import all_routes
from web.routing import Route
from web.services import Services

OTHER = "other"
Maker = Callable[[Services, SignedIn, str], Awaitable[str]]


async def _foreign_account(control: Services, administrator: SignedIn, unit_id: str) -> str:
    roles = [HeldRole(Role.DUTY_OFFICER, unit_id)]
    created = await control.accounts.directory.create(administrator.person, "foreign", "Foreign", roles)
    return created.account.id


async def _foreign_stream_login(control: Services, administrator: SignedIn, unit_id: str) -> str:
    roles = [HeldRole(Role.DUTY_OFFICER, unit_id)]
    owner = await control.accounts.directory.create(administrator.person, "player", "Player", roles)
    return (await control.stream_logins.create(owner.account.id, "VLC")).login.id


async def _foreign_transport(control: Services, administrator: SignedIn, unit_id: str) -> str:
    """Of another session: nobody but the one that opened a transport may touch it."""
    request = CarrierRequest("w0", "v=0", (), administrator.person.account_id, administrator.session_id)
    return (await control.cameras.carriers.open(request)).transport_id


FOREIGN: Mapping[str, Maker] = {
    "account_id": _foreign_account,
    "login_id": _foreign_stream_login,
    "transport_id": _foreign_transport,
}
NOT_YET = {
    "camera_id",
    "view_id",
    "mid",
    "carrier",
    "alarm_id",
    "discovery_id",
    "registration_id",
    "n",
    "name",
}

ROUTES = [route for route in all_routes() if not route.public]
WITH_OBJECT = [route for route in ROUTES if set(route.parameters) & set(FOREIGN)]


async def _area(control: Services, key: str) -> str:
    root_id = await control.organisation.ensure_root()
    unit = Unit(key=key, kind="police", name=key, valid_from_ms=0)
    async with control.db.transaction() as session:
        session.add(unit)
        await session.flush()
        session.add(Placement(child_id=unit.id, parent_id=root_id, valid_from_ms=0))
        await raise_revision(session)
    return unit.id


@pytest.fixture
async def first(control: Services) -> SignedIn:
    token = await control.accounts.first_start.new_token()
    assert token is not None
    opened = await control.accounts.first_start.create_administrator(
        token, "quantri", "Quản trị", PASSWORD, Visitor("10.0.0.1")
    )
    return opened.signed_in


async def _signed_in_as(role: Role, control: Services, first: SignedIn, browser: Browser) -> None:
    roles = [HeldRole(role, await _area(control, "area"))]
    created = await control.accounts.directory.create(first.person, "me", "Me", roles)
    await browser.sign_in("me", created.first_password)
    answer = await browser.post("/api/session/password", {"old": created.first_password, "new": PASSWORD})
    browser.csrf = answer.body["csrf"]


def test_every_kind_of_object_in_a_path_is_known() -> None:
    assert {name for route in ROUTES for name in route.parameters} <= set(FOREIGN) | NOT_YET


@pytest.mark.parametrize("role", Role)
async def test_foreign_and_absent_objects_are_one_answer_for_every_role(
    role: Role, control: Services, first: SignedIn, browser: Browser
) -> None:
    await _signed_in_as(role, control, first, browser)
    other = await _area(control, OTHER)
    foreign = {name: await make(control, first, other) for name, make in FOREIGN.items()}
    for route in WITH_OBJECT:
        answers = [
            await browser.send(route.method, _path(route, values))
            for values in (foreign, dict.fromkeys(foreign, "absent-absent-absent"))
        ]
        assert [answer.status for answer in answers] == [404, 404], (role, route.path)
        assert answers[0].body == answers[1].body


@pytest.mark.parametrize("role", Role)
async def test_what_a_role_may_not_do_anywhere_is_forbidden(
    role: Role, control: Services, first: SignedIn, browser: Browser
) -> None:
    await _signed_in_as(role, control, first, browser)
    allowed = set((await browser.get("/api/session")).body["may"])
    for route in ROUTES:
        if route.object is not None and route.object.__name__ == "anything" and route.action not in allowed:
            answer = await browser.send(route.method, route.path, {"nonsense": 1} if route.request else None)
            assert (answer.status, answer.code) == (403, "forbidden"), (role, route.path)
            assert route.action is not Action.OWN


def _path(route: Route, values: Mapping[str, str]) -> str:
    path = route.path
    for name, value in values.items():
        path = path.replace(f"{{{name}}}", value)
    return re.sub(r"{\w+}", "0", path)
