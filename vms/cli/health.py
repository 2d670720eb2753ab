"""`vms health`: does the system on this machine answer? For the health check of a container; costs next to nothing."""

import http.client
import ssl
from pathlib import Path

from vms.settings import Settings, load_settings

TIMEOUT_S = 2.0
_ANY = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 compared with, not bound to


def check(settings_file: Path | None) -> str:
    """Empty when all is well, else one sentence. Raises `SettingsError`."""
    settings = load_settings(settings_file)
    connection = _connection(settings)
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"vms: no answer from {connection.host}:{connection.port}: {error}"
    finally:
        connection.close()
    return "" if status == http.HTTPStatus.OK else f"vms: {connection.host}:{connection.port} answers {status}"


def _connection(settings: Settings) -> http.client.HTTPConnection:
    host = _ANY.get(settings.web.host, settings.web.host)
    if settings.web.tls_certificate is None:
        return http.client.HTTPConnection(host, settings.web.port, timeout=TIMEOUT_S)
    # The certificate names the machine, not this loopback address; nothing secret is sent.
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(host, settings.web.port, timeout=TIMEOUT_S, context=context)
