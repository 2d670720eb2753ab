"""The adapter between the camera domain and ONVIF, against simulated devices."""

from dataclasses import replace

import pytest

from fakes.onvif_devices import H265_MAIN, MAIN, USER, onvif_device, simulated
from streams.types.camera import Credentials
from streams.types.media import Codec
from vms.cameras.devices import DeviceFault, DeviceFaultKind, DeviceTarget, DiscoveryPlan, DiscoveryProgress
from vms.cameras.onvif_devices import OnvifDevices
from vms_onvif.simulate.device import OnvifChannel
from vms_onvif.simulate.faults import Fault, Garbage

LOGIN = Credentials(username=USER.name, password=USER.password)


@pytest.fixture(scope="module")
def devices() -> OnvifDevices:
    return OnvifDevices(2, discovery_timeout_s=0.5)


async def test_a_device_is_reported_in_the_words_of_the_domain(devices: OnvifDevices) -> None:
    async with simulated(onvif_device(main=H265_MAIN)) as simulator:
        report = await devices.interrogate(DeviceTarget(simulator.xaddr(1), LOGIN))
    (channel,) = report.channels
    assert channel.main is not None
    assert channel.sub is not None
    assert (channel.key, channel.main.url) == ("vs_1", "rtsp://127.77.0.2:8554/cam/main")
    assert (channel.main.codec, channel.main.width_px, channel.main.audio) == (Codec.H265, 2560, Codec.AAC)
    assert (channel.sub.codec, channel.sub.fps, channel.sub.gop_s, channel.sub.audio) == (Codec.H264, 15.0, 4.0, None)
    assert report.clock_offset_ms is not None
    assert abs(report.clock_offset_ms) < 1000
    assert report.firmware == "2.4.1 build 250611"


@pytest.mark.parametrize(
    ("fault", "value", "kind"),
    [
        (Fault.POWER_OFF, None, DeviceFaultKind.UNREACHABLE),
        (Fault.UNAUTHORIZED, None, DeviceFaultKind.AUTHENTICATION),
        (Fault.GARBAGE, Garbage.BROKEN_XML, DeviceFaultKind.NOT_ONVIF),
        (Fault.GARBAGE, Garbage.ENTITY_BOMB, DeviceFaultKind.NOT_ONVIF),
    ],
)
async def test_each_failure_is_one_of_the_domains_kinds(
    devices: OnvifDevices, fault: Fault, value: float | None, kind: DeviceFaultKind
) -> None:
    async with simulated(onvif_device()) as simulator:
        simulator.faults.set([1], fault, value)
        with pytest.raises(DeviceFault) as caught:
            await devices.interrogate(DeviceTarget(simulator.xaddr(1), LOGIN))
    assert caught.value.kind is kind
    assert USER.password not in repr(caught.value)


async def test_a_device_that_shows_only_jpeg_has_no_video_for_us(devices: OnvifDevices) -> None:
    jpeg = replace(onvif_device(), channels=(OnvifChannel(1, replace(MAIN, codec="JPEG")),))
    async with simulated(jpeg) as simulator:
        with pytest.raises(DeviceFault) as caught:
            await devices.interrogate(DeviceTarget(simulator.xaddr(1), LOGIN))
    assert caught.value.kind is DeviceFaultKind.NO_VIDEO


async def test_devices_are_discovered_by_list_and_progress_is_told(devices: OnvifDevices) -> None:
    told: list[DiscoveryProgress] = []
    async with simulated(onvif_device()) as simulator:
        xaddr = simulator.xaddr(1)
        port = int(xaddr.split(":")[2].partition("/")[0])
        found = await devices.discover(DiscoveryPlan(multicast=False, addresses=[("127.77.0.2", port)]), told.append)
    assert [(device.address, device.xaddr) for device in found] == [(f"127.77.0.2:{port}", xaddr)]
    assert (told[-1].probed, told[-1].to_probe, told[-1].found) == (1, 1, tuple(found))
