"""About the system itself: alive, measured, described."""

from typing import Literal

from aiohttp import web
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from web.context import Context
from web.errors import not_found
from web.openapi import openapi_json
from web.routing import Routes
from web.security.proxy import is_from
from web.wire import Body

routes = Routes()


class Health(Body):
    status: Literal["ok"] = "ok"


@routes.get("/healthz", public=True, response=Health)
async def health(ctx: Context) -> Health:
    """Answer 503 (`unavailable`) when the database does not."""
    await ctx.services.accounts.first_start.needed()
    return Health()


@routes.get("/metrics", public=True, produces="text/plain")
async def metrics(ctx: Context) -> web.Response:
    """Numbers for Prometheus, for the networks in `web.metrics_from` only."""
    settings = ctx.services.settings.web
    if not is_from(ctx.http, settings, settings.metrics_from):
        raise not_found()
    return web.Response(body=generate_latest(), headers={"Content-Type": CONTENT_TYPE_LATEST})


@routes.get("/api/openapi.json", public=True, produces="application/json")
async def openapi(_ctx: Context) -> web.Response:
    """Describe this API in OpenAPI 3.1."""
    return web.Response(body=openapi_json(), content_type="application/json", charset="utf-8")
