import asyncio
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from fakes.api_browser import Browser
from fakes.control import PASSWORD
from vms.settings.model import Networks
from web.security.headers import HEADERS
from web.security.proxy import last_untrusted

PROXIES = TypeAdapter(Networks).validate_python(["10.0.0.0/8", "::1/128"])


async def test_a_change_without_the_csrf_token_is_refused(administrator: Browser) -> None:
    for token in ("", "wrong", "é"):
        administrator.csrf = token
        answer = await administrator.send("PUT", "/api/session/language", {"language": "en"})
        assert (answer.status, answer.code, answer.body["detail"]) == (403, "forbidden", "csrf")
    assert (await administrator.get("/api/session")).body["language"] == "vi"


@pytest.mark.parametrize(
    "origin", ["https://evil.example", "null", "http://127.0.0.1.evil.example", "http://127.0.0.1:1"]
)
async def test_pages_of_other_sites_are_refused_even_for_reading(administrator: Browser, origin: str) -> None:
    answer = await administrator.send("GET", "/api/session", headers={"Origin": origin})
    assert (answer.status, answer.code) == (403, "forbidden")


async def test_other_sites_cannot_sign_anyone_in(administrator: Browser, browser: Browser) -> None:
    body = {"login": "quantri", "password": PASSWORD}
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = await browser.send("POST", "/api/session", body, headers=headers)
        assert (answer.status, answer.code) == (403, "forbidden")


async def test_our_own_pages_are_let_in(administrator: Browser) -> None:
    origin = str(administrator.client.make_url("")).rstrip("/")
    headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
    answer = await administrator.send("PUT", "/api/session/language", {"language": "en"}, headers=headers)
    assert answer.status == 204


async def test_a_form_cannot_pretend_to_be_json(administrator: Browser) -> None:
    body = json.dumps({"login": "quantri", "password": PASSWORD})
    for content_type in ("text/plain", "application/x-www-form-urlencoded"):
        answer = await administrator.send("POST", "/api/session", data=body, headers={"Content-Type": content_type})
        assert (answer.status, answer.code) == (415, "bad_request")


@pytest.mark.parametrize("path", ["/", "/api/session", "/api/nothing", "/assets/app-3f2a.js", "/healthz", "/%00"])
async def test_every_answer_carries_the_headers(browser: Browser, path: str) -> None:
    answer = await browser.get(path)
    assert {name: answer.headers[name] for name in HEADERS} == dict(HEADERS)
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert answer.headers["Server"] == "vong"
    assert "Cache-Control" in answer.headers


async def test_answers_of_the_api_are_not_kept(administrator: Browser) -> None:
    assert (await administrator.get("/api/session")).headers["Cache-Control"] == "no-store"


async def test_a_body_that_is_too_large_is_refused_with_and_without_its_length(browser: Browser) -> None:
    async def endless() -> Any:
        for _ in range(100):
            yield b" " * 4096

    headers = {"Content-Type": "application/json"}
    for data in (b" " * 70_000, endless()):
        answer = await browser.send("POST", "/api/session", data=data, headers=headers)
        assert (answer.status, answer.code) == (413, "too_large")


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[" * 60_000, b"null", b'{"login": 1}', b"\xff\xfe", b'{"login":"a","login":"b"}']
)
async def test_what_is_not_the_expected_json_is_a_bad_request(browser: Browser, body: bytes) -> None:
    answer = await browser.send("POST", "/api/session", data=body, headers={"Content-Type": "application/json"})
    assert (answer.status, answer.code) == (400, "bad_request")


async def test_repeated_and_unknown_parameters_are_refused(administrator: Browser) -> None:
    assert (await administrator.get("/api/accounts?a=1&a=2")).body["detail"] == "repeated_parameter"
    assert (await administrator.get("/api/accounts?a=1")).body["detail"] == "unknown_parameter"


async def test_a_thousand_guesses_at_once_leave_the_service_unharmed(administrator: Browser, browser: Browser) -> None:
    async def guess(number: int) -> int:
        return (await browser.post("/api/session", {"login": f"login{number}", "password": "guess"})).status

    statuses = await asyncio.gather(*map(guess, range(300)))
    assert set(statuses) <= {401, 429}
    assert statuses.count(401) <= 20
    assert (await administrator.get("/api/session")).status == 200


@given(st.text(max_size=20), st.text(max_size=100))
def test_an_address_that_nobody_trusted_vouches_for_is_the_peer(peer: str, forwarded: str) -> None:
    assert last_untrusted(f"192.0.2.{len(peer)}", forwarded, PROXIES) == f"192.0.2.{len(peer)}"


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("10.0.0.2", "203.0.113.7", "203.0.113.7"),
        ("10.0.0.2", "1.1.1.1, 203.0.113.7", "203.0.113.7"),
        ("10.0.0.2", "1.1.1.1, 203.0.113.7, 10.0.0.3", "203.0.113.7"),
        ("10.0.0.2", "", "10.0.0.2"),
        ("10.0.0.2", "garbage", "10.0.0.2"),
        ("203.0.113.7", "1.1.1.1", "203.0.113.7"),
        ("::ffff:10.0.0.2", "::ffff:203.0.113.7", "203.0.113.7"),
        ("::1", "2001:db8::1", "2001:db8::1"),
    ],
)
def test_forwarded_addresses_are_believed_one_trusted_hop_at_a_time(peer: str, forwarded: str, client: str) -> None:
    assert last_untrusted(peer, forwarded, PROXIES) == client
