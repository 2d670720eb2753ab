"""All routes, one module for each part of the API."""

from collections.abc import Iterator

from web.routes import (
    account_detail,
    accounts,
    alarms,
    audit,
    cameras,
    carriers,
    consoles,
    courtrooms,
    discoveries,
    events,
    hearing_observers,
    hearing_papers,
    hearings,
    imports,
    layouts,
    live,
    meta,
    organisation,
    playback,
    recordings,
    registrations,
    reorganisations,
    restrictions,
    second_factor,
    session,
    sessions,
    setup,
    snapshots,
    sso,
    stream_logins,
    tree,
    whep,
)
from web.routing import Route


def all_routes() -> Iterator[Route]:
    """Every route of the API."""
    modules = (
        setup,
        session,
        second_factor,
        sso,
        accounts,
        account_detail,
        sessions,
        restrictions,
        consoles,
        organisation,
        audit,
        reorganisations,
        tree,
        cameras,
        snapshots,
        whep,
        carriers,
        live,
        stream_logins,
        layouts,
        courtrooms,
        hearings,
        hearing_observers,
        hearing_papers,
        discoveries,
        registrations,
        imports,
        playback,
        recordings,
        alarms,
        events,
        meta,
    )
    for module in modules:
        yield from module.routes
