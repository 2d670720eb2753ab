"""The Event service: pull points, their messages and their ends (ONVIF Core 9, ver10/events/wsdl, WS-BaseNotification)."""

import re
from collections.abc import Callable
from typing import Final

from vms_onvif.simulate.addresses import ALL_SUBSCRIPTIONS, SUBSCRIPTION, Addresses, Service
from vms_onvif.simulate.clock import DeviceClock
from vms_onvif.simulate.device import OnvifDevice
from vms_onvif.simulate.durations import seconds, utc_s
from vms_onvif.simulate.motion import CONCRETE, description, notification, topic
from vms_onvif.simulate.pull_points import NoSlot, PullPoint, PullPoints, Wait
from vms_onvif.simulate.quirks import Quirk
from vms_onvif.simulate.services.table import Operations
from vms_onvif.simulate.soap import Request, SoapFault, x

SLOTS: Final = 8
FEW_SLOTS: Final = 4
LONGEST_PULL_S: Final = 60.0
DROPPED_AFTER_S: Final = 10.0
_LASTS_S: Final = 60.0
_BOUNDS_S: Final = (1.0, 86_400.0)
_MOST_MESSAGES: Final = 64
_URN: Final = "urn:uuid:"


class Dropped(Exception):
    """The connection ends without an answer (quirk 13)."""


