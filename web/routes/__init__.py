"""All routes, one module for each part of the API."""

from collections.abc import Iterator

from web.routes import accounts, meta, organisation, session, setup
from web.routing import Route


def all_routes() -> Iterator[Route]:
    """Every route of the API."""
    for module in (setup, session, accounts, organisation, meta):
        yield from module.routes
