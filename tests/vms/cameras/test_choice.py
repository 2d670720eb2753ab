from dataclasses import replace

import pytest

from streams.types.bus import ProbeResult
from streams.types.camera import Credentials
from streams.types.media import Codec, StreamKind
from vms.cameras.choice import StreamFacts, Warned, device_warnings, facts, is_factory_password, merged, stream_warnings
from vms.cameras.devices import DeviceStream

MAIN = StreamFacts(StreamKind.MAIN, "rtsp://h/1", Codec.H264, 1920, 1080, 25.0, 2.0)
SUB = replace(MAIN, kind=StreamKind.SUB, url="rtsp://h/2")


def test_a_good_camera_gets_no_warning() -> None:
    assert stream_warnings([MAIN, SUB]) == []
    assert device_warnings(Credentials(username="vong", password="xW4-kkt!9q"), 1500, []) == []


@pytest.mark.parametrize(
    ("streams", "warnings"),
    [
        ([MAIN], {Warned.NO_SUB_STREAM}),
        ([replace(MAIN, gop_s=10.0), SUB], {Warned.LONG_GOP}),
        ([replace(MAIN, codec=Codec.H265), SUB], set()),
        ([replace(MAIN, codec=Codec.H265), replace(SUB, codec=Codec.H265)], {Warned.H265_WITHOUT_H264_SUB}),
        ([replace(MAIN, codec=Codec.H265)], {Warned.H265_WITHOUT_H264_SUB, Warned.NO_SUB_STREAM}),
    ],
)
def test_each_weakness_of_streams_is_named(streams: list[StreamFacts], warnings: set[Warned]) -> None:
    assert set(stream_warnings(streams)) == warnings


def test_device_weaknesses_are_named_once_and_unknown_codes_dropped() -> None:
    found = device_warnings(
        Credentials(username="admin", password="12345"), -60_000, ["old_firmware", "clock_off", "<script>"]
    )
    assert merged(found) == ["clock_off", "factory_password", "old_firmware"]


@pytest.mark.parametrize(("user", "password", "factory"), [
    ("admin", "Admin", True), ("svc", "svc", True), ("admin", "", True), ("", "", False), ("vong", "T0p!Kx2-91", False),
])  # fmt: skip
def test_factory_passwords_are_known(user: str, password: str, *, factory: bool) -> None:
    assert is_factory_password(Credentials(username=user, password=password)) is factory


def test_what_was_decoded_wins_over_what_was_said() -> None:
    said = DeviceStream("rtsp://h/1", Codec.H264, 640, 360, fps=25.0, gop_s=2.0, audio=Codec.AAC)
    result = ProbeResult(ok=True, codec=Codec.H265, width_px=1920, height_px=1080)
    assert facts(StreamKind.MAIN, said, result) == StreamFacts(
        StreamKind.MAIN, "rtsp://h/1", Codec.H265, 1920, 1080, 25.0, 2.0, Codec.AAC
    )
