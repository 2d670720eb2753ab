"""Answers of a whole device with bytes damaged at random: what comes out is a description or a typed fault, nothing else."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fakes.onvif_devices import onvif_device
from vms_onvif.describe import describe
from vms_onvif.faults import OnvifFault
from vms_onvif.origin import Origin
from vms_onvif.replies import HttpReply, read_reply
from vms_onvif.simulate import soap
from vms_onvif.simulate.addresses import Addresses
from vms_onvif.simulate.addresses import Service as Path
from vms_onvif.simulate.clock import DeviceClock
from vms_onvif.simulate.services.device_service import DeviceService
from vms_onvif.simulate.services.media1 import Media1Service
from vms_onvif.simulate.services.media2 import Media2Service
from vms_onvif.stubs import Service, Stubs

_PREFIXES = {soap.TDS: "tds", soap.TRT: "trt", soap.TR2: "tr2"}
_PIECES = st.sampled_from(
    [
        b"<",
        b">",
        b"/>",
        b"&",
        b'"',
        b"<a>",
        b"</a>",
        b"-1",
        b"1e999",
        b"NaN",
        b"\xff",
        b" ",
        b"token",
        b"xsi:type='tt:x'",
        b"x" * 300,
    ]
)
_DAMAGE = st.tuples(st.floats(0, 1), st.integers(0, 40), _PIECES | st.binary(max_size=6))


class DamagedCalls:
    """The operations of a simulated device called directly, each answer damaged as told. Stands in for `ThreadCalls`."""

    origin = Origin("10.0.0.9", 80)

    def __init__(self, stubs: Stubs, damages: Iterator[tuple[float, int, bytes] | None]) -> None:
        device = onvif_device()
        addresses = Addresses(device, 80)
        clock = DeviceClock(device.quirks, self.utc_s, lambda: 0.0)
        self._stubs = stubs
        self._damages = damages
        self._services = {
            Path.DEVICE: (soap.TDS, DeviceService(device, addresses, clock, 80, lambda: None).operations),
            Path.MEDIA: (soap.TRT, Media1Service(device, addresses).operations),
            Path.MEDIA2: (soap.TR2, Media2Service(device, addresses).operations),
        }

    def call(self, service: Service, path: str, operation: str, *, secured: bool = True, **params: Any) -> Any:
        def post(envelope: Any, kind: str) -> bytes:
            return read_reply(HttpReply(200, self._answer(envelope, path))).envelope

        return self._stubs.call(service, self.origin.url(path), operation, params, post)

    def _answer(self, envelope: Any, path: str) -> bytes:
        request = soap.parse(soap.etree.tostring(envelope), path)
        namespace, operations = self._services.get(path, ("", {}))  # type: ignore[call-overload]
        try:
            inside = operations[request.operation](request)
        except (KeyError, soap.SoapFault):
            return soap.envelope(soap.fault_body(soap.SoapFault("no")))
        name = f"{_PREFIXES[namespace]}:{request.operation}Response"
        whole = soap.envelope(f"<{name}>{inside}</{name}>")
        damage = next(self._damages, None)
        if damage is None:
            return whole
        place, length, piece = int(damage[0] * len(whole)), damage[1], damage[2]
        return whole[:place] + piece + whole[place + length :]

    def utc_s(self) -> float:
        return 1_795_500_000.0

    def date_offset_s(self) -> float | None:
        return None

    def sign_at(self, clock_offset_s: float) -> None:
        return


@pytest.fixture(scope="module")
def stubs() -> Stubs:
    return Stubs()


def test_without_damage_the_device_describes_itself(stubs: Stubs) -> None:
    said = describe(DamagedCalls(stubs, iter(())), Path.DEVICE, date(2026, 11, 25))
    assert said.channels[0].sub is not None


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(whole=st.integers(0, 8), damages=st.lists(st.none() | _DAMAGE, min_size=1, max_size=6))
def test_damaged_answers_end_in_a_description_or_a_typed_fault(
    stubs: Stubs, whole: int, damages: list[tuple[float, int, bytes] | None]
) -> None:
    """`whole` answers come undamaged before."""
    told = [None] * whole + damages
    try:
        said = describe(DamagedCalls(stubs, iter(told)), Path.DEVICE, date(2026, 11, 25))
    except OnvifFault:
        return
    for channel in said.channels:
        assert channel.main.url.startswith(("rtsp://10.0.0.9", "rtsps://10.0.0.9"))
        assert all(len(text) <= 4000 for text in (said.name, said.model, said.serial, channel.source))
