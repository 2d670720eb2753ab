import socket
import time

import pytest
from lxml import etree

from fakes.scripted_device import ScriptedDevice, http, scripted, soap, soap_fault
from vms_onvif.envelopes import content_type, envelope
from vms_onvif.faults import FaultKind, OnvifFault, TimedOut
from vms_onvif.hostile_xml import MOST_BYTES, local
from vms_onvif.link import Link, http_session
from vms_onvif.login import Login
from vms_onvif.origin import Origin

GOOD = http(soap('<x:Done xmlns:x="urn:x"/>'))
CHALLENGE = 'WWW-Authenticate: Digest realm="r", nonce="{}", qop="auth"'
LOGIN = Login("vong", "secret-word")


async def exchange(device: ScriptedDevice, times: int = 1, login: Login = LOGIN, timeout_s: float = 5.0) -> list[str]:
    async with http_session() as session:
        link = Link(session, Origin("127.0.0.1", device.port), login, timeout_s=timeout_s)
        return [local((await ask(link)).payload) for _ in range(times)]


async def ask(link: Link, **more: object):  # type: ignore[no-untyped-def]
    return await link.exchange("/x", envelope(etree.Element("{urn:x}Ask")), content_type("urn:x/Ask"), **more)


def has_digest(head: str) -> bool:
    return "authorization: digest" in head.lower()


async def refused(device: ScriptedDevice, **more: object) -> OnvifFault:
    with pytest.raises(OnvifFault) as caught:
        await exchange(device, **more)  # type: ignore[arg-type]
    return caught.value


async def test_a_device_that_asks_for_no_login_gets_none() -> None:
    async with scripted(lambda head, body: GOOD) as device:
        assert await exchange(device, times=3) == ["Done"] * 3
    assert device.connections == 1
    assert not any(has_digest(head) or "UsernameToken" in body for head, body in device.requests)


async def test_without_a_challenge_the_login_goes_as_a_token() -> None:
    def answer(head: str, body: str) -> bytes:
        return GOOD if "UsernameToken" in body else http(soap_fault("ter:NotAuthorized"), 400)

    async with scripted(answer) as device:
        assert await exchange(device, times=2) == ["Done"] * 2
    assert len(device.requests) == 3
    assert all("secret-word" not in head + body for head, body in device.requests)


async def test_a_device_that_only_calls_the_request_bad_is_tried_with_a_token() -> None:
    async with scripted(lambda head, body: GOOD if "UsernameToken" in body else http(b"", 400)) as device:
        assert await exchange(device) == ["Done"]


async def test_basic_is_never_answered_with_the_password() -> None:
    def answer(head: str, body: str) -> bytes:
        return GOOD if "UsernameToken" in body else http(b"", 401, ['WWW-Authenticate: Basic realm="x"'])

    async with scripted(answer) as device:
        assert await exchange(device) == ["Done"]
    assert not any("authorization:" in head.lower() for head, _ in device.requests)


async def test_quirk_03_digest_is_answered_with_digest_and_goes_on_with_the_same_nonce() -> None:
    def answer(head: str, body: str) -> bytes:
        return GOOD if has_digest(head) else http(b"", 401, [CHALLENGE.format("a")])

    async with scripted(answer) as device:
        assert await exchange(device, times=3) == ["Done"] * 3
    assert len(device.requests) == 4
    assert [head[head.index("nc=") :][:11] for head, _ in device.requests[1:]] == [
        "nc=00000001",
        "nc=00000002",
        "nc=00000003",
    ]


@pytest.mark.parametrize("stale", [", stale=true", ""])
async def test_an_old_nonce_is_replaced_when_the_login_was_taken_before(stale: str) -> None:
    nonces = iter(["a", "b"])
    good = [False, True, False, True]

    def answer(head: str, body: str) -> bytes:
        if good.pop(0):
            return GOOD
        return http(b"", 401, [CHALLENGE.format(next(nonces)) + stale])

    async with scripted(answer) as device:
        assert await exchange(device, times=2) == ["Done"] * 2
    assert [name in device.requests[-1][0] for name in ('nonce="b"', 'nonce="a"')] == [True, False]


