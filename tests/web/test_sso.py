"""Single sign-on against a real provider, and against one that lies."""

import base64
import hmac
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import aiohttp
import pytest
from aiohttp.test_utils import TestClient, TestServer
from joserfc import jwt
from joserfc.jwk import RSAKey

from fakes.api_browser import Browser
from fakes.authenticator import enrol
from fakes.clock import FakeClock
from fakes.control import CHEAP, PASSWORD, KeptJournal, services
from fakes.control_ports import FakePorts
from fakes.identity_provider import (
    CLIENT_ID,
    CLIENT_SECRET,
    LyingProvider,
    code_and_state,
    lying_provider,
    real_provider,
)
from vms.clock import system_clock
from vms.db.engine import Database
from vms.settings import Settings
from vms.settings.model import OidcSettings
from web.app import create_app
from web.services import Services

PUBLIC = "http://127.0.0.1:8080"
OpenBrowser = Callable[[], Awaitable[Browser]]


def _settings(folder: Path, issuer: str, **more: Any) -> Settings:
    oidc = OidcSettings.model_validate(
        {"issuer": issuer, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "public_url": PUBLIC, **more}
    )
    return Settings(data_dir=folder, accounts=CHEAP, oidc=oidc)


async def _callback(browser: Browser, query: dict[str, str]) -> tuple[int, str]:
    """As a browser that another site leads here: the cookie is Lax, the navigation cross-site."""
    client: TestClient[Any, Any] = browser.client
    headers = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}
    async with client.get("/api/oidc/callback", params=query, headers=headers, allow_redirects=False) as response:
        return response.status, response.headers.get("Location", "")


async def _bind(administrator: Browser, control: Services, subject: str, role: str = "duty_officer") -> str:
    root = await control.organisation.ensure_root()
    body = {"login": subject, "name": "Lò Văn Trực", "grants": [{"role": role, "unit_id": root}]}
    account_id = (await administrator.post("/api/accounts", body)).body["account"]["id"]
    bound = await administrator.send("PUT", f"/api/accounts/{account_id}/sso", {"subject": subject})
    assert bound.body["sso_subject"] == subject
    return str(account_id)


