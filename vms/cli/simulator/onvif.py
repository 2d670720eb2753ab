"""The ONVIF half of the province: the same devices, described to whoever asks them."""

import asyncio
import time
from typing import Final
from urllib.parse import quote

from streams.simulate.catalogue import LoopSpec
from streams.simulate.device import MediaChannel
from streams.simulate.province import MediaSimulator
from streams.types.media import StreamKind
from vms.cli.province import CameraRow, EncoderRow
from vms.cli.simulator.simulation import PASSWORD, USERNAME, Simulation
from vms_onvif.simulate.device import OnvifChannel, OnvifDevice, User, Video
from vms_onvif.simulate.province import OnvifSimulator
from vms_onvif.simulate.quirks import Quirk

LOOK_EVERY_S: Final = 0.5
_USERS: Final = (User(USERNAME, PASSWORD),)


def onvif_devices(simulation: Simulation) -> list[OnvifDevice]:
    """Raises `ProvinceMissing`."""
    cameras = [_camera(row, simulation.rtsp_port) for row in simulation.camera_rows()]
    return cameras + [_encoder(row, simulation.rtsp_port) for row in simulation.encoder_rows()]


async def follow_truth(media: MediaSimulator, onvif: OnvifSimulator, numbers: list[int]) -> None:
    """Tell motion as it is drawn, to devices that somebody listens to; until cancelled."""
    while True:
        now_ms = time.time_ns() // 1_000_000
        for number in numbers:
            if onvif.pull_points(number):
                crossing = media.truth(number, (now_ms, now_ms + 1), StreamKind.SUB)
                onvif.motion(number, moving=bool(crossing))
        await asyncio.sleep(LOOK_EVERY_S)


def _camera(row: CameraRow, rtsp_port: int) -> OnvifDevice:
    (channel,) = row.media.channels
    return OnvifDevice(
        number=row.number,
        address=row.address,
        name=row.name,
        manufacturer=row.manufacturer,
        model=row.model,
        channels=(_channel(channel, ""),),
        users=_USERS,
        scopes=(f"onvif://www.onvif.org/location/site/{quote(row.site, safe='')}",),
        quirks=frozenset(map(Quirk, row.quirks)),
        rtsp_port=rtsp_port,
        ptz="PTZ" in row.model,
        factory_password=row.factory_password,
    )


def _encoder(row: EncoderRow, rtsp_port: int) -> OnvifDevice:
    channels = row.media.channels
    return OnvifDevice(
        number=channels[0].number,
        address=row.address,
        name=row.courtroom,
        manufacturer="Hoa Ban",
        model=f"HB-E{len(channels)}00",
        channels=tuple(_channel(channel, f"ch{place}/") for place, channel in enumerate(channels, start=1)),
        users=_USERS,
        rtsp_port=rtsp_port,
    )


def _channel(channel: MediaChannel, folder: str) -> OnvifChannel:
    return OnvifChannel(
        channel.number,
        _video(channel.main, f"{folder}{StreamKind.MAIN}"),
        _video(channel.sub, f"{folder}{StreamKind.SUB}") if channel.sub else None,
        channel.audio or "",
    )


def _video(spec: LoopSpec, path: str) -> Video:
    return Video(spec.codec, spec.width_px, spec.height_px, spec.fps, spec.bitrate_bps, path, spec.gop / spec.fps)
