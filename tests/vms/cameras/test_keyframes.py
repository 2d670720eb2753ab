import pytest

from fakes.control_ports import FakeDevices, FakeVault
from fakes.province import add_camera, build_province
from streams.types.bus import KeyframeWanted
from streams.types.media import StreamKind
from vms.cameras.devices import DeviceFault, DeviceFaultKind
from vms.cameras.keyframes import AFTER_FAILURE_S, EVERY_S, Keyframes
from vms.cameras.logins import Logins
from vms.db.engine import Database
from vms.db.tables import Camera, Device, Stream


class Seconds:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
async def camera(database: Database) -> str:
    await build_province(database)
    camera_id = await add_camera(database, 1)
    async with database.transaction() as session:
        row = await session.get_one(Camera, camera_id)
        device = await session.get_one(Device, row.device_id)
        device.xaddr = "http://10.0.0.1/onvif/device_service"
        stream = await session.get_one(Stream, (camera_id, "main"))
        stream.profile = "Profile 1"
        session.add_all([device, stream])
    return camera_id


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def devices() -> FakeDevices:
    return FakeDevices()


@pytest.fixture
def keyframes(database: Database, devices: FakeDevices, seconds: Seconds) -> Keyframes:
    return Keyframes(database, Logins(database, FakeVault()), devices, seconds)


def main(camera_id: str) -> KeyframeWanted:
    return KeyframeWanted(camera_id=camera_id, kind=StreamKind.MAIN)


async def test_a_camera_is_asked_at_most_every_few_seconds(
    camera: str, keyframes: Keyframes, devices: FakeDevices, seconds: Seconds
) -> None:
    for _ in range(3):
        await keyframes.wanted(main(camera))
    assert devices.synchronized == [("http://10.0.0.1/onvif/device_service", "Profile 1")]
    seconds.now += EVERY_S
    await keyframes.wanted(main(camera))
    assert len(devices.synchronized) == 2


async def test_a_device_that_refuses_is_left_in_peace(
    camera: str, keyframes: Keyframes, devices: FakeDevices, seconds: Seconds
) -> None:
    devices.synchronize_fault = DeviceFault(DeviceFaultKind.AUTHENTICATION)
    await keyframes.wanted(main(camera))
    seconds.now += AFTER_FAILURE_S - 1
    await keyframes.wanted(main(camera))
    assert len(devices.synchronized) == 1
    seconds.now += 1
    await keyframes.wanted(main(camera))
    assert len(devices.synchronized) == 2


async def test_a_stream_without_onvif_and_an_absent_camera_ask_nobody(
    camera: str, keyframes: Keyframes, devices: FakeDevices
) -> None:
    await keyframes.wanted(KeyframeWanted(camera_id=camera, kind=StreamKind.SUB))
    await keyframes.wanted(main("absent-camera-000"))
    assert devices.synchronized == []
