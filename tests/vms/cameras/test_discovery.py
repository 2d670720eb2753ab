from fakes.control_ports import FakePorts
from vms.cameras.devices import DeviceFault, DeviceFaultKind, DiscoveryPlan, FoundDevice
from vms.cameras.discovery import DiscoveryJob
from vms.cameras.domain import Cameras


async def discover(cameras: Cameras, plan: DiscoveryPlan) -> DiscoveryJob:
    with cameras.notices.subscribe(lambda notice: True) as news:
        job = cameras.discoverer.start("account-00000001", plan)
        while job.running:
            await news.wait()
            news.take()
    return job


async def test_found_devices_are_shown_clean_and_in_order(running: Cameras, ports: FakePorts) -> None:
    ports.devices.found = (
        FoundDevice("10.0.0.10:80", "http://10.0.0.10/x", "\u202eCổng\n"),
        FoundDevice("10.0.0.9:80", "http://10.0.0.9/x"),
    )
    job = await discover(running, DiscoveryPlan(addresses=[("10.0.0.9", None), ("10.0.0.10", None)]))
    assert [(device.address, device.name) for device in job.found] == [("10.0.0.9:80", ""), ("10.0.0.10:80", "Cổng")]
    assert job.probed == job.to_probe == 2
    assert job.failure == ""


async def test_a_network_that_cannot_be_probed_is_one_clear_failure(running: Cameras, ports: FakePorts) -> None:
    ports.devices.discovery_fault = DeviceFault(DeviceFaultKind.UNREACHABLE, "no route")
    assert (await discover(running, DiscoveryPlan())).failure == "unreachable"