@pytest.mark.filterwarnings("ignore::DeprecationWarning:authlib", "ignore::DeprecationWarning:oidc_provider_mock")
@pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")
class TestRealProvider:
    """A provider that somebody else wrote: metadata, keys, codes and tokens are its own."""

    @pytest.fixture
    def clock(self) -> FakeClock:
        # The provider's tokens are of this very moment.
        return FakeClock(system_clock())

    @pytest.fixture
    def issuer(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
        monkeypatch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")
        with real_provider("p-0007", {"name": "Trực", "groups": ["vong-truc-ban", "king"]}) as issuer:
            yield issuer

    @pytest.fixture
    def control(self, database: Database, clock: FakeClock, tmp_path: Path, ports: FakePorts, issuer: str) -> Services:
        return services(database, clock, _settings(tmp_path, issuer), ports)

    async def test_whoever_the_provider_vouches_for_is_signed_in_with_our_roles_only(
        self, administrator: Browser, browser: Browser, control: Services
    ) -> None:
        account_id = await _bind(administrator, control, "p-0007")
        assert (await browser.get("/api/sign-in-ways")).body == {"sso": "SSO"}
        url = (await browser.post("/api/oidc/start")).body["url"]
        async with (
            aiohttp.ClientSession() as http,
            http.post(url, data={"sub": "p-0007"}, allow_redirects=False) as answer,
        ):
            assert answer.status == 302, await answer.text()
            location = answer.headers["Location"]
        assert location.startswith(f"{PUBLIC}/api/oidc/callback?")
        assert await _callback(browser, code_and_state(location)) == (303, "/")
        me = (await browser.get("/api/session")).body
        assert (me["account_id"], me["roles"], me["stage"]) == (account_id, ["duty_officer"], "open")
        # The same answer again: the code was used up, and so was the attempt.
        assert (await _callback(browser, code_and_state(location)))[1] == "/sign-in?error=sso_lost"

    async def test_whoever_has_no_account_gets_none(
        self, administrator: Browser, browser: Browser, control: Services
    ) -> None:
        url = (await browser.post("/api/oidc/start")).body["url"]
        async with (
            aiohttp.ClientSession() as http,
            http.post(url, data={"sub": "stranger"}, allow_redirects=False) as answer,
        ):
            location = answer.headers["Location"]
        assert (await _callback(browser, code_and_state(location)))[1] == "/sign-in?error=sso_unknown_person"
        assert (await browser.get("/api/session")).status == 401
        assert len((await administrator.get("/api/accounts")).body) == 1


class TestLies:
    @pytest.fixture
    async def provider(self, clock: FakeClock) -> AsyncIterator[LyingProvider]:
        async with lying_provider(clock) as provider:
            yield provider

    @pytest.fixture
    def more(self) -> dict[str, Any]:
        return {}

    @pytest.fixture
    def control(
        self,
        database: Database,
        clock: FakeClock,
        tmp_path: Path,
        ports: FakePorts,
        provider: LyingProvider,
        more: dict[str, Any],
    ) -> Services:
        return services(database, clock, _settings(tmp_path, provider.issuer, **more), ports)

    async def _sign_in(self, browser: Browser, provider: LyingProvider) -> str:
        started = await browser.post("/api/oidc/start")
        query = dict(parse_qsl(urlsplit(started.body["url"]).query))
        return (await _callback(browser, {"code": provider.authorize(query), "state": query["state"]}))[1]

    async def test_with_pkce_and_a_secret_an_honest_answer_signs_in(
        self, administrator: Browser, browser: Browser, control: Services, provider: LyingProvider
    ) -> None:
        await _bind(administrator, control, "p-0007")
        assert await self._sign_in(browser, provider) == "/"
        assert isinstance(control.journal, KeptJournal)
        assert "sign_in.sso" in control.journal.actions()

    @pytest.mark.parametrize(
        "claims",
        [
            {"iss": "https://evil.example"},
            {"aud": "another"},
            {"aud": ["another", CLIENT_ID]},
            {"aud": [CLIENT_ID, "another"], "azp": "another"},
            {"nonce": "of another attempt"},
            {"nonce": None},
            {"nonce": 7},
            {"exp": 1},
            {"exp": None},
            {"exp": "tomorrow"},
            {"iat": 4_000_000_000},
            {"sub": None},
            {"sub": ["p-0007"]},
            {"sub": "x" * 300},
        ],
    )
    async def test_a_token_that_is_not_for_us_and_now_is_refused(
        self,
        administrator: Browser,
        browser: Browser,
        control: Services,
        provider: LyingProvider,
        claims: dict[str, Any],
    ) -> None:
        await _bind(administrator, control, "p-0007")
        provider.claims = claims
        assert await self._sign_in(browser, provider) == "/sign-in?error=sso_refused"
        assert (await browser.get("/api/session")).status == 401

    async def test_a_signature_that_is_none_or_of_the_wrong_kind_is_refused(
        self, administrator: Browser, browser: Browser, control: Services, provider: LyingProvider
    ) -> None:
        await _bind(administrator, control, "p-0007")

        def unsigned(claims: dict[str, Any]) -> str:
            parts = ({"alg": "none"}, claims)
            return (
                ".".join(base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in parts) + "."
            )

        def with_the_public_key_as_secret(claims: dict[str, Any]) -> str:
            # By hand: no library helps with this.
            parts = [json.dumps(one).encode() for one in ({"alg": "HS256", "kid": "k1"}, claims)]
            signed = b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts)
            mac = hmac.digest(provider.key.as_pem(private=False), signed, "sha256")
            return (signed + b"." + base64.urlsafe_b64encode(mac).rstrip(b"=")).decode()

        def by_another(claims: dict[str, Any]) -> str:
            key = RSAKey.generate_key(2048, {"kid": "k1"})
            return jwt.encode({"alg": "RS256", "kid": "k1"}, claims, key)

        for sign in (unsigned, with_the_public_key_as_secret, by_another, lambda _claims: "nonsense"):
            provider.sign = sign
            assert await self._sign_in(browser, provider) == "/sign-in?error=sso_refused"

    async def test_a_key_that_is_new_is_fetched_but_not_for_every_forgery(
        self, administrator: Browser, browser: Browser, control: Services, provider: LyingProvider, clock: FakeClock
    ) -> None:
        await _bind(administrator, control, "p-0007")
        assert await self._sign_in(browser, provider) == "/"
        provider.key = RSAKey.generate_key(2048, {"kid": "k2"})
        clock.advance(minutes=2)
        assert await self._sign_in(browser, provider) == "/"
        asked = provider.asked_for_keys
        provider.published, provider.key = [provider.key], RSAKey.generate_key(2048, {"kid": "k3"})
        for _ in range(5):
            assert await self._sign_in(browser, provider) == "/sign-in?error=sso_refused"
        assert provider.asked_for_keys == asked

    async def test_the_browser_that_comes_back_must_be_the_one_that_left(
        self,
        administrator: Browser,
        open_browser: OpenBrowser,
        control: Services,
        provider: LyingProvider,
        clock: FakeClock,
    ) -> None:
        await _bind(administrator, control, "p-0007")
        attacker, victim = await open_browser(), await open_browser()
        started = await attacker.post("/api/oidc/start")
        assert "SameSite=Lax" in started.headers["Set-Cookie"]
        assert "HttpOnly" in started.headers["Set-Cookie"]
        query = dict(parse_qsl(urlsplit(started.body["url"]).query))
        back = {"code": provider.authorize(query), "state": query["state"]}
        assert (await _callback(victim, back))[1] == "/sign-in?error=sso_lost"
        assert (await _callback(attacker, {**back, "state": "another"}))[1] == "/sign-in?error=sso_lost"
        started = await attacker.post("/api/oidc/start")
        query = dict(parse_qsl(urlsplit(started.body["url"]).query))
        clock.advance(minutes=10)
        late = {"code": provider.authorize(query), "state": query["state"]}
        assert (await _callback(attacker, late))[1] == "/sign-in?error=sso_lost"

    async def test_a_code_from_another_attempt_is_worth_nothing_here(
        self, administrator: Browser, open_browser: OpenBrowser, control: Services, provider: LyingProvider
    ) -> None:
        await _bind(administrator, control, "p-0007")
        victim, attacker = await open_browser(), await open_browser()
        theirs = dict(parse_qsl(urlsplit((await victim.post("/api/oidc/start")).body["url"]).query))
        stolen = provider.authorize(theirs)
        own = dict(parse_qsl(urlsplit((await attacker.post("/api/oidc/start")).body["url"]).query))
        assert (await _callback(attacker, {"code": stolen, "state": own["state"]}))[1] == "/sign-in?error=sso_refused"

    async def test_a_locked_account_stays_out_and_hammering_pauses(
        self, administrator: Browser, browser: Browser, control: Services, provider: LyingProvider
    ) -> None:
        account_id = await _bind(administrator, control, "p-0007")
        await administrator.post(f"/api/accounts/{account_id}/lock")
        assert await self._sign_in(browser, provider) == "/sign-in?error=locked"
        answers = [(await _callback(browser, {"code": "x", "state": "y"}))[1] for _ in range(25)]
        assert answers[-1] == "/sign-in?error=too_many"

    async def test_a_subject_belongs_to_one_account(
        self, administrator: Browser, control: Services, provider: LyingProvider
    ) -> None:
        await _bind(administrator, control, "p-0007")
        root = await control.organisation.ensure_root()
        body = {"login": "other", "name": "Other", "grants": [{"role": "duty_officer", "unit_id": root}]}
        other = (await administrator.post("/api/accounts", body)).body["account"]["id"]
        answer = await administrator.send("PUT", f"/api/accounts/{other}/sso", {"subject": "p-0007"})
        assert (answer.status, answer.body["detail"]) == (409, "subject_taken")

    async def test_errors_of_the_provider_and_of_another_issuer_lead_back_to_the_sign_in(
        self, administrator: Browser, browser: Browser, provider: LyingProvider
    ) -> None:
        for query in ({"error": "access_denied"}, {"code": "x", "state": "y", "iss": "https://evil.example"}):
            assert await _callback(browser, query) == (303, "/sign-in?error=sso_refused")


