"""From an HTTP request to a simulated device's answer: which service, who asks, which fault. Knows no sockets."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Final

from vms_onvif.simulate import soap
from vms_onvif.simulate.addresses import SNAPSHOT
from vms_onvif.simulate.device import OnvifDevice
from vms_onvif.simulate.http import Head, Reply
from vms_onvif.simulate.login import Gate, Verdict
from vms_onvif.simulate.quirks import Quirk
from vms_onvif.simulate.services.event_service import EventService, at_subscription
from vms_onvif.simulate.services.table import Handler, Operations
from vms_onvif.simulate.soap import NotSoap, Request, SoapFault

Snapshot = Callable[[int], Awaitable[bytes]]
"""A JPEG of the camera of that number. Raises KeyError for one that it does not know."""

_WITHOUT_LOGIN: Final = frozenset(
    {
        "GetSystemDateAndTime",
        "GetServices",
        "GetServiceCapabilities",
        "GetCapabilities",
        "GetHostname",
        "GetEndpointReference",
        "GetWsdlUrl",
    }
)
"""Access class PRE_AUTH (ONVIF Core 5.9.4.3)."""

_PREFIXES: Final = {
    soap.TDS: "tds",
    soap.TRT: "trt",
    soap.TR2: "tr2",
    soap.TEV: "tev",
    soap.TPTZ: "tptz",
    soap.TRC: "trc",
    soap.TSE: "tse",
    soap.TRP: "trp",
    soap.WSNT: "wsnt",
}
_PULL_POINT_NAMESPACES: Final = {
    "PullMessages": soap.TEV,
    "SetSynchronizationPoint": soap.TEV,
    "Renew": soap.WSNT,
    "Unsubscribe": soap.WSNT,
}


class Front:
    """`services` are by path: namespace and operations. `refuses` says whether the fault `UNAUTHORIZED` is in force."""

    def __init__(
        self,
        device: OnvifDevice,
        gate: Gate,
        services: Mapping[str, tuple[str, Operations]],
        *,
        events: EventService,
        snapshot: Snapshot,
        refuses: Callable[[], bool],
    ) -> None:
        self._device = device
        self._quirks = device.quirks
        self._gate = gate
        self._services = services
        self._pull_point = events.subscription_operations
        self._snapshot = snapshot
        self._refuses = refuses

    async def answer(self, head: Head, body: bytes) -> Reply:
        """Raises `Dropped` where the device hangs up instead."""
        if head.path.startswith(SNAPSHOT):
            return await self._picture(head)
        if head.path not in self._services and not at_subscription(head.path, self._quirks):
            return Reply(HTTPStatus.NOT_FOUND)
        if head.method != "POST":
            return Reply(HTTPStatus.METHOD_NOT_ALLOWED, headers=(("Allow", "POST"),))
        if head.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/soap+xml":
            return Reply(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
        try:
            request = soap.parse(body, head.path)
        except NotSoap:
            return self._fault(SoapFault("not a SOAP 1.2 request", "ter:WellFormed"))
        return await self._operation(head, request)

    async def _operation(self, head: Head, request: Request) -> Reply:
        try:
            refused = self._refusal(head, request)
            if refused is not None:
                return refused
            made = self._handler(request)(request)
            inside = await made if inspect.isawaitable(made) else made
        except SoapFault as fault:
            return self._fault(fault)
        name = f"{_PREFIXES[request.namespace]}:{request.operation}Response"
        return Reply(HTTPStatus.OK, soap.envelope(f"<{name}>{inside}</{name}>", _addressing(request)))

    def _handler(self, request: Request) -> Handler:
        """Raises `SoapFault` for what the service at this path does not have."""
        namespace, operations = self._services.get(request.path, ("", {}))
        found = operations.get(request.operation) if request.namespace == namespace else None
        pulls = at_subscription(request.path, self._quirks)
        if found is None and pulls and _PULL_POINT_NAMESPACES.get(request.operation) == request.namespace:
            found = self._pull_point[request.operation]
        if found is None:
            raise SoapFault("there is no such operation here", "ter:ActionNotSupported", sender=False)
        return found

    # --- logins

    def _refusal(self, head: Head, request: Request) -> Reply | None:
        asks = Quirk.TIME_NEEDS_PASSWORD in self._quirks and request.operation == "GetSystemDateAndTime"
        if request.operation in _WITHOUT_LOGIN and not asks:
            return None
        verdict = self._judge(head, request)
        return None if verdict is Verdict.ADMITTED else self._unauthorized(verdict)

    def _judge(self, head: Head, request: Request) -> Verdict:
        if self._refuses():
            return Verdict.ABSENT
        by_digest, by_token = self._device.takes_digest, self._device.takes_token
        if by_digest and "authorization" in head.headers:
            return self._gate.digest(head.method, head.target, head.headers["authorization"])
        return self._gate.token(request.token) if by_token else Verdict.ABSENT

    def _unauthorized(self, verdict: Verdict) -> Reply:
        if verdict is Verdict.LOCKED:
            fault = SoapFault("locked after wrong passwords", "ter:NotAuthorized", status=HTTPStatus.UNAUTHORIZED)
            return self._fault(fault)
        challenges = self._challenges(verdict)
        if Quirk.DIGEST_ONLY in self._quirks:
            return Reply(HTTPStatus.UNAUTHORIZED, headers=challenges)
        status = HTTPStatus.UNAUTHORIZED if challenges or self._refuses() else HTTPStatus.BAD_REQUEST
        return self._fault(SoapFault("sender not authorized", "ter:NotAuthorized", status=status), challenges)

    def _challenges(self, verdict: Verdict) -> tuple[tuple[str, str], ...]:
        return self._gate.challenges(stale=verdict is Verdict.STALE) if self._device.takes_digest else ()

    def _fault(self, fault: SoapFault, headers: tuple[tuple[str, str], ...] = ()) -> Reply:
        undeclared = Quirk.UNDECLARED_PREFIXES in self._quirks
        return Reply(fault.status, soap.envelope(soap.fault_body(fault), undeclared=undeclared), headers=headers)

    # --- pictures

    async def _picture(self, head: Head) -> Reply:
        """A snapshot: HTTP digest whatever else the device takes, since a GET has no place for a token."""
        place = head.path.removeprefix(SNAPSHOT)
        channels = self._device.channels
        if not (place.isascii() and place.isdigit() and len(place) < 4 and 1 <= int(place) <= len(channels)):
            return Reply(HTTPStatus.NOT_FOUND)
        if head.method != "GET":
            return Reply(HTTPStatus.METHOD_NOT_ALLOWED, headers=(("Allow", "GET"),))
        given = head.headers.get("authorization", "")
        verdict = Verdict.ABSENT if self._refuses() else self._gate.digest(head.method, head.target, given)
        if verdict is Verdict.LOCKED:
            return Reply(HTTPStatus.UNAUTHORIZED)
        if verdict is not Verdict.ADMITTED:
            return Reply(HTTPStatus.UNAUTHORIZED, headers=self._gate.challenges(stale=verdict is Verdict.STALE))
        try:
            jpeg = await self._snapshot(channels[int(place) - 1].number)
        except KeyError:
            return Reply(HTTPStatus.SERVICE_UNAVAILABLE)
        return Reply(HTTPStatus.OK, jpeg, "image/jpeg", (("Cache-Control", "no-store"),))


def _addressing(request: Request) -> str:
    """WS-Addressing for who used it."""
    related = f"<wsa:RelatesTo>{soap.x(request.message_id)}</wsa:RelatesTo>" if request.message_id else ""
    action = f"<wsa:Action>{soap.x(request.action)}Response</wsa:Action>" if request.action else ""
    return action + related