@pytest.mark.parametrize("headers", [[], [CHALLENGE.format("a")], [CHALLENGE.format("a"), CHALLENGE.format("b")]])
async def test_quirk_20_a_login_that_was_refused_is_never_sent_again(headers: list[str]) -> None:
    async with (
        scripted(lambda head, body: http(soap_fault("ter:NotAuthorized"), 401, headers)) as device,
        http_session() as session,
    ):
        link = Link(session, Origin("127.0.0.1", device.port), LOGIN)
        for _ in range(5):
            with pytest.raises(OnvifFault) as caught:
                await ask(link)
            assert caught.value.kind is FaultKind.AUTHENTICATION
    attempts = [1 for head, body in device.requests if has_digest(head) or "UsernameToken" in body]
    assert len(attempts) == 1
    assert len(device.requests) == 2


async def test_a_right_that_is_missing_for_one_request_does_not_end_the_others() -> None:
    def answer(head: str, body: str) -> bytes:
        if "UsernameToken" not in body or len(device.requests) == 3:
            return http(soap_fault("ter:NotAuthorized"), 400)
        return GOOD

    async with scripted(answer) as device, http_session() as session:
        link = Link(session, Origin("127.0.0.1", device.port), LOGIN)
        await ask(link)
        with pytest.raises(OnvifFault):
            await ask(link)
        assert local((await ask(link)).payload) == "Done"


async def test_a_user_name_that_no_header_carries_is_refused_before_it_is_sent() -> None:
    async with scripted(lambda head, body: http(b"", 401, [CHALLENGE.format("a")])) as device:
        fault = await refused(device, login=Login("a\r\nX: y", "p"))
    assert fault.kind is FaultKind.AUTHENTICATION
    assert len(device.requests) == 1


async def test_quirk_14_a_connection_that_was_closed_while_idle_is_replaced_once() -> None:
    def answer(head: str, body: str) -> bytes:
        return b"" if len(device.requests) in (2, 4, 5) else GOOD

    async with scripted(answer) as device, http_session() as session:
        link = Link(session, Origin("127.0.0.1", device.port), LOGIN)
        assert [local((await ask(link)).payload) for _ in range(2)] == ["Done"] * 2
        with pytest.raises(OnvifFault) as caught:
            await ask(link)
    assert caught.value.kind is FaultKind.UNREACHABLE
    assert len(device.requests) == 5


async def test_a_redirect_is_not_followed() -> None:
    asked: list[str] = []

    def elsewhere(head: str, body: str) -> bytes:
        asked.append(head)
        return GOOD

    async with scripted(elsewhere) as other:
        redirect = http(b"", 307, [f"Location: {other.xaddr}"])
        async with scripted(lambda head, body: redirect) as device:
            fault = await refused(device)
    assert fault.kind is FaultKind.REFUSED
    assert asked == []


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"SSH-2.0-OpenSSH_9.2\r\n", FaultKind.GARBAGE),
        (http(b"<html>"), FaultKind.GARBAGE),
        (http(b"x" * (MOST_BYTES + 1)), FaultKind.GARBAGE),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", FaultKind.GARBAGE),
        (b"HTTP/1.1 200 OK\r\nX: " + b"a" * 100_000 + b"\r\n\r\n", FaultKind.GARBAGE),
        (http(b"", 401, ['WWW-Authenticate: Digest realm="\udcff\udcfe", nonce="\udcff"']), FaultKind.AUTHENTICATION),
    ],
)
async def test_garbage_is_a_typed_fault(answer: bytes, kind: FaultKind) -> None:
    async with scripted(lambda head, body: answer) as device:
        fault = await refused(device)
    assert fault.kind is kind


async def test_silence_ends_with_the_time_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        began_s = time.monotonic()
        async with http_session() as session:
            link = Link(session, Origin("127.0.0.1", silent.getsockname()[1]), LOGIN, timeout_s=0.2)
            with pytest.raises(TimedOut):
                await ask(link)
    assert time.monotonic() - began_s < 2.0


async def test_nobody_listening_is_unreachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    async with http_session() as session:
        with pytest.raises(OnvifFault) as caught:
            await ask(Link(session, Origin("127.0.0.1", port), LOGIN))
    assert caught.value.kind is FaultKind.UNREACHABLE


async def test_the_date_of_an_answer_tells_the_devices_clock() -> None:
    dated = http(soap("<Done/>"), 200, ["Date: Wed, 25 Nov 2026 05:00:00 GMT"])
    async with scripted(lambda head, body: dated) as device, http_session() as session:
        link = Link(session, Origin("127.0.0.1", device.port), LOGIN, utc_s=lambda: 1795582800.0 - 100)
        await ask(link)
    assert link.date_offset_s == 100.0
