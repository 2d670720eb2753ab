"""XML from devices, read by a parser that resolves nothing, goes nowhere and gives up early. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from vms_onvif.faults import FaultKind, OnvifFault
from vms_onvif.namespaces import USUAL_PREFIXES

MOST_BYTES: Final = 2 * 1024 * 1024
"""A recorder with 128 profiles answers with about 700 kB."""
MOST_ELEMENTS: Final = 40_000
MOST_LEVELS: Final = 64
_START_TAG: Final = re.compile(rb"<(?![?!])[^\s/>]{1,200}")
_UNDECLARED: Final = frozenset({"ERR_UNDECLARED_PREFIX", "NS_ERR_UNDEFINED_NAMESPACE"})


def parse(raw: bytes) -> etree._Element:
    """The root of `raw`. Raises `OnvifFault(GARBAGE)`."""
    return read(raw)[0]


def read(raw: bytes) -> tuple[etree._Element, bytes]:
    """The root of `raw`, and the text that it was read from: some devices use prefixes that they never declared (quirk 9).

    Raises `OnvifFault(GARBAGE)`.
    """
    if len(raw) > MOST_BYTES:
        raise OnvifFault(FaultKind.GARBAGE, "the answer is too large")
    # Neither SOAP nor ONVIF needs a document type; without one there are no entities.
    if b"<!DOCTYPE" in raw or b"<!ENTITY" in raw or b"\x00" in raw:
        raise OnvifFault(FaultKind.GARBAGE, "a document type, or an encoding that we do not read")
    parser = _parser()
    text = raw.lstrip(b"\xef\xbb\xbf \t\r\n")
    try:
        root = etree.fromstring(text, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        repaired = _declared(text) if _only_undeclared(parser) else text
        if repaired is text:
            raise OnvifFault(FaultKind.GARBAGE, "the answer is no XML") from error
        return parse(repaired), repaired
    if root is None:
        raise OnvifFault(FaultKind.GARBAGE, "the answer is empty")
    _check_shape(root)
    return root, text


def local(element: etree._Element) -> str:
    """The tag's name without its namespace."""
    return etree.QName(element).localname


def children(element: etree._Element, *names: str) -> Iterator[etree._Element]:
    """Child elements of these local names: devices mix up namespaces more often than names."""
    return (child for child in element.iterchildren(etree.Element) if local(child) in names)


def child(element: etree._Element | None, *path: str) -> etree._Element | None:
    """The first child, of the first child, ... of these local names."""
    for name in path:
        element = None if element is None else next(children(element, name), None)
    return element


def text_of(element: etree._Element | None, limit: int = 4096) -> str:
    return "" if element is None else (element.text or "").strip()[:limit]


def _parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, huge_tree=False
    )


def _only_undeclared(parser: etree.XMLParser) -> bool:
    errors = [entry for entry in parser.error_log if entry.level_name != "WARNING"]
    return bool(errors) and all(entry.type_name in _UNDECLARED for entry in errors)


def _declared(raw: bytes) -> bytes:
    """`raw` with the usual meaning of every known prefix that is used in it and declared nowhere."""
    started = _START_TAG.search(raw)
    if started is None:
        return raw
    missing = [
        f' xmlns:{prefix}="{uri}"'.encode()
        for prefix, uri in USUAL_PREFIXES.items()
        if f"{prefix}:".encode() in raw and f"xmlns:{prefix}=".encode() not in raw
    ]
    return raw[: started.end()] + b"".join(missing) + raw[started.end() :] if missing else raw


def _check_shape(root: etree._Element) -> None:
    levels = elements = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        if event == "end":
            levels -= 1
            continue
        levels += 1
        elements += 1
        if levels > MOST_LEVELS or elements > MOST_ELEMENTS:
            raise OnvifFault(FaultKind.GARBAGE, "the answer is too deep or has too many elements")
