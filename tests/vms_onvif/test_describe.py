"""Old, poor and lying devices, scripted call by call."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace as Said
from typing import Any

import pytest

from vms_onvif.describe import describe, find_services, is_old
from vms_onvif.faults import FaultKind, OnvifFault
from vms_onvif.origin import Origin
from vms_onvif.stubs import Service

TODAY = date(2026, 11, 25)
NO = OnvifFault(FaultKind.UNSUPPORTED)
HERE = Origin("10.0.0.9", 80)


@dataclass
class ScriptedCalls:
    """Answers by operation; exceptions are raised, functions are called with the parameters."""

    answers: dict[str, Any]
    origin: Origin = HERE
    made: list[tuple[str, str]] = field(default_factory=list)
    signed_at: list[float] = field(default_factory=list)
    date_s: float | None = None

    def call(self, service: Service, path: str, operation: str, *, secured: bool = True, **params: Any) -> Any:
        self.made.append((path, operation))
        answer = self.answers.get(operation, NO)
        if isinstance(answer, Exception):
            raise answer
        return answer(**params) if isinstance(answer, Callable) else answer  # type: ignore[arg-type]

    def utc_s(self) -> float:
        return 1000.0

    def date_offset_s(self) -> float | None:
        return self.date_s

    def sign_at(self, clock_offset_s: float) -> None:
        self.signed_at.append(clock_offset_s)


def media1_profile(token: str = "p", encoding: str = "H264", **more: Any) -> Said:
    encoder = Said(
        token="e",
        Encoding=encoding,
        Resolution=Said(Width=1920, Height=1080),
        RateControl=Said(FrameRateLimit=25, BitrateLimit=4000),
        H264=Said(GovLength=250),
    )
    source = Said(token="vsc", SourceToken="vs")
    return Said(token=token, Name="P", VideoSourceConfiguration=source, VideoEncoderConfiguration=encoder, **more)


def old_device(**more: Any) -> ScriptedCalls:
    """Knows no GetServices and no Media2."""
    return ScriptedCalls(
        {
            "GetSystemDateAndTime": Said(),
            "GetDeviceInformation": Said(
                Manufacturer="M", Model="X", FirmwareVersion="V5.4.5 build 170123", SerialNumber="0000"
            ),
            "GetCapabilities": Said(Media=Said(XAddr="http://192.168.1.64/onvif/Media"), PTZ=None),
            "GetProfiles": [media1_profile()],
            "GetStreamUri": Said(Uri="rtsp://192.168.1.64:554/1"),
            **more,
        }
    )


def test_a_device_from_before_get_services_describes_itself_through_its_capabilities() -> None:
    calls = old_device()
    said = describe(calls, "/onvif/device_service", TODAY)
    assert ("/onvif/Media", "GetProfiles") in calls.made
    (channel,) = said.channels
    assert channel.main.url == "rtsp://10.0.0.9:554/1"
    assert (channel.main.profile.gop_s, channel.main.profile.bitrate_bps) == (10.0, 4_000_000)
    assert (said.name, said.serial, said.warnings, said.clock_offset_s) == ("", "", ("old_firmware",), None)


def test_a_device_that_tells_its_time_only_by_http_is_believed() -> None:
    calls = old_device()
    calls.date_s = -300.0
    assert describe(calls, "/x", TODAY).clock_offset_s == -300.0
    assert calls.signed_at == [-300.0]


@pytest.mark.parametrize("kind", [FaultKind.AUTHENTICATION, FaultKind.LOCKED, FaultKind.UNREACHABLE])
@pytest.mark.parametrize("operation", ["GetDeviceInformation", "GetProfiles", "GetStreamUri"])
def test_what_would_fail_everywhere_ends_the_interrogation(operation: str, kind: FaultKind) -> None:
    with pytest.raises(OnvifFault) as caught:
        describe(old_device(**{operation: OnvifFault(kind)}), "/x", TODAY)
    assert caught.value.kind is kind


@pytest.mark.parametrize(
    "more",
    [
        {"GetProfiles": []},
        {"GetProfiles": None},
        {"GetProfiles": NO},
        {"GetProfiles": [media1_profile(encoding="JPEG")]},
        {"GetProfiles": "text"},
        {"GetStreamUri": NO},
        {"GetStreamUri": None},
        {"GetStreamUri": Said(Uri="http://192.168.1.64/video")},
        {"GetStreamUri": Said(Uri="file:///etc/passwd")},
    ],
)
def test_a_device_without_a_stream_that_we_can_use_has_no_channel(more: dict[str, Any]) -> None:
    assert describe(old_device(**more), "/x", TODAY).channels == ()


def test_quirk_06_the_port_of_rtsp_is_asked_for_once_and_only_when_it_cannot_be_right() -> None:
    many = [media1_profile(f"{number}") for number in range(4)]
    for number, one in enumerate(many):
        one.VideoEncoderConfiguration.token = f"e{number}"
        one.VideoSourceConfiguration = Said(token="c", SourceToken=f"vs{number}")

    def uri(ProfileToken: str, **_: Any) -> Said:  # noqa: N803 ONVIF's name
        return Said(Uri=f"rtsp://10.0.0.9:80/{ProfileToken}")

    calls = old_device(
        GetProfiles=many,
        GetStreamUri=uri,
        GetNetworkProtocols=[Said(Name="HTTP", Port=[80]), Said(Name="RTSP", Port=[8554])],
    )
    said = describe(calls, "/x", TODAY)
    assert [channel.main.url for channel in said.channels] == [f"rtsp://10.0.0.9:8554/{number}" for number in range(4)]
    assert sum(operation == "GetNetworkProtocols" for _, operation in calls.made) == 1
    without = describe(old_device(GetStreamUri=Said(Uri="rtsp://10.0.0.9:80/1")), "/x", TODAY)
    assert without.channels[0].main.url == "rtsp://10.0.0.9:554/1"


@pytest.mark.parametrize("serial", ["SerialNumber", "N/A", " 0 ", "00-00-00", "", "none"])
def test_quirk_18_what_stands_in_for_a_serial_number_is_none(serial: str) -> None:
    about = Said(SerialNumber=serial, FirmwareVersion=None, Manufacturer=7)
    said = describe(old_device(GetDeviceInformation=about), "/x", TODAY)
    assert (said.serial, said.manufacturer, said.warnings) == ("", "", ())


def test_services_are_told_apart_by_their_namespace_and_asked_at_our_host() -> None:
    services = [
        Said(Namespace="http://www.onvif.org/ver20/media/wsdl", XAddr="http://127.0.0.1/m2"),
        Said(Namespace="http://www.onvif.org/ver10/events/wsdl/", XAddr="nonsense"),
        Said(Namespace=None, XAddr=None),
        "text",
    ]
    found = find_services(ScriptedCalls({"GetServices": services}), "/onvif/device_service")
    assert (found.media1, found.media2, found.events, found.ptz) == (None, "/m2", "/onvif/device_service", None)


@pytest.mark.parametrize(
    ("firmware", "old"),
    [
        ("V5.4.5 build 170123", True),
        ("2.800.0000.16.R, build: 2019-10-18", True),
        ("2.4.1 build 250611", False),
        ("9.80.3", False),
        ("20231301", False),
        ("build 991231", False),
        ("", False),
    ],
)
def test_firmware_is_old_when_it_says_a_date_long_ago(firmware: str, old: bool) -> None:
    assert is_old(firmware, TODAY) is old
