"""Identity providers for tests: a real one from PyPI on a thread, and a small one that checks PKCE and lies as it is told."""

import base64
import hashlib
import logging
import re
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from joserfc import jwt
from joserfc.jwk import RSAKey

from fakes.clock import FakeClock

CLIENT_ID, CLIENT_SECRET = "vong", "geheim"


@dataclass
class LyingProvider:
    """Correct but for what `claims` changes, and for which `key` and `algorithm` it signs with."""

    clock: FakeClock
    issuer: str = ""
    subject: str = "p-0007"
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "k1"}))
    published: list[RSAKey] = field(default_factory=list)
    claims: dict[str, Any] = field(default_factory=dict)
    sign: Callable[[dict[str, Any]], str] | None = None
    challenges: dict[str, str] = field(default_factory=dict)
    nonces: dict[str, str] = field(default_factory=dict)
    asked_for_keys: int = 0

    async def metadata(self, _request: web.Request) -> web.Response:
        return web.json_response(
            {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        )

    async def keys(self, _request: web.Request) -> web.Response:
        self.asked_for_keys += 1
        keys = self.published or [self.key]
        return web.json_response({"keys": [key.as_dict(private=False) for key in keys]})

    def authorize(self, query: dict[str, str]) -> str:
        """What the person does at the provider; the code that the browser brings back."""
        assert query["code_challenge_method"] == "S256"
        code = f"code-{len(self.challenges)}"
        self.challenges[code] = query["code_challenge"]
        self.nonces[code] = query["nonce"]
        return code

    async def token(self, request: web.Request) -> web.Response:
        form = await request.post()
        code, verifier = str(form["code"]), str(form["code_verifier"])
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
        expected = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
        if self.challenges.pop(code, None) != challenge or request.headers["Authorization"] != f"Basic {expected}":
            return web.json_response({"error": "invalid_grant"}, status=400)
        now_s = self.clock.now_ms // 1000
        claims = {
            "iss": self.issuer,
            "aud": CLIENT_ID,
            "sub": self.subject,
            "nonce": self.nonces.pop(code),
            "iat": now_s,
            "exp": now_s + 300,
        } | self.claims
        claims = {name: value for name, value in claims.items() if value is not None}
        sign = self.sign or (lambda plain: jwt.encode({"alg": "RS256", "kid": self.key.kid}, plain, self.key))
        return web.json_response({"access_token": "x", "token_type": "Bearer", "id_token": sign(claims)})


@contextmanager
def real_provider(subject: str, claims: dict[str, Any]) -> Iterator[str]:
    """A provider that somebody else wrote, on a thread of its own; its issuer."""
    with warnings.catch_warnings():
        # Its own dependencies are announced to be replaced, which is no concern of a test.
        warnings.simplefilter("ignore")
        import oidc_provider_mock  # noqa: PLC0415 warns on import

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    user = oidc_provider_mock.User(sub=subject, claims=claims)
    with oidc_provider_mock.run_server_in_thread(user_claims=[user], require_nonce=True) as server:
        yield f"http://localhost:{server.server_port}"


@asynccontextmanager
async def lying_provider(clock: FakeClock) -> AsyncIterator[LyingProvider]:
    provider = LyingProvider(clock)
    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", provider.metadata)
    app.router.add_get("/keys", provider.keys)
    app.router.add_post("/token", provider.token)
    async with TestServer(app) as server:
        provider.issuer = str(server.make_url("")).rstrip("/")
        yield provider


def code_and_state(location: str) -> dict[str, str]:
    """The query of the address that a provider sends the browser back to."""
    return dict(re.findall(r"[?&](code|state)=([^&]+)", location))
