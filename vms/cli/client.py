"""A small client of our own API: what `vms demo` and the benchmarks use to do what a person does in the browser."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self

import aiohttp
from yarl import URL


class ApiError(Exception):
    """The server said no. `code` is an `ErrorCode` of `web.wire`."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(f"{status} {code} {detail}".strip())
        self.status = status
        self.code = code


class Api:
    """One signed-in session."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url
        self._csrf = ""
        self._http = aiohttp.ClientSession(
            base_url,
            cookie_jar=aiohttp.CookieJar(unsafe=True),  # loopback is an address, not a name
            connector=aiohttp.TCPConnector(ssl=False),  # the demo's certificate is self-made
            headers={"Origin": base_url},
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()

    async def call(self, method: str, path: str, body: Any = None, **query: str) -> Any:
        """One request; the decoded answer, None for an empty one. Raises `ApiError`."""
        headers = {"X-CSRF-Token": self._csrf} if self._csrf else {}
        async with self._http.request(method, path, json=body, params=query, headers=headers) as response:
            answer = await response.json() if response.content_type == "application/json" else None
            if response.status >= 400:
                detail = answer or {}
                raise ApiError(response.status, detail.get("code", "internal"), detail.get("detail", ""))
            return answer

    async def offer(self, path: str, sdp: str) -> str:
        """Send an SDP offer; the answer. Raises `ApiError`."""
        return (await self.opened(path, sdp))[0]

    async def opened(self, path: str, sdp: str) -> tuple[str, str]:
        """Send an SDP offer; the answer, and the path of what was opened. Raises `ApiError`."""
        headers = {"X-CSRF-Token": self._csrf, "Content-Type": "application/sdp"}
        async with self._http.post(path, data=sdp, headers=headers) as response:
            if response.status >= 400:
                detail = await response.json()
                raise ApiError(response.status, detail.get("code", "internal"), detail.get("detail", ""))
            return await response.text(), response.headers["Location"]

    async def sign_in(self, login: str, password: str) -> dict[str, Any]:
        me: dict[str, Any] = await self.call("POST", "/api/session", {"login": login, "password": password})
        self._csrf = me["csrf"]
        return me

    def resume(self, token: str, csrf: str) -> None:
        """Go on with a session that runs already."""
        name = "__Host-vong" if self.base_url.startswith("https:") else "vong"
        self._http.cookie_jar.update_cookies({name: token}, URL(self.base_url))
        self._csrf = csrf

    @asynccontextmanager
    async def websocket(self, path: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        async with self._http.ws_connect(path) as socket:
            yield socket

    async def finished(self, path: str, poll_s: float = 0.25) -> dict[str, Any]:
        """Poll a job until it is no longer running."""
        while True:
            job: dict[str, Any] = await self.call("GET", path)
            if job["state"] != "running":
                return job
            await asyncio.sleep(poll_s)

    async def reachable(self, timeout_s: float = 30.0) -> None:
        """Wait until the server answers. Raises `TimeoutError`."""
        async with asyncio.timeout(timeout_s):
            while True:
                try:
                    async with self._http.get("/healthz") as response:
                        if response.status == 200:
                            return
                except aiohttp.ClientConnectionError:
                    pass
                await asyncio.sleep(0.1)


@asynccontextmanager
async def signed_in(base_url: str, login: str, password: str) -> AsyncIterator[Api]:
    async with Api(base_url) as api:
        await api.reachable()
        await api.sign_in(login, password)
        yield api
