"""The session cookie."""

from aiohttp import web

from vms.settings.model import WebSettings
from web.security.proxy import is_https

_PLAIN = "vong"
# Browsers take this name only over TLS, for the whole host and for no other.
_SECURE = "__Host-vong"
_PLAIN_CONSOLE = "vong-console"
_SECURE_CONSOLE = "__Host-vong-console"
_PLAIN_SSO = "vong-sso"
_SECURE_SSO = "__Host-vong-sso"
_CONSOLE_LASTS_S = 400 * 86_400
"""The longest that browsers keep a cookie; it is set again whenever the page asks for its wall."""


def session_token(request: web.Request) -> str | None:
    """What the browser sent, unchecked. The secure cookie wins: a plain one could have been planted by an attacker on http."""
    token = request.cookies.get(_SECURE) or request.cookies.get(_PLAIN)
    return token if token is not None and len(token) <= 100 else None


def console_secret(request: web.Request) -> str | None:
    """What the browser of a wall console sent, unchecked."""
    secret = request.cookies.get(_SECURE_CONSOLE) or request.cookies.get(_PLAIN_CONSOLE)
    return secret if secret is not None and len(secret) <= 100 else None


def put_console(response: web.Response, request: web.Request, settings: WebSettings, secret: str) -> None:
    """A cookie that outlives the browser: a wall must come back by itself after a power cut."""
    secure = is_https(request, settings)
    name = _SECURE_CONSOLE if secure else _PLAIN_CONSOLE
    response.set_cookie(
        name, secret, path="/", httponly=True, samesite="Strict", secure=secure, max_age=_CONSOLE_LASTS_S
    )


def sso_attempt(request: web.Request) -> str | None:
    """What the browser took along to the identity provider, unchecked."""
    sealed = request.cookies.get(_SECURE_SSO) or request.cookies.get(_PLAIN_SSO)
    return sealed if sealed is not None and len(sealed) <= 1000 else None


def put_attempt(response: web.Response, request: web.Request, settings: WebSettings, sealed: str, lasts_s: int) -> None:
    """Lax, not Strict: the browser comes back led by the provider's page."""
    secure = is_https(request, settings)
    name = _SECURE_SSO if secure else _PLAIN_SSO
    response.set_cookie(name, sealed, path="/", httponly=True, samesite="Lax", secure=secure, max_age=lasts_s)


def drop_attempt(response: web.Response, request: web.Request, settings: WebSettings) -> None:
    secure = is_https(request, settings)
    response.del_cookie(_SECURE_SSO if secure else _PLAIN_SSO, path="/", httponly=True, samesite="Lax", secure=secure)


def put_session(response: web.Response, request: web.Request, settings: WebSettings, token: str) -> None:
    """A cookie without an end: the server ends the session, and the browser forgets it when it closes."""
    secure = is_https(request, settings)
    response.set_cookie(_SECURE if secure else _PLAIN, token, path="/", httponly=True, samesite="Strict", secure=secure)


def drop_session(response: web.Response, request: web.Request, settings: WebSettings) -> None:
    secure = is_https(request, settings)
    response.del_cookie(_SECURE if secure else _PLAIN, path="/", httponly=True, samesite="Strict", secure=secure)
