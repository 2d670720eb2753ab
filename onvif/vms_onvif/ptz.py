"""Pan, tilt and zoom (ver20/ptz): move while a key is held, stop, presets. Runs on a thread. Everything raises `OnvifFault`."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from vms_onvif.calls import Calls
from vms_onvif.stubs import Service
from vms_onvif.values import at, items, text

MOST_PRESETS: Final = 300
LONGEST_MOVE_S: Final = 60.0


@dataclass(frozen=True, slots=True)
class Velocity:
    """Each from -1 to 1 in ONVIF's generic spaces: right, up and closer are positive."""

    pan: float = 0.0
    tilt: float = 0.0
    zoom: float = 0.0

    def __post_init__(self) -> None:
        if not all(-1 <= speed <= 1 for speed in (self.pan, self.tilt, self.zoom)):
            raise ValueError("a velocity is between -1 and 1")


@dataclass(frozen=True, slots=True)
class Preset:
    """`name` is the device's own, and hostile."""

    token: str
    name: str


class Ptz:
    """The mount behind one profile. `path` is that of the PTZ service."""

    def __init__(self, calls: Calls, path: str, profile_token: str) -> None:
        self._calls = calls
        self._path = path
        self._token = profile_token

    def move(self, velocity: Velocity, timeout_s: float) -> None:
        """Begin to move. The device stops by itself after `timeout_s`, should our `stop` get lost."""
        if not 0 < timeout_s <= LONGEST_MOVE_S:
            raise ValueError("a move lasts between 0 and 60 s")
        self._call(
            "ContinuousMove",
            Velocity={"PanTilt": {"x": velocity.pan, "y": velocity.tilt}, "Zoom": {"x": velocity.zoom}},
            Timeout=timedelta(seconds=timeout_s),
        )

    def stop(self) -> None:
        self._call("Stop", PanTilt=True, Zoom=True)

    def presets(self) -> list[Preset]:
        found = items(self._call("GetPresets"))[:MOST_PRESETS]
        return [Preset(str(at(item, "token")), text(item, "Name")) for item in found if at(item, "token")]

    def go_to(self, preset_token: str) -> None:
        self._call("GotoPreset", PresetToken=preset_token)

    def save(self, name: str) -> str:
        """Keep where it looks now as a preset; returns its token."""
        made = self._call("SetPreset", PresetName=name)
        return made if isinstance(made, str) else text(made, "PresetToken")

    def remove(self, preset_token: str) -> None:
        self._call("RemovePreset", PresetToken=preset_token)

    def _call(self, operation: str, **params: Any) -> Any:
        return self._calls.call(Service.PTZ, self._path, operation, ProfileToken=self._token, **params)
