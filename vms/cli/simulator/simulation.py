"""What to simulate, and which devices that makes."""

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from streams.simulate.catalogue import LoopSpec
from streams.simulate.device import MediaDevice
from vms.cli import province
from vms.cli.faults import CannotRun
from vms.cli.province import CONFIG, CameraRow, EncoderRow

USERNAME, PASSWORD = "vong", "rehearsal"
"""What the devices of a rehearsal on loopback take."""
RTSP_PORT = 8554
ONVIF_PORT = 8000
DISCOVERY_PORT = 3702
VAR = Path("var")
"""Below the folder in which the command was started: what can be thrown away and made again."""


class ProvinceMissing(CannotRun):
    """There is no province in the folder. One sentence."""


class Simulation(BaseModel):
    """`courtrooms` None means all. `clip_every`: every so many-th device plays the clip."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cameras: int = Field(default=240, ge=0)
    courtrooms: int | None = Field(default=None, ge=0)
    province: Path = CONFIG
    clip: Path | None = None
    clip_every: int = Field(default=4, ge=1)
    cache: Path = VAR / "loops"
    socket: Path = VAR / "simulator.sock"
    rtsp_port: int = Field(default=RTSP_PORT, ge=1, le=65535)
    onvif_port: int = Field(default=ONVIF_PORT, ge=1, le=65535)
    discovery_port: int = Field(default=DISCOVERY_PORT, ge=1, le=65535)

    def camera_rows(self) -> list[CameraRow]:
        """Raises `ProvinceMissing`."""
        self._check()
        return province.cameras(self.province, self.cameras)

    def encoder_rows(self) -> list[EncoderRow]:
        """Raises `ProvinceMissing`."""
        self._check()
        return province.encoders(self.province, self.courtrooms)

    def media(self) -> list[MediaDevice]:
        """All devices, cameras first. Raises `ProvinceMissing`."""
        devices = [*(row.media for row in self.camera_rows()), *(row.media for row in self.encoder_rows())]
        return devices if self.clip is None else province.with_footage(devices, self.clip, self.clip_every)

    def _check(self) -> None:
        for name in ("cameras.csv", "courtrooms.csv", "angles.csv"):
            if not (self.province / name).is_file():
                raise ProvinceMissing(f"There is no {name} in {self.province}: name the folder with --province.")


def loops(devices: list[MediaDevice]) -> list[LoopSpec]:
    """Each loop that they show, once: sub streams first, in the order of the devices."""
    channels = [channel for device in devices for channel in device.channels]
    subs = [channel.sub for channel in channels if channel.sub is not None]
    return list(dict.fromkeys((*subs, *(channel.main for channel in channels))))
