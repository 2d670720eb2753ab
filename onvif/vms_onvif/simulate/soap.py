"""SOAP 1.2 requests read with a parser that resolves nothing, and answers made of text whose values are escaped.

Knows no operation. Namespaces are those of ONVIF Core, Media and Media2, WS-BaseNotification and WS-Addressing 1.0.
"""

import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final
from xml.sax.saxutils import escape as _escape

from lxml import etree

SOAP: Final = "http://www.w3.org/2003/05/soap-envelope"
TDS: Final = "http://www.onvif.org/ver10/device/wsdl"
TRT: Final = "http://www.onvif.org/ver10/media/wsdl"
TR2: Final = "http://www.onvif.org/ver20/media/wsdl"
TEV: Final = "http://www.onvif.org/ver10/events/wsdl"
TPTZ: Final = "http://www.onvif.org/ver20/ptz/wsdl"
TRC: Final = "http://www.onvif.org/ver10/recording/wsdl"
TSE: Final = "http://www.onvif.org/ver10/search/wsdl"
TRP: Final = "http://www.onvif.org/ver10/replay/wsdl"
TT: Final = "http://www.onvif.org/ver10/schema"
TER: Final = "http://www.onvif.org/ver10/error"
TNS1: Final = "http://www.onvif.org/ver10/topics"
WSNT: Final = "http://docs.oasis-open.org/wsn/b-2"
WSA: Final = "http://www.w3.org/2005/08/addressing"
_WSSE: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd"
_WSU: Final = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd"
_DIGEST: Final = "#PasswordDigest"

_PREFIXES: Final = {
    "SOAP-ENV": SOAP,
    "tds": TDS,
    "trt": TRT,
    "tr2": TR2,
    "tev": TEV,
    "tptz": TPTZ,
    "trc": TRC,
    "tse": TSE,
    "trp": TRP,
    "tt": TT,
    "ter": TER,
    "tns1": TNS1,
    "wsnt": WSNT,
    "wsa": WSA,
    "wstop": "http://docs.oasis-open.org/wsn/t-1",
    "wsrf-rw": "http://docs.oasis-open.org/wsrf/rw-2",
    "wsrf-bf": "http://docs.oasis-open.org/wsrf/bf-2",
}
_LEFT_OUT: Final = frozenset({"ter", "wsrf-rw", "wsa"})
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class NotSoap(Exception):
    """The body is no SOAP 1.2 request."""


