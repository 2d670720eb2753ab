"""SOAP 1.2 envelopes for the few calls that we make without zeep. Pure."""

from collections.abc import Iterable

from lxml import etree

from vms_onvif.namespaces import SOAP, WSA


def envelope(payload: etree._Element, headers: Iterable[etree._Element] = ()) -> etree._Element:
    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"s": SOAP, "wsa": WSA})
    header = etree.SubElement(root, f"{{{SOAP}}}Header")
    header.extend(headers)
    etree.SubElement(root, f"{{{SOAP}}}Body").append(payload)
    return root


def content_type(action: str) -> str:
    return f'application/soap+xml; charset=utf-8; action="{action}"'
