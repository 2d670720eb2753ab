"""The routes that we have, walked one by one, and routes that must not start."""

import itertools
from typing import Any

import pytest

from fakes.api_browser import Browser
from vms.access import Action, AnyObject, CameraObject, OwnObject
from web.app import create_app
from web.context import Context
from web.objects import anything, own
from web.routes import all_routes
from web.routing import Route, Routes, UndeclaredRouteError, check_routes
from web.services import Services
from web.wire import Body

ROUTES = tuple(all_routes())
PRIVATE = [route for route in ROUTES if not route.public]
PUBLIC = {
    "GET /api/setup",
    "POST /api/setup",
    "POST /api/session",
    "POST /api/console",
    "GET /api/sign-in-ways",
    "POST /api/oidc/start",
    "GET /api/oidc/callback",
    "GET /healthz",
    "GET /metrics",
    "GET /api/openapi.json",
}


def _name(route: Route) -> str:
    return f"{route.method} {route.path}"


def _path(route: Route, value: str = "absent-absent-absent") -> str:
    path = route.path
    for parameter in route.parameters:
        path = path.replace(f"{{{parameter}}}", value)
    return path


class _Nothing(Body):
    pass


async def _handler(_ctx: Context[Any, Any]) -> None: ...


async def _other(_ctx: Context[Any, Any]) -> None: ...


def test_what_is_public_is_known_by_name() -> None:
    assert {_name(route) for route in ROUTES if route.public} == PUBLIC


def test_every_route_of_the_application_was_declared(control: Services) -> None:
    app = create_app(control)
    served = {(route.method, route.resource.canonical) for route in app.router.routes() if route.resource}
    assert served == {(route.method, route.path) for route in ROUTES} | {("GET", "/{path}")}


@pytest.mark.parametrize("route", PRIVATE, ids=_name)
async def test_without_a_session_there_is_nothing(browser: Browser, route: Route) -> None:
    answer = await browser.send(route.method, _path(route))
    assert (answer.status, answer.code) == (401, "not_signed_in")


@pytest.mark.parametrize("route", [route for route in PRIVATE if route.changes], ids=_name)
async def test_without_the_csrf_token_nothing_changes(administrator: Browser, route: Route) -> None:
    administrator.csrf = ""
    answer = await administrator.send(route.method, _path(route))
    assert (answer.status, answer.body["detail"]) == (403, "csrf")


@pytest.mark.parametrize(
    "route", [route for route in PRIVATE if route.parameters and route.object is not own], ids=_name
)
async def test_an_absent_object_is_not_found_whatever_its_id_looks_like(administrator: Browser, route: Route) -> None:
    for value in ("absent-absent-absent", "..%2f..%2fetc", "'%20OR%201=1--", "%00", "a" * 500, "%F0%9F%92%A9"):
        answer = await administrator.send(route.method, _path(route, value))
        assert answer.status == 404, value
        assert answer.body == {"code": "not_found", "detail": "", "field": ""}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "either action= or public=True"),
        ({"action": Action.CAMERA_LIST}, "must say object="),
        ({"object": anything}, "either action= or public=True"),
        ({"public": True, "action": Action.CAMERA_LIST, "object": anything}, "either action= or public=True"),
        ({"public": True, "object": anything}, "must say object="),
        ({"public": True, "request": _Nothing}, "cannot have a JSON body"),
        (
            {"action": Action.CAMERA_LIST, "object": anything, "from_elsewhere": True},
            "must be public and change nothing to be reached from elsewhere",
        ),
    ],
)
def test_a_route_that_does_not_say_what_it_does_stops_the_start(
    control: Services, options: dict[str, Any], message: str
) -> None:
    routes = Routes()
    routes.get("/api/x", **options)(_handler)
    with pytest.raises(UndeclaredRouteError, match=message):
        create_app(control, routes=routes)


def test_two_routes_for_one_path_stop_the_start() -> None:
    routes = Routes()
    routes.get("/api/x/{one}", public=True)(_handler)
    routes.get("/api/x/{two}", public=True)(_other)
    with pytest.raises(UndeclaredRouteError, match="twice"):
        check_routes(routes)


class TestObjects:
    """What the object of a route decides, on routes made for it."""

    @pytest.fixture
    def app(self, control: Services) -> Any:
        routes = Routes()

        async def load(ctx: Context[Any, Any]) -> CameraObject | OwnObject | AnyObject | None:
            root = await control.organisation.ensure_root()
            return {
                "absent": None,
                "foreign": CameraObject("x", frozenset({"elsewhere"}), court=False),
                "court": CameraObject("x", frozenset({root}), court=True),
                "police": CameraObject("x", frozenset({root}), court=False),
                "mine": OwnObject(ctx.person.account_id),
                "yours": OwnObject("somebody"),
                "any": AnyObject(),
            }[ctx.param("which")]

        numbers = itertools.count()
        for action in (Action.CAMERA_READ, Action.CAMERA_VIEW_LIVE, Action.DEVICE_DISCOVER, Action.EVIDENCE_APPROVE):

            async def handler(_ctx: Context[Any, Any]) -> None: ...

            handler.__name__ = f"handler{next(numbers)}"
            path = f"/api/{action.replace('.', '-')}"
            routes.get(f"{path}/{{which}}", action=action, object=load)(handler)

            async def without_path(_ctx: Context[Any, Any]) -> None: ...

            without_path.__name__ = f"handler{next(numbers)}"
            routes.get(path, action=action, object=anything)(without_path)

        async def bug(_ctx: Context[Any, Any]) -> None:
            raise ZeroDivisionError("the password is hunter2")

        routes.get("/api/bug", public=True)(bug)
        return create_app(control, routes=[*all_routes(), *routes])

    async def test_absent_foreign_and_forbidden_are_one_answer(self, administrator: Browser) -> None:
        answers = [await administrator.get(f"/api/camera-read/{which}") for which in ("absent", "foreign", "yours")]
        assert [answer.status for answer in answers] == [404, 404, 404]
        assert answers[0].body == answers[1].body == answers[2].body
        assert (await administrator.get("/api/camera-read/court")).status == 204
        assert (await administrator.get("/api/camera-view_live/police")).status == 404  # an administrator sees no media

    async def test_an_action_on_nothing_in_particular_is_forbidden_aloud(self, administrator: Browser) -> None:
        assert (await administrator.get("/api/device-discover")).status == 204
        answer = await administrator.get("/api/evidence-approve")
        assert (answer.status, answer.code) == (403, "forbidden")

    async def test_a_path_that_names_something_never_tells_that_it_is_there(self, administrator: Browser) -> None:
        assert (await administrator.get("/api/device-discover/any")).status == 204
        there, absent = [await administrator.get(f"/api/evidence-approve/{which}") for which in ("any", "absent")]
        assert (there.status, there.body) == (absent.status, absent.body) == (404, absent.body)

    async def test_ones_own_object_still_needs_the_action(self, administrator: Browser) -> None:
        assert (await administrator.get("/api/device-discover/mine")).status == 204
        assert (await administrator.get("/api/device-discover/yours")).status == 404
        assert (await administrator.get("/api/evidence-approve/mine")).status == 404

    async def test_a_bug_tells_nothing_about_itself(self, browser: Browser) -> None:
        answer = await browser.get("/api/bug")
        assert (answer.status, answer.body) == (500, {"code": "internal", "detail": "", "field": ""})
