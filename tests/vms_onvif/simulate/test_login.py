"""Who is let in: UsernameToken and HTTP digest, each once, in time, and with the right password."""

import base64
import hashlib
import itertools
from http import HTTPStatus

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fakes.onvif_rehearsal import USER, device, envelope, rehearsal, token
from vms_onvif.simulate.addresses import Service
from vms_onvif.simulate.device import FACTORY, Login, User
from vms_onvif.simulate.login import LOCKED_S, MOST_WRONG, REALM, WINDOW_S, Gate, Verdict
from vms_onvif.simulate.soap import TDS, UsernameToken, parse

INFORMATION = f'<q:GetDeviceInformation xmlns:q="{TDS}"/>'
NOW_S = 1_790_000_000.0


class Watch:
    def __init__(self) -> None:
        self.passed_s = 0.0

    def __call__(self) -> float:
        return self.passed_s


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def gate(watch: Watch) -> Gate:
    numbers = itertools.count()
    return Gate([USER], lambda: NOW_S + watch.passed_s, watch, lambda: f"nonce-{next(numbers)}")


def signed(user: User = USER, at_s: float = NOW_S, nonce: bytes = b"n") -> UsernameToken:
    read = parse(envelope("<a/>", token(user, at_s, nonce)).encode()).token
    assert read is not None
    return read


def authorization(
    gate: Gate,
    password: str = USER.password,
    *,
    algorithm: str = "SHA-256",
    nonce: str | None = None,
    count: str = "00000001",
    uri: str = "/x",
) -> str:
    hasher = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}[algorithm]

    def hashed(text: str) -> str:
        return hasher(text.encode()).hexdigest()

    if nonce is None:
        nonce = gate.challenges()[0][1].split('nonce="')[1].split('"')[0]
    secret, action = hashed(f"{USER.name}:{REALM}:{password}"), hashed(f"POST:{uri}")
    response = hashed(f"{secret}:{nonce}:{count}:c:auth:{action}")
    return (
        f'Digest username="{USER.name}", realm="{REALM}", nonce="{nonce}", uri="{uri}", qop=auth, nc={count}, '
        f'cnonce="c", response="{response}", algorithm={algorithm}'
    )


def test_a_token_is_good_once(gate: Gate) -> None:
    once = signed()
    assert [gate.token(once), gate.token(once)] == [Verdict.ADMITTED, Verdict.REFUSED]


@pytest.mark.parametrize(
    ("off_s", "verdict"),
    [
        (WINDOW_S - 0.1, Verdict.ADMITTED),
        (0.1 - WINDOW_S, Verdict.ADMITTED),
        (WINDOW_S + 0.1, Verdict.REFUSED),
        (-WINDOW_S - 0.1, Verdict.REFUSED),
    ],
)
def test_a_token_is_good_for_a_few_seconds(gate: Gate, off_s: float, verdict: Verdict) -> None:
    assert gate.token(signed(at_s=NOW_S + off_s)) is verdict


def test_a_replay_is_refused_however_many_others_came_between(gate: Gate, watch: Watch) -> None:
    first = signed(nonce=b"first")
    gate.token(first)
    for number in range(200):
        watch.passed_s += 0.02
        assert gate.token(signed(at_s=NOW_S + watch.passed_s, nonce=b"%d" % number)) is Verdict.ADMITTED
    assert gate.token(first) is Verdict.REFUSED


def test_a_plain_text_password_is_not_taken(gate: Gate) -> None:
    assert gate.token(UsernameToken(USER.name, "", base64.b64encode(b"n").decode(), "2026-09-21T14:13:20Z")) is (
        Verdict.WRONG
    )


def test_wrong_passwords_lock_the_device_for_half_an_hour(gate: Gate, watch: Watch) -> None:
    wrong = User(USER.name, "guess")
    verdicts = [gate.token(signed(wrong, nonce=b"%d" % turn)) for turn in range(MOST_WRONG)]
    assert verdicts == [Verdict.WRONG] * MOST_WRONG
    assert gate.token(signed(nonce=b"right")) is Verdict.LOCKED
    assert gate.digest("POST", "/x", authorization(gate)) is Verdict.LOCKED
    watch.passed_s = LOCKED_S
    assert gate.token(signed(at_s=NOW_S + LOCKED_S, nonce=b"later")) is Verdict.ADMITTED


def test_the_right_password_forgives_wrong_ones_before(gate: Gate) -> None:
    for turn in range(3 * MOST_WRONG):
        user = USER if turn % MOST_WRONG == MOST_WRONG - 1 else User("nobody", "x")
        gate.token(signed(user, nonce=b"%d" % turn))
    assert not gate.locked


