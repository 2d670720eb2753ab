import pytest
from hypothesis import given
from hypothesis import strategies as st

from vms_onvif.faults import FaultKind, OnvifFault
from vms_onvif.hostile_xml import MOST_BYTES, MOST_ELEMENTS, MOST_LEVELS, child, parse, read, text_of
from vms_onvif.replies import HttpReply, read_reply

SOAP = "http://www.w3.org/2003/05/soap-envelope"
BOMB = '<!DOCTYPE b [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><r>&c;</r>'


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "no xml",
        "<a>",
        "<a></b>",
        BOMB,
        '<!DOCTYPE r SYSTEM "file:///etc/passwd"><r/>',
        '<!DOCTYPE r [<!ENTITY x SYSTEM "http://127.0.0.1:1/">]><r>&x;</r>',
        "<a>" * (MOST_LEVELS + 1) + "</a>" * (MOST_LEVELS + 1),
        "<a>" + "<b/>" * MOST_ELEMENTS + "</a>",
        "<a>" * 100_000,
        "<unknown:a/>",
        "<a\u0000/>",
        "x" * (MOST_BYTES + 1),
    ],
    ids=range(14),
)
def test_what_is_no_modest_xml_is_garbage(text: str) -> None:
    with pytest.raises(OnvifFault) as caught:
        parse(text.encode())
    assert caught.value.kind is FaultKind.GARBAGE


def test_another_encoding_than_utf_8_is_garbage() -> None:
    with pytest.raises(OnvifFault):
        parse("<a/>".encode("utf-16"))


def test_a_byte_order_mark_and_line_breaks_in_front_do_no_harm() -> None:
    assert parse(b'\xef\xbb\xbf\r\n<?xml version="1.0"?><a/>').tag == "a"


def test_quirk_09_prefixes_that_were_never_declared_get_their_usual_meaning() -> None:
    root, repaired = read(
        b'<?xml version="1.0"?><E><wsa:Address>x</wsa:Address><wsrf-rw:Unknown wsa:mark="1"/><a ter="1"/></E>'
    )
    assert root[0].tag == "{http://www.w3.org/2005/08/addressing}Address"
    assert text_of(child(root, "Address")) == "x"
    assert parse(repaired)[1].tag == "{http://docs.oasis-open.org/wsrf/rw-2}Unknown"


@given(st.binary(max_size=600))
def test_no_bytes_make_parsing_fail_otherwise(data: bytes) -> None:
    try:
        parse(data)
    except OnvifFault:
        return


@given(st.integers(100, 599), st.binary(max_size=300), st.lists(st.text(max_size=40), max_size=3))
def test_any_http_answer_is_an_answer_or_a_typed_fault(status: int, body: bytes, challenges: list[str]) -> None:
    try:
        read_reply(HttpReply(status, body, challenges))
    except OnvifFault:
        return


def fault_xml(subcode: str, reason: str = "why", detail: str = "") -> bytes:
    return (
        f'<s:Envelope xmlns:s="{SOAP}"><s:Body><s:Fault><s:Code><s:Value>s:Sender</s:Value><s:Subcode>'
        f"<s:Value>{subcode}</s:Value></s:Subcode></s:Code><s:Reason><s:Text>{reason}</s:Text></s:Reason>{detail}"
        "</s:Fault></s:Body></s:Envelope>"
    ).encode()


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, fault_xml("ter:NotAuthorized"), FaultKind.AUTHENTICATION),
        (401, fault_xml("ter:NotAuthorized", "the account is locked"), FaultKind.LOCKED),
        (400, fault_xml("wsse:FailedAuthentication"), FaultKind.AUTHENTICATION),
        (500, fault_xml("ter:Action", "Sender not Authorized"), FaultKind.AUTHENTICATION),
        (500, fault_xml("ter:ActionNotSupported"), FaultKind.UNSUPPORTED),
        (400, fault_xml("ter:InvalidArgVal"), FaultKind.REFUSED),
        (400, fault_xml("ter:InvalidArgVal", "the lens is locked"), FaultKind.REFUSED),
        (200, fault_xml("ter:InvalidArgVal"), FaultKind.REFUSED),
        (400, fault_xml("wsrf-rw:ResourceUnknownFault"), FaultKind.GONE),
        (
            500,
            fault_xml("", detail="<s:Detail><wsrf-rw:ResourceUnknownFault/></s:Detail>"),
            FaultKind.GONE,
        ),
        (401, b"", FaultKind.AUTHENTICATION),
        (401, b"<html>go away</html>", FaultKind.AUTHENTICATION),
        (403, b"no", FaultKind.AUTHENTICATION),
        (404, b"<html><br></html>", FaultKind.UNSUPPORTED),
        (500, b"", FaultKind.REFUSED),
        (302, b"", FaultKind.REFUSED),
        (200, b"", FaultKind.GARBAGE),
        (200, b"<html/>", FaultKind.GARBAGE),
    ],
)
def test_each_way_to_say_no_has_its_kind(status: int, body: bytes, kind: FaultKind) -> None:
    with pytest.raises(OnvifFault) as caught:
        read_reply(HttpReply(status, body))
    assert caught.value.kind is kind


def test_a_soap_11_fault_is_understood_as_well() -> None:
    body = (
        b'<E:Envelope xmlns:E="http://schemas.xmlsoap.org/soap/envelope/"><E:Body><E:Fault>'
        b"<faultcode>E:Client.NotAuthorized</faultcode><faultstring>not authorized</faultstring></E:Fault></E:Body></E:Envelope>"
    )
    with pytest.raises(OnvifFault) as caught:
        read_reply(HttpReply(500, body))
    assert caught.value.kind is FaultKind.AUTHENTICATION
