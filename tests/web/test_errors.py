"""What becomes of a request whose browser has gone."""

import asyncio

import pytest
from aiohttp import web
from aiohttp.test_utils import make_mocked_request

from web.errors import errors_middleware


class _Line(asyncio.Transport):
    def __init__(self, *, closing: bool) -> None:
        super().__init__()
        self._closing = closing

    def is_closing(self) -> bool:
        return self._closing


async def _breaks(_request: web.Request) -> web.StreamResponse:
    raise ConnectionResetError("Connection lost")


async def test_a_browser_that_went_away_is_no_fault_of_ours() -> None:
    request = make_mocked_request("GET", "/api/events", transport=_Line(closing=True))
    assert (await errors_middleware(request, _breaks)).status == 499


async def test_a_connection_of_ours_that_breaks_is() -> None:
    request = make_mocked_request("GET", "/api/events", transport=_Line(closing=False))
    with pytest.raises(ConnectionResetError):
        await errors_middleware(request, _breaks)
