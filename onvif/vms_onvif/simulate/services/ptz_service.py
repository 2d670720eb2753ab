"""The PTZ service (ver20/ptz/wsdl) of one mount."""

import math
from collections.abc import Callable
from typing import Final

from vms_onvif.simulate.clock import DeviceClock
from vms_onvif.simulate.durations import seconds
from vms_onvif.simulate.mount import MOST_MOVING_S, MOST_PRESETS, Mount, NoSuchPreset, Position, TooManyPresets
from vms_onvif.simulate.profiles import PTZ_CONFIGURATION, Profile
from vms_onvif.simulate.services.ptz_wording import (
    NODE,
    POSITION,
    VELOCITY,
    ZOOM_POSITION,
    ZOOM_VELOCITY,
    ptz_configuration,
)
from vms_onvif.simulate.services.table import Operations, required
from vms_onvif.simulate.soap import Request, SoapFault, x

_DEFAULT_TIMEOUT_S: Final = 10.0
_MOST_NAME: Final = 64


class PtzService:
    """`now_s` is the monotonic clock that the mount moves by."""

    def __init__(
        self, mount: Mount, all_profiles: tuple[Profile, ...], clock: DeviceClock, now_s: Callable[[], float]
    ) -> None:
        self._mount = mount
        self._profiles = all_profiles
        self._clock = clock
        self._now_s = now_s

    @property
    def operations(self) -> Operations:
        return {
            "GetServiceCapabilities": lambda _: '<tptz:Capabilities EFlip="false" Reverse="false" MoveStatus="true"/>',
            "GetNodes": lambda _: _node(),
            "GetNode": self._one_node,
            "GetConfigurations": lambda _: ptz_configuration("tptz:PTZConfiguration"),
            "GetConfiguration": self._configuration,
            "GetConfigurationOptions": self._options,
            "ContinuousMove": self._run,
            "AbsoluteMove": lambda request: self._go(request, "Position", relative=False),
            "RelativeMove": lambda request: self._go(request, "Translation", relative=True),
            "Stop": self._stop,
            "GetStatus": self._status,
            "GetPresets": self._presets,
            "SetPreset": self._save,
            "RemovePreset": self._remove,
            "GotoPreset": self._recall,
            "GotoHomePosition": self._go_home,
            "SetHomePosition": self._set_home,
        }

    def _one_node(self, request: Request) -> str:
        if request.text("NodeToken") != NODE:
            raise SoapFault("there is no such node", "ter:NoEntity")
        return _node()

    def _configuration(self, request: Request) -> str:
        if request.text("PTZConfigurationToken") != PTZ_CONFIGURATION:
            raise SoapFault("there is no such configuration", "ter:NoConfig")
        return ptz_configuration("tptz:PTZConfiguration")

    def _options(self, request: Request) -> str:
        if request.text("ConfigurationToken") != PTZ_CONFIGURATION:
            raise SoapFault("there is no such configuration", "ter:NoConfig")
        return (
            f"<tptz:PTZConfigurationOptions><tt:Spaces>{_spaces()}</tt:Spaces>"
            "<tt:PTZTimeout><tt:Min>PT1S</tt:Min><tt:Max>PT60S</tt:Max></tt:PTZTimeout>"
            "</tptz:PTZConfigurationOptions>"
        )

    def _run(self, request: Request) -> str:
        self._profile(request)
        if request.attributes("Velocity") is None:
            raise SoapFault("no velocity")
        text = request.text("Timeout")
        timeout_s = seconds(text) if text else _DEFAULT_TIMEOUT_S
        if timeout_s is None or not 0 < timeout_s <= MOST_MOVING_S:
            raise SoapFault("the timeout is not between 1 and 60 s")
        self._mount.run(_vector(request, Position()), self._now_s(), timeout_s)
        return ""

    def _go(self, request: Request, name: str, *, relative: bool) -> str:
        self._profile(request)
        if request.attributes(name) is None:
            raise SoapFault(f"no {name.lower()}")
        now_s = self._now_s()
        at = self._mount.position(now_s)
        if relative:
            by = _vector(request, Position())
            target = Position(at.pan + by.pan, at.tilt + by.tilt, at.zoom + by.zoom)
        else:
            target = _vector(request, at)
        self._mount.go(target, now_s)
        return ""

    def _stop(self, request: Request) -> str:
        self._profile(request)
        pan_tilt, zoom = request.text("PanTilt"), request.text("Zoom")
        self._mount.stop(self._now_s(), pan_tilt=pan_tilt not in {"false", "0"}, zoom=zoom not in {"false", "0"})
        return ""

    def _status(self, request: Request) -> str:
        self._profile(request)
        now_s = self._now_s()
        at, (pan_tilt, zoom) = self._mount.position(now_s), self._mount.moving(now_s)
        return (
            f"<tptz:PTZStatus>{_position(at)}<tt:MoveStatus><tt:PanTilt>{_word(pan_tilt)}</tt:PanTilt>"
            f"<tt:Zoom>{_word(zoom)}</tt:Zoom></tt:MoveStatus><tt:UtcTime>{self._clock.stamp()}</tt:UtcTime>"
            "</tptz:PTZStatus>"
        )

    def _presets(self, request: Request) -> str:
        self._profile(request)
        return "".join(
            f'<tptz:Preset token="{x(token)}"><tt:Name>{x(preset.name)}</tt:Name>'
            f"{_position(preset.position, 'tt:PTZPosition')}</tptz:Preset>"
            for token, preset in self._mount.presets.items()
        )

    def _save(self, request: Request) -> str:
        self._profile(request)
        try:
            token = self._mount.save(
                self._now_s(), request.text("PresetName")[:_MOST_NAME], request.text("PresetToken")
            )
        except NoSuchPreset as error:
            raise _unknown_preset() from error
        except TooManyPresets as error:
            raise SoapFault(f"{MOST_PRESETS} presets are all there are", "ter:TooManyPresets", sender=False) from error
        return f"<tptz:PresetToken>{x(token)}</tptz:PresetToken>"

    def _remove(self, request: Request) -> str:
        self._profile(request)
        try:
            self._mount.remove(request.text("PresetToken"))
        except NoSuchPreset as error:
            raise _unknown_preset() from error
        return ""

    def _recall(self, request: Request) -> str:
        self._profile(request)
        try:
            self._mount.recall(request.text("PresetToken"), self._now_s())
        except NoSuchPreset as error:
            raise _unknown_preset() from error
        return ""

    def _go_home(self, request: Request) -> str:
        self._profile(request)
        self._mount.go_home(self._now_s())
        return ""

    def _set_home(self, request: Request) -> str:
        self._profile(request)
        self._mount.set_home(self._now_s())
        return ""

    def _profile(self, request: Request) -> None:
        if not required(self._profiles, request).ptz:
            raise SoapFault("the profile has no PTZ configuration", "ter:NoPTZProfile")


