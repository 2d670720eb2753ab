"""The session cookie."""

from aiohttp import web

from vms.settings.model import WebSettings
from web.security.proxy import is_https

_PLAIN = "vong"
# Browsers take this name only over TLS, for the whole host and for no other.
_SECURE = "__Host-vong"


def session_token(request: web.Request) -> str | None:
    """What the browser sent, unchecked. The secure cookie wins: a plain one could have been planted by an attacker on http."""
    token = request.cookies.get(_SECURE) or request.cookies.get(_PLAIN)
    return token if token is not None and len(token) <= 100 else None


def put_session(response: web.Response, request: web.Request, settings: WebSettings, token: str) -> None:
    """A cookie without an end: the server ends the session, and the browser forgets it when it closes."""
    secure = is_https(request, settings)
    response.set_cookie(_SECURE if secure else _PLAIN, token, path="/", httponly=True, samesite="Strict", secure=secure)


def drop_session(response: web.Response, request: web.Request, settings: WebSettings) -> None:
    secure = is_https(request, settings)
    response.del_cookie(_SECURE if secure else _PLAIN, path="/", httponly=True, samesite="Strict", secure=secure)
