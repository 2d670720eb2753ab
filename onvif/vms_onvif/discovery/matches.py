"""ProbeMatches from anybody on the network, read without trust. Pure."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree

from vms_onvif import hostile_xml
from vms_onvif.faults import OnvifFault
from vms_onvif.hostile_xml import child, children, local, text_of
from vms_onvif.origin import best
from vms_onvif.scopes import ROOT, scope_value

MOST_DATAGRAM_BYTES: Final = 65_535
_MOST_MATCHES: Final = 16
_MOST_SCOPES: Final = 64
_MOST_XADDRS: Final = 16
_MOST_TEXT: Final = 60_000


@dataclass(frozen=True, slots=True)
class Found:
    """A device that answered. All text but `host` and `port` is the device's own, and hostile."""

    host: str
    port: int
    xaddr: str
    name: str = ""
    hardware: str = ""
    location: str = ""
    endpoint: str = ""


def read_matches(datagram: bytes, source_host: str, asked: Collection[str]) -> list[Found]:
    """The devices in an answer that came from `source_host` to one of the message ids in `asked`; nothing for anything else.

    Endpoint references and serial numbers are not unique (quirk 18): what tells devices apart is where they answer.
    """
    try:
        root = hostile_xml.parse(datagram)
    except OnvifFault:
        return []
    body = child(root, "Body", "ProbeMatches")
    if body is None or not _answers(root, asked):
        return []
    return list(_found(list(children(body, "ProbeMatch"))[:_MOST_MATCHES], source_host))


def _answers(root: etree._Element, asked: Collection[str]) -> bool:
    """Devices write the id with another prefix, or leave it away; an id that is not ours is an answer to someone else."""
    said = text_of(child(root, "Header", "RelatesTo"), 200).rpartition(":")[2].lower()
    return not said or said in asked


def _found(matches: list[etree._Element], source_host: str) -> Iterator[Found]:
    for match in matches:
        scopes = text_of(child(match, "Scopes"), _MOST_TEXT).split()[:_MOST_SCOPES]
        if not _is_onvif(text_of(child(match, "Types"), _MOST_TEXT), scopes):
            continue
        where = best(text_of(child(match, "XAddrs"), _MOST_TEXT).split()[:_MOST_XADDRS], source_host)
        if where is None:
            continue
        origin, path = where
        yield Found(
            origin.host,
            origin.port,
            origin.url(path),
            scope_value(scopes, "name"),
            scope_value(scopes, "hardware"),
            scope_value(scopes, "location"),
            _endpoint(match),
        )


def _is_onvif(types: str, scopes: list[str]) -> bool:
    """Printers and computers answer probes, too."""
    names = {name.rpartition(":")[2] for name in types.split()}
    return "NetworkVideoTransmitter" in names or any(scope.lower().startswith(ROOT) for scope in scopes)


def _endpoint(match: etree._Element) -> str:
    reference = next((part for part in match.iterchildren(etree.Element) if local(part) == "EndpointReference"), None)
    return text_of(child(reference, "Address"), 300)
