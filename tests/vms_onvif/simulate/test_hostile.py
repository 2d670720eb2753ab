"""No request brings a device down: whatever comes, it says something well-formed or hangs up, and serves the next one."""

import asyncio
from http import HTTPStatus

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fakes.onvif_rehearsal import SOAP_TYPE, Rehearsal, device, envelope, rehearsal
from vms_onvif.simulate import soap
from vms_onvif.simulate.addresses import ALL_SUBSCRIPTIONS, SNAPSHOT, SUBSCRIPTION, Service
from vms_onvif.simulate.http import MOST_BODY_BYTES, MOST_HEAD_BYTES, BadRequest, Reply, parse_head
from vms_onvif.simulate.quirks import Quirk
from vms_onvif.simulate.soap import NotSoap, SoapFault, parse, parse_xml, x

PATHS = (*Service, SUBSCRIPTION, f"{SUBSCRIPTION}x", ALL_SUBSCRIPTIONS, f"{SNAPSHOT}1", f"{SNAPSHOT}x", "/")
NAMESPACES = (soap.TDS, soap.TRT, soap.TR2, soap.TEV, soap.TPTZ, soap.WSNT, "", "urn:x")
OPERATIONS = (
    "GetServices", "GetCapabilities", "GetSystemDateAndTime", "GetProfiles", "GetProfile", "GetStreamUri", "GetSnapshotUri",
    "GetVideoEncoderConfigurations", "GetVideoEncoderConfiguration", "GetVideoEncoderConfigurationOptions", "PullMessages",
    "CreatePullPointSubscription", "Renew", "Unsubscribe", "SetSynchronizationPoint", "GetNode", "GetStatus", "ContinuousMove",
    "AbsoluteMove", "RelativeMove", "Stop", "GotoPreset", "SetPreset", "RemovePreset", "GetConfiguration", "Nothing",
)  # fmt: skip
NAMES = (
    "ProfileToken", "ConfigurationToken", "Type", "Protocol", "Timeout", "MessageLimit", "InitialTerminationTime",
    "TerminationTime", "TopicExpression", "PanTilt", "Zoom", "Velocity", "Position", "Translation", "PresetToken", "PresetName",
)  # fmt: skip
WORDS = (
    "profile_1_main", "Profile 1 main", "analytics", "PT1S", "PT0S", "P99999D", "9" * 300, "-1", "1e308", "nan", "RTSP", "All",
    "2026-09-21T14:13:20Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "true", "1", "tns1:RuleEngine//.", "||", "::",
)  # fmt: skip
texts = st.sampled_from(WORDS) | st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=40)


@st.composite
def elements(draw: st.DrawFn) -> str:
    name, value = draw(st.sampled_from(NAMES)), draw(texts)
    attributes = "".join(f' {key}="{x(draw(texts))}"' for key in draw(st.sets(st.sampled_from(("x", "y", "space")))))
    inside = draw(st.just(x(value)) | elements()) if draw(st.booleans()) else x(value)
    return f"<q:{name}{attributes}>{inside}</q:{name}>"


@st.composite
def calls(draw: st.DrawFn) -> tuple[str, str, str, str]:
    """(path, namespace, operation, what is inside)"""
    inside = "".join(draw(st.lists(elements(), max_size=4)))
    return (
        draw(st.sampled_from(PATHS)),
        draw(st.sampled_from(NAMESPACES)),
        draw(st.sampled_from(OPERATIONS)),
        inside,
    )


async def still_there(at: Rehearsal) -> bool:
    answer = await at.ask(Service.DEVICE, "GetDeviceInformation")
    return answer.status == HTTPStatus.OK


@settings(max_examples=60, deadline=None)
@given(st.lists(calls(), min_size=1, max_size=8), st.frozensets(st.sampled_from(Quirk), max_size=4))
def test_no_call_breaks_a_device(asked: list[tuple[str, str, str, str]], quirks: frozenset[Quirk]) -> None:
    async def run() -> None:
        calm = quirks - {Quirk.DIGEST_ONLY, Quirk.UNDECLARED_PREFIXES, Quirk.DROPS_LONG_PULLS} - _CLOCKS
        async with rehearsal(device(*calm, ptz=True), keeps_alive=False) as at:
            at.time.skips = True
            for path, namespace, operation, inside in asked:
                answer = await at.ask(path, operation, inside, namespace=namespace or "urn:none")
                if answer.raw:
                    assert answer.root.tag == f"{{{soap.SOAP}}}Envelope"
                assert answer.status != HTTPStatus.INTERNAL_SERVER_ERROR or answer.subcode, "a fault, no bug"
            assert await still_there(at)

    asyncio.run(run())