def _unknown_preset() -> SoapFault:
    return SoapFault("there is no such preset", "ter:NoToken")


def _vector(request: Request, otherwise: Position) -> Position:
    """A tt:PTZVector or tt:PTZSpeed in the generic spaces."""
    pan_tilt, zoom = request.attributes("PanTilt"), request.attributes("Zoom")
    return Position(
        otherwise.pan if pan_tilt is None else _number(pan_tilt.get("x", "")),
        otherwise.tilt if pan_tilt is None else _number(pan_tilt.get("y", "")),
        otherwise.zoom if zoom is None else _number(zoom.get("x", "")),
    )


def _number(text: str) -> float:
    try:
        value = float(text)
    except ValueError as error:
        raise SoapFault("not a number") from error
    if not math.isfinite(value):
        raise SoapFault("not a number")
    return value


def _position(at: Position, tag: str = "tt:Position") -> str:
    return (
        f'<{tag}><tt:PanTilt x="{at.pan:.4f}" y="{at.tilt:.4f}" space="{POSITION}"/>'
        f'<tt:Zoom x="{at.zoom:.4f}" space="{ZOOM_POSITION}"/></{tag}>'
    )


def _word(moving: bool) -> str:  # noqa: FBT001 the one thing that it words
    return "MOVING" if moving else "IDLE"


def _spaces() -> str:
    return (
        f"{_space_2d('tt:AbsolutePanTiltPositionSpace', POSITION)}"
        f"{_space_1d('tt:AbsoluteZoomPositionSpace', ZOOM_POSITION, 0)}"
        f"{_space_2d('tt:ContinuousPanTiltVelocitySpace', VELOCITY)}"
        f"{_space_1d('tt:ContinuousZoomVelocitySpace', ZOOM_VELOCITY, -1)}"
    )


def _space_2d(tag: str, uri: str) -> str:
    bounds = "<tt:Min>-1</tt:Min><tt:Max>1</tt:Max>"
    return f"<{tag}><tt:URI>{uri}</tt:URI><tt:XRange>{bounds}</tt:XRange><tt:YRange>{bounds}</tt:YRange></{tag}>"


def _space_1d(tag: str, uri: str, low: int) -> str:
    return f"<{tag}><tt:URI>{uri}</tt:URI><tt:XRange><tt:Min>{low}</tt:Min><tt:Max>1</tt:Max></tt:XRange></{tag}>"


def _node() -> str:
    return (
        f'<tptz:PTZNode token="{NODE}" FixedHomePosition="false"><tt:Name>PTZ</tt:Name>'
        f"<tt:SupportedPTZSpaces>{_spaces()}</tt:SupportedPTZSpaces>"
        f"<tt:MaximumNumberOfPresets>{MOST_PRESETS}</tt:MaximumNumberOfPresets>"
        "<tt:HomeSupported>true</tt:HomeSupported></tptz:PTZNode>"
    )
