"""Routes that say what they do to what. One that does not stops the application from starting.

    routes = Routes()

    @routes.get("/api/cameras/{camera_id}", action=Action.CAMERA_READ, object=load_camera, response=CameraDetail)
    async def read_camera(ctx: Context) -> CameraDetail: ...

`object=` is an async function from the context to the object that is asked about, or None when there is none. None and "not
allowed" are the same 404; only an action on `AnyObject` of a path without parameters is refused with 403. When the path has parameters
the object is loaded before the body is read, else after it, so that `object=` may look into the body.
"""

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeVar

from pydantic import BaseModel

from vms.access import Action, Object
from vms.accounts.stages import Stage
from web.context import Context

HandlerT = TypeVar("HandlerT", bound=Callable[[Any], Awaitable[object]])
Loader = Callable[[Context[Any, Any]], Awaitable[Object | None]]

SMALL_BODY = 64 * 1024
_PARAMETER = re.compile(r"{([a-z_]+)}")


class UndeclaredRouteError(Exception):
    """A route does not say what it does to what. A bug, found when the application starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    method: str
    path: str
    handler: Callable[[Any], Awaitable[object]]
    action: Action | None
    object: Loader | None
    public: bool
    request: type[BaseModel] | None
    query: type[BaseModel] | None
    response: Any
    status: int
    consumes: tuple[str, ...]
    produces: str
    body_limit: int
    stage: Stage
    consoles: bool
    from_elsewhere: bool

    @property
    def name(self) -> str:
        return self.handler.__name__

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(_PARAMETER.findall(self.path))

    @property
    def changes(self) -> bool:
        return self.method not in ("GET", "HEAD")


class Routes:
    """The routes of one module, in the order of their declaration.

    Further options of every decorator:

    * `public=True`: without a session, instead of `action` and `object`;
    * `request`, `query`: the pydantic classes of body and query string; a request that does not fit them is a `bad_request`;
    * `response`: the class (or `list[Class]`) of the answer, None for an empty one, with `status`;
    * `consumes`: media types of a body that is not JSON (read it by `ctx.read()`), at most `body_limit` bytes;
    * `produces`: media type of an answer that is not JSON; the handler returns an aiohttp response;
    * `stage`: from which stage of a session on it is allowed (`vms.accounts.stages`); `Stage.OPEN` unless said otherwise;
    * `consoles=True`: also for wall consoles, for which there is nothing else;
    * `from_elsewhere=True`: pages of other sites may lead the browser here (never with a session).
    """

    def __init__(self) -> None:
        self._routes: list[Route] = []

    def __iter__(self) -> Iterator[Route]:
        return iter(self._routes)

    def get(self, path: str, **options: Any) -> Callable[[HandlerT], HandlerT]:
        return self._add("GET", path, options)

    def post(self, path: str, **options: Any) -> Callable[[HandlerT], HandlerT]:
        return self._add("POST", path, options)

    def put(self, path: str, **options: Any) -> Callable[[HandlerT], HandlerT]:
        return self._add("PUT", path, options)

    def patch(self, path: str, **options: Any) -> Callable[[HandlerT], HandlerT]:
        return self._add("PATCH", path, options)

    def delete(self, path: str, **options: Any) -> Callable[[HandlerT], HandlerT]:
        return self._add("DELETE", path, options)

    def _add(self, method: str, path: str, options: dict[str, Any]) -> Callable[[HandlerT], HandlerT]:
        def declare(handler: HandlerT) -> HandlerT:
            self._routes.append(Route(method=method, path=path, handler=handler, **{**_DEFAULTS, **options}))
            return handler

        return declare


_DEFAULTS: Mapping[str, Any] = MappingProxyType(
    {
        "action": None,
        "object": None,
        "public": False,
        "request": None,
        "query": None,
        "response": None,
        "status": 200,
        "consumes": (),
        "produces": "application/json",
        "body_limit": SMALL_BODY,
        "stage": Stage.OPEN,
        "consoles": False,
        "from_elsewhere": False,
    }
)


def check_routes(routes: Iterable[Route]) -> None:
    """Raise `UndeclaredRouteError` unless every route is complete and no two are the same."""
    seen: set[str] = set()
    names: set[str] = set()
    for route in routes:
        where = f"{route.method} {route.path}"
        if route.public == (route.action is not None):
            raise UndeclaredRouteError(f"{where} must have either action= or public=True")
        if route.public != (route.object is None):
            raise UndeclaredRouteError(f"{where} must say object= unless it is public")
        if (where_ := _PARAMETER.sub("{}", where)) in seen:
            raise UndeclaredRouteError(f"{where} is declared twice")
        if route.name in names:
            raise UndeclaredRouteError(f"two handlers are called {route.name}")
        if route.from_elsewhere and (not route.public or route.changes):
            raise UndeclaredRouteError(f"{where} must be public and change nothing to be reached from elsewhere")
        if route.request is not None and (route.consumes or not route.changes):
            raise UndeclaredRouteError(f"{where} cannot have a JSON body")
        seen.add(where_)
        names.add(route.name)