_CLOCKS = {Quirk.CLOCK_SKEW, Quirk.CLOCK_MONTHS_OFF, Quirk.LOCAL_TIME_AS_UTC}


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.binary(max_size=400) | st.sampled_from((b"\r\n\r\n", b"POST / HTTP/1.1\r\n", b"a" * 20_000)), max_size=6
    )
)
def test_no_bytes_break_a_device(pieces: list[bytes]) -> None:
    async def run() -> None:
        async with rehearsal() as at:
            reader, writer = await asyncio.open_connection(device().address, at.port())
            for piece in pieces:
                writer.write(piece)
            writer.write_eof()
            try:
                raw = await reader.read()
            except ConnectionResetError:
                raw = b""
            writer.close()
            assert b" 500 " not in raw
            assert await still_there(at)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", 404),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"BREW / HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"POST / HTTP/2.0\r\nHost: x\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\n folded: y\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % (MOST_BODY_BYTES + 1), 413),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", 501),
        (b"POST / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 70 + b"\r\n", 431),
        (b"POST / HTTP/1.1\r\nHost: x\r\nA: " + b"b" * MOST_HEAD_BYTES + b"\r\n\r\n", 431),
    ],
)
async def test_http_that_we_do_not_serve_is_refused_by_its_own_status(request_bytes: bytes, status: int) -> None:
    async with rehearsal() as at:
        reader, writer = await asyncio.open_connection(device().address, at.port())
        writer.write(request_bytes)
        line = await reader.readline()
        writer.close()
        assert line.startswith(b"HTTP/1.1 %d " % status)
        assert await still_there(at)


async def test_requests_on_one_connection_are_answered_one_after_the_other() -> None:
    async with rehearsal() as at:
        reader, writer = await asyncio.open_connection(device().address, at.port())
        body = envelope(f'<q:GetHostname xmlns:q="{soap.TDS}"/>').encode()
        head = (
            f"POST {Service.DEVICE} HTTP/1.1\r\nHost: x\r\nContent-Type: {SOAP_TYPE}\r\nContent-Length: {len(body)}\r\n"
        )
        writer.write(head.encode() + b"\r\n" + body)
        writer.write(head.encode() + b"Expect: 100-continue\r\nConnection: close\r\n\r\n" + body)
        raw = await reader.read()
        writer.close()
    assert raw.count(b"HTTP/1.1 200 OK") == 2
    assert raw.count(b"HTTP/1.1 100 Continue") == 1


async def test_connections_beyond_the_limit_are_closed_and_the_others_live() -> None:
    async with rehearsal(keeps_alive=False) as at:
        many = [await asyncio.open_connection(device().address, at.port()) for _ in range(40)]
        ends = [asyncio.create_task(reader.read()) for reader, _ in many]
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        for _, writer in many:
            writer.close()
        await asyncio.gather(*ends)
        assert await still_there(at)


@pytest.mark.parametrize(
    "raw",
    [
        b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        '<?xml version="1.0" encoding="UTF-16"?><a/>'.encode("utf-16"),
        b"<a>" * 100_000,
        b"<a>&undefined;</a>",
        b"<a><![CDATA[x]]></a>",
        b"",
        b"<p:a/>",
    ],
)
def test_xml_with_more_than_elements_is_no_request(raw: bytes) -> None:
    with pytest.raises(NotSoap):
        parse_xml(raw)


@given(st.binary(max_size=500))
def test_the_readers_raise_what_they_say(raw: bytes) -> None:
    for read, refusal in ((parse, NotSoap), (parse_head, BadRequest)):
        try:
            read(raw)
        except refusal:
            continue


@given(st.text())
def test_whatever_is_put_into_an_answer_stays_text(text: str) -> None:
    raw = soap.envelope(f'<tt:Name token="{x(text)}">{x(text)}</tt:Name>')
    (name,) = parse_xml(raw).iter("{*}Name")
    kept = "".join(character for character in text if x(character))
    assert (name.text or "").replace("\r", "\n") == kept.replace("\r", "\n")
    fault = soap.fault_body(SoapFault(text))
    parse_xml(soap.envelope(fault))


def test_a_reply_says_how_long_it_is() -> None:
    assert Reply(HTTPStatus.OK, b"abc", "text/plain").encode().endswith(b"Content-Length: 3\r\n\r\nabc")
