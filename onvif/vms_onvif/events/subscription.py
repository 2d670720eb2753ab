"""One pull point of one device (ONVIF Core 9.1, WS-BaseNotification 1.3, WS-Addressing 1.0).

Made and read without zeep: what makes it work on real devices are headers and addresses that zeep does not let through, and a
waiting pull must not hold a thread. Devices have four to eight pull points (quirk 15): one is used as long as it lives, over lost
connections, and always given back.
"""

import copy
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from lxml import etree

from vms_onvif.envelopes import content_type, envelope
from vms_onvif.events.notifications import MOST_MESSAGES, Notification, read_notifications
from vms_onvif.faults import FaultKind, OnvifFault, SoapFault
from vms_onvif.hostile_xml import child, text_of
from vms_onvif.link import Link
from vms_onvif.namespaces import TEV, WSA, WSNT
from vms_onvif.replies import Answer

LASTS_S: Final = 600
RENEW_AT: Final = 0.8
PULL_S: Final = 30
"""240 devices that have nothing to say cost eight requests a second."""
SHORT_PULL_S: Final = 8
"""For devices that hang up on a pull of ten seconds (quirk 13)."""
_SHORTEST_RENEWAL_S: Final = 10.0
_MOST_PARAMETERS: Final = 8
_MOST_PARAMETER_BYTES: Final = 4096
_ANONYMOUS: Final = f"{WSA}/anonymous"
_WSNT_ACTION: Final = "http://docs.oasis-open.org/wsn/bw-2/SubscriptionManager"
_FULL: Final = ("maximum number", "too many", "max number", "maxpullpoint")


@dataclass(slots=True, eq=False)
class Subscription:
    """`to` is the address as the device said it; `path` is where we ask, on the host that answered (quirks 5, 16).

    `renew_at_s` and `ends_s` are on our monotonic clock.
    """

    path: str
    to: str
    parameters: Sequence[etree._Element] = field(repr=False)
    renew_at_s: float
    ends_s: float


class PullPoint:
    """Asks for pull points at a device's event service. `now_s` is monotonic. Everything here raises `OnvifFault`."""

    def __init__(self, link: Link, events_path: str, now_s: Callable[[], float]) -> None:
        self._link = link
        self._path = events_path
        self._now_s = now_s

    async def create(self) -> Subscription:
        """Raises FULL when the device has no room; UNSUPPORTED when it has no pull points, whatever it claims (quirk 16)."""
        try:
            answer = await self._create(f"PT{LASTS_S}S")
        except SoapFault as fault:
            if any("InitialTerminationTime" in subcode for subcode in fault.subcodes):
                answer = await self._create("")
            elif any(words in fault.reason.lower() for words in _FULL):
                raise OnvifFault(FaultKind.FULL, fault.reason) from fault
            else:
                raise
        reference = child(answer.payload, "SubscriptionReference")
        if reference is None:
            raise OnvifFault(FaultKind.GARBAGE, "a subscription without an address")
        to = text_of(child(reference, "Address"), 2000)
        parameters = child(reference, "ReferenceParameters")
        made = Subscription(self._link.origin.path_of(to, self._path), to, _echoed(parameters), 0.0, 0.0)
        self._lasts(made, answer)
        return made

    async def pull(self, subscription: Subscription, timeout_s: int = PULL_S) -> list[Notification]:
        """Wait for messages, for at most `timeout_s`."""
        request = etree.Element(f"{{{TEV}}}PullMessages", nsmap={"tev": TEV})
        etree.SubElement(request, f"{{{TEV}}}Timeout").text = f"PT{timeout_s}S"
        etree.SubElement(request, f"{{{TEV}}}MessageLimit").text = str(MOST_MESSAGES)
        action = f"{TEV}/PullPointSubscription/PullMessagesRequest"
        answer = await self._ask(subscription, request, action, timeout_s=timeout_s + self._link.timeout_s)
        return read_notifications(answer.payload)

    async def renew(self, subscription: Subscription) -> None:
        request = etree.Element(f"{{{WSNT}}}Renew", nsmap={"wsnt": WSNT})
        # Seconds: some devices read no other duration (quirk 16).
        etree.SubElement(request, f"{{{WSNT}}}TerminationTime").text = f"PT{LASTS_S}S"
        answer = await self._ask(subscription, request, f"{_WSNT_ACTION}/RenewRequest")
        self._lasts(subscription, answer)

    async def unsubscribe(self, subscription: Subscription) -> None:
        request = etree.Element(f"{{{WSNT}}}Unsubscribe", nsmap={"wsnt": WSNT})
        await self._ask(subscription, request, f"{_WSNT_ACTION}/UnsubscribeRequest")

    async def _create(self, lasts: str) -> Answer:
        request = etree.Element(f"{{{TEV}}}CreatePullPointSubscription", nsmap={"tev": TEV})
        if lasts:
            etree.SubElement(request, f"{{{TEV}}}InitialTerminationTime").text = lasts
        action = f"{TEV}/EventPortType/CreatePullPointSubscriptionRequest"
        headers = _addressing(action, self._link.origin.url(self._path))
        return await self._link.exchange(self._path, envelope(request, headers), content_type(action))

    async def _ask(
        self, subscription: Subscription, request: etree._Element, action: str, *, timeout_s: float | None = None
    ) -> Answer:
        to = subscription.to or self._link.origin.url(subscription.path)
        headers = [*_addressing(action, to), *map(copy.deepcopy, subscription.parameters)]
        made = envelope(request, headers)
        return await self._link.exchange(subscription.path, made, content_type(action), timeout_s=timeout_s)

    def _lasts(self, subscription: Subscription, answer: Answer) -> None:
        """How long it lasts by the device's own two times, or as we asked; never renewed more often than every 10 s."""
        now_s = self._now_s()
        began, ends = (_seconds(text_of(child(answer.payload, name))) for name in ("CurrentTime", "TerminationTime"))
        granted_s = LASTS_S if began is None or ends is None or ends <= began else min(ends - began, LASTS_S)
        subscription.ends_s = now_s + granted_s
        subscription.renew_at_s = now_s + max(granted_s * RENEW_AT, _SHORTEST_RENEWAL_S)


def _addressing(action: str, to: str) -> list[etree._Element]:
    """Some devices refuse a pull without them (quirk 12)."""
    reply_to = etree.Element(f"{{{WSA}}}ReplyTo")
    etree.SubElement(reply_to, f"{{{WSA}}}Address").text = _ANONYMOUS
    return [
        _text_element("Action", action),
        _text_element("MessageID", f"urn:uuid:{uuid.uuid4()}"),
        reply_to,
        _text_element("To", to),
    ]


def _text_element(name: str, text: str) -> etree._Element:
    element = etree.Element(f"{{{WSA}}}{name}")
    element.text = text
    return element


def _echoed(parameters: etree._Element | None) -> list[etree._Element]:
    """Reference parameters become headers of every request (WS-Addressing 1.0 SOAP Binding, 3.4; quirk 11)."""
    if parameters is None:
        return []
    echoed = [copy.deepcopy(part) for part in list(parameters.iterchildren(etree.Element))[:_MOST_PARAMETERS]]
    if sum(len(etree.tostring(part)) for part in echoed) > _MOST_PARAMETER_BYTES:
        raise OnvifFault(FaultKind.GARBAGE, "a subscription with endless reference parameters")
    for part in echoed:
        part.tail = None
        part.set(f"{{{WSA}}}IsReferenceParameter", "true")
    return echoed


def _seconds(text: str) -> float | None:
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        return None
