import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from vms_onvif.discovery.matches import read_matches
from vms_onvif.discovery.probes import TYPES, probe

ID = "a1b2c3d4-0000-4000-8000-00000000000a"
SOURCE = "10.0.0.9"


def matches(
    *,
    related: str = f"urn:uuid:{ID}",
    types: str = "dn:NetworkVideoTransmitter",
    scopes: str = "onvif://www.onvif.org/name/C%E1%BB%95ng%201 onvif://www.onvif.org/hardware/IPC",
    xaddrs: str = "http://10.0.0.9/onvif/device_service",
) -> bytes:
    return (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"'
        ' xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
        ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl">'
        f"<s:Header><a:RelatesTo>{related}</a:RelatesTo></s:Header><s:Body><d:ProbeMatches><d:ProbeMatch>"
        f"<a:EndpointReference><a:Address>urn:uuid:1</a:Address></a:EndpointReference><d:Types>{types}</d:Types>"
        f"<d:Scopes>{scopes}</d:Scopes><d:XAddrs>{xaddrs}</d:XAddrs><d:MetadataVersion>1</d:MetadataVersion>"
        "</d:ProbeMatch></d:ProbeMatches></s:Body></s:Envelope>"
    ).encode()


@pytest.mark.parametrize("types", TYPES)
def test_a_probe_is_one_line_of_xml_with_declared_types(types: str) -> None:
    text = probe(ID, types)
    assert b"\n" not in text
    assert b"\r" not in text
    root = etree.fromstring(text)
    asked = root.find(".//{http://schemas.xmlsoap.org/ws/2005/04/discovery}Types")
    assert asked is not None
    assert asked.text is not None
    assert asked.text.partition(":")[0] in asked.nsmap


@pytest.mark.parametrize("related", [f"urn:uuid:{ID}", f"uuid:{ID}", ID, ID.upper(), ""])
def test_an_answer_to_our_probe_counts_however_it_writes_the_id(related: str) -> None:
    (found,) = read_matches(matches(related=related), SOURCE, {ID})
    assert (found.name, found.hardware, found.xaddr) == ("Cổng 1", "IPC", "http://10.0.0.9:80/onvif/device_service")


def test_an_answer_to_somebody_else_does_not_count() -> None:
    assert read_matches(matches(related="urn:uuid:other"), SOURCE, {ID}) == []


def test_a_printer_does_not_count() -> None:
    assert read_matches(matches(types="wsdp:Device", scopes="ldap:///ou=x"), SOURCE, {ID}) == []


@pytest.mark.parametrize(
    ("xaddrs", "expected"),
    [
        ("http://192.168.1.64:8080/onvif/device_service", "http://10.0.0.9:8080/onvif/device_service"),
        ("http://127.0.0.1/x", "http://10.0.0.9:80/x"),
        ("http://[fe80::1]/a http://169.254.0.3/b https://10.0.0.9/c http://10.0.0.9/d", "http://10.0.0.9:80/d"),
        ("https://10.0.0.9/onvif/device_service", "https://10.0.0.9:443/onvif/device_service"),
        ("http://user:secret@10.0.0.9/d http://10.0.0.9/e", "http://10.0.0.9:80/e"),
    ],
)
def test_whatever_addresses_a_device_says_it_is_asked_where_it_answered(xaddrs: str, expected: str) -> None:
    (found,) = read_matches(matches(xaddrs=xaddrs), SOURCE, {ID})
    assert (found.host, found.xaddr) == (SOURCE, expected)


@pytest.mark.parametrize("xaddrs", ["", "file:///etc/passwd", "http://", "http://h:99999/x", "gopher://10.0.0.9/x"])
def test_a_match_without_an_address_that_can_be_asked_is_none(xaddrs: str) -> None:
    assert read_matches(matches(xaddrs=xaddrs), SOURCE, {ID}) == []


@given(st.binary(max_size=400) | st.text(max_size=200).map(str.encode))
def test_no_bytes_make_reading_fail(data: bytes) -> None:
    assert read_matches(data, SOURCE, {ID}) == []


@given(st.integers(0, 900), st.binary(min_size=1, max_size=20))
def test_a_damaged_answer_makes_nothing_fail_and_leads_nowhere_else(place: int, damage: bytes) -> None:
    whole = matches()
    for found in read_matches(whole[:place] + damage + whole[place + len(damage) :], SOURCE, {ID}):
        assert found.host == SOURCE
        assert found.xaddr.startswith(("http://10.0.0.9:", "https://10.0.0.9:"))
