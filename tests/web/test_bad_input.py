"""What people with time on their hands send: refused, bounded, told once, and everybody else goes on working."""

import asyncio
import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from fakes.api_browser import Browser
from fakes.clock import FakeClock
from fakes.control import PASSWORD, KeptJournal
from vms.accounts.faults import TooManyAttempts, WrongLogin
from vms.accounts.limits import SignInLimits
from vms.accounts.sessions import Visitor
from vms.settings.model import AccountSettings
from web.errors import ApiError
from web.services import Services
from web.strict_json import check_json

JSON = {"Content-Type": "application/json"}
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**100), 2**100)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(values)
def test_whatever_is_plain_json_is_let_through(value: Any) -> None:
    check_json(json.dumps(value).encode())


@given(st.binary(max_size=200))
def test_whatever_is_no_json_is_refused_and_nothing_else_happens(body: bytes) -> None:
    refused = ""
    try:
        check_json(body)
    except ApiError as error:
        refused = error.code
    assert refused in ("", "bad_request")


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        (b'{"login": "a", "password": "x", "login": "quantri"}', "repeated_name"),
        (b'{"login": "a", "password": {"a": 1, "a": 2}}', "repeated_name"),
        (b'{"login": ' + b"9" * 5000 + b', "password": "x"}', "long_number"),
        (b'{"login": 1e' + b"9" * 5000 + b', "password": "x"}', "long_number"),
        (b'{"login": NaN, "password": "x"}', "not_a_number"),
        (b"[" * 30_000 + b"]" * 30_000, "json_invalid"),
        (b'{"a":' * 10_000 + b"1" + b"}" * 10_000, "json_invalid"),
        (b'"\\ud800', "json_invalid"),
    ],
)
async def test_json_that_is_a_trap_is_a_bad_request(browser: Browser, body: bytes, detail: str) -> None:
    began = time.perf_counter()
    answer = await browser.send("POST", "/api/session", data=body, headers=JSON)
    assert (answer.status, answer.code, answer.body["detail"]) == (400, "bad_request", detail)
    assert time.perf_counter() - began < 2


async def test_ten_thousand_sign_ins_from_one_address_are_twenty_tries_and_one_entry(
    administrator: Browser, control: Services
) -> None:
    door, journal = control.accounts.door, control.journal
    assert isinstance(journal, KeptJournal)
    told = len(journal.acts)
    counted = {WrongLogin: 0, TooManyAttempts: 0}
    with capture_logs() as logs:
        for number in range(10_000):
            try:
                await door.sign_in(f"login{number % 500}", "guess", Visitor("203.0.113.9"))
            except (WrongLogin, TooManyAttempts) as refusal:
                counted[type(refusal)] += 1
    assert counted == {WrongLogin: 20, TooManyAttempts: 9_980}
    assert len(logs) == 20
    actions = [deed.action for deed in journal.acts[told:]]
    assert (len(actions), actions.count("sign_in.paused")) == (20, 1)
    assert (await administrator.get("/api/session")).status == 200


async def test_ten_thousand_strangers_cannot_lock_the_owner_out(
    administrator: Browser, browser: Browser, control: Services, clock: FakeClock
) -> None:
    tried = 0
    for number in range(10_000):
        try:
            await control.accounts.door.sign_in("quantri", "guess", Visitor(f"198.51.{number // 250}.{number % 250}"))
        except WrongLogin:
            tried += 1
        except TooManyAttempts:
            continue
    assert tried == 50
    # The owner, from where the owner always comes. (The first start counts as nobody's sign-in.)
    control.accounts.door._limits.succeeded("quantri", "127.0.0.1")
    assert (await browser.sign_in("quantri", PASSWORD)).status == 200


async def test_a_thousand_requests_at_once_with_foreign_ids_leave_the_service_unharmed(administrator: Browser) -> None:
    async def guess(number: int) -> int:
        return (await administrator.get(f"/api/accounts/account-{number:012}")).status

    assert set(await asyncio.gather(*map(guess, range(1000)))) == {404}
    assert (await administrator.get("/api/accounts")).status == 200


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_a_clock_that_is_set_back_never_lengthens_a_pause(forward_ms: int, back_ms: int) -> None:
    limits = SignInLimits(AccountSettings(failures_before_pause=1, pause_min=15))
    now_ms = 10**12 + forward_ms
    limits.begin("login", "10.0.0.1", now_ms)
    with pytest.raises(TooManyAttempts) as refused:
        limits.begin("login", "10.0.0.1", now_ms - back_ms)
    assert refused.value.retry_after_s <= 15 * 60


async def test_headers_and_cookies_without_measure_are_refused(administrator: Browser) -> None:
    answer = await administrator.send("GET", "/api/session", headers={"X-Long": "x" * 20_000})
    assert answer.status == 400
    assert (await administrator.get("/api/session")).status == 200


@pytest.mark.parametrize("name", ["\x00", "a\x00b", "a\nb", "\x1b[31m", "x" * 201, ""])
async def test_names_that_cannot_be_shown_are_refused(administrator: Browser, name: str) -> None:
    body = {"login": "lan", "name": name, "grants": [{"role": "auditor", "unit_id": "unit-000"}]}
    assert (await administrator.post("/api/accounts", body)).status == 400
