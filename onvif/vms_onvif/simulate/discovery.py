"""WS-Discovery (April 2005, as in ONVIF Core 7): probes read, and what a device answers. Knows no sockets."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote

from lxml import etree

from vms_onvif.simulate.addresses import Addresses
from vms_onvif.simulate.device import OnvifDevice
from vms_onvif.simulate.quirks import Quirk
from vms_onvif.simulate.soap import SOAP, TDS, NotSoap, parse_xml, x

WSD: Final = "http://schemas.xmlsoap.org/ws/2005/04/discovery"
WSA04: Final = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
DN: Final = "http://www.onvif.org/ver10/network/wsdl"
MOST_PROBE_BYTES: Final = 16_384
_TYPES: Final = frozenset({(DN, "NetworkVideoTransmitter"), (TDS, "Device")})
_MATCH_BY: Final = {"": "rfc3986", f"{WSD}/rfc3986": "rfc3986", f"{WSD}/strcmp0": "strcmp0"}
_ANONYMOUS: Final = f"{WSA04}/role/anonymous"


@dataclass(frozen=True, slots=True)
class Probe:
    """A Probe or, with an `endpoint`, a Resolve. `match_by` is empty for a rule that we do not know."""

    message_id: str
    types: frozenset[tuple[str, str]] = frozenset()
    scopes: tuple[str, ...] = ()
    match_by: str = "rfc3986"
    endpoint: str = ""
    broken_lines: bool = False


def parse_probe(raw: bytes) -> Probe | None:
    """None for anything else: a device says nothing to what it does not understand."""
    if len(raw) > MOST_PROBE_BYTES:
        return None
    try:
        root = parse_xml(raw)
    except NotSoap:
        return None
    header, body = root.find(f"{{{SOAP}}}Header"), root.find(f"{{{SOAP}}}Body")
    if root.tag != f"{{{SOAP}}}Envelope" or header is None or body is None or len(body) == 0:
        return None
    message_id = (header.findtext(f"{{{WSA04}}}MessageID") or "").strip()
    trimmed = raw.strip()
    return _asked(body[0], message_id, broken_lines=b"\n" in trimmed or b"\r" in trimmed) if message_id else None


def _asked(asked: etree._Element, message_id: str, *, broken_lines: bool) -> Probe | None:
    if asked.tag == f"{{{WSD}}}Resolve":
        address = (asked.findtext(f"{{{WSA04}}}EndpointReference/{{{WSA04}}}Address") or "").strip()
        return Probe(message_id, endpoint=address, broken_lines=broken_lines) if address else None
    if asked.tag != f"{{{WSD}}}Probe":
        return None
    scopes = asked.find(f"{{{WSD}}}Scopes")
    return Probe(
        message_id,
        _types(asked.find(f"{{{WSD}}}Types")),
        () if scopes is None else tuple((scopes.text or "").split()),
        _MATCH_BY.get("" if scopes is None else str(scopes.get("MatchBy", "")), ""),
        broken_lines=broken_lines,
    )


def _types(element: etree._Element | None) -> frozenset[tuple[str, str]]:
    """Qualified names; one with an unknown prefix matches nothing."""
    found = set()
    for name in ("" if element is None else element.text or "").split():
        prefix, _, tail = name.rpartition(":")
        namespace = element.nsmap.get(prefix or None, "") if element is not None else ""
        found.add((str(namespace), tail))
    return frozenset(found)


def matches(device: OnvifDevice, probe: Probe) -> bool:
    """Whether the device answers (WS-Discovery 5.1 and 5.2; quirk 8)."""
    if probe.broken_lines and Quirk.IGNORES_LINE_BREAKS in device.quirks:
        return False
    if probe.endpoint:
        return probe.endpoint == device.endpoint
    own = device.all_scopes
    rule = {"rfc3986": _below, "strcmp0": str.__eq__}.get(probe.match_by)
    if rule is None:
        return False
    return probe.types <= _TYPES and all(any(rule(scope, wanted) for scope in own) for wanted in probe.scopes)


def _below(scope: str, wanted: str) -> bool:
    """RFC 3986 matching: whole segments, in any spelling of percent signs."""
    have, want = (unquote(part).rstrip("/").split("/") for part in (scope, wanted))
    have[:3], want[:3] = ([part.lower() for part in parts[:3]] for parts in (have, want))
    return have[: len(want)] == want


def answer(device: OnvifDevice, addresses: Addresses, probe: Probe, fresh: Callable[[], str]) -> bytes:
    """One ProbeMatches or ResolveMatches. `fresh` gives a text that was not given before."""
    kind = "Resolve" if probe.endpoint else "Probe"
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<SOAP-ENV:Envelope xmlns:SOAP-ENV="{SOAP}" xmlns:wsa="{WSA04}" xmlns:d="{WSD}" xmlns:dn="{DN}" '
        f'xmlns:tds="{TDS}"><SOAP-ENV:Header><wsa:MessageID>urn:uuid:{x(fresh())}</wsa:MessageID>'
        f"<wsa:RelatesTo>{x(probe.message_id)}</wsa:RelatesTo><wsa:To>{_ANONYMOUS}</wsa:To>"
        f"<wsa:Action>{WSD}/{kind}Matches</wsa:Action></SOAP-ENV:Header><SOAP-ENV:Body><d:{kind}Matches>"
        f"<d:{kind}Match><wsa:EndpointReference><wsa:Address>{x(device.endpoint)}</wsa:Address>"
        "</wsa:EndpointReference><d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types>"
        f"<d:Scopes>{x(' '.join(device.all_scopes))}</d:Scopes><d:XAddrs>{x(addresses.discovered())}</d:XAddrs>"
        f"<d:MetadataVersion>10</d:MetadataVersion></d:{kind}Match></d:{kind}Matches>"
        "</SOAP-ENV:Body></SOAP-ENV:Envelope>"
    ).encode()
