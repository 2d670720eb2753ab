"""The province's rows as devices: both halves stand at the same address and name the same streams."""

from collections import Counter
from pathlib import Path

import pytest

from streams.simulate.faults import Fault as MediaFault
from streams.simulate.province import MediaSimulator, RtspAccess
from vms.cli.province import CONFIG, CameraRow, cameras, encoders
from vms_onvif.simulate.device import Login, MotionShape, OnvifDevice
from vms_onvif.simulate.faults import Fault, Garbage
from vms_onvif.simulate.province import OnvifAccess, OnvifSimulator
from vms_onvif.simulate.quirks import Quirk

ACCESS = RtspAccess("vong", "rehearsal", port=9554)


def devices() -> list[OnvifDevice]:
    return [row.onvif(ACCESS) for row in (*cameras(CONFIG), *encoders(CONFIG))]


def test_both_halves_have_the_same_addresses_numbers_and_pictures() -> None:
    for row in (*cameras(CONFIG), *encoders(CONFIG)):
        media, onvif = row.media, row.onvif(ACCESS)
        assert onvif.address == media.address
        assert [channel.number for channel in onvif.channels] == [channel.number for channel in media.channels]
        for one, other in zip(onvif.channels, media.channels, strict=True):
            assert (one.main.codec, one.main.width_px, one.main.fps) == (
                other.main.codec,
                other.main.width_px,
                other.main.fps,
            )
            assert (one.sub is None) is (other.sub is None)
            assert one.audio == (other.audio or "")


def test_a_camera_serves_main_and_sub_and_an_encoder_each_by_channel() -> None:
    camera = cameras(CONFIG, 1)[0].onvif(ACCESS)
    encoder = encoders(CONFIG, 1)[0].onvif(ACCESS)
    assert [video.path for channel in camera.channels for video in (channel.main, channel.sub) if video] == [
        "/main",
        "/sub",
    ]
    assert [channel.main.path for channel in encoder.channels] == ["/ch1/main", "/ch2/main", "/ch3/main"]
    assert encoder.rtsp_port == 9554


def test_the_province_has_every_quirk_login_and_wording_of_motion_more_than_once() -> None:
    all_devices = devices()
    quirks = Counter(quirk for device in all_devices for quirk in device.quirks)
    assert set(quirks) == set(Quirk)
    assert min(quirks.values()) >= 2
    assert {device.login for device in all_devices} == {Login.TOKEN, Login.BOTH}
    assert {device.motion for device in all_devices} == {MotionShape.CELL, MotionShape.REGION, MotionShape.VMD}
    assert all(len(device.channels) == 1 for device in all_devices if device.motion is MotionShape.VMD)
    assert sum(device.ptz for device in all_devices) > 20
    assert sum(device.factory_password for device in all_devices) > 5


def test_no_two_devices_share_an_address() -> None:
    addresses = [device.address for device in devices()]
    assert len(set(addresses)) == len(addresses) == 255


def test_an_unknown_quirk_is_refused() -> None:
    row = cameras(CONFIG, 1)[0]
    wrong = CameraRow(row.number, row.name, row.site, "Maker", "Model", row.codec, ("no_such_quirk",), False)
    with pytest.raises(ValueError, match="no_such_quirk"):
        wrong.onvif(ACCESS)


def test_the_login_is_in_no_repr() -> None:
    assert "rehearsal" not in repr(devices()[0])


async def test_a_fault_of_the_media_half_is_one_of_the_onvif_half_too(tmp_path: Path) -> None:
    row = cameras(CONFIG, 1)[0]
    media = MediaSimulator([row.media], ACCESS, tmp_path)
    onvif = OnvifSimulator([row.onvif(ACCESS)], OnvifAccess(0, None), snapshot=media.snapshot)
    media.faults.listen(onvif.faults.follow)
    for fault, value in ((MediaFault.STALL, None), (MediaFault.GARBAGE, None), (MediaFault.FROZEN, None)):
        media.faults.set([1], fault, value)
    assert onvif.faults.value([1], Fault.STALL) is not None
    assert onvif.faults.value([1], Fault.GARBAGE) == Garbage.IN_TURN
    media.faults.clear([1])
    assert all(onvif.faults.value([1], fault) is None for fault in Fault)
