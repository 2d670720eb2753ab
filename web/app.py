"""The aiohttp application, made from declared routes and the built front end. Opens nothing and starts nothing."""

from collections.abc import Iterable
from pathlib import Path

from aiohttp import web

from web.dispatch import serve
from web.errors import errors_middleware
from web.routes import all_routes
from web.routing import Route, check_routes
from web.security.headers import add_headers
from web.services import Services
from web.static_files import StaticFiles

STATIC_FOLDER = Path(__file__).parent / "static"


def create_app(
    services: Services, *, routes: Iterable[Route] | None = None, static_folder: Path = STATIC_FOLDER
) -> web.Application:
    """All routes behind the same checks. Raises `UndeclaredRouteError` when a route does not say what it does to what."""
    declared = tuple(all_routes() if routes is None else routes)
    check_routes(declared)
    app = web.Application(middlewares=[errors_middleware])
    app.on_response_prepare.append(add_headers)

    async def send_readers_away(_app: web.Application) -> None:
        services.cameras.notices.close()

    app.on_shutdown.append(send_readers_away)
    for route in declared:
        app.router.add_route(route.method, route.path, serve(route, services))
    files = StaticFiles(static_folder)
    app.router.add_route("GET", "/{path:.*}", files.handle)
    return app
