"""Asks the identity provider: where its doors are, which keys it has, what a code is worth. Bounded in time and size, no redirects."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote_plus, urlsplit

import aiohttp
import structlog
from joserfc.jwk import KeySet

from vms.accounts.oidc_token import key_set
from vms.clock import Clock
from vms.settings.model import OidcSettings

_log = structlog.get_logger(__name__)
_LARGEST_ANSWER = 256 * 1024
_KEPT_MS = 3_600_000
_ASK_AGAIN_MS = 60_000
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


class ProviderUnavailable(Exception):
    """The provider does not answer, or not as one. The message holds no secret."""


class CodeRefused(Exception):
    """The provider gives no token for this code."""


@dataclass(frozen=True, slots=True)
class _Doors:
    authorization: str
    token: str
    keys: str


@dataclass(slots=True)
class _Known:
    doors: _Doors
    doors_ms: int
    keys: KeySet | None = None
    keys_ms: int = 0


@dataclass(frozen=True, slots=True)
class CodeExchange:
    """RFC 6749 §4.1.3 with RFC 7636 §4.5."""

    code: str = field(repr=False)
    verifier: str = field(repr=False)
    redirect_uri: str


class Provider:
    def __init__(self, settings: OidcSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._known: _Known | None = None
        self._asking = asyncio.Lock()

    async def authorization_endpoint(self) -> str:
        """Raises `ProviderUnavailable`."""
        return (await self._doors()).authorization

    async def keys(self, *, anew: bool = False) -> KeySet:
        """The public keys; `anew` after a token was signed with one that we do not know, once in a minute at most.

        Raises `ProviderUnavailable`, `BadToken`.
        """
        doors, now_ms = await self._doors(), self._clock()
        known = self._known
        assert known is not None
        age_ms = now_ms - known.keys_ms
        if known.keys is None or not 0 <= age_ms < (_ASK_AGAIN_MS if anew else _KEPT_MS):
            known.keys, known.keys_ms = key_set(await self._ask("GET", doors.keys)), now_ms
        return known.keys

    async def id_token(self, exchange: CodeExchange) -> str:
        """Raises `ProviderUnavailable`, `CodeRefused`."""
        settings, doors = self._settings, await self._doors()
        form = {
            "grant_type": "authorization_code",
            "code": exchange.code,
            "redirect_uri": exchange.redirect_uri,
            "code_verifier": exchange.verifier,
            "client_id": settings.client_id,
        }
        secret = settings.client_secret.get_secret_value()
        # RFC 6749 §2.3.1: both are form-encoded first.
        basic = aiohttp.encode_basic_auth(quote_plus(settings.client_id), quote_plus(secret)) if secret else ""
        answer = await self._ask("POST", doors.token, form, {"Authorization": basic} if basic else None)
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise CodeRefused("no id_token")
        return token

    async def _doors(self) -> _Doors:
        async with self._asking:
            now_ms = self._clock()
            if self._known is None or not 0 <= now_ms - self._known.doors_ms < _KEPT_MS:
                issuer = self._settings.issuer
                metadata = await self._ask("GET", f"{issuer.rstrip('/')}/.well-known/openid-configuration")
                if metadata.get("issuer") != issuer:
                    raise ProviderUnavailable("the metadata are of another issuer")
                doors = _Doors(
                    *(_door(metadata, f"{name}") for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"))
                )
                self._known = _Known(doors, now_ms)
            return self._known.doors

    async def _ask(
        self, method: str, url: str, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        timeout = aiohttp.ClientTimeout(total=self._settings.timeout_s)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout, headers=headers) as http,
                http.request(method, url, data=form, allow_redirects=False) as response,
            ):
                body = await response.content.read(_LARGEST_ANSWER + 1)
                status = response.status
        except (aiohttp.ClientError, TimeoutError) as error:
            _log.warning("sso_provider_unreachable", error=type(error).__name__)
            raise ProviderUnavailable("no answer") from error
        if form is not None and 400 <= status < 500:
            raise CodeRefused(f"status {status}")
        if status != 200 or len(body) > _LARGEST_ANSWER:
            _log.warning("sso_provider_failed", status=status, size=len(body))
            raise ProviderUnavailable(f"status {status}, {len(body)} bytes")
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise ProviderUnavailable("not JSON") from error
        if not isinstance(answer, dict):
            raise ProviderUnavailable("not an object")
        return answer


def _door(metadata: Mapping[str, Any], name: str) -> str:
    """An address of the metadata: over TLS, but on this machine."""
    url = metadata.get(name)
    parts = urlsplit(url) if isinstance(url, str) else None
    if parts is None or not (parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOOPBACK)):
        raise ProviderUnavailable(f"{name} is no https address")
    return parts.geturl()
