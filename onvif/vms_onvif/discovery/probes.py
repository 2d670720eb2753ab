"""The Probe of WS-Discovery (2005/04) as ONVIF uses it (Core, 7.3). Pure.

On one line: some cameras ignore a probe with line breaks in its XML (quirk 8).
"""

from typing import Final

MULTICAST_V4: Final = "239.255.255.250"
PORT: Final = 3702

TYPES: Final = ("dn:NetworkVideoTransmitter", "tds:Device")
"""Some devices answer to the one only, and some to the other."""


def probe(message_id: str, types: str) -> bytes:
    """`message_id` is a UUID; `types` is one of `TYPES`."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"'
        ' xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing"'
        ' xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"'
        ' xmlns:dn="http://www.onvif.org/ver10/network/wsdl"'
        ' xmlns:tds="http://www.onvif.org/ver10/device/wsdl">'
        f"<e:Header><w:MessageID>uuid:{message_id}</w:MessageID>"
        '<w:To e:mustUnderstand="true">urn:schemas-xmlsoap-org:ws:2005:04:discovery</w:To>'
        '<w:Action e:mustUnderstand="true">http://schemas.xmlsoap.org/ws/2005/04/discovery/Probe</w:Action></e:Header>'
        f"<e:Body><d:Probe><d:Types>{types}</d:Types></d:Probe></e:Body></e:Envelope>"
    ).encode()