class SoapFault(Exception):
    """What an operation answers instead. `subcode` is a qualified name, as `ter:NotAuthorized`."""

    def __init__(
        self, reason: str, subcode: str = "ter:InvalidArgVal", *, sender: bool = True, status: HTTPStatus | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.subcode = subcode
        self.sender = sender
        self.status = status or (HTTPStatus.BAD_REQUEST if sender else HTTPStatus.INTERNAL_SERVER_ERROR)


@dataclass(frozen=True, slots=True)
class UsernameToken:
    """WS-UsernameToken profile 1.0; `digest` is empty when the password came in plain text."""

    username: str
    digest: str = field(repr=False)
    nonce: str
    created: str


@dataclass(frozen=True, slots=True)
class Request:
    """One operation: the first element of the body, and the headers that matter."""

    namespace: str
    operation: str
    body: etree._Element
    token: UsernameToken | None = None
    action: str = ""
    to: str = ""
    message_id: str = ""
    subscription_id: str = ""
    path: str = ""
    """where it was posted to"""

    def text(self, name: str) -> str:
        """The text of the first descendant of that local name, or nothing."""
        found = next((e for e in self.body.iter(etree.Element) if local(e) == name), None)
        return "" if found is None else (found.text or "").strip()

    def attributes(self, name: str) -> dict[str, str] | None:
        """The attributes of the first descendant of that local name, or None when there is none."""
        found = next((e for e in self.body.iter(etree.Element) if local(e) == name), None)
        return None if found is None else {str(key): str(value) for key, value in found.attrib.items()}

    def texts(self, name: str) -> list[str]:
        return [(e.text or "").strip() for e in self.body.iter(etree.Element) if local(e) == name]


def local(element: etree._Element) -> str:
    return etree.QName(element).localname


def parse_xml(raw: bytes) -> etree._Element:
    """Parse hostile XML: no document type, no entities, no network, bounded depth. Raises `NotSoap`."""
    if b"<!" in raw or b"\x00" in raw:
        raise NotSoap("a document type or a CDATA section, or another encoding than UTF-8")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = etree.fromstring(raw, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotSoap("no XML") from error
    if root is None:
        raise NotSoap("no XML")
    return root


def parse(raw: bytes, path: str = "") -> Request:
    """Raises `NotSoap`."""
    root = parse_xml(raw)
    body = root.find(f"{{{SOAP}}}Body")
    if root.tag != f"{{{SOAP}}}Envelope" or body is None or len(body) == 0:
        raise NotSoap("no SOAP 1.2 envelope with a body")
    name = etree.QName(body[0])
    header = root.find(f"{{{SOAP}}}Header")
    entries = {} if header is None else {local(entry): entry for entry in header.iterchildren(etree.Element)}
    return Request(
        namespace=name.namespace or "",
        operation=name.localname,
        body=body[0],
        token=_token(header),
        action=_text(entries.get("Action")),
        to=_text(entries.get("To")),
        message_id=_text(entries.get("MessageID")),
        subscription_id=_text(entries.get("SubscriptionId")),
        path=path,
    )


def _token(header: etree._Element | None) -> UsernameToken | None:
    found = None if header is None else header.find(f"{{{_WSSE}}}Security/{{{_WSSE}}}UsernameToken")
    if found is None:
        return None
    password = found.find(f"{{{_WSSE}}}Password")
    digested = password is not None and str(password.get("Type", "")).endswith(_DIGEST)
    return UsernameToken(
        username=_text(found.find(f"{{{_WSSE}}}Username")),
        digest=_text(password) if digested else "",
        nonce=_text(found.find(f"{{{_WSSE}}}Nonce")),
        created=_text(found.find(f"{{{_WSU}}}Created")),
    )


def _text(element: etree._Element | None) -> str:
    return "" if element is None else (element.text or "").strip()


def x(value: object) -> str:
    """Escape for text and for attributes in double quotes; what XML 1.0 cannot hold is left out."""
    return _escape(_NOT_XML.sub("", str(value)), {'"': "&quot;", "\n": "&#10;"})


def envelope(body: str, header: str = "", *, undeclared: bool = False) -> bytes:
    """`undeclared` leaves out prefixes that the text may use all the same (quirk 9)."""
    declared = " ".join(
        f'xmlns:{prefix}="{uri}"' for prefix, uri in _PREFIXES.items() if not (undeclared and prefix in _LEFT_OUT)
    )
    text = (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<SOAP-ENV:Envelope {declared}>'
        f"<SOAP-ENV:Header>{header}</SOAP-ENV:Header><SOAP-ENV:Body>{body}</SOAP-ENV:Body></SOAP-ENV:Envelope>"
    )
    return text.encode()


def fault_body(fault: SoapFault) -> str:
    """The subcode is repeated as an element, since a prefix that is missing (quirk 9) only hurts there."""
    code = "SOAP-ENV:Sender" if fault.sender else "SOAP-ENV:Receiver"
    return (
        f"<SOAP-ENV:Fault><SOAP-ENV:Code><SOAP-ENV:Value>{code}</SOAP-ENV:Value>"
        f"<SOAP-ENV:Subcode><SOAP-ENV:Value>{x(fault.subcode)}</SOAP-ENV:Value></SOAP-ENV:Subcode></SOAP-ENV:Code>"
        f'<SOAP-ENV:Reason><SOAP-ENV:Text xml:lang="en">{x(fault.reason)}</SOAP-ENV:Text></SOAP-ENV:Reason>'
        f"<SOAP-ENV:Detail><{fault.subcode}>{x(fault.reason)}</{fault.subcode}></SOAP-ENV:Detail></SOAP-ENV:Fault>"
    )