class TestMappedRoles:
    """What is mapped comes and goes with the token, everything else stays ours."""

    provider, control, _sign_in = TestLies.provider, TestLies.control, TestLies._sign_in

    @pytest.fixture
    def more(self) -> dict[str, Any]:
        mapping = [{"value": "vong-truc-ban", "role": "duty_officer", "unit": "root"}]
        mapping.append({"value": "vong-kiem-tra", "role": "auditor", "unit": "root"})
        return {"roles_claim": "groups", "role_map": mapping, "second_factor_amr": ["otp"]}

    async def test_roles_come_for_mapped_values_only_and_end_with_them(
        self, administrator: Browser, browser: Browser, control: Services, provider: LyingProvider
    ) -> None:
        await _bind(administrator, control, "p-0007", "technician")
        provider.claims = {"groups": ["vong-truc-ban", "security_administrator", "king"]}
        assert await self._sign_in(browser, provider) == "/"
        assert (await browser.get("/api/session")).body["roles"] == ["duty_officer", "technician"]
        # An auditor does nothing else: the map cannot go around the separation of duty.
        provider.claims = {"groups": ["vong-kiem-tra"]}
        assert await self._sign_in(browser, provider) == "/"
        assert (await browser.get("/api/session")).body["roles"] == ["technician"]

    async def test_the_providers_second_factor_counts_only_when_it_is_set(
        self, administrator: Browser, browser: Browser, control: Services, provider: LyingProvider, clock: FakeClock
    ) -> None:
        await _bind(administrator, control, "p-0007")
        assert await self._sign_in(browser, provider) == "/"
        browser.csrf = (await browser.get("/api/session")).body["csrf"]
        await enrol(browser, clock)
        for amr, stage in ((["pwd"], "code"), (None, "code"), (["pwd", "otp"], "open")):
            provider.claims = {"amr": amr}
            assert await self._sign_in(browser, provider) == "/"
            assert (await browser.get("/api/session")).body["stage"] == stage


async def test_without_a_provider_there_is_no_such_door(browser: Browser) -> None:
    assert (await browser.get("/api/sign-in-ways")).body == {"sso": ""}
    assert (await browser.post("/api/oidc/start")).status == 404
    assert (await _callback(browser, {"code": "x", "state": "y"}))[0] == 404


async def test_a_provider_that_is_away_is_unavailable_and_passwords_go_on(
    database: Database, clock: FakeClock, tmp_path: Path
) -> None:
    control = services(database, clock, _settings(tmp_path, "http://127.0.0.1:1"))
    async with TestClient(TestServer(create_app(control))) as client:
        async with client.post("/api/oidc/start") as response:
            assert (response.status, (await response.json())["detail"]) == (503, "sso")
        async with client.post("/api/session", json={"login": "x", "password": PASSWORD}) as response:
            assert response.status == 401
