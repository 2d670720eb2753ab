"""Listen for browsers: HTTP, or HTTPS when a certificate is set."""

import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiohttp import web

from vms.settings import Settings
from web.app import create_app
from web.services import Services

SHUTDOWN_S = 2.0
_ANY = frozenset({"0.0.0.0", "::"})  # noqa: S104 compared with, not bound to


@asynccontextmanager
async def listening(settings: Settings, services: Services) -> AsyncIterator[str]:
    """Serve HTTP (HTTPS when a certificate is set) and give the address to show. Raises `OSError` when the port is taken."""
    tls = tls_context(settings)
    runner = web.AppRunner(create_app(services), access_log=None, shutdown_timeout=SHUTDOWN_S)
    await runner.setup()
    try:
        site = web.TCPSite(runner, settings.web.host, settings.web.port, ssl_context=tls, backlog=512)
        await site.start()
        yield _address(settings, runner)
    finally:
        await runner.cleanup()


def tls_context(settings: Settings) -> ssl.SSLContext | None:
    """None without a certificate. Raises `OSError` for one that cannot be read."""
    if settings.web.tls_certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(settings.web.tls_certificate, settings.web.tls_key)
    return context


def _address(settings: Settings, runner: web.AppRunner) -> str:
    host, port = runner.addresses[0][:2]
    shown = socket.gethostname() if host in _ANY else host
    scheme = "http" if settings.web.tls_certificate is None else "https"
    return f"{scheme}://{shown}:{port}"
