"""What an HTTP answer of a device means: a SOAP body, or a typed fault. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from lxml import etree

from vms_onvif.faults import FaultKind, OnvifFault, SoapFault
from vms_onvif.hostile_xml import child, children, local, read, text_of

_MOST_REASON: Final = 200
_MOST_SUBCODES: Final = 4
_KINDS: Final = {
    "NotAuthorized": FaultKind.AUTHENTICATION,
    "FailedAuthentication": FaultKind.AUTHENTICATION,
    "InvalidSecurity": FaultKind.AUTHENTICATION,
    "InvalidSecurityToken": FaultKind.AUTHENTICATION,
    "OperationProhibited": FaultKind.AUTHENTICATION,
    "ActionNotSupported": FaultKind.UNSUPPORTED,
    "NotSupported": FaultKind.UNSUPPORTED,
    "UnknownAction": FaultKind.UNSUPPORTED,
    "ResourceUnknownFault": FaultKind.GONE,
    "ResourceUnavailableFault": FaultKind.GONE,
    "UnableToDestroySubscriptionFault": FaultKind.GONE,
    "SubscribeCreationFailedFault": FaultKind.FULL,
    "UnableToCreatePullPointFault": FaultKind.FULL,
    "MaxPullPointsReached": FaultKind.FULL,
}


@dataclass(frozen=True, slots=True)
class HttpReply:
    """`challenges` are the values of WWW-Authenticate; `date_s` is the Date header as UTC in seconds, when there is one."""

    status: int
    body: bytes = field(repr=False)
    challenges: Sequence[str] = ()
    date_s: float | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """`payload` is the first element of the SOAP body; `envelope` is the text that it was read from."""

    payload: etree._Element
    envelope: bytes = field(repr=False)


def read_reply(reply: HttpReply) -> Answer:
    """Raises `OnvifFault`."""
    if not reply.body.strip():
        raise _by_status(reply)
    try:
        payload, envelope = _opened(reply.body)
    except OnvifFault as fault:
        if reply.status == 200:
            raise
        # An error page: what HTTP says of it counts.
        raise _by_status(reply) from fault
    if local(payload) == "Fault":
        raise _fault(payload, reply)
    if reply.status != 200:
        raise _by_status(reply)
    return Answer(payload, envelope)


def _opened(body: bytes) -> tuple[etree._Element, bytes]:
    root, envelope = read(body)
    inside = child(root, "Body") if local(root) == "Envelope" else None
    payload = None if inside is None else next(inside.iterchildren(etree.Element), None)
    if payload is None:
        raise OnvifFault(FaultKind.GARBAGE, "the answer is no SOAP, or an empty one")
    return payload, envelope


def _by_status(reply: HttpReply) -> OnvifFault:
    kind = {
        200: FaultKind.GARBAGE,
        401: FaultKind.AUTHENTICATION,
        403: FaultKind.AUTHENTICATION,
        404: FaultKind.UNSUPPORTED,
        405: FaultKind.UNSUPPORTED,
        423: FaultKind.LOCKED,
    }.get(reply.status, FaultKind.REFUSED)
    return OnvifFault(kind, f"HTTP status {reply.status}")


def _fault(fault: etree._Element, reply: HttpReply) -> SoapFault:
    subcodes = _subcodes(fault)
    # SOAP 1.1 says it in faultstring; some devices answer in it whatever was asked.
    reason = text_of(child(fault, "Reason", "Text"), _MOST_REASON) or text_of(child(fault, "faultstring"), _MOST_REASON)
    kind = next((_KINDS[subcode] for subcode in reversed(subcodes) if subcode in _KINDS), None)
    if kind is None and reply.status in (401, 403):
        kind = FaultKind.AUTHENTICATION
    if kind is None and _says_unauthorized(reason):
        kind = FaultKind.AUTHENTICATION
    if kind is FaultKind.AUTHENTICATION and _says_locked(subcodes, reason):
        kind = FaultKind.LOCKED
    return SoapFault(kind or FaultKind.REFUSED, subcodes, reason)


def _says_unauthorized(reason: str) -> bool:
    return any(words in reason.lower() for words in ("not authorized", "unauthorized", "authority failure"))


def _says_locked(subcodes: tuple[str, ...], reason: str) -> bool:
    words = " ".join((*subcodes, reason)).lower()
    return "locked" in words or "too many login" in words or "too many failed" in words


def _subcodes(fault: etree._Element) -> tuple[str, ...]:
    """Local names: the prefix is text here, and need not be declared at all (quirk 9)."""
    found: list[str] = []
    code = child(fault, "Code")
    for _ in range(_MOST_SUBCODES):
        code = child(code, "Subcode")
        if code is None:
            break
        found.append(text_of(child(code, "Value"), 100).rpartition(":")[2])
    # WS-BaseNotification tells its faults by an element in Detail.
    detail = child(fault, "Detail")
    if detail is not None:
        found.extend(local(entry) for entry in list(detail.iterchildren(etree.Element))[:_MOST_SUBCODES])
    old = next(children(fault, "faultcode"), None)
    return tuple(found) if old is None else (*found, text_of(old, 100).rpartition(":")[2])
