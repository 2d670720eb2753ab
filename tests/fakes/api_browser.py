"""What a browser does with our API: keeps the cookie, echoes the CSRF token, sends JSON."""

from dataclasses import dataclass
from typing import Any

from aiohttp import ClientResponse
from aiohttp.test_utils import TestClient


@dataclass
class Answer:
    status: int
    body: Any
    headers: Any

    @property
    def code(self) -> str:
        """The code of an error."""
        return str(self.body["code"])


class Browser:
    """One person at one browser. The test client's jar holds the cookie, so give each person a client of their own."""

    def __init__(self, client: TestClient[Any, Any]) -> None:
        self.client = client
        self.csrf = ""

    async def send(
        self, method: str, path: str, json: Any = None, *, headers: dict[str, str] | None = None, data: Any = None
    ) -> Answer:
        sent = {"X-CSRF-Token": self.csrf, **(headers or {})}
        async with self.client.request(method, path, json=json, data=data, headers=sent) as response:
            return await _answer(response)

    async def get(self, path: str) -> Answer:
        return await self.send("GET", path)

    async def post(self, path: str, json: Any = None) -> Answer:
        return await self.send("POST", path, json)

    async def sign_in(self, login: str, password: str) -> Answer:
        answer = await self.post("/api/session", {"login": login, "password": password})
        if answer.status == 200:
            self.csrf = answer.body["csrf"]
        return answer


async def _answer(response: ClientResponse) -> Answer:
    is_json = response.content_type == "application/json"
    return Answer(response.status, await response.json() if is_json else await response.read(), response.headers)
