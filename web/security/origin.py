"""Requests that another site makes in our user's browser are refused before anything is looked at."""

import hmac
from urllib.parse import urlsplit

from aiohttp import web

from vms.settings.model import WebSettings
from web.errors import ApiError
from web.wire import ErrorCode

CSRF_HEADER = "X-CSRF-Token"


def check_origin(request: web.Request, settings: WebSettings) -> None:
    """Raise `ApiError(forbidden)` for a request that a page of another origin made. Also holds for WebSocket, which no CORS guards.

    Browsers send `Origin` with everything that changes something and with every WebSocket; tools without one are no browsers,
    and have no cookie that another site could ride on.
    """
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        raise ApiError(ErrorCode.FORBIDDEN, "origin")
    origin = request.headers.get("Origin")
    if origin is None or origin in settings.origins:
        return
    if urlsplit(origin).netloc.lower() != request.headers.get("Host", "").lower():
        raise ApiError(ErrorCode.FORBIDDEN, "origin")


def check_csrf(request: web.Request, expected: str) -> None:
    """Raise `ApiError(forbidden)` unless the page proved that it could read the session's CSRF token."""
    given = request.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(given.encode(), expected.encode()):
        raise ApiError(ErrorCode.FORBIDDEN, "csrf")
