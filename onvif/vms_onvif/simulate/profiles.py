"""The media profiles and configurations that a simulated device has, before either media service words them. Pure."""

from dataclasses import dataclass
from typing import Final

from vms_onvif.simulate.device import OnvifChannel, OnvifDevice, Video
from vms_onvif.simulate.quirks import Quirk

PTZ_CONFIGURATION: Final = "ptz_1"
ANALYTICS: Final = "analytics"


@dataclass(frozen=True, slots=True)
class Profile:
    """`place` counts the device's channels from 1; `video` is None in a profile that has no stream (quirk 19)."""

    token: str
    name: str
    place: int
    channel: OnvifChannel
    video: Video | None
    ptz: bool = False

    @property
    def video_source(self) -> str:
        return source_token(self.place)

    @property
    def video_source_configuration(self) -> str:
        return f"vsc_{self.place}"

    @property
    def encoder(self) -> str:
        return f"vec_{self.token}"

    @property
    def audio(self) -> str:
        """The codec of the sound that goes with the picture; sub streams have none."""
        return self.channel.audio if self.video is self.channel.main else ""

    @property
    def audio_source(self) -> str:
        return f"as_{self.place}"

    @property
    def audio_encoder(self) -> str:
        return f"aec_{self.place}"


def source_token(place: int | str) -> str:
    return f"vs_{place}"


def profiles(device: OnvifDevice) -> tuple[Profile, ...]:
    """All profiles, main before sub, channel by channel."""
    made = []
    if Quirk.PROFILE_WITHOUT_STREAM in device.quirks:
        made.append(Profile(ANALYTICS, "Analytics", 1, device.channels[0], None))
    for place, channel in enumerate(device.channels, start=1):
        for kind, video in (("main", channel.main), ("sub", channel.sub)):
            if video is not None:
                token = _token(device, place, kind)
                made.append(Profile(token, _name(device, place, kind), place, channel, video, device.ptz))
    return tuple(made)


def _token(device: OnvifDevice, place: int, kind: str) -> str:
    return f"Profile {place} {kind}" if Quirk.SPACED_TOKENS in device.quirks else f"profile_{place}_{kind}"


def _name(device: OnvifDevice, place: int, kind: str) -> str:
    return device.shown_name if Quirk.HOSTILE_NAMES in device.quirks else f"{kind.capitalize()} {place}"
