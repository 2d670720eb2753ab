"""The ONVIF half of the province: the same devices, described to whoever asks them."""

import asyncio
import time
from typing import Final

from streams.simulate.province import MediaSimulator, RtspAccess
from streams.types.media import StreamKind
from vms.cli.simulator.simulation import PASSWORD, USERNAME, Simulation
from vms_onvif.simulate.device import OnvifDevice
from vms_onvif.simulate.province import OnvifSimulator

LOOK_EVERY_S: Final = 0.5


def onvif_devices(simulation: Simulation) -> list[OnvifDevice]:
    """Raises `ProvinceMissing`."""
    access = RtspAccess(USERNAME, PASSWORD, port=simulation.rtsp_port)
    cameras = [row.onvif(access) for row in simulation.camera_rows()]
    return cameras + [row.onvif(access) for row in simulation.encoder_rows()]


async def follow_truth(media: MediaSimulator, onvif: OnvifSimulator, numbers: list[int]) -> None:
    """Tell motion as it is drawn, to devices that somebody listens to; until cancelled."""
    while True:
        now_ms = time.time_ns() // 1_000_000
        for number in numbers:
            if onvif.pull_points(number):
                crossing = media.truth(number, (now_ms, now_ms + 1), StreamKind.SUB)
                onvif.motion(number, moving=bool(crossing))
        await asyncio.sleep(LOOK_EVERY_S)
