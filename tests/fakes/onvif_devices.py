"""Simulated ONVIF devices for tests of the client: one device with the habits that a test asks for, on a loopback address of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from vms_onvif.login import Login as DeviceLogin
from vms_onvif.simulate.device import Login, OnvifChannel, OnvifDevice, User, Video
from vms_onvif.simulate.province import OnvifAccess, OnvifSimulator
from vms_onvif.simulate.quirks import Quirk

USER = User("vong", "Kx-p@:/#%9")
LOGIN = DeviceLogin(USER.name, USER.password)
WRONG = DeviceLogin(USER.name, "not the password")
MAIN = Video("H264", 1920, 1080, 25, 4_000_000, "cam/main")
SUB = Video("H264", 640, 360, 15, 500_000, "cam/sub", gop_s=4.0)
H265_MAIN = Video("H265", 2560, 1440, 25, 4_000_000, "cam/main")


def onvif_device(*quirks: Quirk, number: int = 1, login: Login = Login.BOTH, main: Video = MAIN) -> OnvifDevice:
    """A camera with main and sub stream, at 127.77.x.y."""
    return OnvifDevice(
        number=number,
        address=f"127.77.{number // 250}.{number % 250 + 1}",
        name=f"Cổng {number}",
        manufacturer="Vong",
        model="VG-2026",
        channels=(OnvifChannel(number, main, SUB, audio="AAC"),),
        users=(USER,),
        quirks=frozenset(quirks),
        login=login,
        rtsp_port=8554,
    )


def recorder(channels: int, **more: object) -> OnvifDevice:
    """An encoder with several inputs."""
    made = tuple(
        OnvifChannel(
            100 + place,
            replace(MAIN, path=f"{place}/main"),
            replace(SUB, path=f"{place}/sub"),
        )
        for place in range(channels)
    )
    return replace(onvif_device(), number=100, channels=made, **more)  # type: ignore[arg-type]


@asynccontextmanager
async def simulated(*devices: OnvifDevice, discovery: bool = False, **more: object) -> AsyncIterator[OnvifSimulator]:
    access = OnvifAccess(port=0, discovery_port=0 if discovery else None)
    async with OnvifSimulator(devices, access, snapshot=no_picture, **more) as simulator:  # type: ignore[arg-type]
        yield simulator


async def no_picture(number: int) -> bytes:
    raise KeyError(number)