class EventService:
    """`moving` gives the places of the channels with motion now; `wait` is how a pull waits."""

    def __init__(
        self,
        device: OnvifDevice,
        addresses: Addresses,
        clock: DeviceClock,
        *,
        points: PullPoints,
        moving: Callable[[], dict[int, bool]],
        wait: Wait,
    ) -> None:
        self._device = device
        self._quirks = device.quirks
        self._addresses = addresses
        self._clock = clock
        self._points = points
        self._moving = moving
        self._wait = wait

    @property
    def operations(self) -> Operations:
        pulls = "false" if Quirk.DENIES_PULL_POINTS in self._quirks else "true"
        return {
            "GetServiceCapabilities": lambda _: (
                f'<tev:Capabilities WSSubscriptionPolicySupport="false" WSPullPointSupport="{pulls}" '
                f'MaxPullPoints="{FEW_SLOTS if Quirk.FEW_PULL_POINTS in self._quirks else SLOTS}" '
                'PersistentNotificationStorage="false"/>'
            ),
            "GetEventProperties": lambda _: self._properties(),
            "CreatePullPointSubscription": self._create,
        }

    @property
    def subscription_operations(self) -> Operations:
        """What is asked of a pull point, at its own address."""
        return {
            "PullMessages": self._pull,
            "SetSynchronizationPoint": self._synchronise,
            "Renew": self._renew,
            "Unsubscribe": self._unsubscribe,
        }

    def publish(self, place: int, *, moving: bool) -> None:
        """Tell all pull points that motion began or ended."""
        message = notification(self._device, place, moving=moving, stamp=self._clock.stamp(), operation="Changed")
        self._points.publish(topic(self._device), message)

    def _properties(self) -> str:
        return (
            "<tev:TopicNamespaceLocation>http://www.onvif.org/onvif/ver10/topics/topicns.xml"
            "</tev:TopicNamespaceLocation><wsnt:FixedTopicSet>true</wsnt:FixedTopicSet>"
            f"<wstop:TopicSet>{description(self._device)}</wstop:TopicSet>"
            f"<wsnt:TopicExpressionDialect>{CONCRETE}</wsnt:TopicExpressionDialect>"
            "<tev:MessageContentFilterDialect>http://www.onvif.org/ver10/tev/messageContentFilter/ItemFilter"
            "</tev:MessageContentFilterDialect>"
            "<tev:MessageContentSchemaLocation>http://www.onvif.org/onvif/ver10/schema/onvif.xsd"
            "</tev:MessageContentSchemaLocation>"
        )

    def _create(self, request: Request) -> str:
        if Quirk.CLAIMS_PULL_POINTS in self._quirks:
            raise SoapFault("no pull points", "ter:ActionNotSupported")
        lasts_s = self._lasts_s(request.text("InitialTerminationTime"))
        wants = topic_filter(request.texts("TopicExpression"))
        try:
            point = self._points.create(lasts_s, wants)
        except NoSlot as error:
            raise SoapFault("the maximum number of pull points is reached", "ter:Action", sender=False) from error
        self._synchronise_point(point)
        return f"<tev:SubscriptionReference>{self._reference(point)}</tev:SubscriptionReference>{self._times(point)}"

    def _reference(self, point: PullPoint) -> str:
        if Quirk.URN_SUBSCRIPTION in self._quirks:
            return f"<wsa:Address>{_URN}{x(point.key)}</wsa:Address>"
        if Quirk.REFERENCE_PARAMETERS in self._quirks:
            return (
                f"<wsa:Address>{x(self._addresses.service(ALL_SUBSCRIPTIONS))}</wsa:Address><wsa:ReferenceParameters>"
                f'<vg:SubscriptionId xmlns:vg="http://vong.example/subscriptions">{x(point.key)}</vg:SubscriptionId>'
                "</wsa:ReferenceParameters>"
            )
        return f"<wsa:Address>{x(self._addresses.service(SUBSCRIPTION + point.key))}</wsa:Address>"

    def _times(self, point: PullPoint) -> str:
        ends = self._clock.stamp(self._points.left_s(point))
        return (
            f"<wsnt:CurrentTime>{self._clock.stamp()}</wsnt:CurrentTime>"
            f"<wsnt:TerminationTime>{ends}</wsnt:TerminationTime>"
        )

    async def _pull(self, request: Request) -> str:
        point = self._point(request)
        timeout_s, limit = seconds(request.text("Timeout")), request.text("MessageLimit")
        if timeout_s is None or re.fullmatch(r"[0-9]{1,6}", limit) is None or int(limit) == 0:
            raise SoapFault("a timeout and a limit are needed")
        chosen_s = min(timeout_s, LONGEST_PULL_S)
        drops = Quirk.DROPS_LONG_PULLS in self._quirks and chosen_s > DROPPED_AFTER_S
        messages = await point.pull(DROPPED_AFTER_S if drops else chosen_s, min(int(limit), _MOST_MESSAGES), self._wait)
        if drops and not messages:
            raise Dropped
        return (
            f"<tev:CurrentTime>{self._clock.stamp()}</tev:CurrentTime>"
            f"<tev:TerminationTime>{self._clock.stamp(self._points.left_s(point))}</tev:TerminationTime>"
            f"{''.join(messages)}"
        )

    def _renew(self, request: Request) -> str:
        point = self._point(request)
        self._points.renew(point, self._lasts_s(request.text("TerminationTime")))
        ends = self._clock.stamp(self._points.left_s(point))
        return (
            f"<wsnt:TerminationTime>{ends}</wsnt:TerminationTime>"
            f"<wsnt:CurrentTime>{self._clock.stamp()}</wsnt:CurrentTime>"
        )

    def _unsubscribe(self, request: Request) -> str:
        self._points.remove(self._point(request))
        return ""

    def _synchronise(self, request: Request) -> str:
        self._synchronise_point(self._point(request))
        return ""

    def _synchronise_point(self, point: PullPoint) -> None:
        """Queue the state of every property (ONVIF Core 9.1.8)."""
        if not point.wants(topic(self._device)):
            return
        stamp = self._clock.stamp()
        for place, moving in self._moving().items():
            point.put(notification(self._device, place, moving=moving, stamp=stamp, operation="Initialized"))

    def _point(self, request: Request) -> PullPoint:
        """Raises `SoapFault` for one that is not there, and where WS-Addressing is missing (quirk 12)."""
        if Quirk.NEEDS_ADDRESSING in self._quirks and not (request.action and request.to):
            raise SoapFault("wsa:Action and wsa:To are needed", "wsa:MessageAddressingHeaderRequired")
        if Quirk.URN_SUBSCRIPTION in self._quirks:
            key = request.to.removeprefix(_URN) if request.to.startswith(_URN) else ""
        elif Quirk.REFERENCE_PARAMETERS in self._quirks:
            key = request.subscription_id if request.path == ALL_SUBSCRIPTIONS else ""
        else:
            key = request.path.removeprefix(SUBSCRIPTION) if request.path.startswith(SUBSCRIPTION) else ""
        found = self._points.find(key)
        if found is None:
            raise SoapFault("there is no such subscription", "wsrf-rw:ResourceUnknownFault")
        return found

    def _lasts_s(self, text: str) -> float:
        if not text:
            return _LASTS_S
        lasts_s = seconds(text)
        if Quirk.RENEWS_IN_SECONDS in self._quirks:
            lasts_s = lasts_s if re.fullmatch(r"PT[0-9]+S", text) else None
        elif lasts_s is None and (at_s := utc_s(text)) is not None:
            lasts_s = at_s - self._clock.utc_s()
        low, high = _BOUNDS_S
        if lasts_s is None or not low <= lasts_s <= high:
            raise SoapFault("the termination time is not acceptable", "wsnt:UnacceptableTerminationTimeFault")
        return lasts_s


def at_subscription(path: str, quirks: frozenset[Quirk]) -> bool:
    """Whether pull points are asked at this path; behind a urn they are asked at the service's own."""
    if Quirk.URN_SUBSCRIPTION in quirks:
        return path == Service.EVENTS
    return path == ALL_SUBSCRIPTIONS or path.startswith(SUBSCRIPTION)


def topic_filter(expressions: list[str]) -> Callable[[str], bool]:
    """ONVIF's ConcreteSet (Core 9.6.3): alternatives between `|`, `//.` for everything below. Prefixes are not looked at."""
    branches = [
        re.sub(r"[^/|]*:", "", branch.strip()) for expression in expressions for branch in expression.split("|")
    ]
    branches = [branch for branch in branches if branch]

    def wants(name: str) -> bool:
        return not branches or any(
            name == branch or (branch.endswith("//.") and f"{name}/".startswith(f"{branch.removesuffix('//.')}/"))
            for branch in branches
        )

    return wants