@pytest.mark.parametrize("algorithm", ["MD5", "SHA-256"])
def test_digest_is_taken_with_both_algorithms(gate: Gate, algorithm: str) -> None:
    assert gate.digest("POST", "/x", authorization(gate, algorithm=algorithm)) is Verdict.ADMITTED
    assert gate.digest("POST", "/x", authorization(gate, "guess", algorithm=algorithm)) is Verdict.WRONG


def test_a_digest_is_good_for_its_address_and_once(gate: Gate) -> None:
    given_once = authorization(gate)
    assert gate.digest("POST", "/y", given_once) is Verdict.REFUSED
    assert gate.digest("POST", "/x", given_once) is Verdict.ADMITTED
    assert gate.digest("POST", "/x", given_once) is Verdict.STALE
    assert gate.digest("POST", "/x", authorization(gate, nonce="made-up")) is Verdict.STALE


def test_a_digest_nonce_serves_many_requests_that_count(gate: Gate) -> None:
    nonce = gate.challenges()[0][1].split('nonce="')[1].split('"')[0]
    for count in ("00000001", "00000002", "0000000a"):
        assert gate.digest("POST", "/x", authorization(gate, nonce=nonce, count=count)) is Verdict.ADMITTED


@given(st.text() | st.text().map("Digest ".__add__))
def test_no_authorization_header_breaks_the_gate(text: str) -> None:
    assert Gate([USER], lambda: NOW_S, lambda: 0, lambda: "n").digest("POST", "/", text) is not Verdict.ADMITTED


@given(st.text(), st.text(), st.text(), st.text())
def test_no_token_breaks_the_gate(name: str, digest: str, nonce: str, created: str) -> None:
    given_token = UsernameToken(name, digest, nonce, created)
    assert Gate([USER], lambda: NOW_S, lambda: 0, lambda: "n").token(given_token) is not Verdict.ADMITTED


def test_passwords_are_in_no_repr(gate: Gate) -> None:
    assert USER.password not in repr(USER) + repr(device()) + repr(gate) + repr(signed())


async def test_a_real_digest_client_gets_in() -> None:
    login = aiohttp.DigestAuthMiddleware(USER.name, USER.password)
    async with rehearsal(device(login=Login.DIGEST)) as at:
        at.session._middlewares = (login,)
        for _ in range(3):
            answer = await at.post(Service.DEVICE, envelope(INFORMATION))
            assert answer.text("Model") == "HB-D210"


@pytest.mark.parametrize(
    ("login", "challenged", "by_token"),
    [
        (Login.BOTH, True, HTTPStatus.OK),
        (Login.TOKEN, False, HTTPStatus.OK),
        (Login.DIGEST, True, HTTPStatus.UNAUTHORIZED),
    ],
)
async def test_a_device_takes_the_logins_that_it_says(login: Login, challenged: bool, by_token: HTTPStatus) -> None:
    async with rehearsal(device(login=login)) as at:
        refused = await at.ask(Service.DEVICE, "GetDeviceInformation", user=None)
        answer = await at.ask(Service.DEVICE, "GetDeviceInformation")
        capabilities = await at.ask(Service.DEVICE, "GetServiceCapabilities", user=None)
    assert ("WWW-Authenticate" in refused.headers) is challenged
    assert refused.subcode == "ter:NotAuthorized"
    assert answer.status == by_token
    told = capabilities.attributes("Security", "UsernameToken") + capabilities.attributes("Security", "HttpDigest")
    assert told == ["true" if login is not Login.DIGEST else "false", "true" if login is not Login.TOKEN else "false"]


async def test_a_locked_device_challenges_nobody_until_it_is_unlocked() -> None:
    wrong = User(USER.name, "guess")
    async with rehearsal() as at:
        for _ in range(MOST_WRONG):
            await at.ask(Service.DEVICE, "GetUsers", user=wrong)
        locked = await at.ask(Service.DEVICE, "GetUsers")
        at.simulator.unlock(1)
        opened = await at.ask(Service.DEVICE, "GetUsers")
    assert locked.status == HTTPStatus.UNAUTHORIZED
    assert "WWW-Authenticate" not in locked.headers
    assert opened.status == HTTPStatus.OK


async def test_a_factory_password_is_one_more_login() -> None:
    async with rehearsal(device(factory_password=True), device(number=2)) as at:
        taken = await at.ask(Service.DEVICE, "GetDeviceInformation", user=FACTORY)
        refused = await at.ask(Service.DEVICE, "GetDeviceInformation", user=FACTORY, number=2)
    assert (taken.status, refused.status) == (HTTPStatus.OK, HTTPStatus.UNAUTHORIZED)
